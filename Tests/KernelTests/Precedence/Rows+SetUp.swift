import Kernel

// Contract set-up.
extension PrecedenceTests {
  static let setUp: [Row] = [
    Row(.draft, create(by: 9, 0), .contractExists),
    Row(.nothing, create(by: 9, 0), .notAuthorised),
    Row(.nothing, create(0, ver: 1), .versionConflict),
    Row(.nothing, create(0, parties: 1 << 32 | 1), .zeroAmount),
    Row(.nothing, create(parties: 1 << 32 | 1) { $0.review = 0 }, .sameParty),
    Row(.nothing, create { $0.arbiter = payee }, .sameParty),
    Row(.nothing, create { $0.review = 0 }, .badTerms),
    Row(.nothing, create { $0.arbitration = 0 }, .badTerms),
    Row(.nothing, create { $0.dormantDays = 0 }, .badTerms),
    Row(.nothing, create { $0.retentionCap = 2001 }, .badTerms),
    Row(.nothing, create { $0.retentionCap = -1 }, .badTerms),
    Row(.nothing, create { $0.gst = 10_001 }, .badTerms),
    Row(.nothing, create { $0.fee = 6801 }, .badTerms),
    Row(.nothing, create { $0.fee = 6800 }, .ok),
    Row(.nothing, create { $0.advance = 2001 }, .badTerms),
    Row(.nothing, create { $0.advance = 2000 }, .ok),
    Row(.nothing, create { ($0.advance, $0.gst) = (2000, 1) }, .badTerms),
    Row(.nothing, create(by: payee, parties: UInt64(payee) << 32), .badTerms),
    Row(.draft, op(.setPolicy, by: arbiter, slot: Policy().slot), .notAuthorised),
    Row(.active, setPolicy { $0.votes = [0, 1, 0, 0] }, .contractState),
    Row(.draft, setPolicy { $0.votes = [0, 1, 0, 0] }, .badTerms),
    Row(.draft, setPolicy { $0.band = [1, 0, 0, 0] }, .badTerms),
    Row(.draft, setPolicy { $0.votes = [17, 0, 0, 0] }, .badTerms),
    Row(.draft, setPolicy { $0.votes = [16, 0, 0, 0] }, .ok),
    Row(.draft, setPolicy { $0.autoMax = -1 }, .badTerms),
    Row(.draft, setPolicy { $0.ordered = 2 }, .badTerms),
    Row(.draft, op(.verifyPayee, by: payer), .notAuthorised),
    Row(.draft, op(.addMilestone, m: 2, by: payer, 0), .milestoneExists),
    Row(.draft, op(.addMilestone, m: 4, by: payer, 0), .ordinalGap),
    Row(.draft, op(.addMilestone, m: 3, by: payee, 0), .notAuthorised),
    Row(.offered, op(.addMilestone, m: 3, by: payee, 0), .contractState),
    Row(.active, op(.addMilestone, m: 3, by: payee, 0), .zeroAmount),
    Row(.active, op(.addMilestone, m: 3, by: payee, 5, arg: at(dayZero)), .badTerms),
    Row(.active, op(.addMilestone, m: 3, by: payee, 5, arg: at(day(1)), slot: PredecessorSlot.slot([3])), .badTerms),
    Row(.active, op(.addMilestone, m: 3, by: payee, 5, arg: at(day(1))), .consentRequired),
    Row(
      .active, op(.addMilestone, m: 3, by: payee, 5, arg: at(day(1))), .ok,
      after: [op(.consent, m: 3, by: payer, 5, arg: at(day(1)))]),
    Row(
      .active, op(.addMilestone, m: 3, by: payee, 6, arg: at(day(1))), .consentRequired,
      after: [op(.consent, m: 3, by: payer, 5, arg: at(day(1)))]),
    // An agreement is void when the record has changed since.
    Row(
      .active, op(.addMilestone, m: 3, by: payee, 5, arg: at(day(1))), .consentRequired,
      after: [op(.consent, m: 3, by: payer, 5, arg: at(day(1))), op(.verifyPayee)]),
    Row(
      .active, op(.addMilestone, m: 3, by: payee, 5, arg: at(day(1))), .consentRequired,
      after: [op(.consent, m: 3, by: payer, 5, arg: at(day(1))), op(.consent, 7, by: payer)]),
    Row(
      .draft, op(.offer, by: payer), .scheduleMismatch,
      after: [op(.setPolicy, by: payer, slot: twoSteps.slot), op(.addMilestone, m: 3, by: payer, 5, arg: at(day(1)))]),
    Row(.draft, op(.offer, by: payer), .quorumUnreachable, policy: twoSteps),
    Row(.draft, op(.accept, by: payee), .contractState),
    Row(.offered, op(.accept, by: payer), .notAuthorised),
    Row(.active, op(.accept, by: payer), .notAuthorised),
    Row(.active, op(.accept, by: payee), .contractState),
    Row(.draft, op(.consent, 3, m: 1, by: payer), .contractState),
    Row(.active, op(.consent, 3, m: 3, by: payer), .milestoneNotFound),
    Row(.active, op(.consent, 3, m: 1, by: arbiter), .notAuthorised),
  ]
}
