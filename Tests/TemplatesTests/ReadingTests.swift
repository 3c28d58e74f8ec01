import Documents
import Fiscal
import Testing

@testable import Templates

/// A small whole template, of which a test changes a line.
enum Small {
  static let text = """
    milepost: template/1
    name: small
    version: 1.0.0
    facets: { industry: retail, size: small, complexity: simple, payment: [stages], escalation: E1 }
    parameters:
      value: { type: integer, format: paise, minimum: 100000, maximum: 100000000 }
      start: { type: string, format: date }
      parts: { type: integer, minimum: 1, maximum: 3, default: 2 }
      extra: { type: boolean, default: false }
    let:
      first: "extra ? 2000 : 3000"
    milestones:
      - { id: begin, share: first, verify: doc, due: { from: start, days: 0 } }
      - { id: extra, share: 1000, verify: doc, due: { days: 5 }, when: extra }
      - { id: part, repeat: parts, share: 4000, verify: uat, due: { days: "i * 10" }, needs: [previous] }
      - { id: end, rest: true, verify: cert, due: { days: 3, months: 1 }, needs: [part, begin] }
    """

  static func changed(_ from: String, _ to: String) -> String {
    precondition(text.contains(from), from)
    return text.replacing(from, with: to)
  }

  /// Codes and pointers of what reading and analysing finds.
  static func findings(_ text: String) throws -> [String] {
    var findings = Findings()
    if let template = Template(reading: try Document(yaml: text), &findings) {
      findings.add(contentsOf: TemplateAnalysis(template).findings)
    }
    return findings.kept.map { "\($0.code) \($0.pointer)" }
  }

  static func form(_ json: String, for template: Template) throws -> ParameterSet {
    var findings = Findings()
    guard let form = ParameterSet(reading: try Document(json: Array(json.utf8)).root, for: template, &findings) else {
      throw Refused(findings)
    }
    return form
  }
}

@Suite("Reading and analysing templates")
struct ReadingTests {
  @Test("the small template is whole; its shapes are counted")
  func whole() throws {
    let template = try Library.read(Small.text)
    let analysis = TemplateAnalysis(template)
    #expect(analysis.findings.isEmpty, "\(Refused(analysis.findings))")
    #expect(analysis.shapeCount == 6)
    #expect(analysis.milestoneCounts == 3...6)
  }

