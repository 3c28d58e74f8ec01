internal import Formats
internal import Kernel

/// Turns Open Contracting records into operations.
///
/// A contract's value is CREATE_CONTRACT, each implementation milestone ADD_MILESTONE over the payments linked to it
/// and, when it is not met, a share of what is left of the value. A transaction is DEPOSIT, FUND, SUBMIT, APPROVE,
/// RELEASE and PAYOUT_RESULT (settled) of that part. A value that changes between releases is AMEND, a terminated
/// contract COMPLETE (terminate), a cancelled one CANCEL. Buyers are tenants. Amounts are read digit by digit in the
/// currency's own minor unit, so `139980992.0` guarani are 139980992.
struct OpenContractingBuilder {
  private let sink: DatasetSink
  private var tenants: [String: UInt32] = [:]

  init(sink: DatasetSink) { self.sink = sink }

  mutating func build(path: String) throws(InputError) {
    var reader = OpenContractingReader()
    try reader.read(path: path)
    sink.reject(reader.rejects)
    sink.count(events: reader.releaseCount)
    var steps: [(instant: Instant, order: Int, contract: Int, step: ContractStep)] = []
    var plans: [ContractPlan] = []
    for key in reader.order {
      guard let history = reader.contracts[key] else { continue }
      guard let first = history.values.first, first.amount > 0 else {
        sink.reject([InputReject(line: 0, field: "value", reason: "\(key) has no value: it cannot be contracted")])
        continue
      }
      let payee = max(2, UInt32(truncatingIfNeeded: Identity.short(history.supplier)))
      let contract = sink.contract(key, tenant: tenant(history.buyer), payer: 1, payee: payee)
      let plan = ContractPlan(history, contract)
      for (instant, step) in plan.steps { steps.append((instant, steps.count, plans.count, step)) }
      plans.append(plan)
    }
    for (instant, _, place, step) in steps.sorted(by: { ($0.instant, $0.order) < ($1.instant, $1.order) }) {
      try sink.stamp(instant)
      try plans[place].perform(step, sink)
    }
    for plan in plans { try sink.expect(plan.expectation) }
  }

  private mutating func tenant(_ buyer: String) -> UInt32 {
    if let known = tenants[buyer] { return known }
    let next = 2300 + UInt32(tenants.count)
    tenants[buyer] = next
    return next
  }
}

/// One thing that happens to a contract.
enum ContractStep {
  case sign
  case amend(Int64)
  case pay(RecordedPayment)
  case end
}

/// A contract of a record while its operations are written.
struct ContractPlan {
  private struct Part {
    /// The record's milestone; nil for what is left of the value.
    var id: String?
    var status = ""
    var amount: Int64
    var paid: Int64 = 0
    var isStarted = false
    var isCut = false
    var attempt: UInt32 = 0
  }

  private let history: ContractHistory
  private let contract: ContractKey
  private var parts: [Part] = []
  private var value: Int64
  private var refused: [String: Int] = [:]
  private var notes: Set<String> = []
  let steps: [(instant: Instant, step: ContractStep)]

  init(_ history: ContractHistory, _ contract: ContractKey) {
    self.history = history
    self.contract = contract
    value = history.values.first?.amount ?? 0
    parts = Self.makeParts(history, value: value)

    // Dates in a record need not follow each other: nothing is paid before it is signed, nothing ends before the last
    // payment.
    var steps: [(instant: Instant, step: ContractStep)] = [(history.signed, .sign)]
    for amended in history.values.dropFirst() {
      steps.append((max(history.signed, amended.instant), .amend(amended.amount)))
    }
    for payment in history.payments { steps.append((max(history.signed, payment.instant), .pay(payment))) }
    let order = steps.indices.sorted { (steps[$0].instant, $0) < (steps[$1].instant, $1) }
    steps = order.map { steps[$0] }
    let last = steps.last?.instant ?? history.signed
    if ["terminated", "cancelled"].contains(history.status) { steps.append((max(last, history.latest), .end)) }
    self.steps = steps
  }

  /// The schedule: payments that name a milestone decide its amount. What is left of the value first covers payments
  /// that name none, then is shared by the milestones that are not met; without those it is one part more.
  private static func makeParts(_ history: ContractHistory, value: Int64) -> [Part] {
    var parts: [Part] = []
    var left = value
    for milestone in history.milestones {
      let linked = history.payments.reduce(0) { $0 + ($1.milestone == milestone.id ? $1.amount : 0) }
      let amount = min(linked, left)
      guard amount > 0 || milestone.status != "met" else { continue }
      left -= amount
      parts.append(Part(id: milestone.id, status: milestone.status, amount: amount))
    }
    let unlinked = history.payments.filter { payment in !parts.contains { $0.id == payment.milestone } }
    let open = parts.indices.filter { parts[$0].status != "met" }
    var rest = min(left, unlinked.reduce(0) { $0 + $1.amount })
    if Int64(open.count) > left - rest || open.isEmpty {
      // Nothing to share: a milestone that got nothing cannot be contracted.
      rest = left
      parts.removeAll { $0.amount == 0 }
    } else {
      for (index, share) in zip(open, MoneyText.split(left - rest, into: open.count)) { parts[index].amount += share }
    }
    if rest > 0 || parts.isEmpty { parts.append(Part(id: nil, amount: rest)) }
    return parts
  }

  private var isPending: Bool { history.status == "pending" && history.payments.isEmpty }
  private var isCancelledUnpaid: Bool { history.status == "cancelled" && history.payments.isEmpty }

