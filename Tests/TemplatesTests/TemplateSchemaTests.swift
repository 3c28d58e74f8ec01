import Documents
import Foundation
import Schemas
import Testing

@testable import Templates

@Suite("The schema of templates")
struct TemplateSchemaTests {
  static let schema: Schema = {
    let file = Library.folder.appending(path: "schemas/template.schema.json")
    let document = try! Document(json: [UInt8](Data(contentsOf: file)))
    return try! Schema(document.value, options: SchemaOptions(isStrict: true, formats: .standard))
  }()

  /// What a schema can say; the other codes are about what names, numbers and expressions mean.
  static let codes: Set<String> = [
    "template.format", "template.name", "template.version", "template.kind", "template.missing", "template.unknown",
    "template.unknown-near", "template.word", "template.count", "template.size", "template.region", "template.due",
    "template.first-step", "template.parameter.string", "template.parameter.start", "template.group-inside",
    "template.rest-repeated", "template.none", "template.bad-name",
  ]

  @Test("every template of the library fits", arguments: Library.templates)
  func library(_ path: String) throws {
    let document = try Document(
      yaml: String(contentsOf: Library.folder.appending(path: "\(path)/template.yaml"), encoding: .utf8))
    let findings = Self.schema.findings(of: document.root)
    #expect(findings.isEmpty, "\(findings.kept.map { "\($0.code) \($0.pointer)" })")
  }

  @Test("the templates of these tests fit")
  func own() throws {
    for text in [Small.text, Grouped.text, Abroad.text("goods")] {
      let findings = Self.schema.findings(of: try Document(yaml: text).root)
      #expect(findings.isEmpty, "\(findings.kept.map { "\($0.code) \($0.pointer)" })")
    }
  }

  @Test(
    "a document that the reader refuses for its shape is refused",
    arguments: [
      ("milepost: template/1", "milepost: template/2"), ("name: grouped", "name: Grouped"),
      ("version: 1.0.0", "version: 1.0"),
      ("version: 1.0.0\n", ""), ("industry: construction", "industry: building"), ("payment: [stages]", "payment: []"),
      ("escalation: E2 }", "escalation: E2, regions: [Maharashtra] }"),
      ("parameters:\n", "parameters:\n  in: { type: boolean }\n"),
      ("  start: { type: string, format: date }\n", ""), ("type: boolean, default: true", "type: bool, default: true"),
      ("minimum: 0, maximum: 3", "minimum: 0, most: 3"), ("enum: [goods, works, own]", "enum: goods"),
      ("id: begin, share: 1000", "id: begin"), ("id: begin, share: 1000", "id: begin, share: 1000, amount: 5"),
      ("share: 1000, verify: doc, due: { from: start", "share: 1000, verify: docs, due: { from: start"),
      ("due: { from: start, days: 0 }", "due: { from: start }"), ("due: { from: start, days: 0 }", "due: 0"),
      ("rest: true", "rest: false"), ("needs: [settle, pay]", "needs: settle"),
      ("needs: [settle, pay]", "needs: [settle, pay, a, b, c]"), ("      id: phase\n", ""),
      ("      repeat: phases\n", ""),
      ("id: submit, share: 1000", "id: submit, rest: true"),
      ("id: submit, share: 1000", "id: submit, repeat: 2, share: 1000"),
      ("each: true", "each: 1"), ("rate: 500, days: 60", "rate: 500"), ("rate: 500, days: 60", "rate: [500], days: 60"),
      ("security: {", "securities: {"), ("supply: immovable-property", "supply: building"),
      ("goods: \"8480\"", "goods: none"),
      ("withholding_when: audited", "withholding_when: [audited]"), ("withholding: {", "withhold: {"),
      ("versions: \"^1.0.0\"", "version: \"^1.0.0\""), ("- { template", "- { name"),
      ("tax:\n", "approval: { steps: [{ role: head, from: 5 }] }\ntax:\n"),
      ("tax:\n", "approval: { ordered: true }\ntax:\n"),
      ("tax:\n", "approval: { steps: [{ role: head, votes: 17 }] }\ntax:\n"),
      ("tax:\n", "constraints: [{ that: audited }]\ntax:\n"), ("tax:\n", "let: [1]\ntax:\n"),
      ("tax:\n", "taxes: 1\ntax:\n"), ("tax:\n", "tax:\n  zero_rated: {}\n"),
      ("tax:\n", "tax:\n  zero_rated: { zone: audited, paid_from_abroad: audited }\n"),
      ("tax:\n", "tax:\n  zero_rated: { zone: [audited] }\n"),
      ("tax:\n", "tax:\n  zero_rated: { zone: audited, export: audited }\n"),
    ])
  func refused(_ from: String, _ to: String) throws {
    let document = try Document(yaml: Grouped.changed(from, to))
    var findings = Findings()
    #expect(Template(reading: document, &findings) == nil)
    #expect(!Self.schema.accepts(document.root), "\(to)")
  }

  @Test("mutated templates: what the reader refuses for its shape does not fit, what it reads does")
  func mutated() throws {
    var state: UInt64 = 11
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var (readCount, refusedCount) = (0, 0)
    for round in 0..<3_000 {
      var bytes = Array((round % 2 == 0 ? Small.text : Grouped.text).utf8)
      for _ in 0...random(2) {
        let place = random(bytes.count)
        switch random(4) {
        case 0: bytes[place] = UInt8(0x20 + random(0x5F))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[random(bytes.count)], at: place)
        // A word put where another one is.
        default:
          let (from, to) = (random(bytes.count), random(bytes.count))
          let word = bytes[from...].prefix { $0 > 0x60 && $0 < 0x7B }
          bytes.replaceSubrange(to..<min(bytes.count, to + word.count), with: Array(word))
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      guard let document = try? Document(yaml: text) else { continue }
      var findings = Findings()
      let accepts = Self.schema.accepts(document.root)
      if Template(reading: document, &findings) != nil {
        readCount += 1
        #expect(accepts, "\(Self.schema.findings(of: document.root).kept.map { "\($0.code) \($0.pointer)" })")
        continue
      }
      // Whether a default is one of the parameter's own words no schema says.
      let shapes = findings.kept.filter { Self.codes.contains($0.code) && $0.pointer.tokens.last != "default" }
      if shapes.isEmpty { continue }
      refusedCount += 1
      #expect(!accepts, "\(shapes.map { "\($0.code) \($0.pointer)" })")
    }
    #expect(readCount > 200 && refusedCount > 200)
  }
}
