import Documents
import Testing

@testable import Schemas

/// Schemas that would check for ever are stopped, and the answer is no.
@Suite("Limits of schemas")
struct SchemaLimitTests {
  @Test(
    "a schema that refers to itself at the same place is stopped",
    arguments: [
      ##"{"$ref":"#"}"##, ##"{"not":{"$ref":"#"}}"##, ##"{"anyOf":[true,{"$ref":"#"}],"not":{"$ref":"#"}}"##,
      ##"{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"if":{"$ref":"#/$defs/a"}}}}"##,
    ])
  func endless(text: String) throws {
    let schema = try schema(text)
    let value = try document(#"{"a":1}"#)
    #expect(!schema.accepts(value.root))
    #expect(schema.findings(of: value.root).kept.map(\.code).contains("schema.too-deep"))
  }

  /// Each of thirty schemas looks at the next one twice.
  @Test("a schema that doubles its work is stopped")
  func doubling() throws {
    var parts = JSONObject()
    for index in 0..<30 {
      let next: JSONValue = ["$ref": .string("#/$defs/s\(index + 1)")]
      parts["s\(index)"] = ["allOf": [next, next]]
    }
    parts["s30"] = true
    let schema = try Schema(["$ref": "#/$defs/s0", "$defs": .object(parts)])
    let value = try document("1")
    var validator = Validator(schema.program, visitCountMax: 10_000)
    let accepted = validator.accepts(value.root)
    #expect(!accepted)
    var second = Validator(schema.program, visitCountMax: 10_000)
    let found = second.explain(value.root)
    #expect(found.kept.map(\.code) == ["schema.too-costly"])
  }

  /// Work that is done without looking at schemas counts, too.
  @Test("long lists and long texts are paid for")
  func work() throws {
    let names = (0..<2_000).map { JSONValue.string("n\($0)") }
    let members = (0..<2_000).map { "\"m\($0)\":1" }.joined(separator: ",")
    let schemas: [(JSONValue, String)] = [
      (["items": ["enum": .array(names)]], "[" + (0..<50).map { "\"n\($0)\"" }.joined(separator: ",") + "]"),
      (["pattern": "(a|b)*a(a|b){14}$"], "\"" + String(repeating: "ab", count: 4_000) + "\""),
      (["dependentRequired": ["m0": .array(names)]], "{\(members)}"),
      (["dependentSchemas": ["m0": ["patternProperties": ["m": true]]]], "{\(members)}"),
    ]
    for (schema, value) in schemas {
      let value = try document(value)
      var small = Validator(try Schema(schema).program, visitCountMax: 2_000)
      _ = small.accepts(value.root)
      #expect(small.metLimit == .tooCostly, "\(schema)")
      var large = Validator(try Schema(schema).program)
      _ = large.accepts(value.root)
      #expect(large.metLimit == nil)
    }
  }

  @Test("a document as deep as documents are is checked by a schema of its shape")
  func deepValue() throws {
    let schema = try schema(##"{"type":"array","items":{"$ref":"#"}}"##)
    let depth = DocumentLimits.depthCountMost
    let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    let value = try Document(json: Array(text.utf8), limits: DocumentLimits(depthMax: depth))
    #expect(schema.accepts(value.root))
  }

  @Test("names that all look alike cost no more than others")
  func manyNames() throws {
    let names = (0..<3_000).map { "name-\($0 + 10_000)" }
    var properties = JSONObject()
    for name in names { properties[name] = ["type": "integer"] }
    let schema = try Schema([
      "properties": .object(properties), "additionalProperties": false, "required": .array(names.map { .string($0) }),
    ])
    let members = names.reversed().map { "\"\($0)\":1" }
    #expect(try schema.accepts("{\(members.joined(separator: ","))}"))
    #expect(try !schema.accepts("{\(members.dropLast().joined(separator: ","))}"))
    #expect(try !schema.accepts("{\(members.joined(separator: ",")),\"name-x\":1}"))
  }
}
