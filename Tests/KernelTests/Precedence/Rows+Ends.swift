import Kernel

// Holds, disputes, ends and reopening.
extension PrecedenceTests {
  static let disputes: [Row] = [
    Row(.started, op(.hold, m: 1, by: payee, day(9), arg: 0), .notAuthorised),
    Row(
      .started, op(.hold, m: 1, by: payer, day(9), arg: 0), .holdState,
      after: [op(.hold, m: 1, by: payer, day(1), arg: 1)]),
    Row(.started, op(.hold, 1, m: 1, by: payer), .holdState),
    Row(.paid, op(.hold, 1, m: 1, by: payer), .holdState),
    Row(.paid, op(.hold, m: 1, by: payer, day(1), arg: 1), .invalidTransition),
    Row(.paid, op(.hold, m: 1, arg: 1), .ok),
    Row(.started, op(.hold, m: 1, by: payer, day(3, plus: 1)), .badTerms),
    Row(.started, op(.hold, m: 1, by: payer, day(3)), .reasonRequired),
    Row(.started, op(.hold, m: 1, by: payer, day(3), arg: 1), .ok),
    Row(
      .started, op(.hold, 1, m: 1), .holdState, after: [op(.hold, m: 1, by: payer, day(1), arg: 1)],
      at: day(1, plus: -1)),
    Row(.started, op(.hold, 1, m: 1), .ok, after: [op(.hold, m: 1, by: payer, day(1), arg: 1)], at: day(1)),
    Row(.started, op(.dispute, m: 1, by: arbiter), .notAuthorised),
    Row(.started, op(.dispute, m: 1, by: payee), .disputeOpen, after: [dispute]),
    Row(.verified, op(.dispute, m: 1, by: payee), .invalidTransition),
    Row(.approved, op(.dispute, m: 1, by: payee), .reasonRequired, at: day(4)),
    Row(.approved, op(.dispute, m: 1, by: payer, arg: 1), .windowClosed, at: day(4)),
    Row(.approved, op(.dispute, m: 1, by: payer, arg: 1), .ok, at: day(4, plus: -1)),
    Row(.approved, op(.dispute, m: 1, by: payer, arg: 1), .ok, after: [hold], at: day(4)),
    Row(
      .approved, op(.dispute, m: 1, by: payer, arg: 1), .windowClosed,
      after: [dispute, op(.withdrawDispute, m: 1, by: payer)], at: day(4)),
    Row(
      .approved, op(.dispute, m: 1, by: payer, arg: 1), .disputeState,
      after: [dispute, op(.withdrawDispute, m: 1, by: payer)]),
    Row(
      .approved, op(.dispute, m: 1, by: payee, arg: 1), .ok,
      after: [dispute, op(.withdrawDispute, m: 1, by: payer)]),
    Row(
      .started, op(.dispute, m: 1, by: payer, arg: 1), .disputeState,
      after: [dispute, op(.withdrawDispute, m: 1, by: payer), op(.refund, m: 1, by: payee, 1000)]),
    Row(.started, op(.dispute, m: 1, by: payer, arg: 1), .nothingHeld, after: [op(.refund, m: 1, by: payee, 1000)]),
    Row(.started, op(.withdrawDispute, m: 1, by: payee), .notAuthorised, after: [dispute]),
    Row(.started, op(.withdrawDispute, m: 1, by: payee), .invalidTransition),
    Row(.started, op(.resolve, m: 1, by: payer, 1), .notAuthorised, after: [dispute]),
    Row(.started, op(.resolve, m: 1, by: arbiter, 1), .invalidTransition),
    Row(.started, op(.resolve, 2, m: 1, by: payer), .notDue, after: [dispute, hold], at: day(5, plus: -1)),
    Row(.started, op(.resolve, 2, m: 1, by: payer), .onHold, after: [dispute, hold], at: day(5)),
    Row(.started, op(.resolve, 1, m: 1, by: payer, 1), .onHold, after: [dispute, hold]),
    Row(.started, op(.resolve, 1, m: 1, by: payer, 1), .consentRequired, after: [dispute]),
    Row(
      .started, op(.resolve, 1, m: 1, by: payer, 1), .splitMismatch,
      after: [dispute, op(.consent, 5, m: 1, by: payee, 1)]),
    Row(.started, op(.resolve, m: 1, by: arbiter, 999), .splitMismatch, after: [dispute]),
    Row(.started, op(.resolve, m: 1, by: arbiter, 1000, arg: 1 << 63), .splitMismatch, after: [dispute]),
    Row(.started, op(.resolve, m: 1, by: arbiter, 999, arg: 1), .ok, after: [dispute]),
    Row(.started, op(.resolve, 2, m: 1), .ok, after: [dispute], at: day(5)),
  ]

