import Documents
import Foundation
import Schemas
import Testing

@testable import Mappings

@Suite("The language of mappings")
struct MappingReadingTests {
  static let request = """
    mapping: 1
    title: small
    direction: request
    input: { format: csv, separator: ";", skip: 1 }
    tables: { words: { yes: true } }
    document: { total: { sum: Amount, as: paise } }
    checks: [total >= 0]
    names: { state: { from: State, table: words } }
    operations:
      - operation: deposit
        when: state
        each: .
        names: { twice: { compute: total * 2 } }
        linked: true
        members:
          id: { derive: [{ from: Id }, 7] }
          amount: { from: Amount, as: paise, places: 2, groups: true, sign: any }
          due: { from: Day, as: instant, pattern: dd/MM/yyyy, zone: Z }
          note: { choose: [{ when: twice > 4, value: much }], otherwise: { from: Note, optional: true } }
    """
  static let response = """
    mapping: 1
    direction: response
    output: { format: xml }
    value: { object: { a: { object: { "@b": 1, c: { list: items, names: { n: { from: n } }, each: { name: n } }, d: { array: [1, 2] } } } } }
    """

  private static let schema: Schema = {
    let file = Samples.folder.appending(path: "mapping.schema.json")
    let document = try! Document(json: [UInt8](Data(contentsOf: file)))
    return try! Schema(document.value, options: SchemaOptions(isStrict: true, formats: .standard))
  }()

  private func codes(_ text: String) throws -> [String] {
    var findings = Findings()
    let mapping = Mapping(reading: try Document(yaml: text), &findings)
    #expect((mapping == nil) == findings.hasErrors)
    #expect(findings.kept.allSatisfy { $0.place != nil })
    return findings.kept.map(\.code)
  }

  @Test("what is shipped is good, and fits the schema", arguments: Samples.names)
  func shipped(_ name: String) throws {
    let text = try Samples.text(name)
    #expect(try codes(text) == [])
    let findings = Self.schema.findings(of: try Document(yaml: text).root)
    #expect(findings.isEmpty, "\(findings.kept.map { "\($0.code) \($0.pointer)" })")
  }

  @Test("the mappings of these tests fit", arguments: [request, response])
  func own(_ text: String) throws {
    #expect(try codes(text) == [])
    let findings = Self.schema.findings(of: try Document(yaml: text).root)
    #expect(findings.isEmpty, "\(findings.kept.map { "\($0.code) \($0.pointer)" })")
  }

  @Test(
    "what has the wrong shape is refused, by the reader and by the schema",
    arguments: [
      ("mapping: 1", "mapping: 2", "mapping.format"), ("direction: request", "direction: both", "mapping.word"),
      ("title: small", "titel: small", "mapping.unknown-near"), ("format: csv", "format: pdf", "mapping.word"),
      ("separator: \";\"", "separator: x", "mapping.word"), ("skip: 1", "skip: -1", "mapping.kind"),
      ("yes: true", "yes: []", "mapping.kind"), ("sum: Amount, as: paise", "sum: Amount, as: text", "mapping.sum"),
      ("[total >= 0]", "[\"\"]", "mapping.kind"), ("names: { state:", "names: { \"a b\":", "mapping.name"),
      ("operation: deposit", "operation: 1", "mapping.kind"),
      ("operation: deposit\n    when", "when", "mapping.missing"),
      ("linked: true\n", "linked: 1\n", "mapping.kind"), ("[{ from: Id }, 7]", "[]", "mapping.kind"),
      ("places: 2", "places: 5", "mapping.kind"), ("sign: any", "sign: none", "mapping.word"),
      ("zone: Z", "zone: IST", "mapping.zone"), ("optional: true", "maybe: true", "mapping.unknown"),
      ("{ from: Note, optional: true }", "[]", "mapping.value"),
      ("compute: total * 2", "compute: \"\"", "mapping.kind"),
      ("amount: { from:", "amount: { of:", "mapping.value"), ("value: much", "word: much", "mapping.missing"),
    ])
  func shape(_ part: String, _ wrong: String, _ code: String) throws {
    let text = Self.request.replacing(part, with: wrong)
    #expect(text != Self.request)
    let found = try codes(text)
    #expect(found.contains(code), "\(found)")
    #expect(!Self.schema.findings(of: try Document(yaml: text).root).isEmpty, "\(part) -> \(wrong)")
  }

  @Test(
    "what means nothing is refused",
    arguments: [
      ("table: words", "table: word", "mapping.no-such-table"), ("when: state", "when: status", "mapping.expression"),
      ("total * 2", "total *", "mapping.expression"), ("twice > 4", "other > 4", "mapping.expression"),
      ("pattern: dd/MM/yyyy", "pattern: dd/MM/yy", "mapping.pattern"), ("from: Id", "from: a//b", "mapping.path"),
      ("table: words", "table: words, as: paise", "mapping.table-conversion"),
      ("optional: true", "optional: true, default: x", "mapping.optional-default"),
      ("names: { twice:", "names: { total:", "mapping.name-twice"), ("names: { twice:", "names: { in:", "mapping.name"),
    ])
  func meaning(_ part: String, _ wrong: String, _ code: String) throws {
    let text = Self.request.replacing(part, with: wrong)
    #expect(text != Self.request)
    let found = try codes(text)
    #expect(found.contains(code), "\(found)")
  }

  @Test(
    "what a format cannot say is refused",
    arguments: [
      ("object: { a: {", "object: { \"1a\": {", "mapping.element-name"),
      ("\"@b\": 1", "\"@b c\": 1", "mapping.element-name"),
      ("value: { object: { a:", "value: { object: { z: 1, a:", "mapping.output"),
      ("format: xml", "format: csv", "mapping.output"),
      ("name: n", "name: m", "mapping.no-such-name"),
      ("value: { object: { a: {", "value: { array: [{", "mapping.output"),
    ])
  func outputs(_ part: String, _ wrong: String, _ code: String) throws {
    var text = Self.response.replacing(part, with: wrong)
    if wrong.hasPrefix("value: { array") { text = text.replacing("} } } } }", with: "} } }] }") }
    let found = try codes(text)
    #expect(found.contains(code), "\(text) \(found)")
  }

  @Test("values within values are bounded")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      "mapping: 1\ndirection: response\noutput: { format: json }\nvalue: "
        + String(repeating: "{ join: [", count: depth) + "x" + String(repeating: "] }", count: depth)
    }
    #expect(try codes(nested(16)) == [])
    #expect(try codes(nested(17)).contains("mapping.too-large"))
  }

  @Test("every code has its texts")
  func texts() throws {
    for code in FindingTexts.mappings.codes {
      #expect(FindingTexts.mappings[code].keys.sorted() == ["en", "hi"], "\(code)")
    }
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appending(path: "Sources/Mappings")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var used: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      for match in try String(contentsOf: file, encoding: .utf8).matches(
        of: #/"((?:mapping|value|input|form|csv|xml|output)\.[a-z0-9-]+)"/#)
      {
        used.insert(String(match.1))
      }
    }
    #expect(used.count > 60)
    #expect(used.isSubset(of: FindingTexts.mappings.codes), "\(used.subtracting(FindingTexts.mappings.codes))")
  }
}
