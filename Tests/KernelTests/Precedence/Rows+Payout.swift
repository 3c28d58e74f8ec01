import Kernel

// Releases, results, retention and damages.
extension PrecedenceTests {
  static let payout: [Row] = [
    Row(.approved, op(.release, m: 1, by: arbiter, 0), .notAuthorised),
    Row(.approved, op(.release, 1, m: 1, by: payer, 0, slot: Lines().slot), .notAuthorised),
    Row(.approved, op(.release, m: 1, by: payee, 0), .zeroAmount),
    Row(.approved, op(.release, m: 1, by: payee, 601), .notDue, after: [hold], at: day(2, plus: -1)),
    Row(.approved, op(.release, m: 1, by: payee, 601), .onHold, after: [hold, op(.verifyPayee, 1)], at: day(2)),
    Row(.approved, op(.release, m: 1, by: payee, 601), .payeeUnverified, after: [op(.verifyPayee, 1)], at: day(2)),
    Row(.approved, op(.release, m: 1, by: payee, 601), .exceedsCertified, at: day(2)),
    Row(.approved, op(.release, m: 1, by: payee, 600), .ok, at: day(2)),
    Row(.approved, op(.release, m: 1, by: payer, 601), .exceedsCertified),
    Row(.approved, op(.release, 1, m: 1, 601, slot: Lines().slot), .exceedsCertified),
    Row(.approved, op(.release, 1, m: 1, 600, slot: lines { ($0.net, $0.retention) = (600, 101) }), .splitMismatch),
    Row(.approved, op(.release, 1, m: 1, 600, slot: lines { ($0.net, $0.fee) = (601, -1) }), .splitMismatch),
    Row(
      .approved, op(.release, 1, m: 1, 600, slot: lines { ($0.net, $0.retention, $0.advance) = (498, 101, 1) }),
      .retentionCap),
    Row(
      .approved, op(.release, 1, m: 1, 600, slot: lines { ($0.net, $0.advance, $0.damages) = (398, 1, 201) }),
      .exceedsAdvance),
    Row(.approved, op(.release, 1, m: 1, 600, slot: lines { ($0.net, $0.damages) = (399, 201) }), .ldCap),
    Row(.approved, op(.release, 1, m: 1, 600, slot: lines { ($0.net, $0.damages) = (400, 200) }), .ok),
    Row(
      .verified, op(.release, m: 1, by: payer, 600), .insufficientHeld, after: unfundedApproval,
      terms: changed { $0.unfundedStart = true }),
    Row(
      .verified, op(.release, 1, m: 1, 600, slot: lines { ($0.net, $0.damages) = (399, 201) }), .ldCap,
      after: unfundedApproval, terms: changed { $0.unfundedStart = true }),
    Row(.approved, op(.release, 2, m: 1, by: payee, 1), .onHold, after: [hold, op(.verifyPayee, 1)]),
    Row(.approved, op(.release, 2, m: 1, by: payee, 1), .payeeUnverified, after: [op(.verifyPayee, 1)]),
    Row(.approved, op(.release, 2, m: 1, by: payee, 1), .nothingOwed),
    Row(.started, op(.release, 2, m: 1, by: payee, 1), .nothingOwed),
    Row(.submitted, op(.release, 2, m: 1, by: payee, 1), .invalidTransition),
    Row(
      .pending, op(.release, 2, m: 1, by: payee, 527), .nothingOwed, after: [op(.payoutResult, 1, m: 1, 528, ver: 1)]),
    Row(.pending, op(.release, 2, m: 1, by: payee, 528), .ok, after: [op(.payoutResult, 1, m: 1, 528, ver: 1)]),
    Row(.pending, op(.payoutResult, m: 1, by: payer, 528, arg: 21, ver: 1), .notAuthorised),
    Row(.pending, op(.payoutResult, m: 1, 528, arg: 21, ver: 2), .payoutState),
    Row(.pending, op(.payoutResult, m: 1, 527, arg: 21, ver: 1), .payoutState),
    Row(.approved, op(.payoutResult, m: 1, 528, arg: 21, ver: 1), .payoutState),
    Row(.deposited, op(.payoutResult, 0, 5, arg: 21, ver: 1), .payoutState),
    Row(
      .paidPart, op(.payoutResult, m: 1, 352, arg: 21, ver: 2), .duplicateUtr,
      after: [
        op(.submit, m: 1, by: payee, 400, arg: 9), op(.approve, m: 1, by: payer, 400),
        op(.release, m: 1, by: payer, 400),
      ]),
    Row(.paidPart, op(.payoutResult, 2, m: 1, 0, arg: 11), .zeroAmount),
    Row(.paidPart, op(.payoutResult, 2, m: 1, 529, arg: 11), .duplicateDeposit),
    Row(.paidPart, op(.payoutResult, 2, m: 1, 529, arg: 12), .exceedsPaid),
    Row(.paidPart, op(.payoutResult, 2, m: 1, 528, arg: 12, ver: 9), .versionConflict),
    Row(.paidPart, op(.payoutResult, 2, m: 1, 528, arg: 12), .ok),
    Row(.paidPart, op(.payoutResult, 2, 1, arg: 12), .exceedsPaid),
  ]