  static let ends: [Row] = [
    Row(.draft, op(.cancel, by: arbiter), .notAuthorised),
    Row(.active, op(.cancel, by: payer), .contractState),
    Row(.offered, op(.cancel, by: payee), .ok),
    Row(.started, op(.cancel, m: 1, by: payer), .consentRequired),
    Row(.started, op(.cancel, m: 1, by: payee), .fundsHeld),
    Row(.funded, op(.cancel, m: 1, by: payee), .consentRequired),
    Row(.funded, op(.cancel, m: 1, by: payer), .fundsHeld),
    Row(.started, op(.cancel, m: 1, by: payer), .consentRequired, at: day(11, plus: -1)),
    Row(.started, op(.cancel, m: 1, by: payer), .fundsHeld, at: day(11)),
    Row(.active, op(.cancel, m: 1, by: payee), .consentRequired, at: day(11, plus: -1)),
    Row(.active, op(.cancel, m: 1, by: payee), .ok, at: day(11)),
    Row(.active, op(.cancel, m: 1, by: payee), .ok, after: [op(.consent, 3, m: 1, by: payer)]),
    Row(.funded, op(.expire, m: 1, by: payer), .notAuthorised),
    Row(.funded, op(.expire, m: 1), .notDue, after: [hold], at: day(11, plus: -1)),
    Row(.funded, op(.expire, m: 1), .blocked, after: [hold], at: day(11)),
    Row(.funded, op(.expire, m: 1), .ok, at: day(11)),
    Row(.funded, op(.expire, m: 1), .notDue, at: day(31, plus: -1), terms: changed { $0.expire = false }),
    Row(.funded, op(.expire, m: 1), .ok, at: day(31), terms: changed { $0.expire = false }),
    Row(.active, op(.expire, m: 1), .ok, at: day(11), terms: changed { $0.expire = false }),
    Row(.funded, op(.expire, m: 1), .blocked, after: [op(.suspend, by: payer, arg: at(day(3)))], at: day(11)),
    Row(.started, op(.reopen, m: 1, by: payee), .badTerms, after: splitDecision),
    Row(.started, op(.reopen, m: 1, by: payee, arg: at(day(1))), .notAllowed, after: splitDecision),
    Row(.completed, op(.reopen, m: 2, by: payee, arg: at(day(99))), .consentRequired, at: day(10)),
    Row(
      .completed, op(.reopen, m: 2, by: payee, arg: at(day(99))), .windowClosed,
      after: [op(.consent, 4, m: 2, by: payer, arg: at(day(99)))], at: day(10)),
    Row(
      .completed, op(.reopen, m: 2, by: payee, arg: at(day(99))), .ok,
      after: [op(.consent, 4, m: 2, by: payer, arg: at(day(99)))], at: day(10, plus: -1)),
    Row(.completed, op(.reopen, m: 1, by: payee, arg: at(day(99))), .invalidTransition),
    Row(.active, op(.suspend, by: payee, arg: at(day(1))), .notAuthorised),
    Row(.active, op(.suspend, by: arbiter, arg: at(day(0))), .badTerms),
    Row(.active, op(.suspend, by: arbiter, arg: at(day(3, plus: 1))), .badTerms),
    Row(.active, op(.suspend, by: arbiter, arg: at(day(3))), .ok),
    Row(.active, op(.suspend, 1, by: payee), .contractState),
    Row(
      .active, op(.suspend, 1, by: payer), .notDue, after: [op(.suspend, by: arbiter, arg: at(day(3)))],
      at: day(3, plus: -1)),
    Row(.active, op(.suspend, 1, by: payee), .ok, after: [op(.suspend, by: arbiter, arg: at(day(3)))], at: day(3)),
    Row(.active, op(.suspend, 1, by: payer), .ok, after: [op(.suspend, by: payer, arg: at(day(3)))]),
    Row(.active, op(.complete, by: arbiter), .notAuthorised),
    Row(.active, op(.complete, 1, by: arbiter), .milestonesOpen),
    Row(.paid, op(.complete, 1, by: arbiter), .ok),
    Row(.paid, op(.closeContract, by: payee), .contractState),
    Row(.completed, op(.closeContract, by: arbiter), .notAuthorised),
    Row(.completed, op(.closeContract, by: payee), .milestonesOpen),
    Row(
      .completed, op(.closeContract, by: payee), .fundsHeld,
      after: [op(.releaseRetention, 1, m: 1, by: payer, 100, arg: 1), op(.payoutResult, m: 1, 100, arg: 23, ver: 3)]),
    Row(.completed, op(.closeContract, by: payee), .ok, after: drained),
    Row(.completed, op(.prune, by: payee), .notAuthorised, after: closed),
    Row(.completed, op(.prune, ver: 1), .versionConflict, after: drained),
    Row(.completed, op(.prune), .contractState, after: drained),
    Row(.draft, op(.prune), .contractState),
    Row(.draft, op(.prune), .ok, after: [op(.cancel, by: payer)]),
    Row(.completed, op(.prune), .ok, after: closed),
    Row(.completed, op(.prune, m: 1), .badOrdinal, after: pruned),
    Row(.completed, op(.prune), .contractPruned, after: pruned),
    Row(.completed, op(.closeContract, by: payee), .contractPruned, after: pruned),
    Row(.completed, op(.payoutResult, 2, m: 1, 100, arg: 31), .contractPruned, after: pruned),
    Row(
      .completed,
      op(.createContract, by: payer, 1000, arg: UInt64(payee) << 32 | UInt64(payer), slot: Scene.terms.slot),
      .contractPruned, after: pruned),
  ]

  static let closed = drained + [op(.closeContract, by: payee)]
  static let pruned = closed + [op(.prune)]

  static let splitDecision = [
    dispute, op(.resolve, m: 1, by: arbiter, 500, arg: 500), op(.payoutResult, m: 1, 490, arg: 21, ver: 1),
  ]

  static let drained = [
    op(.releaseRetention, 1, m: 1, by: payer, 100, arg: 1), op(.payoutResult, m: 1, 100, arg: 23, ver: 3),
    op(.remit, 0, 20, arg: 31), op(.refund, by: payer, 500), op(.refundResult, 0, 500, arg: 24),
  ]
}
