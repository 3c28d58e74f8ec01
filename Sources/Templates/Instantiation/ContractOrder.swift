package import Documents
internal import Fiscal
internal import Kernel

/// Who and what a contract is made for, besides the template and its form.
package struct ContractOrder: Hashable, Sendable {
  package var tenant: UInt32
  /// Not zero; unique inside the tenant.
  package var contract: UInt128
  package var payer: UInt32
  package var payee: UInt32
  /// 0 for none.
  package var arbiter: UInt32 = 0
  /// Besides the payer, who holds a seat of the first step.
  package var approvers: [Approver] = []
  package var stage = Stage.offered
  /// Digest of the bank's reference of the deposit, not zero: for `funded`.
  package var depositReference: UInt64 = 0

  /// How far the contract is brought.
  package enum Stage: String, CaseIterable, Comparable, Sendable {
    case draft
    case offered
    /// Accepted, in the payee's name.
    case active
    /// The whole value and the advance are deposited, and the value is allocated.
    case funded

    package static func < (a: Self, b: Self) -> Bool { a.order < b.order }
    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  package struct Approver: Hashable, Sendable {
    package var person: UInt32
    /// 1...4.
    package var step: UInt8
    /// After how many escalations the person may vote; 0 for at once.
    package var level: UInt8

    package init(person: UInt32, step: UInt8, level: UInt8 = 0) {
      (self.person, self.step, self.level) = (person, step, level)
    }
  }

  package init(tenant: UInt32, contract: UInt128, payer: UInt32, payee: UInt32) {
    (self.tenant, self.contract, self.payer, self.payee) = (tenant, contract, payer, payee)
  }

  /// Most persons besides the payer that the kernel takes.
  package static let approverCountMax = 15
}

extension ContractOrder {
  /// Adds as many approvers as the schedule's policy needs, numbered from a person on: for trials.
  package mutating func fillSeats(of schedule: Schedule, from person: UInt32) {
    let votes = schedule.policy.votes
    var person = person
    for (index, needed) in [votes.0, votes.1, votes.2, votes.3].enumerated() {
      // The payer has a seat of the first step.
      for _ in 0..<max(0, Int(needed) - (index == 0 ? 1 : 0)) {
        approvers.append(Approver(person: person, step: UInt8(index + 1)))
        person += 1
      }
    }
  }

  /// What would keep the kernel from taking a chain of this schedule, said before anything is sent.
  /// - Parameter now: milliseconds since 1970 UTC.
  package func findings(for schedule: Schedule, now: Int64) -> Findings {
    var findings = Findings()
    func fault(_ code: String, _ pointer: [String], _ arguments: [String: JSONValue] = [:]) {
      findings.add(Finding(code, at: JSONPointer(pointer), arguments: arguments))
    }
    if contract == 0 { fault("order.zero", ["contract"]) }
    if payer == 0 { fault("order.zero", ["payer"]) }
    if payee == 0 { fault("order.zero", ["payee"]) }
    if payer == payee || arbiter != 0 && (arbiter == payer || arbiter == payee) { fault("order.same-party", ["payee"]) }
    if stage == .funded && depositReference == 0 { fault("order.zero", ["deposit_reference"]) }
    if approvers.count > Self.approverCountMax { fault("order.approvers", ["approvers"]) }
    var people: Set<UInt32> = [payer]
    for (index, approver) in approvers.enumerated() {
      let pointer = ["approvers", String(index)]
      if approver.person == 0 || approver.person == payee || approver.person == arbiter {
        fault("order.approver", pointer)
      }
      if !people.insert(approver.person).inserted { fault("order.approver-twice", pointer) }
      if !(1...4).contains(approver.step) { fault("order.step", pointer) }
    }
    let votes = schedule.policy.votes
    for (step, needed) in [votes.0, votes.1, votes.2, votes.3].enumerated() where needed > 0 {
      let seats = approvers.count { $0.step == step + 1 && $0.level == 0 } + (step == 0 ? 1 : 0)
      if seats < Int(needed) {
        fault(
          "order.quorum", ["approvers"],
          ["step": .integer(Int64(step + 1)), "needed": .integer(Int64(needed)), "seats": .integer(Int64(seats))])
      }
    }
    for milestone in schedule.milestones where milestone.deadline <= now {
      fault(
        "order.past", ["milestones", milestone.id],
        ["id": .string(milestone.id), "due": .string(milestone.due.description)])
    }
    return findings
  }
}