  static let unfundedApproval = [
    op(.start, m: 1, by: payee), op(.submit, m: 1, by: payee, 600, arg: 9), op(.approve, m: 1, by: payer, 600),
  ]

  static let retention: [Row] = [
    Row(.paid, op(.releaseRetention, m: 1, by: arbiter, 0), .notAuthorised),
    Row(.paid, op(.releaseRetention, 1, m: 1, by: payee, 0), .notAuthorised),
    Row(.paid, op(.releaseRetention, 1, m: 1, by: payer, 0), .zeroAmount, after: [hold]),
    Row(.paid, op(.releaseRetention, 1, m: 1, by: payer, 101), .onHold, after: [hold]),
    Row(.paid, op(.releaseRetention, 1, m: 1, by: payer, 101), .evidenceMissing, after: [op(.verifyPayee, 1)]),
    Row(.paid, op(.releaseRetention, 1, m: 1, by: payer, 101, arg: 1), .payeeUnverified, after: [op(.verifyPayee, 1)]),
    Row(.paid, op(.releaseRetention, 1, m: 1, by: payer, 101, arg: 1), .exceedsRetention),
    Row(.paid, op(.releaseRetention, 1, m: 1, by: payer, 100, arg: 1), .ok),
    Row(.paid, op(.releaseRetention, m: 1, by: payee, 101), .payeeUnverified, after: [op(.verifyPayee, 1)]),
    Row(.paid, op(.releaseRetention, m: 1, by: payee, 101), .retentionNotDue),
    Row(.completed, op(.releaseRetention, m: 1, by: payee, 51), .retentionNotDue),
    Row(.completed, op(.releaseRetention, m: 1, by: payee, 50), .ok),
    Row(.completed, op(.releaseRetention, m: 1, by: payee, 101), .exceedsRetention, at: day(10)),
    Row(.completed, op(.releaseRetention, m: 1, by: payee, 100), .ok, at: day(10)),
    Row(.paid, op(.levy, m: 1, by: payee, 0), .notAuthorised),
    Row(.paid, op(.levy, m: 1, by: payer, 0), .zeroAmount, after: [hold]),
    Row(.paid, op(.levy, m: 1, by: payer, 201), .onHold, after: [hold]),
    Row(.completed, op(.levy, m: 1, by: payer, 201), .reasonRequired, at: day(10)),
    Row(.completed, op(.levy, m: 1, by: payer, 201, arg: 1), .windowClosed, at: day(10)),
    // The value stays 2,000 when milestone 2 is cancelled unpaid, so that REOPEN finds it.
    Row(.completed, op(.levy, m: 1, by: payer, 201, arg: 1), .ldCap, at: day(10, plus: -1)),
    Row(.completed, op(.levy, m: 1, by: payer, 101, arg: 1), .exceedsRetention),
    Row(.completed, op(.levy, m: 1, by: payer, 100, arg: 1), .ok),
    Row(.approved, op(.levy, 1, m: 1, by: payer, 601), .reasonRequired),
    Row(.approved, op(.levy, 1, m: 1, by: payer, 601, arg: 1), .exceedsCertified),
    Row(.approved, op(.levy, 1, m: 1, by: payer, 201, arg: 1), .ldCap),
    Row(.approved, op(.levy, 1, m: 1, by: payer, 200, arg: 1), .ok),
    Row(
      .verified, op(.levy, 1, m: 1, by: payer, 201, arg: 1), .ldCap, after: unfundedApproval,
      terms: changed { $0.unfundedStart = true }),
    Row(
      .verified, op(.levy, 1, m: 1, by: payer, 200, arg: 1), .insufficientHeld, after: unfundedApproval,
      terms: changed { $0.unfundedStart = true }),
  ]
}
