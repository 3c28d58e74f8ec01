internal import Formats
internal import Kernel

/// A case of an expense log while its operations are written.
struct ExpenseCase {
  /// Where a claim stands in the kernel, as far as the next operation needs it.
  private enum Standing {
    case planned, inProgress, submitted, changes, approved, onHold, pending, closed, cancelled
  }

  private struct Claim {
    var ordinal: UInt16
    var amount: Int64
    /// What the schedule gives it before any amendment.
    var planned: Int64
    var standing = Standing.planned
    var round = 0
    var voters: Set<UInt32> = []
    var hasFailed = false
    var attempt: UInt32 = 0
    /// Asks for no money: only votes.
    var isWithoutSum: Bool
  }

  let id: String
  let plan: ExpensePlan
  private let contract: ContractKey
  private let paysAdvance: Bool
  private var claims: [Claim] = []
  private var notes: Set<String> = []
  private var refused: [String: Int] = [:]

  init(id: String, contract: ContractKey, plan: ExpensePlan, paysAdvance: Bool) {
    self.id = id
    self.contract = contract
    self.plan = plan
    self.paysAdvance = paysAdvance
  }

  // MARK: - Setting up

  /// CREATE_CONTRACT up to ACCEPT.
  mutating func open(budget: Int64, _ sink: DatasetSink) throws(InputError) {
    let permit = plan.claims.firstIndex { $0.kind == .permit }
    let total = plan.claims.reduce(0) { $0 + ($1.kind == .permit ? 0 : $1.amount) }
    let payable = plan.claims.indices.filter { plan.claims[$0].kind != .permit }
    let isOverspent = permit != nil && !payable.isEmpty && budget > 0 && total > budget && !paysAdvance
    if isOverspent { notes.insert("overspent") }
    // Beyond the budget, the schedule holds what was granted; FUND then meets the guard, and an amendment follows.
    let shares = isOverspent ? MoneyText.split(budget, into: payable.count) : []
    for (index, claim) in plan.claims.enumerated() {
      let place = payable.firstIndex(of: index)
      var planned = max(1, claim.amount)
      if claim.kind == .permit {
        // What the budget leaves, never funded. The kernel has no milestone without a sum.
        planned = max(1, budget - total)
      } else if let place, isOverspent {
        planned = max(1, min(shares[place], claim.amount))
      }
      claims.append(
        Claim(
          ordinal: ordinal(of: index, permit: permit), amount: claim.amount, planned: planned,
          isWithoutSum: claim.kind == .permit || claim.amount == 0 || paysAdvance))
    }
    if claims.isEmpty { claims.append(Claim(ordinal: 1, amount: 0, planned: max(1, budget), isWithoutSum: true)) }

    var terms = DatasetSink.plainTerms
    if claims.contains(where: \.isWithoutSum) { terms.flags.insert(.unfundedStart) }
    if paysAdvance {
      terms.advanceBP = 10_000
      terms.advanceRecoveryBP = 10_000
    }
    try sink.create(contract, value: claims.reduce(0) { $0 + $1.planned }, terms: terms, by: contract.payer)
    let chain = ApprovalChain(plan.rounds)
    try sink.setPolicy(contract, chain.policy)
    for seat in chain.seats {
      try sink.put(
        .setApprover, contract, actor: contract.payer, argument: UInt64(seat.person) | UInt64(seat.step) << 32)
    }
    let follows = permit != nil && permitComesFirst
    if permit != nil && !follows && !payable.isEmpty { notes.insert("claim_before_permit") }
    for claim in claims.sorted(by: { $0.ordinal < $1.ordinal }) {
      try sink.addMilestone(contract, claim.ordinal, amount: claim.planned, after: follows && claim.ordinal > 1 ? 1 : 0)
    }
    try sink.agree(contract)
  }

  /// A permit is milestone 1, whenever it is first heard of.
  private func ordinal(of index: Int, permit: Int?) -> UInt16 {
    guard let permit else { return UInt16(index + 1) }
    if index == permit { return 1 }
    return UInt16(index < permit ? index + 2 : index + 1)
  }

  /// Whether the permit was through before any claim under it was touched.
  private var permitComesFirst: Bool {
    var hasClaim = false
    var isGranted = false
    for step in plan.steps {
      guard let step else { continue }
      if plan.claims[step.claim].kind != .permit {
        hasClaim = true
        if !isGranted { return false }
      } else {
        if hasClaim { return false }
        isGranted = step.action == .granted
      }
    }
    return hasClaim && isGranted
  }

  // MARK: - Events

  mutating func perform(_ step: ExpensePlan.Step, isLastOfPermit: Bool, _ sink: DatasetSink) throws(InputError) {
    let index = step.claim
    if claims[index].standing == .planned { try start(index, sink) }
    switch step.action {
    case .saved: break
    case .submitted: try submit(index, sink)
    case .approved, .granted:
      try approve(index, step, sink)
      if step.action == .granted && plan.claims[index].kind == .permit && isLastOfPermit {
        // A granted permit is done without money: the payee ends it, which lets those behind it start.
        if claims[index].standing == .inProgress { try cancel(index, sink) }
      }
    case .rejected: try reject(index, step, sink)
    case .handedBack: try handBack(index, sink)
    case .requested: try request(index, sink)
    case .paid: try pay(index, sink)
    }
  }

