import Documents
import Testing

@testable import Schemas

/// Formats beyond the cases of the suite.
@Suite("Formats")
struct FormatTests {
  static let rows: [(format: String, good: [String], bad: [String])] = [
    ("date", ["2024-02-29", "2026-12-31"], ["2023-02-29", "2026-13-01", "2026-1-1", "2026-04-31", "२०२६-०१-०१"]),
    (
      "time", ["00:00:00Z", "23:59:59.123456789+05:30", "08:30:06z", "23:59:60Z", "05:29:60+05:30", "15:59:60-08:00"],
      [
        "24:00:00Z", "12:60:00Z", "12:00:61Z", "12:00:00", "12:00:00.Z", "22:59:60Z", "12:00:00+24:00", "12:00:00+5:30",
        "12:00Z", "",
      ]
    ),
    (
      "date-time", ["2026-11-26T20:46:11Z", "2026-11-26t20:46:11.5+05:30"],
      ["2026-11-26 20:46:11Z", "2026-11-31T20:46:11Z", "2026-11-26T20:46:11", "2026-11-26T", "T"]
    ),
    ("duration", ["P1D", "PT1H30M", "P2W"], ["P", "PT", "P1S", "P1Y1D"]),
    ("uuid", ["2eb8aa08-aa98-11ea-b4aa-73b441d16380"], ["2eb8aa08aa9811eab4aa73b441d16380", "{}"]),
    (
      "email", ["a@b", "first.last+tag@example.co.in", #""a b"@example.com"#, "x@[127.0.0.1]", "x@[IPv6:::1]"],
      ["@b", "a@", "a.@b", ".a@b", "a..b@c", "a b@c", "a@b_c", "a@[300.0.0.1]", "a@b@c", "नाम@example.com"]
    ),
    (
      "hostname", ["example.com", "a", "1.2"],
      ["", "-a", "a-", "a..b", "a.", String(repeating: "a.", count: 127) + "a"]
    ),
    ("ipv4", ["0.0.0.0", "255.255.255.255"], ["256.0.0.1", "1.2.3", "01.2.3.4", "1.2.3.4.5", "१.२.३.४"]),
    (
      "ipv6", ["::", "::1", "1:2:3:4:5:6:7:8", "1::8", "::ffff:192.0.2.1", "1:2:3:4:5:6:7::"],
      ["1", ":1", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::1%eth0", "1:2:3:4:5:6:7:1.2.3.4", ":::"]
    ),
    ("uri", ["urn:uuid:a", "https://a/b?c#d", "a:"], ["/a", "a b:", "http://[::1", "1a:b"]),
    ("uri-reference", ["", "a/b", "#x", "../a"], ["a b", "#a#b", "%"]),
    ("json-pointer", ["", "/", "/a~0b~1"], ["a", "/~2", "/~"]),
    ("relative-json-pointer", ["0", "1/a", "2#"], ["-1", "01", "/a", "1a"]),
    ("regex", ["^a+$", "\\p{L}"], ["(", "(?=a)", "(a)\\1"]),
  ]

  @Test("good and bad texts", arguments: rows)
  func formats(format: String, good: [String], bad: [String]) throws {
    let schema = try Schema(["format": .string(format)], options: SchemaOptions(formats: .standard))
    func accepts(_ text: String) throws -> Bool { try schema.accepts(JSONValue.string(text).canonicalText) }
    for text in good { #expect(try accepts(text), "'\(text)'") }
    for text in bad { #expect(try !accepts(text), "'\(text)'") }
    #expect(try schema.accepts("17"), "a format of texts says nothing of numbers")
  }

  /// Without a registry a format is a remark.
  @Test("formats are asserted only where a caller asks")
  func annotation() throws {
    #expect(try schema(#"{"format":"date"}"#).accepts(document(#""x""#).root))
  }

  @Test("a caller's formats look at texts or at values")
  func registry() throws {
    var formats = FormatRegistry.standard
    formats.addText("ifsc") { bytes in bytes.count == 11 && bytes[4] == UInt8(ascii: "0") }
    formats.addValue("bps") { node in node.integer.map { (0...10_000).contains($0) } ?? false }
    let options = SchemaOptions(isStrict: true, formats: formats)
    let schema = try schema(#"{"properties":{"bank":{"format":"ifsc"},"rate":{"format":"bps"}}}"#, options)
    #expect(try schema.accepts(#"{"bank":"HDFC0001234","rate":500}"#))
    #expect(try !schema.accepts(#"{"bank":"HDFC1001234"}"#))
    let found = schema.findings(of: try document(#"{"rate":"5%"}"#).root)
    #expect(found.kept.map(\.code) == ["schema.format"] && found.kept.first?.arguments["format"] == "bps")
  }

  @Test("no bytes are a trap")
  func fuzz() throws {
    var generator = SplitMix(state: 77)
    let seeds = Self.rows.flatMap(\.good).map { Array($0.utf8) }
    for _ in 0..<4_000 {
      var bytes = seeds.randomElement(using: &generator) ?? []
      for _ in 0..<Int.random(in: 0...2, using: &generator) where !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
      for name in FormatRegistry.standard.names {
        if case .text(let rule)? = FormatRegistry.standard[name] { _ = rule(bytes.span) }
      }
    }
  }
}
