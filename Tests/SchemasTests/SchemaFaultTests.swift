import Documents
import Testing

@testable import Schemas

/// Schemas that are refused, why, and where.
@Suite("Faults of schemas")
struct SchemaFaultTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let schema: String
    let code: SchemaFault.Code
    let pointer: String
    var isStrict = false
    var testDescription: String { schema }
  }

  static let rows: [Row] = [
    Row(schema: "1", code: .notASchema, pointer: ""),
    Row(schema: #"{"properties":{"a":[]}}"#, code: .notASchema, pointer: "/properties/a"),
    Row(schema: #"{"properties":[]}"#, code: .wrongValue, pointer: "/properties"),
    Row(schema: #"{"type":"money"}"#, code: .wrongValue, pointer: "/type"),
    Row(schema: #"{"type":[1]}"#, code: .wrongValue, pointer: "/type"),
    Row(schema: #"{"minLength":-1}"#, code: .wrongValue, pointer: "/minLength"),
    Row(schema: #"{"maxItems":1.5}"#, code: .wrongValue, pointer: "/maxItems"),
    Row(schema: #"{"multipleOf":0}"#, code: .wrongValue, pointer: "/multipleOf"),
    Row(schema: #"{"maximum":"1"}"#, code: .wrongValue, pointer: "/maximum"),
    Row(schema: #"{"enum":1}"#, code: .wrongValue, pointer: "/enum"),
    Row(schema: #"{"required":[1]}"#, code: .wrongValue, pointer: "/required"),
    Row(schema: #"{"uniqueItems":1}"#, code: .wrongValue, pointer: "/uniqueItems"),
    Row(schema: #"{"allOf":[]}"#, code: .wrongValue, pointer: "/allOf"),
    Row(schema: #"{"$id":1}"#, code: .wrongValue, pointer: "/$id"),
    Row(schema: #"{"$id":"a#b"}"#, code: .wrongValue, pointer: "/$id"),
    Row(schema: #"{"dependentRequired":{"a":1}}"#, code: .wrongValue, pointer: "/dependentRequired"),
    Row(schema: #"{"pattern":"(?=a)"}"#, code: .badPattern, pointer: "/pattern"),
    Row(schema: #"{"patternProperties":{"[":true}}"#, code: .badPattern, pointer: "/patternProperties"),
    Row(schema: #"{"$ref":"http://example.com/other"}"#, code: .unresolvedReference, pointer: "/$ref"),
    Row(schema: ##"{"items":{"$ref":"#/$defs/a"}}"##, code: .unresolvedReference, pointer: "/items/$ref"),
    Row(schema: ##"{"$dynamicRef":"#a"}"##, code: .unresolvedReference, pointer: "/$dynamicRef"),
    Row(
      schema: #"{"$defs":{"a":{"$id":"x"},"b":{"$id":"x"}}}"#, code: .duplicateIdentifier, pointer: "/$defs/b"),
    Row(
      schema: #"{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}"#, code: .duplicateIdentifier, pointer: "/$defs/b"),
    Row(schema: #"{"minimun":1}"#, code: .unknownKeyword, pointer: "/minimun", isStrict: true),
    Row(schema: #"{"items":{"format":"dat"}}"#, code: .unknownFormat, pointer: "/items/format", isStrict: true),
  ]

  @Test("code and pointer", arguments: rows)
  func faults(row: Row) throws {
    let text = try document(row.schema)
    let thrown = #expect(throws: SchemaFault.self) {
      try Schema(text.value, options: SchemaOptions(isStrict: row.isStrict))
    }
    let fault = try #require(thrown)
    #expect(fault.code == row.code)
    #expect(fault.pointer.description == row.pointer)
    let finding = fault.finding(in: text)
    #expect(finding.place == text.root.node(at: fault.pointer)?.place)
    #expect(!FindingTexts.schemaFaults.text(of: finding, in: "en").contains("{"))
    // Strict faults are none for others.
    if row.isStrict { _ = try Schema(text.value) }
  }

  @Test("a word that is nearly right is put right")
  func fixes() throws {
    for (text, fixed) in [
      (#"{"minimun":1}"#, #"{"minimum":1}"#), (#"{"addtionalProperties":false}"#, #"{"additionalProperties":false}"#),
      (#"{"format":"date-tme"}"#, #"{"format":"date-time"}"#),
    ] {
      let value = try document(text).value
      let fault = #expect(throws: SchemaFault.self) { try Schema(value, options: SchemaOptions(isStrict: true)) }
      let patch = try #require(fault?.finding().fix)
      #expect(try patch.apply(to: value) == document(fixed).value)
    }
    _ = try schema(#"{"x-label":"Rate","format":"date"}"#, SchemaOptions(isStrict: true))
  }

  @Test("a vocabulary that is needed and not known is a fault")
  func vocabularies() throws {
    var bundle = SchemaBundle()
    try bundle.register(
      document(#"{"$vocabulary":{"https://example.com/vocabulary":true}}"#).value, as: "https://example.com/meta")
    let value = try document(#"{"$schema":"https://example.com/meta"}"#).value
    let fault = #expect(throws: SchemaFault.self) { try Schema(value, bundle: bundle) }
    #expect(fault?.code == .unknownVocabulary)
    // Other drafts are read as this one, but not where every word counts.
    let older = try document(#"{"$schema":"http://json-schema.org/draft-07/schema#","type":"null"}"#).value
    #expect(try Schema(older).accepts("null"))
    let strict = #expect(throws: SchemaFault.self) { try Schema(older, options: SchemaOptions(isStrict: true)) }
    #expect(strict?.code == .unknownVocabulary)
  }

  /// Schemas that were cut, mutated, or made of keywords with any value: refused or compiled, never a trap, and what
  /// is compiled answers.
  @Test("no schema is a trap", arguments: [31, 32] as [UInt64])
  func fuzz(seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    let values = try ["null", "true", "3", "-2.5", "1e30", #""ab""#, #"[1,[2],{"a":1}]"#, #"{"a":{"b":[]},"c":"d"}"#]
      .map { try document($0) }
    let words = SchemaKeyword.names.sorted() + ["unknown"]
    func anything(_ depth: Int) -> JSONValue {
      let kinds = depth == 0 ? 6 : 11
      switch Int.random(in: 0..<kinds, using: &generator) {
      case 0: return .null
      case 1: return .bool(Bool.random(using: &generator))
      case 2: return .integer(Int64.random(in: -2...5, using: &generator))
      case 3: return .number(JSONNumber("1.5") ?? JSONNumber(1))
      case 4:
        return .string(
          ["#", "a", "^a", "#/$defs/a", "string", "date", "[", "#a"].randomElement(using: &generator) ?? "")
      case 5: return .object(JSONObject())
      case 6, 7: return .array((0..<Int.random(in: 0...3, using: &generator)).map { _ in anything(depth - 1) })
      default:
        var object = JSONObject()
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
          object[words.randomElement(using: &generator) ?? "a"] = anything(depth - 1)
        }
        return .object(object)
      }
    }
    var compiled = 0
    for _ in 0..<6_000 {
      do throws(SchemaFault) {
        let schema = try Schema(anything(4), options: SchemaOptions(formats: .standard))
        compiled += 1
        for value in values {
          #expect(schema.accepts(value.root) == schema.findings(of: value.root).isEmpty)
        }
      } catch {
        #expect(!error.code.rawValue.isEmpty)
      }
    }
    #expect(compiled > 1_000)
  }
}