  /// Events that touch no claim.
  mutating func performOther(_ activity: String, _ sink: DatasetSink) throws(InputError) {
    if activity.hasSuffix(" REJECTED by EMPLOYEE") { return sink.pass("rejection noted by the claimant") }
    if activity == "Send Reminder", let open = claims.first(where: { $0.standing == .submitted }) {
      // The log reminds sooner than any escalation falls due.
      try sink.put(.escalate, contract, open.ordinal, actor: 0)
      refuse("not_due")
      return
    }
    sink.pass(activity)
  }

  private mutating func start(_ index: Int, _ sink: DatasetSink) throws(InputError) {
    let claim = claims[index]
    if !claim.isWithoutSum {
      try sink.put(
        .deposit, contract, actor: contract.payer, amount: claim.amount,
        argument: sink.digest("\(id)|deposit|\(claim.ordinal)"))
      if claim.amount > claim.planned {
        try sink.put(.fund, contract, claim.ordinal, actor: contract.payer, amount: claim.amount)
        refuse("over_allocation")
        try sink.put(
          .consent, mode: 1, contract, claim.ordinal, actor: contract.payee, amount: claim.amount,
          argument: DatasetSink.farDue,
          linked: true)
        try sink.put(
          .amend, contract, claim.ordinal, actor: contract.payer, amount: claim.amount, argument: DatasetSink.farDue,
          linked: true)
      }
      try sink.put(.fund, contract, claim.ordinal, actor: contract.payer, amount: claim.amount)
    }
    try sink.put(.start, contract, claim.ordinal, actor: contract.payee)
    claims[index].standing = .inProgress
  }

  private mutating func submit(_ index: Int, _ sink: DatasetSink, linked: Bool = false) throws(InputError) {
    if claims[index].standing == .submitted {
      guard claims[index].voters.isEmpty else { return sink.pass("submitted again under review") }
      try sink.put(.withdrawSubmission, contract, claims[index].ordinal, actor: contract.payee)
      claims[index].standing = .inProgress
    }
    guard claims[index].standing == .inProgress || claims[index].standing == .changes else {
      return sink.pass("submitted after approval")
    }
    claims[index].round += 1
    let claim = claims[index]
    try sink.put(
      .submit, mode: claim.isWithoutSum ? 1 : 0, contract, claim.ordinal, actor: contract.payee,
      amount: claim.isWithoutSum ? 0 : claim.amount,
      argument: sink.digest("\(id)|evidence|\(claim.ordinal)|\(claim.round)"),
      linked: linked)
    claims[index].standing = .submitted
    claims[index].voters = []
  }

  private mutating func approve(_ index: Int, _ step: ExpensePlan.Step, _ sink: DatasetSink) throws(InputError) {
    let claim = claims[index]
    if claim.standing == .onHold {
      guard step.action == .granted else { return sink.pass("approved again after a revoked approval") }
      try sink.put(.hold, mode: 1, contract, claim.ordinal, actor: 0)
      claims[index].standing = .approved
      notes.insert("approved_again_after_rejection")
      return
    }
    guard claim.standing == .submitted else { return sink.pass("approved without a submission") }
    guard claims[index].voters.insert(step.person).inserted else { return sink.pass("approved twice in one round") }
    try sink.put(
      .approve, contract, claim.ordinal, actor: step.person, amount: claim.isWithoutSum ? 0 : claim.amount)
    guard step.action == .granted else { return }
    claims[index].standing = claim.isWithoutSum ? .inProgress : .approved
  }

  private mutating func reject(_ index: Int, _ step: ExpensePlan.Step, _ sink: DatasetSink) throws(InputError) {
    let claim = claims[index]
    let reason = sink.digest("rejected")
    switch claim.standing {
    case .submitted:
      try sink.put(.reject, contract, claim.ordinal, actor: step.person, argument: reason)
      claims[index].standing = .changes
    case .approved:
      try sink.put(.hold, contract, claim.ordinal, actor: 0, argument: reason)
      claims[index].standing = .onHold
    case .pending:
      // Asked to be paid, then rejected: the payout fails and the money waits.
      try sink.put(
        .payoutResult, mode: 1, contract, claim.ordinal, actor: 0, amount: claim.amount, argument: reason,
        version: claim.attempt)
      try sink.put(.hold, contract, claim.ordinal, actor: 0, argument: reason)
      claims[index].standing = .onHold
      claims[index].hasFailed = true
    case .inProgress where claim.isWithoutSum && plan.claims[index].wasGranted:
      // A granted permit is taken back: handed in again as it is, and turned down.
      try submit(index, sink, linked: true)
      try sink.put(.reject, contract, claim.ordinal, actor: step.person, argument: reason)
      claims[index].standing = .changes
    default: sink.pass("rejected without a submission")
    }
  }

