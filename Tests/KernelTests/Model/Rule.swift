import Kernel

/// One operation of the transition table: what each phase may refuse, and what happens then.
struct Rule {
  /// Whom the table's actor column names.
  var actors: (Situation) -> Bool = { _ in true }
  /// The payee is named, or votes.
  var isSelfApproval: (Situation) -> Bool = { _ in false }
  /// False where the version field means something else.
  var comparesVersion: (Situation) -> Bool = { _ in true }
  var contractStates: (Situation) -> Set<ContractState> = { _ in .money }
  /// Asked for operations that name a milestone which is there.
  var milestoneStates: (Situation) -> Set<MilestoneState> = { _ in .any }
  /// What else the state phase refuses.
  var stateCodes: (Situation) -> [ResultCode] = { _ in [] }
  var guards: (Situation) -> [ResultCode] = { _ in [] }
  /// CONSENT alone leaves the version as it is, and ADD_MILESTONE that of the contract.
  var raisesVersion = true
  /// Returns the amount of the answer.
  var effect: (inout Situation) -> Int64

  func authority(_ s: Situation) -> [ResultCode] {
    failing((.selfApproval, isSelfApproval(s)), (.notAuthorised, !actors(s)))
  }

  static func of(_ kind: OperationCode) -> Rule {
    switch kind {
    case .createContract: createContract
    case .setPolicy: setPolicy
    case .setApprover: setApprover
    case .verifyPayee: verifyPayee
    case .addMilestone: addMilestone
    case .offer: offer
    case .accept: accept
    case .consent: consent
    case .deposit: deposit
    case .fund: fund
    case .advance: advance
    case .start: start
    case .submit: submit
    case .withdrawSubmission: withdrawSubmission
    case .approve: approve
    case .reject: reject
    case .autoApprove: autoApprove
    case .escalate: escalate
    case .release: release
    case .payoutResult: payoutResult
    case .hold: hold
    case .dispute: openDispute
    case .withdrawDispute: withdrawDispute
    case .resolve: resolve
    case .releaseRetention: releaseRetention
    case .levy: levy
    case .refund: refund
    case .refundResult: refundResult
    case .remit: remit
    case .amend: amend
    case .cancel: cancel
    case .expire: expire
    case .reopen: reopen
    case .suspend: suspend
    case .complete: complete
    case .closeContract: closeContract
    case .prune: prune
    }
  }
}

/// An operation, the moment, and what it meets.
struct Situation {
  var request: Request
  var now: Instant
  /// The contract that is named; for CREATE_CONTRACT the one that would be made.
  var contract: Contract
  private let model: Model
  var isInChain: Bool
  var newCredits: [UInt64] = []
  var newUTRs: [UInt64] = []

  init(_ request: Request, now: Instant, model: Model, isInChain: Bool = false) {
    self.isInChain = isInChain
    self.request = request
    self.now = now
    self.model = model
    let o = request.operation
    let key = ContractKey(tenant: o.tenant, contract: o.contract)
    contract = model.contracts[key] ?? Rule.newContract(request)
  }

  var operation: Operation { request.operation }
  var mode: UInt8 { operation.mode }
  var sum: Int64 { operation.amount }
  var argument: UInt64 { operation.argument }
  var actor: UInt32 { operation.actor }
  var terms: Terms { contract.terms }
  var policy: Policy { contract.policy }

  var isPayer: Bool { actor != 0 && actor == contract.payer }
  var isPayee: Bool { actor != 0 && actor == contract.payee }
  var isParty: Bool { isPayer || isPayee }
  var isArbiter: Bool { actor != 0 && actor == contract.terms.arbiter }
  var isOperator: Bool { actor == 0 }

  /// The milestone that is named. Only for operations that name one which is there.
  var milestone: Milestone {
    get { contract.milestones[Int(operation.ordinal) - 1] }
    set { contract.milestones[Int(operation.ordinal) - 1] = newValue }
  }

  var namesMilestone: Bool {
    operation.ordinal != 0 && Int(operation.ordinal) <= contract.milestones.count
  }

  /// The version that is compared and, on success, raised.
  var version: UInt32 {
    let namesContract = !namesMilestone || (request.kind == .consent && mode == 0)
    return namesContract ? contract.version : milestone.version
  }

