import Documents
import Testing

@testable import Schemas

/// What is found, where, and what is offered to put it right.
@Suite("Findings of schemas")
struct SchemaFindingTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let schema: String
    let value: String
    /// Code and pointer of each finding, in order.
    let found: [String]
    var isFixed = false
    var testDescription: String { "\(schema) of \(value)" }
  }

  static let rows: [Row] = [
    Row(schema: "false", value: "1", found: ["schema.never "]),
    Row(schema: #"{"type":"string"}"#, value: "1", found: ["schema.type "]),
    Row(schema: #"{"type":["string","integer"]}"#, value: "1.5", found: ["schema.type "]),
    Row(schema: #"{"const":{"a":1}}"#, value: "{}", found: ["schema.const "], isFixed: true),
    Row(schema: #"{"enum":["photo","none"]}"#, value: #""Photo""#, found: ["schema.enum "], isFixed: true),
    Row(schema: #"{"enum":["photo","none"]}"#, value: #""phto""#, found: ["schema.enum "], isFixed: true),
    Row(schema: #"{"enum":["photo","none"]}"#, value: #""video""#, found: ["schema.enum "]),
    Row(schema: #"{"minimum":1.5}"#, value: "1", found: ["schema.minimum "]),
    Row(schema: #"{"minimum":3}"#, value: "2.999", found: ["schema.minimum "]),
    Row(schema: #"{"exclusiveMinimum":3}"#, value: "3", found: ["schema.exclusive-minimum "]),
    Row(schema: #"{"maximum":3}"#, value: "3.0000000000000000000000001", found: ["schema.maximum "]),
    Row(schema: #"{"exclusiveMaximum":3}"#, value: "3.0", found: ["schema.exclusive-maximum "]),
    Row(schema: #"{"multipleOf":0.01}"#, value: "10.005", found: ["schema.multiple-of "]),
    Row(schema: #"{"multipleOf":100}"#, value: "150", found: ["schema.multiple-of "]),
    Row(schema: #"{"minLength":3}"#, value: #""नी""#, found: ["schema.min-length "]),
    Row(schema: #"{"maxLength":1}"#, value: #""नी""#, found: ["schema.max-length "]),
    Row(schema: #"{"pattern":"^a+$"}"#, value: #""ab""#, found: ["schema.pattern "]),
    Row(schema: #"{"format":"date"}"#, value: #""2026-02-29""#, found: ["schema.format "]),
    Row(schema: #"{"minItems":2}"#, value: "[1]", found: ["schema.min-items "]),
    Row(schema: #"{"maxItems":1}"#, value: "[1,2]", found: ["schema.max-items "]),
    Row(schema: #"{"uniqueItems":true}"#, value: "[1,2,1.0]", found: ["schema.unique-items "], isFixed: true),
    Row(schema: #"{"prefixItems":[true],"items":false}"#, value: "[1,2]", found: ["schema.items /1"]),
    Row(
      schema: #"{"prefixItems":[true],"unevaluatedItems":false}"#, value: "[1,2]",
      found: ["schema.unevaluated-items /1"]),
    Row(schema: #"{"contains":{"type":"null"}}"#, value: "[1]", found: ["schema.contains "]),
    Row(
      schema: #"{"contains":{"type":"null"},"minContains":2}"#, value: "[null]", found: ["schema.min-contains "]),
    Row(
      schema: #"{"contains":{"type":"null"},"maxContains":1}"#, value: "[null,null]", found: ["schema.max-contains "]),
    Row(schema: #"{"minProperties":1}"#, value: "{}", found: ["schema.min-properties "]),
    Row(schema: #"{"maxProperties":0}"#, value: #"{"a":1}"#, found: ["schema.max-properties "]),
    Row(schema: #"{"required":["a","b"]}"#, value: #"{"b":1}"#, found: ["schema.required "]),
    Row(
      schema: #"{"required":["bps"],"properties":{"bps":{"default":500}}}"#, value: "{}", found: ["schema.required "],
      isFixed: true),
    Row(
      schema: #"{"properties":{"retention":true},"additionalProperties":false}"#, value: #"{"retenton":1}"#,
      found: ["schema.additional-properties /retenton"], isFixed: true),
    Row(
      schema: #"{"properties":{"gst":true,"tds":true},"additionalProperties":false}"#, value: #"{"gst":1,"Tds":2}"#,
      found: ["schema.additional-properties /Tds"], isFixed: true),
    Row(
      schema: #"{"properties":{"a":true},"unevaluatedProperties":false}"#, value: #"{"a":1,"other":2}"#,
      found: ["schema.unevaluated-properties /other"]),
    Row(
      schema: #"{"propertyNames":{"maxLength":1}}"#, value: #"{"ab":1}"#,
      found: ["schema.property-names /ab", "schema.max-length /ab"]),
    Row(
      schema: #"{"dependentRequired":{"a":["b","c"]}}"#, value: #"{"a":1,"c":1}"#,
      found: ["schema.dependent-required "]),
    Row(
      schema: #"{"dependentSchemas":{"a":{"required":["b"]}}}"#, value: #"{"a":1}"#, found: ["schema.required "]),
    Row(schema: #"{"not":{"type":"null"}}"#, value: "null", found: ["schema.not "]),
    Row(
      schema: #"{"oneOf":[true,false,true]}"#, value: "1", found: ["schema.one-of-several "]),
    // The second branch comes deeper, so it is explained first.
    Row(
      schema: #"{"anyOf":[{"type":"array"},{"properties":{"due":{"properties":{"days":{"type":"integer"}}}}}]}"#,
      value: #"{"due":{"days":"30"}}"#,
      found: ["schema.any-of ", "schema.type /due/days", "schema.type "]),
    Row(
      schema: #"{"oneOf":[{"type":"null"},{"items":{"type":"null"}}]}"#, value: "[1]",
      found: ["schema.one-of ", "schema.type /0", "schema.type "]),
    Row(
      schema: #"{"if":{"required":["a"]},"then":{"required":["b"]},"else":false}"#, value: #"{"a":1}"#,
      found: ["schema.required "]),
    Row(
      schema: #"{"allOf":[{"minimum":2},{"multipleOf":2}]}"#, value: "1",
      found: ["schema.minimum ", "schema.multiple-of "]),
    // All of it is found, not only the first.
    Row(
      schema: #"{"items":{"type":"integer","minimum":1}}"#, value: #"[0,"x",5,-1]"#,
      found: ["schema.minimum /0", "schema.type /1", "schema.minimum /3"]),
  ]

  @Test("codes, places and fixes", arguments: rows)
  func findings(row: Row) throws {
    let schema = try schema(row.schema, SchemaOptions(formats: .standard))
    let text = try document(row.value)
    let findings = schema.findings(of: text.root)
    #expect(findings.kept.map { "\($0.code) \($0.pointer)" } == row.found)
    #expect(!schema.accepts(text.root))
    let texts = FindingTexts.schemas
    for finding in findings.kept {
      #expect(finding.place?.byteOffset == text.root.node(at: finding.pointer)?.byteOffset || finding.pointer != .root)
      #expect(finding.arguments["schema"]?.string?.hasPrefix("schema:/root#") == true)
      for language in ["en", "hi"] { #expect(!texts.text(of: finding, in: language).contains("{limit}")) }
    }
    let fix = findings.kept.first?.fix
    #expect((fix != nil) == row.isFixed)
    if let fix {
      let fixed = try fix.apply(to: text.value)
      #expect(try schema.accepts(fixed.canonicalText), "after \(fix)")
    }
  }

  @Test("a finding says what, where and by which words of the schema")
  func oneFinding() throws {
    let schema = try schema(##"{"properties":{"rate":{"$ref":"#/$defs/bps"}},"$defs":{"bps":{"maximum":10000}}}"##)
    let found = schema.findings(of: try document("{\n  \"rate\": 10001\n}").root)
    let finding = try #require(found.kept.first)
    #expect(finding.place?.description == "2:11")
    #expect(finding.arguments == ["limit": 10000, "actual": 10001, "schema": "schema:/root#/$defs/bps/maximum"])
    #expect(FindingTexts.schemas.text(of: finding, in: "en") == "10001 is above 10000.")
    #expect(FindingTexts.schemas.text(of: finding, in: "hi-IN") == "10001, 10000 से अधिक है।")
  }

  @Test("a hundred are kept, all are counted")
  func manyFindings() throws {
    let values = (0..<250).map { String($0) }.joined(separator: ",")
    let found = try schema(#"{"items":{"type":"null"}}"#).findings(of: document("[\(values)]").root)
    #expect(found.kept.count == 100 && found.count == 250)
  }

  /// No text lacks a language, and both languages speak of the same arguments.
  @Test("every code has its texts")
  func texts() {
    func placeholders(_ text: String) -> Set<Substring> {
      Set(text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().map { $0.prefix { $0 != "}" } })
    }
    let codes = SchemaCode.allCases.map(\.rawValue)
    #expect(FindingTexts.schemas.codes == codes.sorted())
    #expect(FindingTexts.schemaFaults.codes == SchemaFault.Code.allCases.map(\.rawValue).sorted())
    let texts = FindingTexts.schemas.adding(.schemaFaults)
    for code in texts.codes {
      let (english, hindi) = (texts[code]["en"] ?? "", texts[code]["hi"] ?? "")
      #expect(!english.isEmpty && !hindi.isEmpty && placeholders(english) == placeholders(hindi), "\(code)")
    }
  }

  @Test("names that are near are found, names that are not are left alone")
  func nearNames() {
    let names = ["retention", "milestones", "tax", "id"]
    for (name, near) in [
      ("retenton", "retention"), ("Retention", "retention"), ("mielstones", "milestones"), ("milestone", "milestones"),
      ("tx", "tax"), ("taxes", nil), ("xy", nil), ("deduction", nil), (String(repeating: "x", count: 100), nil),
    ] {
      #expect(NearName.nearest(to: name, among: names) == near, "\(name)")
    }
  }
}
