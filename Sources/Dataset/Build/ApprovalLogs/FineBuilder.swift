internal import Formats
internal import Kernel

/// Turns the road traffic fines log into operations.
///
/// A fine is a contract between the offender (payer) and the office (payee) with one milestone, started without funds.
/// Send Fine and Add penalty are AMEND: more is demanded. A payment is DEPOSIT, FUND, SUBMIT, APPROVE, RELEASE and
/// PAYOUT_RESULT of that part; the milestone closes when all that is demanded was paid. An appeal is DISPUTE over the
/// sum that the offender lodges, its result WITHDRAW_DISPUTE, since every fine in the log is paid after it. Send for
/// Credit Collection ends the milestone by CANCEL; EXPIRE would need a due date in the past, which a server that stamps
/// with its own clock cannot have.
struct FineBuilder {
  private let sink: DatasetSink
  private let log: EventLog
  private var cases: [FineCase?]
  private var tenants: [String: UInt32] = [:]

  init(log: EventLog, sink: DatasetSink) {
    self.log = log
    self.sink = sink
    cases = Array(repeating: nil, count: log.cases.count)
  }

  mutating func build() throws(InputError) {
    sink.reject(log.rejects)
    sink.count(events: log.eventCount)
    for (place, index) in log.schedule() {
      let item = log.cases[place]
      let event = item.events[index]
      try sink.stamp(event.instant)
      var fine: FineCase
      if let opened = cases[place] {
        fine = opened
      } else {
        guard event.activity == "Create Fine", let amount = cents(event, "amount"), amount > 0 else {
          sink.pass(event.activity)
          continue
        }
        let contract = sink.contract(item.id, tenant: tenant(event), payer: Role.payer, payee: Role.payee)
        fine = FineCase(id: item.id, contract: contract, amount: amount)
        try fine.open(sink)
      }
      switch event.activity {
      case "Create Fine": break
      case "Send Fine": try fine.demand(more: cents(event, "expense") ?? 0, sink)
      case "Add penalty": try fine.demand(fine: cents(event, "amount") ?? 0, sink)
      case "Payment": try fine.pay(cents(event, "paymentAmount") ?? 0, sink)
      case "Insert Date Appeal to Prefecture": try fine.appeal(sink)
      case "Receive Result Appeal from Prefecture": try fine.endAppeal(sink)
      case "Send for Credit Collection": try fine.collect(sink)
      default: sink.pass(event.activity)
      }
      if index == item.events.count - 1 { try fine.close(sink) }
      cases[place] = fine
    }
    for fine in cases {
      if let fine { try sink.expect(fine.expectation) }
    }
  }

  private func cents(_ event: EventLog.Event, _ column: String) -> Int64? {
    log.columns[column].flatMap { MoneyText.amount(event.cells[$0], decimals: 2) }
  }

  /// The article of law that was broken names the office: the tenant.
  private mutating func tenant(_ event: EventLog.Event) -> UInt32 {
    let article = log.columns["article"].map { event.cells[$0] } ?? ""
    if let known = tenants[article] { return known }
    let next = 1400 + UInt32(tenants.count)
    tenants[article] = next
    return next
  }
}

/// A fine while its operations are written.
struct FineCase {
  private enum Standing { case open, disputed, settled, collected }

  let id: String
  private let contract: ContractKey
  private var fine: Int64
  private var expenses: Int64 = 0
  /// The milestone's amount as amended so far.
  private var demanded: Int64
  private var paid: Int64 = 0
  private var recorded: Int64 = 0
  /// Funded and not yet released.
  private var lodged: Int64 = 0
  private var paymentCount: UInt32 = 0
  private var standing = Standing.open
  private var notes: Set<String> = []

  init(id: String, contract: ContractKey, amount: Int64) {
    self.id = id
    self.contract = contract
    fine = amount
    demanded = amount
  }

  func open(_ sink: DatasetSink) throws(InputError) {
    var terms = DatasetSink.plainTerms
    terms.flags.insert(.unfundedStart)
    try sink.create(contract, value: demanded, terms: terms, by: contract.payer)
    try sink.addMilestone(contract, 1, amount: demanded)
    try sink.agree(contract)
    try sink.put(.start, contract, 1, actor: contract.payee)
  }

