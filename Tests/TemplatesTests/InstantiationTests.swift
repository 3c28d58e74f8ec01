import Documents
import Fiscal
import Kernel
import Testing

@testable import Templates

@Suite("From a schedule to the kernel")
struct InstantiationTests {
  private let template = try! Library.read(Small.text)
  private let now = CivilDate(year: 2026, month: 4, day: 1)!.indianStart

  private func schedule() throws -> (Schedule, ParameterSet) {
    let form = try Small.form(#"{"value": 1000000, "start": "2026-04-01"}"#, for: template)
    return (try template.schedule(form), form)
  }

  private func order() -> ContractOrder {
    var order = ContractOrder(tenant: 1, contract: 77, payer: 1, payee: 2)
    order.stage = .funded
    order.depositReference = 9
    return order
  }

  @Test("one chain, its last member ends it, and each stage has what it needs")
  func stages() throws {
    let (schedule, form) = try schedule()
    var order = order()
    var counts: [Int] = []
    for stage in ContractOrder.Stage.allCases {
      order.stage = stage
      let chain = OperationChain(schedule, order, template: template.digest, form: form.json)
      #expect(chain.members.dropLast().allSatisfy { $0.operation.isLinked })
      #expect(chain.members.last?.operation.isLinked == false)
      #expect(Set(chain.members.map(\.operation.id)).count == chain.members.count)
      #expect(chain.slots.count == 64 * chain.members.reduce(0) { $0 + ($1.operation.hasExtension ? 2 : 1) })
      #expect(OperationChain.memberCount(of: schedule, order) == chain.members.count)
      counts.append(chain.members.count)
    }
    // Terms, policy, four milestones; offer; accept; deposit and four times fund.
    #expect(counts == [6, 7, 8, 13])
  }

  @Test("a chain is applied as a whole; sent again it changes nothing")
  func again() throws {
    let (schedule, form) = try schedule()
    let order = order()
    let chain = OperationChain(schedule, order, template: template.digest, form: form.json)
    var kernel = TrialKernel(now: now)
    let first = kernel.apply(chain.members)
    #expect(first.allSatisfy { $0.isAccepted })
    guard let contract = kernel.contract(order) else {
      Issue.record("no contract")
      return
    }
    #expect(contract.state == .active && contract.value == 1_000_000 && contract.milestoneCount == 4)
    #expect(contract.buckets.held == 1_000_000 && contract.buckets.unallocated == 0)
    let second = kernel.apply(chain.members)
    #expect(second.allSatisfy { !$0.isAccepted })
    #expect(kernel.contract(order) == contract)
  }

  @Test("other people, another form or another template are other operations")
  func names() throws {
    let (schedule, form) = try schedule()
    let chain = OperationChain(schedule, order(), template: template.digest, form: form.json)
    var other = order()
    other.payee = 3
    let ids = [
      OperationChain(schedule, other, template: template.digest, form: form.json),
      OperationChain(schedule, order(), template: DocumentDigest(of: "x"), form: form.json),
      OperationChain(schedule, order(), template: template.digest, form: ["value": 2]),
    ].map { $0.members[0].operation.id }
    #expect(Set(ids + [chain.members[0].operation.id]).count == 4)
    let same = OperationChain(schedule, order(), template: template.digest, form: form.json)
    #expect(same.slots == chain.slots)
  }

  @Test("what the kernel would refuse is said before")
  func refused() throws {
    let (schedule, _) = try schedule()
    func codes(_ order: ContractOrder, _ now: Int64) -> [String] {
      order.findings(for: schedule, now: now).kept.map { "\($0.code) \($0.pointer)" }
    }
    #expect(codes(order(), now) == [])
    var bad = ContractOrder(tenant: 1, contract: 0, payer: 4, payee: 4)
    bad.stage = .funded
    bad.approvers = [.init(person: 4, step: 1), .init(person: 9, step: 5), .init(person: 9, step: 1)]
    #expect(
      codes(bad, now) == [
        "order.zero /contract", "order.same-party /payee", "order.zero /deposit_reference",
        "order.approver /approvers/0",
        "order.approver-twice /approvers/0", "order.step /approvers/1", "order.approver-twice /approvers/2",
      ])
    let late = CivilDate(year: 2026, month: 4, day: 2)!.indianStart
    #expect(codes(order(), late) == ["order.past /milestones/begin"])
    #expect(codes(order(), late - 1) == [])
    var quorum = schedule
    quorum.policy.votes = (3, 1, 0, 0)
    #expect(order().findings(for: quorum, now: now).kept.map(\.code) == ["order.quorum", "order.quorum"])
  }
}
