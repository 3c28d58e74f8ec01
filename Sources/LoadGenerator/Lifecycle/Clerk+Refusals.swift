import Kernel

/// Operations that must be refused, each with the code that the rules predict.
///
/// A refused operation leaves no trace, so none of these changes the generator's records (but for the
/// accepted operation that a repeat repeats).
extension Clerk {
  /// Number of kinds.
  static let refusalCount = 18

  mutating func refuse(_ kind: Int, _ c: inout ContractRecord, _ m: MilestoneRecord, milestoneCount: Int) {
    switch kind {
    case 0: refuseMilestone(.fund, c, m, actor: c.payer, amount: 1, expectedVersion: m.version &+ 7, .versionConflict)
    case 1: refuseMilestone(.start, c, m, actor: c.payer, .notAuthorised)
    case 2: refuseMilestone(.approve, c, m, actor: c.payee, amount: 1, .selfApproval)
    case 3: refuseUnknownContract(c)
    case 4: refuseContract(.deposit, c, actor: c.payer, amount: 1, argument: c.depositReference, .duplicateDeposit)
    case 5: refuseContract(.deposit, c, actor: c.payer, amount: 0, argument: nextDigest(), .zeroAmount)
    case 6: refuseAllocation(c, m)
    case 7: refuseWrongState(c, m)
    case 8: refuseContract(.closeContract, c, actor: c.payer, .contractState)
    case 9: refuseContract(.complete, c, actor: c.payer, .milestonesOpen)
    case 10: refuseContract(.refund, c, actor: c.payer, amount: c.unallocated + 1, .insufficientFunds)
    case 11:
      refuseContract(.remit, c, actor: c.payer, amount: c.taxWithheld + 1, argument: nextDigest(), .exceedsWithheld)
    case 12: refuseRepeat(&c)
    case 13: refuseChain(c)
    case 14: refuseUnknownMilestone(c, milestoneCount: milestoneCount)
    case 15: refuseSecondContract(c)
    default: refuseEarly(c, m)
    }
  }

  private mutating func refuseMilestone(
    _ code: OperationCode, mode: UInt8 = 0, _ c: ContractRecord, _ m: MilestoneRecord, actor: UInt32,
    amount: Int64 = 0, argument: UInt64 = 0, expectedVersion: UInt32 = 0, _ result: ResultCode
  ) {
    write(
      Operation(
        code, mode: mode, tenant: tenant(c), contract: contractId(c.serial), ordinal: m.ordinal,
        id: nextOperationId(), actor: actor, amount: amount, argument: argument, expectedVersion: expectedVersion),
      m.answer(result))
  }

  private mutating func refuseContract(
    _ code: OperationCode, _ c: ContractRecord, actor: UInt32, amount: Int64 = 0, argument: UInt64 = 0,
    _ result: ResultCode
  ) {
    write(
      Operation(
        code, tenant: tenant(c), contract: contractId(c.serial), id: nextOperationId(), actor: actor, amount: amount,
        argument: argument),
      c.answer(result))
  }

  private mutating func refuseUnknownContract(_ c: ContractRecord) {
    // Serial 0 is never given out.
    write(
      Operation(
        .deposit, tenant: tenant(c), contract: contractId(0), id: nextOperationId(), actor: c.payer, amount: 1,
        argument: nextDigest()),
      OperationResult(code: .notFound))
  }

  private mutating func refuseUnknownMilestone(_ c: ContractRecord, milestoneCount: Int) {
    write(
      Operation(
        .fund, tenant: tenant(c), contract: contractId(c.serial), ordinal: UInt16(milestoneCount + 1),
        id: nextOperationId(), actor: c.payer, amount: 1),
      OperationResult(code: .milestoneNotFound))
  }

  private mutating func refuseSecondContract(_ c: ContractRecord) {
    let recipe = recipes[Int(c.recipe)]
    write(
      Operation(
        .createContract, tenant: tenant(c), contract: contractId(c.serial), id: nextOperationId(), actor: c.payer,
        amount: c.value, argument: parties(c), extended: true),
      extension: recipe.terms, c.answer(.contractExists))
  }

  /// More than the milestone's amount, or, once it can no longer be funded, a wrong state.
  private mutating func refuseAllocation(_ c: ContractRecord, _ m: MilestoneRecord) {
    let isOpen = m.state.rawValue <= MilestoneState.approved.rawValue
    refuseMilestone(
      .fund, c, m, actor: c.payer, amount: Int64(m.room) + 1, isOpen ? .overAllocation : .invalidTransition)
  }

  /// Something the milestone's state does not allow.
  private mutating func refuseWrongState(_ c: ContractRecord, _ m: MilestoneRecord) {
    if m.state == .submitted {
      refuseMilestone(.refund, c, m, actor: c.payee, amount: 1, .submissionPending)
    } else if m.state == .disputed {
      refuseMilestone(.dispute, c, m, actor: c.payer, argument: 1, .disputeOpen)
    } else {
      refuseMilestone(.withdrawSubmission, c, m, actor: c.payee, .invalidTransition)
    }
  }

  /// What only time allows, before its time.
  mutating func refuseEarly(_ c: ContractRecord, _ m: MilestoneRecord) {
    switch m.state {
    case .submitted where m.version & 1 == 0:
      // Silence approves only where the terms opt in, and then after the review span.
      let optsIn = recipes[Int(c.recipe)].terms.flags.contains(.autoApprove)
      refuseMilestone(.autoApprove, c, m, actor: 0, optsIn ? .notDue : .notAllowed)
    case .submitted, .approved: refuseMilestone(.escalate, c, m, actor: 0, .notDue)
    case .disputed: refuseMilestone(.resolve, mode: 2, c, m, actor: c.payee, .notDue)
    case .paid: refuseMilestone(.releaseRetention, c, m, actor: c.payee, amount: 1, .retentionNotDue)
    case .payoutPending: refuseMilestone(.expire, c, m, actor: 0, .invalidTransition)
    default: refuseMilestone(.expire, c, m, actor: 0, .notDue)
    }
  }

  /// The same operation twice, then its id with other content.
  private mutating func refuseRepeat(_ c: inout ContractRecord) {
    let id = nextOperationId()
    var operation = Operation(.verifyPayee, tenant: tenant(c), contract: contractId(c.serial), id: id)
    c.version &+= 1
    write(operation, c.answer(.ok))
    write(operation, c.answer(.exists))
    operation.actor = c.payer
    write(operation, c.answer(.existsWithDifferentFields))
  }

  /// A chain whose second member fails: the first leaves no trace either.
  private mutating func refuseChain(_ c: ContractRecord) {
    guard hasRoom(2, slots: 2) else { return refuseUnknownContract(c) }
    write(
      Operation(
        .verifyPayee, tenant: tenant(c), contract: contractId(c.serial), id: nextOperationId(), linked: true),
      c.answer(.linkedEventFailed))
    refuseContract(.offer, c, actor: c.payer, .contractState)
  }
}