  mutating func perform(_ step: ContractStep, _ sink: DatasetSink) throws(InputError) {
    switch step {
    case .sign: try sign(sink)
    case .amend(let amount): try amend(to: amount, sink)
    case .pay(let payment): try pay(payment, sink)
    case .end: try end(sink)
    }
  }

  private func sign(_ sink: DatasetSink) throws(InputError) {
    var terms = DatasetSink.plainTerms
    terms.flags.insert(.unfundedStart)
    try sink.create(contract, value: value, terms: terms, by: contract.payer)
    // Approval milestones of the contract itself become seats of its approvers.
    for index in 0..<min(history.approvalCount, 8) {
      try sink.put(.setApprover, contract, actor: contract.payer, argument: UInt64(Self.approver(index)) | 1 << 32)
    }
    for (index, part) in parts.enumerated() {
      try sink.addMilestone(contract, UInt16(index + 1), amount: part.amount)
    }
    try sink.put(.verifyPayee, contract, actor: 0)
    try sink.put(.offer, contract, actor: contract.payer)
    if !isPending && !isCancelledUnpaid { try sink.put(.accept, contract, actor: contract.payee) }
  }

  /// A party has ids of 32 bits by hash; approvers take small ones, which no hash below gives.
  private static func approver(_ index: Int) -> UInt32 { UInt32(11 + index) }

  private mutating func amend(to amount: Int64, _ sink: DatasetSink) throws(InputError) {
    guard !isPending && !isCancelledUnpaid else { return sink.pass("amendment of what never bound anybody") }
    // What is open takes the difference, from the back.
    let index = parts.lastIndex { $0.id == nil } ?? parts.lastIndex { $0.status != "met" } ?? parts.count - 1
    let changed = parts[index].amount + amount - value
    guard changed > 0, changed >= parts[index].paid, parts[index].paid < parts[index].amount else {
      notes.insert("amendment_below_paid")
      return sink.pass("amendment below what was paid")
    }
    notes.insert("amended")
    try sink.amend(contract, UInt16(index + 1), to: changed, consent: contract.payee, by: contract.payer)
    parts[index].amount = changed
    value = amount
  }

  private mutating func pay(_ payment: RecordedPayment, _ sink: DatasetSink) throws(InputError) {
    let linked = payment.milestone.flatMap { id in parts.firstIndex { $0.id == id } }
    let index = linked ?? parts.lastIndex { $0.id == nil } ?? parts.count - 1
    let ordinal = UInt16(index + 1)
    let amount = payment.amount
    let reference = "\(history.ocid)|\(history.id)|\(payment.id)"
    try sink.put(
      .deposit, contract, actor: contract.payer, amount: amount, argument: sink.digest("deposit|\(reference)"))
    try sink.put(.fund, contract, ordinal, actor: contract.payer, amount: amount)
    guard amount <= parts[index].amount - parts[index].paid else {
      // More than the value allows: the money stays unallocated.
      refused["over_allocation", default: 0] += 1
      return
    }
    if !parts[index].isStarted {
      // A part that is paid in parts starts before it is funded in full.
      try sink.put(.start, contract, ordinal, actor: contract.payee)
      parts[index].isStarted = true
    }
    try sink.put(.submit, contract, ordinal, actor: contract.payee, amount: amount, argument: sink.digest(reference))
    let approver = history.approvalCount > 0 ? Self.approver(0) : contract.payer
    try sink.put(.approve, contract, ordinal, actor: approver, amount: amount)
    parts[index].attempt += 1
    try sink.pay(contract, ordinal, amount, attempt: parts[index].attempt, reference: reference)
    parts[index].paid += amount
  }

  /// Terminated: what is left of each part is cut, and the contract ends early. Cancelled before anything was paid:
  /// withdrawn.
  private mutating func end(_ sink: DatasetSink) throws(InputError) {
    if isCancelledUnpaid {
      try sink.put(.cancel, contract, actor: contract.payer)
      return
    }
    for index in parts.indices where parts[index].paid < parts[index].amount {
      let actor = parts[index].isStarted ? contract.payee : contract.payer
      try sink.put(.cancel, contract, UInt16(index + 1), actor: actor)
      parts[index].isCut = true
    }
    try sink.put(.complete, mode: 1, contract, actor: contract.payer)
  }

  var expectation: Expectation {
    var expectation = Expectation(
      caseID: "\(history.ocid)|\(history.id)", tenant: contract.tenant, contract: contract.id,
      paid: history.payments.reduce(0) { $0 + $1.amount })
    expectation.state =
      switch history.status {
      case "terminated": "TERMINATED"
      case "cancelled": isCancelledUnpaid ? "CANCELLED" : "TERMINATED"
      case "pending": isPending ? "OFFERED" : "ACTIVE"
      default: "ACTIVE"
      }
    for (index, part) in parts.enumerated() {
      let state =
        if part.paid == part.amount || part.isCut && part.paid > 0 {
          "CLOSED"
        } else if part.isCut {
          "CANCELLED"
        } else {
          part.isStarted ? "IN_PROGRESS" : "PLANNED"
        }
      expectation.milestones.append(Expectation.Milestone(ordinal: UInt16(index + 1), state: state))
    }
    expectation.explains = refused.isEmpty ? [] : [DatasetClass.paidBeyondValue.rawValue]
    var notes = notes
    if parts.contains(where: { $0.status == "partiallyMet" && $0.paid == $0.amount }) {
      // The record's order is larger than the contract leaves room for: paid as far as the value goes.
      notes.insert("partially_met_but_paid_up_to_value")
    }
    expectation.notes = notes.sorted()
    expectation.refused = refused
    return expectation
  }
}