  @Test("a schedule has the sums, days and predecessors that the template says")
  func schedule() throws {
    let template = try Library.read(Small.text)
    let schedule = try template.schedule(
      try Small.form(#"{"value": 100001, "start": "2026-01-31", "parts": 3}"#, for: template))
    #expect(schedule.milestones.map(\.id) == ["begin", "part-1", "part-2", "part-3", "end"])
    // 30 %, 40 % in three parts of 40,000 of which the first gets the paisa, and what is left.
    #expect(schedule.milestones.map(\.taxable) == [30_000, 13_334, 13_333, 13_333, 30_001])
    #expect(
      schedule.milestones.map(\.due.description) == [
        "2026-01-31", "2026-02-10", "2026-03-02", "2026-04-01", "2026-05-04",
      ])
    #expect(schedule.milestones.map(\.predecessors) == [[], [1], [2], [3], [4, 1]])
    #expect(schedule.end.description == "2026-05-04")
    #expect(schedule.milestones[0].deadline == CivilDate(year: 2026, month: 2, day: 1)!.indianStart)
  }

  @Test(
    "what is wrong is found, with its place",
    arguments: [
      ("name: small", "name: Small", ["template.name /name"]),
      ("version: 1.0.0", "version: 1.0.x", ["template.version /version"]),
      ("milepost: template/1", "milepost: template/2", ["template.format /milepost"]),
      ("industry: retail", "industry: retial", ["template.word /facets/industry"]),
      ("  start: { type: string, format: date }\n", "", ["template.parameter.start /parameters"]),
      ("share: first", "share: frist", ["template.expression /milestones/0/share"]),
      ("share: 1000", "shares: 1000", ["template.size /milestones/1", "template.unknown-near /milestones/1/shares"]),
      ("when: extra", "when: parts", ["template.type /milestones/1/when"]),
      ("needs: [part, begin]", "needs: [later]", ["template.milestone /milestones/3/needs/0"]),
      ("share: 4000", "share: 9000", ["template.no-rest /milestones/3"]),
      ("rest: true", "share: 2000", ["template.shares /milestones"]),
      ("rest: true", "amount: value", ["template.out-of-range /milestones/3/amount", "template.shares /milestones"]),
      ("\"i * 10\"", "\"i * 10000\"", ["template.out-of-range /milestones/2/due/days"]),
      ("\"i * 10\"", "\"10 / (i - 1)\"", ["template.no-value /milestones/2/due/days"]),
      ("repeat: parts", "repeat: value", ["template.unused /parameters/parts", "template.shapes /parameters/value"]),
      (
        "minimum: 1, maximum: 3, default: 2", "minimum: 1, maximum: 3, default: 7",
        ["template.range /parameters/parts/default"]
      ),
      ("minimum: 1, maximum: 3", "minimum: 0, maximum: 200", ["template.out-of-range /milestones/2/repeat"]),
      ("id: end", "id: part", ["template.name-twice /milestones/3"]),
      (
        "first: \"extra", "value: \"extra",
        ["template.name-twice /let/value", "template.expression /milestones/0/share"]
      ),
      ("let:\n", "let:\n  idle: parts + 1\n", ["template.unused /let/idle"]),
    ])
  func faults(_ from: String, _ to: String, _ expected: [String]) throws {
    let found = try Small.findings(Small.changed(from, to))
    #expect(found == expected, "\(to)")
  }

  @Test("a witness is a form with which it goes wrong")
  func witness() throws {
    let text = Small.changed("share: 4000", "share: \"parts == 3 && extra ? 8000 : 4000\"")
    var findings = Findings()
    let template = try #require(Template(reading: try Document(yaml: text), &findings))
    let found = TemplateAnalysis(template).findings
    let witness = try #require(found.kept.first?.witness)
    #expect(found.count == 1 && witness["parts"] == 3 && witness["extra"] == true)
    let form = try Small.form(witness.canonicalText, for: template)
    #expect(throws: ScheduleFault.self) { _ = try template.schedule(form) }
  }

  @Test(
    "a form that is not allowed is refused, with its place",
    arguments: [
      ("{}", ["template.missing ", "template.missing "]),
      (#"{"value": 1, "start": "2026-04-01"}"#, ["template.range /value"]),
      (#"{"value": 100000, "start": "2026-02-30"}"#, ["template.date /start"]),
      (#"{"value": 100000, "start": "2026-04-01", "part": 2}"#, ["template.unknown-near /part"]),
      (#"{"value": 100000, "start": "2026-04-01", "extra": 1}"#, ["template.kind /extra"]),
      (#"{"value": "100000", "start": "2026-04-01"}"#, ["template.range /value"]),
    ])
  func forms(_ json: String, _ expected: [String]) throws {
    let template = try Library.read(Small.text)
    var findings = Findings()
    let form = ParameterSet(reading: try Document(json: Array(json.utf8)).root, for: template, &findings)
    #expect(form == nil)
    #expect(findings.kept.map { "\($0.code) \($0.pointer)" } == expected)
  }

  @Test("constraints narrow what is allowed, and shapes that they exclude are not tried")
  func constraints() throws {
    let text = Small.text + "\nconstraints:\n  - { that: \"!extra || parts < 3\", message: few }\n"
    let template = try Library.read(text)
    #expect(TemplateAnalysis(template).shapeCount == 5)
    #expect(throws: Refused.self) {
      _ = try Small.form(#"{"value": 100000, "start": "2026-04-01", "parts": 3, "extra": true}"#, for: template)
    }
  }

  @Test("mangled templates are refused or read, and never trap")
  func mangled() throws {
    let bytes = Array(Small.text.utf8)
    var state: UInt64 = 7
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var readCount = 0
    for round in 0..<400 {
      var changed = bytes
      let place = random(changed.count)
      switch round % 4 {
      case 0: changed[place] = UInt8(0x20 + random(0x5F))
      case 1: changed.remove(at: place)
      case 2: changed.insert(changed[random(changed.count)], at: place)
      // Another digit where there is one: still a template, with other numbers.
      default:
        guard let digit = changed[place...].firstIndex(where: { 0x30...0x39 ~= $0 }) else { continue }
        changed[digit] = UInt8(0x30 + random(10))
      }
      guard let document = try? Document(yaml: String(decoding: changed, as: UTF8.self)) else { continue }
      var findings = Findings()
      guard let template = Template(reading: document, &findings) else {
        #expect(findings.hasErrors)
        continue
      }
      readCount += 1
      let analysis = TemplateAnalysis(template)
      guard analysis.findings.isEmpty else { continue }
      var generator = ParameterGenerator(template, seed: 3)
      for _ in 0..<10 {
        guard let form = generator.next() else { break }
        #expect(throws: Never.self) { _ = try template.schedule(form) }
      }
    }
    #expect(readCount > 100)
  }
}
