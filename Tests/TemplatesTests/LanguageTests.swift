import Documents
import Fiscal
import Kernel
import Testing
import Texts

@testable import Templates

/// A template with a group, a series that follows another, a security and choices of withholding.
enum Grouped {
  static let text = """
    milepost: template/1
    name: grouped
    version: 1.0.0
    facets: { industry: construction, size: medium, complexity: complex, payment: [stages], escalation: E2 }
    dependencies:
      - { template: construction/stage-payment-house, versions: "^1.0.0" }
    parameters:
      value: { type: integer, format: paise, minimum: 100000000, maximum: 2000000000 }
      start: { type: string, format: date }
      supplier_state: { type: string, format: state }
      place_state: { type: string, format: state }
      payee_kind: { type: string, enum: [individual-or-huf, other], default: other }
      payee_has_pan: { type: boolean, default: true }
      kind: { type: string, enum: [goods, works, own], default: works }
      phases: { type: integer, minimum: 0, maximum: 3, default: 2 }
      lots: { type: integer, minimum: 1, maximum: 4, default: 2 }
      inspected: { type: boolean, default: true }
      audited: { type: boolean, default: true }
    milestones:
      - { id: begin, share: 1000, verify: doc, due: { from: start, days: 0 } }
      - group:
          id: phase
          repeat: phases
          milestones:
            - { id: submit, share: 1000, verify: doc, due: { days: 10 }, needs: [previous] }
            - { id: inspect, share: 500, verify: qc, due: { from: submit, days: 5 }, needs: [submit], when: inspected }
            - { id: pay, amount: "1000 * i", verify: cert, due: { from: inspect, days: "i" }, needs: [inspect, begin] }
      - { id: deliver, repeat: lots, share: 2000, verify: pod, due: { from: start, months: 6 }, needs: [begin] }
      - { id: settle, repeat: lots, share: 1000, verify: doc, due: { from: deliver, each: true, days: "10 * i" } }
      - { id: end, rest: true, verify: cert, due: { days: 30 }, needs: [settle, pay] }
    terms:
      security: { rate: 500, days: 60 }
    tax:
      code: { by: kind, keys: { goods: "8480", works: "995414", own: "995414" } }
      supply: immovable-property
      withholding: { by: kind, keys: { goods: 194Q, works: 194C, own: none } }
      withholding_when: audited
    """

  static let start = #""start": "2026-01-01", "supplier_state": "MH", "place_state": "MH""#

  static func schedule(_ more: String, value: Int64 = 100_000_000) throws -> Schedule {
    let template = try Library.read(text)
    let form = try Small.form(#"{"value": \#(value), \#(start)\#(more)}"#, for: template)
    var scheduler = Scheduler(template, from: Library.data, accepting: .unconfirmed)
    return try scheduler.schedule(form)
  }

  static func changed(_ from: String, _ to: String) -> String {
    precondition(text.contains(from), from)
    return text.replacing(from, with: to)
  }
}

@Suite("Groups, series that follow others, security, choices of withholding")
struct LanguageTests {
  @Test("the template is whole, and contracts of its forms run to closing")
  func whole() throws {
    let template = try Library.read(Grouped.text)
    let analysis = TemplateAnalysis(template)
    #expect(analysis.findings.isEmpty, "\(Refused(analysis.findings))")
    #expect(analysis.shapeCount == 4 * 4 * 2)
    #expect(analysis.milestoneCounts == 4...19)
    var generator = ParameterGenerator(template, seed: 4)
    var scheduler = Scheduler(template, from: Library.data, accepting: .unconfirmed)
    var trial = Trial(template)
    for _ in 0..<60 {
      let next = generator.next()
      let form = try #require(next)
      let schedule = try scheduler.schedule(form)
      #expect(schedule.taxable == form.value)
      do { try trial.run(schedule, form: form) } catch { Issue.record("\(error) with \(form.json)") }
    }
  }

