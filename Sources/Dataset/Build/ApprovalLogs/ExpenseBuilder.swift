internal import Formats
internal import Kernel

/// Turns expense logs into operations: domestic declarations, prepaid travel costs, travel permits, our own claims.
///
/// A case is a contract; each claim of it is a milestone, a permit is a first milestone of its own. SUBMITTED is
/// SUBMIT, APPROVED and FINAL_APPROVED are APPROVE by the role's seat, REJECTED is REJECT, Request Payment is RELEASE,
/// Payment Handled is PAYOUT_RESULT (settled). What asks for no money (a permit, an advance before it is paid, a claim
/// of 0.00) is submitted and approved as a cumulative claim of nothing. Money comes in by DEPOSIT and FUND before a
/// claim's first event.
struct ExpenseBuilder {
  enum Kind {
    case domestic, prepaid, permits
    /// Our own claims: as domestic, with a unit for each.
    case claims

    var singles: Set<ClaimKind> {
      switch self {
      case .domestic, .claims: [.declaration]
      case .prepaid: [.permit, .request]
      case .permits: [.permit]
      }
    }
  }

  private let kind: Kind
  private let sink: DatasetSink
  private var log: EventLog
  private var cases: [ExpenseCase?]
  private var tenants: [String: UInt32] = [:]

  init(kind: Kind, log: EventLog, sink: DatasetSink) {
    self.kind = kind
    self.log = log
    for index in log.cases.indices { Self.orderInstants(&self.log.cases[index].events) }
    self.sink = sink
    cases = Array(repeating: nil, count: log.cases.count)
  }

  mutating func build() throws(InputError) {
    sink.reject(log.rejects)
    sink.count(events: log.eventCount)
    for (place, index) in log.schedule() {
      let event = log.cases[place].events[index]
      try sink.stamp(event.instant)
      var item = if let opened = cases[place] { opened } else { try open(log.cases[place]) }
      if let step = item.plan.steps[index] {
        try item.perform(step, isLastOfPermit: isLastOfPermit(item.plan, index), sink)
      } else {
        try item.performOther(event.activity, sink)
      }
      if index == log.cases[place].events.count - 1 { try item.close(sink) }
      cases[place] = item
    }
    for item in cases {
      if let item { try sink.expect(item.expectation) }
    }
  }

  /// Of events with one and the same time, votes on the way come before the deciding one, and payment after it.
  private static func orderInstants(_ events: inout [EventLog.Event]) {
    func rank(_ event: EventLog.Event) -> Int {
      switch ExpenseActivity(event.activity)?.action {
      case .granted: 1
      case .requested: 2
      case .paid: 3
      default: 0
      }
    }
    let order = events.indices.sorted {
      (events[$0].instant, rank(events[$0]), $0) < (events[$1].instant, rank(events[$1]), $1)
    }
    events = order.map { events[$0] }
  }

  /// Whether no later event touches the permit.
  private func isLastOfPermit(_ plan: ExpensePlan, _ index: Int) -> Bool {
    !plan.steps[(index + 1)...].contains { step in step.map { plan.claims[$0.claim].kind == .permit } ?? false }
  }

  /// Plans a case, and writes the contract up to ACTIVE.
  private mutating func open(_ item: EventLog.Case) throws(InputError) -> ExpenseCase {
    var plan = ExpensePlan(item.events.map(\.activity), singles: kind.singles)
    let budget: Int64
    switch kind {
    case .domestic:
      budget = 0
      setAmounts(cents(item, "amount_eur"), &plan)
    case .claims:
      budget = 0
      setAmounts(cents(item, "amount"), &plan)
    case .prepaid:
      budget = cents(item, "permit_budget_eur")
      setAmounts(cents(item, "amount_eur"), &plan)
    case .permits:
      budget = cents(item, "requested_budget_eur")
      setAmounts(cents(item, "total_declared_eur"), &plan)
    }
    let contract = sink.contract(item.id, tenant: tenant(item), payer: Role.payer, payee: Role.payee)
    var opened = ExpenseCase(id: item.id, contract: contract, plan: plan, paysAdvance: kind == .prepaid)
    try opened.open(budget: budget, sink)
    return opened
  }

  private func cents(_ item: EventLog.Case, _ column: String) -> Int64 {
    max(0, MoneyText.amount(log.cell(item, column), decimals: 2) ?? 0)
  }

  /// The logs give one sum a case: it is shared evenly by the claims that are paid, or by all when none is.
  private func setAmounts(_ sum: Int64, _ plan: inout ExpensePlan) {
    let payable = plan.claims.indices.filter { plan.claims[$0].kind != .permit }
    let paid = payable.filter { plan.claims[$0].state == .paid }
    let sharing = paid.isEmpty ? payable : paid
    guard !sharing.isEmpty else { return }
    let shares = MoneyText.split(sum, into: sharing.count)
    for claim in payable { plan.setAmount(shares[0], of: claim) }
    for (claim, share) in zip(sharing, shares) { plan.setAmount(share, of: claim) }
  }

  /// Organisational units are tenants. Domestic declarations name none: sixteen desks share them by case.
  private mutating func tenant(_ item: EventLog.Case) -> UInt32 {
    guard kind != .domestic else { return 1000 + UInt32(Identity.short(item.id) % 16) }
    let base: UInt32 =
      switch kind {
      case .prepaid: 1100
      case .permits: 1200
      default: 100
      }
    let unit = log.cell(item, "org_unit")
    if let known = tenants[unit] { return known }
    let next = base + UInt32(tenants.count)
    tenants[unit] = next
    return next
  }
}
