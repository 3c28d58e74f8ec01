internal import Documents
internal import Fiscal
internal import Kernel

/// Runs contracts of a template from funding to closing on a kernel of its own, as parties would who agree on everything.
///
/// Every milestone is worked on, claimed, approved by as many votes as the policy asks for, released and paid; retention
/// comes back after the defect period, the advance is recovered, taxes are remitted. What the kernel deducts is compared
/// with what `RunningAccount` computes.
package struct Trial: ~Copyable {
  private let template: Template
  private var kernel: TrialKernel
  /// One contract after another, each with people and references of its own.
  private var contractCount: UInt64 = 0
  private var nextReference: UInt64 = 1
  private var nextID: UInt128 = 1 << 64

  package init(_ template: Template) {
    self.template = template
    kernel = TrialKernel(now: Parameter.exampleStart.indianStart)
  }

  /// Where a run went otherwise than it must.
  package struct Fault: Error, CustomStringConvertible {
    package var description: String
  }

  /// Runs one schedule.
  package mutating func run(_ schedule: Schedule, form: ParameterSet) throws(Fault) {
    contractCount += 1
    // A kernel holds a thousand contracts, and closed ones stay: the next one begins anew.
    if contractCount % 500 == 0 || schedule.start.indianStart < kernel.now {
      kernel = TrialKernel(now: schedule.start.indianStart)
    }
    kernel.wait(until: schedule.start.indianStart)
    let order = order(for: schedule)
    let chain = OperationChain(schedule, order, template: template.digest, form: form.json)
    for (member, result) in zip(chain.members, kernel.apply(chain.members)) where !result.isAccepted {
      throw Fault(description: "\(Self.name(member.operation)): \(Self.name(result))")
    }
    try expect(.verifyPayee, order, actor: 0)
    try payAdvance(schedule, order)
    var account: RunningAccount
    do throws(FiscalError) { account = try RunningAccount(schedule) } catch { throw Fault(description: "\(error)") }
    for milestone in schedule.milestones { try perform(milestone, order, schedule, &account) }
    try finish(order, schedule)
  }

  private func order(for schedule: Schedule) -> ContractOrder {
    var order = ContractOrder(tenant: 1, contract: UInt128(contractCount), payer: 1, payee: 2)
    order.arbiter = 3
    order.stage = .funded
    order.depositReference = contractCount << 32
    order.fillSeats(of: schedule, from: 10)
    return order
  }

  private mutating func payAdvance(_ schedule: Schedule, _ order: ContractOrder) throws(Fault) {
    guard schedule.advance > 0 else { return }
    if schedule.terms.flags.contains(.guarantee) {
      try expect(.advance, mode: 3, order, actor: order.payer, argument: 7)
    }
    try expect(.advance, order, actor: order.payer, amount: schedule.advance)
    let attempt = UInt32(kernel.contract(order)?.payoutAttempt ?? 0)
    try expect(
      .payoutResult, order, actor: 0, amount: schedule.advance, argument: reference(), expectedVersion: attempt)
  }

  private mutating func perform(
    _ milestone: Schedule.Milestone, _ order: ContractOrder, _ schedule: Schedule, _ account: inout RunningAccount
  ) throws(Fault) {
    let ordinal = milestone.ordinal
    try expect(.start, order, ordinal, actor: order.payee)
    // Cumulative claims are paid in two bills.
    let claims =
      milestone.isCumulative && milestone.amount > 1 ? [milestone.amount / 2, milestone.amount] : [milestone.amount]
    let mode: UInt8 = milestone.isCumulative ? 1 : 0
    for claim in claims {
      try expect(.submit, mode: mode, order, ordinal, actor: order.payee, amount: claim, argument: 5)
      for voter in voters(order, schedule, claim) {
        try expect(.approve, order, ordinal, actor: voter, amount: claim, argument: 6)
      }
      let due = kernel.milestone(order, ordinal).map { $0.certified - $0.released } ?? 0
      let result = try expect(.release, order, ordinal, actor: order.payer, amount: due)
      try compare(result.amount, due, &account, milestone)
      try settle(result, order, ordinal)
    }
  }

  /// The payer, and so many of each step that counts as it asks for.
  private func voters(_ order: ContractOrder, _ schedule: Schedule, _ claim: Int64) -> [UInt32] {
    let policy = schedule.policy
    let votes = [policy.votes.0, policy.votes.1, policy.votes.2, policy.votes.3]
    let bands = [policy.band.0, policy.band.1, policy.band.2, policy.band.3]
    var voters: [UInt32] = []
    for step in 0..<4 where votes[step] > 0 && claim >= bands[step] {
      let seats = (step == 0 ? [order.payer] : []) + order.approvers.filter { $0.step == step + 1 }.map(\.person)
      voters += seats.prefix(Int(votes[step]))
    }
    return voters
  }

  private func compare(
    _ net: Int64, _ gross: Int64, _ account: inout RunningAccount, _ milestone: Schedule.Milestone
  ) throws(Fault) {
    let lines: BillLines
    do throws(FiscalError) {
      try account.certify(toDate: account.certified + gross)
      lines = try account.release(gross)
    } catch { throw Fault(description: "\(milestone.id): \(error)") }
    guard lines.net == net else {
      throw Fault(description: "\(milestone.id): the kernel pays \(net) of \(gross), the account says \(lines.net)")
    }
  }

  /// The bank pays what is pending.
  private mutating func settle(_ result: OperationResult, _ order: ContractOrder, _ ordinal: UInt16) throws(Fault) {
    guard result.amount > 0 else { return }
    try expect(
      .payoutResult, order, ordinal, actor: 0, amount: result.amount, argument: reference(),
      expectedVersion: UInt32(result.payoutAttempt))
  }

  private mutating func finish(_ order: ContractOrder, _ schedule: Schedule) throws(Fault) {
    try expect(.complete, order, actor: order.payer)
    kernel.wait(until: kernel.now + Int64(schedule.terms.defectPeriod) * 1_000)
    for milestone in schedule.milestones {
      guard let retained = kernel.milestone(order, milestone.ordinal)?.retained, retained > 0 else { continue }
      let result = try expect(.releaseRetention, order, milestone.ordinal, actor: order.payee, amount: retained)
      try settle(result, order, milestone.ordinal)
    }
    guard let buckets = kernel.contract(order)?.buckets else { throw Fault(description: "the contract is gone") }
    if buckets.taxWithheld > 0 {
      try expect(.remit, order, actor: 0, amount: buckets.taxWithheld, argument: reference())
    }
    if buckets.otherWithheld > 0 {
      try expect(.remit, mode: 1, order, actor: 0, amount: buckets.otherWithheld, argument: reference())
    }
    if buckets.unallocated > 0 { try expect(.refund, order, actor: order.payer, amount: buckets.unallocated) }
    if let pending = kernel.contract(order)?.buckets.refundPending, pending > 0 {
      try expect(.refundResult, order, actor: 0, amount: pending, argument: reference())
    }
    try expect(.closeContract, order, actor: order.payer)
    guard let contract = kernel.contract(order), contract.state == .closed else {
      throw Fault(description: "the contract is not closed")
    }
    let rest = contract.buckets
    let balances = [
      rest.unallocated, rest.held, rest.retained, rest.payoutPending, rest.refundPending, rest.taxWithheld,
      rest.otherWithheld, contract.advanceOutstanding,
    ]
    guard balances.allSatisfy({ $0 == 0 }) else { throw Fault(description: "buckets are not empty: \(balances)") }
  }

  private mutating func reference() -> UInt64 {
    nextReference += 1
    return nextReference
  }

  @discardableResult
  private mutating func expect(
    _ code: OperationCode, mode: UInt8 = 0, _ order: ContractOrder, _ ordinal: UInt16 = 0, actor: UInt32,
    amount: Int64 = 0, argument: UInt64 = 0, expectedVersion: UInt32 = 0
  ) throws(Fault) -> OperationResult {
    nextID += 1
    let operation = Operation(
      code, mode: mode, tenant: order.tenant, contract: order.contract, ordinal: ordinal, id: nextID, actor: actor,
      amount: amount, argument: argument, expectedVersion: expectedVersion)
    let result = kernel.apply(operation)
    guard result.isAccepted else {
      throw Fault(description: "\(Self.name(operation)): \(Self.name(result))")
    }
    return result
  }

  private static func name(_ result: OperationResult) -> String {
    ResultCode(rawValue: result.code).map { "\($0)" } ?? "?"
  }

  private static func name(_ operation: Operation) -> String {
    let code = OperationCode(rawValue: operation.code).map { "\($0)" } ?? "?"
    return operation.ordinal == 0 ? code : "\(code) of milestone \(operation.ordinal)"
  }
}

extension RunningAccount {
  /// The account of a schedule's contract, its advance paid.
  init(_ schedule: Schedule) throws(FiscalError) {
    let terms = schedule.terms
    var bill = BillTerms()
    bill.gst = BasisPoints(terms.gstBP)
    bill.retention = BasisPoints(terms.retentionBP)
    bill.advanceRecovery = BasisPoints(terms.advanceRecoveryBP)
    bill.incomeTax = BasisPoints(terms.tdsBP)
    bill.gstDeduction = BasisPoints(terms.gstTDSBP)
    bill.cess = BasisPoints(terms.cessBP)
    bill.fee = BasisPoints(terms.feeBP)
    bill.unit = terms.flags.contains(.wholeUnits) ? .rupee : .paisa
    try self.init(terms: bill, retentionCap: terms.retentionCap, advance: schedule.advance)
  }
}