  @Test("a group goes round after round; inside it names mean the same round")
  func rounds() throws {
    let schedule = try Grouped.schedule("")
    #expect(
      schedule.milestones.map(\.id) == [
        "begin", "submit-1", "inspect-1", "pay-1", "submit-2", "inspect-2", "pay-2", "deliver-1", "deliver-2",
        "settle-1", "settle-2", "end",
      ])
    #expect(
      schedule.milestones.map(\.predecessors) == [
        [], [1], [2], [3, 1], [4], [5], [6, 1], [1], [], [], [], [11, 7],
      ])
    #expect(
      schedule.milestones.map(\.due.description) == [
        "2026-01-01", "2026-01-11", "2026-01-16", "2026-01-17", "2026-01-27", "2026-02-01", "2026-02-03",
        "2026-07-01", "2027-01-01", "2026-07-11", "2027-01-21", "2027-02-20",
      ])
    // Shares are those of all rounds together, sums are of each.
    #expect(
      schedule.milestones.map(\.taxable) == [
        10_000_000, 5_000_000, 2_500_000, 1_000, 5_000_000, 2_500_000, 2_000, 10_000_000, 10_000_000, 5_000_000,
        5_000_000, 44_997_000,
      ])
    #expect(schedule.milestones[4].repetition == .init(number: 2, count: 2))
  }

  @Test("what is not there had been behind what stands before it, in the same round or the one before")
  func absent() throws {
    let schedule = try Grouped.schedule(#", "inspected": false"#)
    #expect(
      schedule.milestones.prefix(5).map { "\($0.id) \($0.due) \(Array($0.predecessors))" } == [
        "begin 2026-01-01 []", "submit-1 2026-01-11 [1]", "pay-1 2026-01-12 [1]", "submit-2 2026-01-22 [3]",
        "pay-2 2026-01-24 [1]",
      ])
    // Without rounds the last one waits for the rest.
    let none = try Grouped.schedule(#", "phases": 0"#)
    #expect(none.milestones.map(\.id) == ["begin", "deliver-1", "deliver-2", "settle-1", "settle-2", "end"])
    #expect(none.milestones.last?.predecessors == [5])
  }

  @Test("a security is told: its sum of the value with tax, and how long it is valid")
  func security() throws {
    let schedule = try Grouped.schedule("")
    let security = try #require(schedule.security)
    #expect(security.rate == 500 && security.amount == schedule.value / 20)
    #expect(security.validUntil.description == "2027-04-21" && schedule.end.description == "2027-02-20")
    #expect(schedule.json["security"]?["valid_until"] == "2027-04-21")
    let small = try Library.read(Small.text)
    let form = try Small.form(#"{"value": 1000000, "start": "2026-04-01"}"#, for: small)
    #expect(try small.schedule(form).json["security"] == nil)
    #expect(
      try Library.read(Grouped.text).textKeys.contains("terms.security") && !small.textKeys.contains("terms.security"))
  }

  @Test("nothing is withheld where no row is named, or the condition does not hold")
  func withholding() throws {
    #expect(try Grouped.schedule("").rates.withholding == 200)
    let own = try Grouped.schedule(#", "kind": "own""#).rates
    #expect(own.withholding == 0 && own.sources.map(\.what) == ["gst"])
    let without = try Grouped.schedule(#", "audited": false"#).rates
    #expect(without.withholding == 0 && without.sources.map(\.what) == ["gst"])
  }

  @Test("of the excess over a threshold: each milestone says what the law takes of it, the kernel's rate is no less")
  func excess() throws {
    // 50 lakh and a tenth of a per cent.
    let value: Int64 = 800_000_000
    let schedule = try Grouped.schedule(#", "kind": "goods""#, value: value)
    #expect(schedule.rates.withholdingFrom == 500_000_000 && schedule.rates.withholding == 10)
    let withheld = schedule.milestones.map { $0.withheld ?? -1 }
    #expect(withheld.reduce(0, +) == 300_000)
    #expect(withheld.prefix(7).allSatisfy { $0 == 0 })
    #expect(schedule.json["milestones"]?.array?.last?["withheld"]?.integer == withheld.last)
    #expect(schedule.terms.tdsBP == 10)
    #expect(zip(schedule.milestones, withheld).allSatisfy { $1 <= ($0.taxable * 10 + 5_000) / 10_000 + 1 })
    // Up to the threshold nothing is withheld, and where the whole is taxed nothing is said.
    let below = try Grouped.schedule(#", "kind": "goods""#, value: 500_000_000)
    #expect(below.rates.withholding == 0 && below.milestones.allSatisfy { $0.withheld == nil })
    #expect(try Grouped.schedule("").milestones.allSatisfy { $0.withheld == nil })
  }

  @Test("the kernel takes the lines of the law where they are given with a release")
  func explicitLines() throws {
    let schedule = try Grouped.schedule(#", "kind": "goods""#, value: 800_000_000)
    let template = try Library.read(Grouped.text)
    var order = ContractOrder(tenant: 1, contract: 5, payer: 1, payee: 2)
    order.stage = .funded
    order.depositReference = 9
    order.arbiter = 3
    let chain = OperationChain(schedule, order, template: template.digest, form: .null)
    var kernel = TrialKernel(now: schedule.start.indianStart)
    for result in kernel.apply(chain.members) { #expect(result.isAccepted) }
    var id: UInt128 = 1 << 90
    func act(
      _ code: OperationCode, mode: UInt8 = 0, _ ordinal: UInt16, actor: UInt32, amount: Int64 = 0,
      _ lines: ReleaseLines? = nil,
      argument: UInt64 = 0
    ) -> (Operation, ReleaseLines?) {
      id += 1
      let operation = Operation(
        code, mode: mode, tenant: 1, contract: 5, ordinal: ordinal, id: id, actor: actor, amount: amount,
        argument: argument, extended: lines != nil)
      return (operation, lines)
    }
    #expect(kernel.apply(act(.verifyPayee, 0, actor: 0).0).isAccepted)
    let first = schedule.milestones[0]
    #expect(kernel.apply(act(.start, 1, actor: 2).0).isAccepted)
    #expect(kernel.apply(act(.submit, 1, actor: 2, amount: first.amount, argument: 5).0).isAccepted)
    #expect(kernel.apply(act(.approve, 1, actor: 1, amount: first.amount, argument: 6).0).isAccepted)
    var lines = ReleaseLines()
    lines.tax = first.withheld ?? -1
    lines.net = first.amount - lines.tax
    let release = act(.release, mode: 1, 1, actor: 0, amount: first.amount, lines).0
    // A chain of a schedule never releases; the slot is 64 bytes of plain fields either way.
    let slot = OperationChain.Slot.policy(unsafeBitCast(lines, to: ApproverPolicy.self))
    let result = kernel.apply([OperationChain.Member(operation: release, slot: slot)])[0]
    #expect(result.isAccepted && result.amount == first.amount)
  }

  @Test(
    "what is wrong is found, with its place",
    arguments: [
      ("repeat: phases\n", "repeat: audited\n", ["template.type /milestones/1/group/repeat"]),
      ("      repeat: phases\n", "", ["template.unused /parameters/phases", "template.missing /milestones/1/group"]),
      ("      id: phase\n", "", ["template.missing /milestones/1/group"]),
      ("id: phase\n", "id: begin\n", ["template.name-twice /milestones/1/group"]),
      (
        "id: submit, share: 1000", "id: submit, rest: true", ["template.rest-repeated /milestones/1/group/milestones/0"]
      ),
      (
        "id: submit, share: 1000", "id: submit, repeat: 2, share: 1000",
        ["template.group-inside /milestones/1/group/milestones/0/repeat"]
      ),
      ("needs: [submit]", "needs: [pay]", ["template.milestone /milestones/1/group/milestones/1/needs/0"]),
      ("\"1000 * i\"", "\"1000 * (i - 1)\"", ["template.out-of-range /milestones/1/group/milestones/2/amount"]),
      (
        "due: { from: inspect, days: \"i\" }", "due: { days: \"i * 4000\" }",
        ["template.out-of-range /milestones/1/group/milestones/2/due/days"]
      ),
      ("id: settle, repeat: lots", "id: settle, repeat: phases", ["template.each-count /milestones/3/due/each"]),
      ("from: deliver, each: true", "from: begin, each: true", ["template.each /milestones/3/due/each"]),
      ("from: deliver, each: true", "each: true", ["template.each /milestones/3/due/each"]),
      ("from: deliver, each: true", "from: deliver, each: 1", ["template.kind /milestones/3/due/each"]),
      ("rate: 500, days: 60", "rate: 50000, days: 60", ["template.out-of-range /terms/security/rate"]),
      ("rate: 500, days: 60", "rate: 500", ["template.missing /terms/security"]),
      ("goods: \"8480\"", "goods: none", ["template.none /tax/code/keys/goods"]),
      ("works: 194C, own: none", "works: 194C", ["template.keys /tax/withholding/keys"]),
      ("withholding_when: audited", "withholding_when: phases", ["template.type /tax/withholding_when"]),
      ("\"^1.0.0\"", "\"^1\"", ["template.versions /dependencies/0/versions"]),
      ("template: construction/stage", "template: building/stage", ["template.dependency /dependencies/0/template"]),
      ("construction/stage-payment-house", "construction/grouped", ["template.dependency /dependencies/0/template"]),
    ])
  func faults(_ from: String, _ to: String, _ expected: [String]) throws {
    let found = try Small.findings(Grouped.changed(from, to))
    #expect(Set(found).isSuperset(of: Set(expected.filter { !$0.hasPrefix("template.unused") })), "\(found)")
    #expect(found.count <= expected.count + 1, "\(found)")
  }

  @Test("a fix puts right what it is offered for")
  func fixes() throws {
    for (from, to) in [
      ("id: submit, share: 1000", "id: submit, repeat: 2, share: 1000"),
      ("cert, due: { days: 30 }", "cert, due: { days: 30, each: true }"), ("security:", "securty:"),
    ] {
      let document = try Document(yaml: Grouped.changed(from, to))
      var findings = Findings()
      #expect(Template(reading: document, &findings) == nil)
      let fix = try #require(findings.kept.first { $0.fix != nil }?.fix, "\(to)")
      let fixed = try fix.apply(to: document.value)
      var left = Findings()
      #expect(Template(reading: try Document(json: fixed.canonicalBytes), &left) != nil, "\(Refused(left))")
    }
  }

  @Test("mangled, it is refused or read, and what is found whole makes a schedule of every form")
  func mangled() throws {
    let bytes = Array(Grouped.text.utf8)
    var state: UInt64 = 23
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var wholeCount = 0
    for round in 0..<500 {
      var changed = bytes
      let place = random(changed.count)
      switch round % 5 {
      case 0: changed[place] = UInt8(0x20 + random(0x5F))
      case 1: changed.removeSubrange(place..<min(changed.count, place + 1 + random(8)))
      case 2: changed.removeSubrange(place...)
      default:
        guard let digit = changed[place...].firstIndex(where: { 0x30...0x39 ~= $0 }) else { continue }
        changed[digit] = UInt8(0x30 + random(10))
      }
      var findings = Findings()
      guard let document = try? Document(yaml: String(decoding: changed, as: UTF8.self)),
        let template = Template(reading: document, &findings), TemplateAnalysis(template).findings.isEmpty
      else { continue }
      wholeCount += 1
      var generator = ParameterGenerator(template, seed: 3)
      for _ in 0..<10 {
        guard let form = generator.next() else { break }
        #expect(throws: Never.self) { _ = try template.schedule(form) }
      }
    }
    #expect(wholeCount > 50)
  }

  @Test("a witness shows for which form two series are not of one length")
  func witness() throws {
    var findings = Findings()
    let text = Grouped.changed("id: settle, repeat: lots", "id: settle, repeat: phases")
    let template = try #require(Template(reading: try Document(yaml: text), &findings))
    let found = try #require(TemplateAnalysis(template).findings.kept.first { $0.code == "template.each-count" })
    let witness = try #require(found.witness)
    #expect(witness["lots"] != witness["phases"])
  }
}
