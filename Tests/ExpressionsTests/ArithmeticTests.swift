import Expressions
import Testing

@Suite("Arithmetic, choices and calls in expressions")
struct ArithmeticTests {
  private let fields: [String: ExpressionValue] = [
    "a": .integer(7), "b": .integer(-3), "big": .integer(.max), "least": .integer(.min), "yes": .bool(true),
    "word": .string("w"),
  ]

  private func value(_ text: String) throws -> ExpressionValue {
    try ExpressionParser.node(of: text, roots: nil).value { fields[$0.joined(separator: ".")] ?? .error }
  }

  private func integer(_ text: String) throws -> Int64? {
    guard case .integer(let number) = try value(text) else { return nil }
    return number
  }

  @Test(
    "numbers come out as written",
    arguments: [
      ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("7 - 3 - 2", 2), ("-a + b", -10), ("a / 2", 3), ("b / 2", -1),
      ("b % 2", -1),
      ("- - a", 7), ("-(a)", -7), ("2 * -3", -6), ("a > 3 ? 1 : 2", 1), ("a > 30 ? 1 : a > 6 ? 2 : 3", 2),
      ("min(a, b, 5)", -3), ("max(a, b)", 7), ("mulDiv(7, 1, 2)", 4), ("mulDiv(-7, 1, 2)", -4),
      ("mulDiv(5, 3, -2)", -8),
      ("mulDiv(big, 10000, 10000)", Int64.max), ("-9223372036854775808", Int64.min), ("1 + (yes ? 1 : 0)", 2),
    ])
  func numbers(_ text: String, _ expected: Int64) throws { #expect(try integer(text) == expected, "\(text)") }

  @Test(
    "what has no value is an error, and stays one",
    arguments: [
      "big + 1", "least - 1", "-least", "big * 2", "1 / 0", "1 % 0", "least / -1", "mulDiv(1, 1, 0)",
      "mulDiv(big, 2, 1)",
      "word + 1", "yes + yes", "none + 1", "min(1, word)", "word ? 1 : 2", "1 + (none ? 1 : 1)",
    ])
  func errors(_ text: String) throws { #expect(try value(text).isError, "\(text)") }

  @Test("an error on the side that does not count does not matter")
  func absorbed() throws {
    for text in ["yes || 1 / 0 == 1", "1 / 0 == 1 || yes", "!(false && 1 / 0 == 1)", "yes ? true : 1 / 0 == 1"] {
      guard case .bool(true) = try value(text) else {
        Issue.record("\(text)")
        continue
      }
    }
  }

  @Test(
    "what is no expression says where",
    arguments: [
      ("1 +", 3), ("1 ? 2", 5), ("min(1)", 0), ("mulDiv(1, 2)", 0), ("foo(1)", 0), ("a.min(1)", 2),
      ("startsWith('a', 'b')", 0),
      ("1 + + 2", 4), ("a ? b : ", 8), ("(1 + 2", 6), ("1 2", 2), ("min(1, 2", 8), ("1(2)", 1),
    ])
  func faults(_ text: String, _ offset: Int) {
    #expect(throws: ExpressionFault.self, "\(text)") { _ = try ExpressionParser.node(of: text, roots: nil) }
    do { _ = try ExpressionParser.node(of: text, roots: nil) } catch {
      #expect(error.offset == offset, "\(text): \(error)")
    }
  }

  @Test("brackets and choices within each other are bounded")
  func depth() {
    for text in [
      String(repeating: "(", count: 10_000) + "1", String(repeating: "a ? b : ", count: 10_000) + "1",
      String(repeating: "min(1, ", count: 10_000), String(repeating: "-", count: 10_000) + "a",
      String(repeating: "1 + ", count: 10_000) + "1",
    ] {
      _ = try? ExpressionParser.node(of: text, roots: nil)
    }
  }
}