  mutating func demand(more expense: Int64, _ sink: DatasetSink) throws(InputError) {
    expenses += expense
    try amend(sink)
  }

  mutating func demand(fine amount: Int64, _ sink: DatasetSink) throws(InputError) {
    fine = amount
    try amend(sink)
  }

  private mutating func amend(_ sink: DatasetSink) throws(InputError) {
    // During an appeal the sum waits for its result.
    guard standing != .disputed, fine + expenses > demanded else { return }
    demanded = fine + expenses
    if standing == .settled {
      // More is demanded after all was paid.
      notes.insert("demanded_after_settlement")
      try sink.put(.consent, mode: 4, contract, 1, actor: contract.payer, argument: DatasetSink.farDue, linked: true)
      try sink.put(.reopen, contract, 1, actor: contract.payee, argument: DatasetSink.farDue)
      standing = .open
    }
    try sink.amend(contract, 1, to: demanded, consent: contract.payer, by: contract.payee)
  }

  private mutating func lodge(_ sum: Int64, _ sink: DatasetSink) throws(InputError) {
    guard sum > lodged else { return }
    let more = sum - lodged
    try sink.put(
      .deposit, contract, actor: contract.payer, amount: more, argument: sink.digest("\(id)|deposit|\(paid)|\(lodged)"))
    try sink.put(.fund, contract, 1, actor: contract.payer, amount: more)
    lodged = sum
  }

  mutating func pay(_ sum: Int64, _ sink: DatasetSink) throws(InputError) {
    recorded += sum
    let part = min(sum, demanded - paid)
    guard part > 0, standing == .open else { return }
    try lodge(part, sink)
    paymentCount += 1
    try sink.put(
      .submit, contract, 1, actor: contract.payee, amount: part, argument: sink.digest("\(id)|payment|\(paymentCount)"))
    try sink.put(.approve, contract, 1, actor: contract.payer, amount: part)
    try sink.pay(contract, 1, part, attempt: paymentCount, reference: "\(id)|payout|\(paymentCount)")
    lodged -= part
    paid += part
    if paid == demanded { standing = .settled }
  }

  mutating func appeal(_ sink: DatasetSink) throws(InputError) {
    guard standing == .open else { return }
    try lodge(demanded - paid, sink)
    try sink.put(.dispute, contract, 1, actor: contract.payer, argument: sink.digest("appeal"))
    standing = .disputed
  }

  mutating func endAppeal(_ sink: DatasetSink) throws(InputError) {
    guard standing == .disputed else { return }
    try sink.put(.withdrawDispute, contract, 1, actor: contract.payer)
    standing = .open
    try amend(sink)
  }

  mutating func collect(_ sink: DatasetSink) throws(InputError) {
    guard standing == .open else { return }
    try sink.put(.cancel, contract, 1, actor: contract.payee)
    standing = .collected
  }

  func close(_ sink: DatasetSink) throws(InputError) {
    guard standing == .settled || standing == .collected else { return }
    try sink.put(.complete, contract, actor: contract.payer)
    try sink.put(.closeContract, contract, actor: contract.payer)
  }

  var expectation: Expectation {
    var expectation = Expectation(caseID: id, tenant: contract.tenant, contract: contract.id, paid: recorded)
    let state: String
    if standing == .collected {
      state = recorded == 0 ? "CANCELLED" : "CLOSED"
    } else if standing == .disputed {
      state = "DISPUTED"
    } else {
      state = recorded >= fine + expenses ? "CLOSED" : "IN_PROGRESS"
    }
    expectation.milestones = [Expectation.Milestone(ordinal: 1, state: state)]
    if recorded > fine + expenses { expectation.explains = [DatasetClass.overpaid.rawValue] }
    if state == "IN_PROGRESS" && recorded > 0 { expectation.notes.append("paid_in_part") }
    expectation.notes += notes.sorted()
    return expectation
  }
}