  /// `REJECTED by EMPLOYEE`: the claimant takes note of a rejection, or takes the claim back.
  private mutating func handBack(_ index: Int, _ sink: DatasetSink) throws(InputError) {
    let claim = claims[index]
    guard claim.standing == .submitted else { return sink.pass("rejection noted by the claimant") }
    if !claim.voters.isEmpty {
      // Inside the review window a payee cannot withdraw what was voted on; the payer hands it back.
      try sink.put(.reject, contract, claim.ordinal, actor: contract.payer, argument: sink.digest("handed back"))
      claims[index].standing = .changes
    } else {
      try sink.put(.withdrawSubmission, contract, claim.ordinal, actor: contract.payee)
      claims[index].standing = .inProgress
    }
  }

  private mutating func request(_ index: Int, _ sink: DatasetSink) throws(InputError) {
    let claim = claims[index]
    if claim.amount == 0 { return sink.pass("payment of nothing") }
    claims[index].attempt += 1
    if paysAdvance {
      try sink.put(
        .deposit, contract, actor: contract.payer, amount: claim.amount,
        argument: sink.digest("\(id)|deposit|\(claim.attempt)"))
      try sink.put(.advance, contract, actor: contract.payer, amount: claim.amount)
      return
    }
    try sink.put(
      .release, mode: claim.hasFailed ? 2 : 0, contract, claim.ordinal, actor: contract.payer, amount: claim.amount,
      argument: sink.digest("beneficiary"))
    switch claim.standing {
    case .approved: claims[index].standing = .pending
    case .onHold: refuse("on_hold")
    default: refuse("invalid_transition")
    }
  }

  private mutating func pay(_ index: Int, _ sink: DatasetSink) throws(InputError) {
    let claim = claims[index]
    if claim.amount == 0 {
      if claim.standing == .inProgress { try cancel(index, sink) }
      return
    }
    if claim.standing == .approved {
      notes.insert("paid_without_request")
      try request(index, sink)
    }
    try sink.put(
      .payoutResult, contract, paysAdvance ? 0 : claim.ordinal, actor: 0, amount: claim.amount,
      argument: sink.digest("\(id)|payout|\(claim.ordinal)"), version: max(1, claims[index].attempt))
    if paysAdvance { return }
    if claims[index].standing == .pending {
      claims[index].standing = .closed
    } else {
      refuse("payout_state")
    }
  }

  private mutating func cancel(_ index: Int, _ sink: DatasetSink) throws(InputError) {
    try sink.put(.cancel, contract, claims[index].ordinal, actor: contract.payee)
    claims[index].standing = .cancelled
  }

  /// After the last event: a contract with nothing left to do is completed and closed.
  mutating func close(_ sink: DatasetSink) throws(InputError) {
    guard !paysAdvance, claims.allSatisfy({ $0.standing == .closed || $0.standing == .cancelled }) else { return }
    try sink.put(.complete, contract, actor: contract.payer)
    try sink.put(.closeContract, contract, actor: contract.payer)
  }

  private mutating func refuse(_ code: String) { refused[code, default: 0] += 1 }

  // MARK: - What the log says

  var expectation: Expectation {
    var expectation = Expectation(caseID: id, tenant: contract.tenant, contract: contract.id, paid: 0)
    var explains: Set<String> = []
    for (index, claim) in plan.claims.enumerated() {
      if claim.state == .paid { expectation.paid += claim.amount }
      expectation.milestones.append(
        Expectation.Milestone(ordinal: claims[index].ordinal, state: expectedState(of: claim)))
      let isSettled = claim.state == .granted || claim.state == .requested || claim.state == .paid
      if claim.kind != .permit && claim.amount == 0 && isSettled { explains.insert(DatasetClass.zeroAmount.rawValue) }
      if claim.isPaidUnapproved { explains.insert(DatasetClass.paidWithoutApproval.rawValue) }
      if claim.isGrantedUnsubmitted { explains.insert(DatasetClass.grantedWithoutRequest.rawValue) }
      if claim.kind != .permit && claim.wasGranted && [.rejected, .handedBack, .submitted].contains(claim.state) {
        explains.insert(DatasetClass.rejectedAfterApproval.rawValue)
      }
    }
    expectation.explains = explains.sorted()
    expectation.notes = notes.sorted()
    expectation.refused = refused
    return expectation
  }

  private func expectedState(of claim: ClaimHistory) -> String {
    switch claim.state {
    case .saved: return "IN_PROGRESS"
    case .submitted: return "SUBMITTED"
    case .rejected: return "CHANGES_REQUESTED"
    // Noted after a rejection it stays rejected; taken back before any vote it is work again.
    case .handedBack: return claim.votes.isEmpty ? "IN_PROGRESS" : "CHANGES_REQUESTED"
    case .granted: return claim.kind == .permit ? "CANCELLED" : paysAdvance ? "IN_PROGRESS" : "APPROVED"
    case .requested: return paysAdvance ? "IN_PROGRESS" : "PAYOUT_PENDING"
    // An advance leaves the work to be done.
    case .paid: return paysAdvance ? "IN_PROGRESS" : "CLOSED"
    }
  }
}