  // MARK: Time

  /// A due or review instant as it is kept while a pause or a suspension runs.
  func kept(_ instant: Instant) -> Instant {
    instant - milestone.pauseSoFar(now) - (contract.suspension.map { now - $0.since } ?? 0)
  }

  /// `now` is at or after `start` plus a span of seconds.
  func isReached(_ start: Instant, seconds: Int = 0, days: Int = 0) -> Bool {
    Int128(now) >= Int128(start) + Int128(seconds) * 1000 + Int128(days) * 86_400_000
  }

  var isLate: Bool {
    contract.state == .active && milestone.state != .approved
      && isReached(milestone.due, seconds: terms.grace)
  }

  var defectPeriodIsOver: Bool {
    contract.completedAt.map { isReached($0, seconds: terms.defectPeriod) } ?? false
  }

  // MARK: References and consent

  func isUsedCredit() -> Bool {
    model.credits.contains(Reference(tenant: operation.tenant, digest: argument))
  }

  func isUsedUTR() -> Bool {
    model.utrs.contains(Reference(tenant: operation.tenant, digest: argument))
  }

  /// The other party agreed to exactly this, and nothing happened to the record since.
  func hasConsent(_ kind: UInt8) -> Bool {
    guard let side = contract.side(of: actor) else { return false }
    let other = side == .payer ? Side.payee : Side.payer
    return contract.consents[other]
      == Consent(kind: kind, ordinal: operation.ordinal, amount: sum, argument: argument, version: version)
  }

  mutating func useConsent() {
    guard let side = contract.side(of: actor) else { return }
    contract.consents[side == .payer ? .payee : .payer] = nil
  }

  // MARK: Phases

  func stateFailures(_ rule: Rule) -> [ResultCode] {
    let o = operation
    if request.kind == .createContract { return failing((.versionConflict, o.expectedVersion != 0)) }
    let conflicts = rule.comparesVersion(self) && o.expectedVersion != 0 && o.expectedVersion != version
    let wrongMilestone = namesMilestone && !rule.milestoneStates(self).contains(milestone.state)
    return rule.stateCodes(self)
      + failing(
        (.versionConflict, conflicts),
        (.contractState, !rule.contractStates(self).contains(contract.state)),
        (.invalidTransition, wrongMilestone))
  }

  /// Raises the version and remembers the operation, where the record that it names does.
  mutating func finish(_ rule: Rule) {
    func next(_ version: UInt32) -> UInt32 { version == .max ? 1 : version + 1 }
    func remembering(_ memory: [Request]) -> [Request] { Array((memory + [request]).suffix(4)) }
    let isContract = operation.ordinal == 0 || (request.kind == .consent && mode == 0)
    if isContract {
      if rule.raisesVersion { contract.version = next(contract.version) }
      contract.memory = remembering(contract.memory)
    } else {
      if rule.raisesVersion { milestone.version = next(milestone.version) }
      milestone.memory = remembering(milestone.memory)
    }
  }

  // MARK: Money

  /// Whether a sum would pass what records hold: 1,024 of the largest operations below 2^63.
  func overflows(_ total: Int64, plus sum: Int64) -> Bool {
    Int128(total) + Int128(sum) > Int128(Int64.max) - 1_024 * Int128(Model.amountMax)
  }

  /// Starts a payout from the milestone, or lets it rest when there is nothing to pay.
  mutating func payOut(_ net: Int64) {
    if net > 0 {
      contract.payoutPending += net
      milestone.pending = net
      milestone.payoutAttempt &+= 1
      milestone.enter(.payoutPending, now)
    } else {
      milestone.rest(now)
    }
  }

  /// The end of a milestone: what was released is all there ever is, else the named end.
  mutating func cut(_ end: MilestoneState) {
    guard milestone.released > 0 else { return milestone.enter(end, now) }
    contract.value += milestone.released - milestone.amount
    milestone.amount = milestone.released
    milestone.certified = milestone.released
    milestone.rest(now)
  }

  /// `sum` is more than `points` basis points of the contract's value.
  func exceedsShareOfValue(_ sum: Int128, _ points: Int) -> Bool {
    sum * 10_000 > Int128(contract.value) * Int128(points)
  }
}
