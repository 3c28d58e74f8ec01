import Store
import Testing

@testable import Gateway

@Suite("Documents")
struct DocumentTests {
  private func read(_ text: String) throws -> JSONValue {
    let bytes = Array(text.utf8)
    return try JSONValue(reading: bytes.span)
  }

  @Test("a document is read as it stands")
  func reads() throws {
    #expect(
      try read(#" {"a":[1,-2,true,null,"x\u00e9\ud83d\ude00\n"],"b":{},"c":1.50,"d":9223372036854775807} "#)
        == .object([
          JSONMember(
            name: "a", value: .array([.integer(1), .integer(-2), .bool(true), .null, .string("xé😀\n")])),
          JSONMember(name: "b", value: .object([])), JSONMember(name: "c", value: .number("1.50")),
          JSONMember(name: "d", value: .integer(.max)),
        ]))
    #expect(try read("9223372036854775808") == .number("9223372036854775808"))
    #expect(try read("-9223372036854775808") == .integer(.min))
  }

  @Test(
    "what is no JSON is refused with its place",
    arguments: [
      ("", 0), ("{", 1), ("[1,]", 3), ("{\"a\":1,}", 7), ("{\"a\":1 \"b\":2}", 7), ("01", 0), ("1.", 2), ("1e", 2),
      ("-", 1), ("nul", 0), ("\"a", 0), ("\"\\x\"", 1), ("\"\\u12g4\"", 5), ("\"\\ud800x\"", 1), ("1 2", 2),
      ("\"\u{1}\"", 1), ("{\"a\":1,\"a\":2}", 7), ("+1", 0), ("NaN", 0), ("{a:1}", 1), ("'a'", 0),
    ])
  func refuses(text: String, place: Int) {
    #expect {
      try read(text)
    } throws: { error in
      (error as? JSONFault)?.offset == place
    }
  }

  @Test("too many levels are refused, and many names are compared")
  func bounds() throws {
    #expect(throws: JSONFault.self) { try read(String(repeating: "[", count: 1_000)) }
    let members = (0..<40).map { "\"n\($0)\":\($0)" }.joined(separator: ",")
    #expect(try read("{\(members)}").count == 40)
    #expect(throws: JSONFault.self) { try read("{\(members),\"n33\":1}") }
  }

  @Test("bytes that are not UTF-8 are refused")
  func encoding() {
    let bytes: [UInt8] = [0x22, 0xC3, 0x28, 0x22]
    #expect(throws: JSONFault.self) { try JSONValue(reading: bytes.span) }
  }

  @Test("instants are date-times from 1970 on")
  func instants() {
    #expect(Instants.read("2026-04-01T09:30:00Z") == Instants.read("2026-04-01T15:00:00+05:30"))
    #expect(Instants.read("1970-01-01T00:00:00Z") == 0)
    #expect(Instants.read("1969-12-31T23:59:59Z") == nil)
    #expect(Instants.read("2023-02-29T00:00:00Z") == nil)
    // The log keeps what the kernel clamps: any number must have a text.
    #expect(RFC3339.text(.min) == "0000-01-01T00:00:00.000Z")
    #expect(RFC3339.text(.max) == "9999-12-31T23:59:59.999Z")
  }

  @Test("ids are decimal numbers or UUIDs")
  func identifiers() {
    #expect(Identifier.id("77") == 77)
    let wide = UInt128(1) << 100 + 5
    #expect(Identifier.id(Identifier.text(wide)) == wide)
    #expect(Identifier.id("00000000-0000-0000-0000-00000000004d") == 77)
    for text in ["0", "", "-1", "+1", "01", "x", "340282366920938463463374607431768211456", "1 "] {
      #expect(Identifier.id(text) == nil, "\(text)")
    }
    #expect(Identifier.derived(from: "a") == Identifier.derived(from: "a"))
    #expect(Identifier.derived(from: "a") != Identifier.derived(from: "b"))
    let new = Identifier.new(at: 1_700_000_000_000)
    #expect(new >> 80 == 1_700_000_000_000)
    #expect(new >> 76 & 0xF == 7)
  }

  @Test("digests: of a text, or a number as it is shown")
  func digests() throws {
    // The first bytes of SHA-256 of "abc", FIPS 180-4.
    #expect(Digest.number(of: "abc") == 0xBA78_16BF_8F01_CFEA)
    #expect(Digest.number(of: Digest.text(42)) == 42)
    #expect(Digest.number(of: "#0") == nil)
    #expect(Digest.number(of: "#x") == nil)
    #expect(Digest.number(of: "") == nil)
    #expect(Digest.number(of: String(repeating: "a", count: 257)) == nil)
  }
}
