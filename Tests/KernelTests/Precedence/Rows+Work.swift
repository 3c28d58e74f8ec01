import Kernel

// Work, approval and silence.
extension PrecedenceTests {
  static let work: [Row] = [
    Row(.verified, op(.start, m: 2, by: payer), .notAuthorised),
    Row(.verified, op(.start, m: 2, by: payee), .predecessorOpen),
    Row(.verified, op(.start, m: 1, by: payee), .notFunded),
    Row(.verified, op(.start, m: 1, by: payee), .ok, terms: changed { $0.unfundedStart = true }),
    Row(.started, op(.submit, m: 1, by: payee, 0), .zeroAmount),
    Row(.started, op(.submit, m: 1, by: payee, 1001), .notFunded),
    Row(
      .verified, op(.submit, m: 1, by: payee, 1001), .claimExceeds, after: [op(.start, m: 1, by: payee)],
      terms: changed { $0.unfundedStart = true }),
    Row(.started, op(.submit, m: 1, by: payee, 1000), .evidenceMissing),
    Row(.started, op(.submit, 1, m: 1, by: payee, 0), .evidenceMissing),
    Row(.started, op(.submit, m: 1, by: payee, 1000, arg: 1), .ok),
    Row(.submitted, op(.withdrawSubmission, m: 1, by: payee), .ok),
    Row(.draft, op(.withdrawSubmission, m: 1, by: payee, ver: 9), .versionConflict),
    Row(.started, op(.amend, m: 1, by: payee, 0), .zeroAmount),
    Row(.started, op(.amend, m: 1, by: payee, 5), .badTerms),
    Row(.started, op(.amend, m: 1, by: payee, 5, arg: at(day(1))), .consentRequired),
    Row(
      .paidPart, op(.amend, m: 1, by: payee, 599, arg: at(day(1))), .belowCertified,
      after: [op(.consent, 1, m: 1, by: payer, 599, arg: at(day(1)))]),
    Row(
      .paidPart, op(.amend, m: 1, by: payee, 600, arg: at(day(1))), .ok,
      after: [op(.consent, 1, m: 1, by: payer, 600, arg: at(day(1)))]),
  ]

  static let approval: [Row] = [
    Row(.submitted, op(.approve, m: 1, by: payee, 0, ver: 9), .selfApproval),
    Row(.submitted, op(.approve, m: 1, by: 9, 0, ver: 9), .notAuthorised),
    Row(.submitted, op(.approve, m: 1, by: payer, 0, ver: 9), .versionConflict),
    Row(.started, op(.approve, m: 1, by: payer, 0), .invalidTransition),
    Row(.submitted, op(.approve, m: 1, by: payer, 0), .zeroAmount),
    Row(.submitted, op(.approve, m: 1, by: payer, 601), .certifiedExceeds),
    Row(.submitted, op(.reject, m: 1, by: payer), .reasonRequired),
    Row(.submitted, op(.reject, m: 1, by: payer, arg: 1), .reworkLimit, policy: policy { $0.reworkLimit = 0 }),
    Row(.submitted, op(.reject, m: 1, by: payer), .reasonRequired, policy: policy { $0.reworkLimit = 0 }),
    Row(.submitted, op(.autoApprove, m: 1, by: payer), .notAuthorised),
    Row(.submitted, op(.autoApprove, m: 1), .notAllowed, after: [hold], terms: changed { $0.autoApprove = false }),
    Row(.submitted, op(.autoApprove, m: 1), .notAllowed, policy: policy { $0.autoMax = 599 }),
    Row(.submitted, op(.autoApprove, m: 1), .notDue, after: [hold], at: day(2, plus: -1)),
    Row(.submitted, op(.autoApprove, m: 1), .blocked, after: [hold], at: day(2)),
    Row(.submitted, op(.autoApprove, m: 1), .ok, at: day(2)),
    Row(.submitted, op(.autoApprove, m: 1), .blocked, after: [op(.suspend, by: payer, arg: at(day(3)))], at: day(2)),
    Row(
      .submitted, op(.escalate, m: 1), .notDue, after: [hold], at: day(3, plus: -1), policy: policy { $0.maxLevel = 0 }),
    Row(.submitted, op(.escalate, m: 1), .blocked, after: [hold], at: day(3), policy: policy { $0.maxLevel = 0 }),
    Row(.submitted, op(.escalate, m: 1), .maxLevel, at: day(3), policy: policy { $0.maxLevel = 0 }),
    Row(
      .submitted, op(.escalate, m: 1), .ok, at: day(3), terms: changed { $0.escalateDispute = true },
      policy: policy { $0.maxLevel = 0 }),
    Row(.submitted, op(.escalate, m: 1), .ok, at: day(3)),
  ]
}
