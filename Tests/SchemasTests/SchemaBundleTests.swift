import Documents
import Testing

@testable import Schemas

/// References: how they are resolved, and that nothing is ever fetched.
@Suite("Bundles of schemas")
struct SchemaBundleTests {
  /// The examples of RFC 3986, sections 5.4.1 and 5.4.2.
  static let examples: [(String, String)] = [
    ("g:h", "g:h"), ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
    ("//g", "http://g"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q#s"),
    ("g#s", "http://a/b/c/g#s"), ("g?y#s", "http://a/b/c/g?y#s"), (";x", "http://a/b/c/;x"),
    ("g;x", "http://a/b/c/g;x"),
    ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"),
    ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../g", "http://a/g"), ("../../../g", "http://a/g"),
    ("/./g", "http://a/g"), ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), ("..g", "http://a/b/c/..g"),
    ("./../g", "http://a/b/g"), ("./g/.", "http://a/b/c/g/"), ("g/./h", "http://a/b/c/g/h"),
    ("g/../h", "http://a/b/c/h"),
    ("g;x=1/../y", "http://a/b/c/y"), ("g?y/../x", "http://a/b/c/g?y/../x"), ("http:g", "http:g"),
  ]

  @Test("references are resolved as the standard's examples", arguments: examples)
  func references(reference: String, expected: String) {
    let base = URIReference("http://a/b/c/d;p?q")
    #expect(URIReference(reference).resolved(against: base).description == expected)
  }

  @Test("any text is a reference and is written as it was")
  func anyReference() {
    var generator = SplitMix(state: 5)
    let signs = Array(":/?#@.a1%é[]".unicodeScalars)
    for _ in 0..<5_000 {
      var text = ""
      for _ in 0..<Int.random(in: 0...10, using: &generator) {
        text.unicodeScalars.append(signs.randomElement(using: &generator) ?? "a")
      }
      #expect(URIReference(text).description == text)
      _ = URIReference(text).resolved(against: URIReference("s://a/b"))
    }
  }

  @Test("documents of a bundle refer to each other, in circles too")
  func circle() throws {
    var bundle = SchemaBundle()
    try bundle.register(
      document(#"{"type":"object","properties":{"next":{"$ref":"two"}}}"#).value, as: "https://example.com/one")
    try bundle.register(
      document(#"{"type":"object","properties":{"next":{"$ref":"one#"}},"$defs":{"n":{"type":"null"}}}"#).value,
      as: "https://example.com/two")
    let schema = try Schema(at: "https://example.com/one", in: bundle)
    #expect(try schema.accepts(#"{"next":{"next":{}}}"#))
    #expect(try !schema.accepts(#"{"next":{"next":{"next":1}}}"#))
    let part = try Schema(at: "https://example.com/two#/$defs/n", in: bundle)
    #expect(try part.accepts("null") && !part.accepts("1"))
    #expect(throws: SchemaFault.self) { try Schema(at: "https://example.com/three", in: bundle) }
    #expect(throws: SchemaFault.self) { try bundle.register(true, as: "https://example.com/two") }
    // What is refused leaves nothing behind.
    let bad: JSONValue = ["$defs": ["a": ["$id": "new"], "b": ["$id": 1]]]
    #expect(throws: SchemaFault.self) { try bundle.register(bad, as: "https://example.com/three") }
    #expect(throws: SchemaFault.self) { try Schema(at: "https://example.com/new", in: bundle) }
    try bundle.register(true, as: "https://example.com/new")
  }

  @Test("the meta-schema accepts itself and what the compiler accepts")
  func metaSchema() throws {
    let meta = try Schema(at: MetaSchema.uri, in: SchemaBundle(), options: SchemaOptions(formats: .standard))
    #expect(meta.findings(of: try document(MetaSchema.value.canonicalText).root).kept == [])
    for row in SchemaFindingTests.rows { #expect(try meta.accepts(row.schema), "\(row.schema)") }
    // Faults that lie in one keyword are found by it, too.
    for row in SchemaFaultTests.rows where row.code == .wrongValue || row.code == .notASchema || row.code == .badPattern
    {
      #expect(try !meta.accepts(row.schema), "\(row.schema)")
    }
  }

  @Test("strict schemas know all words of the meta-schema")
  func keywords() throws {
    let properties = try #require(MetaSchema.value["properties"]?.object)
    #expect(Set(properties.names) == Set(SchemaKeyword.names))
    _ = try Schema(at: MetaSchema.uri, in: SchemaBundle(), options: SchemaOptions(isStrict: true))
  }
}
