import Testing

@testable import Documents

@Suite("Numbers")
struct JSONNumberTests {
  @Test(
    "a number has one form, laid out as ECMAScript does",
    arguments: [
      ("0", "0"), ("-0.0e5", "0"), ("1.0", "1"), ("10e-1", "1"), ("100", "100"), ("-1.50", "-1.5"),
      ("0.000001", "0.000001"),
      ("0.0000001", "1e-7"), ("123e18", "123000000000000000000"), ("123e19", "1.23e+21"), ("1e21", "1e+21"),
      ("999999999999999999999.5", "999999999999999999999.5"), ("-12e-10", "-1.2e-9"), ("+.5", "0.5"), ("5.", "5"),
      ("0.1000", "0.1"), ("9223372036854775808", "9223372036854775808"),
    ])
  func form(text: String, form: String) throws {
    let number = try #require(JSONNumber(text))
    #expect(number.description == form)
    #expect(JSONNumber(form) == number)
  }

  @Test("what is no number, or outside the bounds, is nil")
  func refused() {
    for text in ["", "-", ".", "e5", "1e", "1e+", "1x", "1.2.3", "--1", "1e999999999999999999999", "1e512", "1e-513"] {
      #expect(JSONNumber(text) == nil, "\(text)")
    }
    #expect(JSONNumber("9.9e511") != nil && JSONNumber("1e-512") != nil)
    #expect(
      JSONNumber(String(repeating: "1", count: 128)) != nil && JSONNumber(String(repeating: "1", count: 129)) == nil)
    #expect(JSONNumber(String(repeating: "0", count: 1000) + "1" + String(repeating: "0", count: 400)) != nil)
    #expect(JSONNumber("0." + String(repeating: "0", count: 500) + "1") != nil)
  }

  @Test(
    "whole numbers that fit are integers",
    arguments: [0, 1, -1, 10, 1_000_000, .max, .min, .max - 7, .min + 1] as [Int64])
  func integers(value: Int64) {
    #expect(JSONNumber(value).integer == value)
    #expect(JSONNumber(value.description) == JSONNumber(value))
    #expect(JSONValue(JSONNumber(value)) == .integer(value))
  }

  @Test("what is just above the integers is none")
  func outside() {
    for text in ["9223372036854775808", "-9223372036854775809", "1e19", "1e500", "0.5", "-1e-1"] {
      #expect(JSONNumber(text)?.integer == nil)
    }
  }

  @Test("order is that of the values")
  func order() throws {
    let texts = [
      "-1e300", "-12.5", "-12.05", "-1", "-0.1", "-1e-9", "0", "1e-9", "0.1", "0.11", "1", "9", "10", "10.01", "1e300",
    ]
    let numbers = try texts.map { try #require(JSONNumber($0)) }
    for (left, one) in numbers.enumerated() {
      for (right, other) in numbers.enumerated() { #expect((one < other) == (left < right), "\(one) < \(other)") }
    }
  }

  @Test(
    "multiples are exact",
    arguments: [
      ("10", "2", true), ("7", "2", false), ("4.5", "1.5", true), ("0.0075", "0.0001", true),
      ("0.00751", "0.0001", false),
      ("35", "1.5", false), ("0", "0.01", true), ("5", "0", false), ("-9", "3", true), ("1e300", "7", false),
      ("1e308", "0.123456789", false), ("12391239123", "1e-8", true), ("1e500", "1e-500", true), ("1e-3", "1e3", false),
      ("98249283749234923498293171823948729348710298301928331", "1", true),
      ("340282366920938463463374607431768211456", "18446744073709551616", true),
      ("340282366920938463463374607431768211457", "18446744073709551616", false),
    ])
  func multiples(text: String, divisor: String, isMultiple: Bool) throws {
    let (number, divisor) = (try #require(JSONNumber(text)), try #require(JSONNumber(divisor)))
    #expect(number.isMultiple(of: divisor) == isMultiple)
  }

  @Test("multiples of integers agree with integer arithmetic")
  func integerMultiples() {
    var generator = Generator(seed: 1)
    for _ in 0..<2000 {
      let (value, divisor) = (Int64(generator.number(-100_000...100_000)), Int64(generator.number(1...500)))
      #expect(JSONNumber(value).isMultiple(of: JSONNumber(divisor)) == value.isMultiple(of: divisor))
    }
  }
}
