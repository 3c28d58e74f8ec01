import Kernel
import Testing

/// Rows that fix the order of checks: of two that fail, the lower code is answered; with the lower
/// one mended, the higher.
@Suite struct PrecedenceTests {
  static func create(
    by actor: UInt32 = payer, _ value: Int64 = 2000, parties: UInt64 = UInt64(payee) << 32 | UInt64(payer),
    ver: UInt32 = 0, _ change: (inout Terms) -> Void = { _ in }
  ) -> Request {
    op(.createContract, by: actor, value, arg: parties, ver: ver, slot: changed(change).slot)
  }

  static func setPolicy(_ change: (inout Policy) -> Void) -> Request {
    op(.setPolicy, by: payee, slot: policy(change).slot)
  }

  static let twoSteps = policy {
    $0.votes = [1, 1, 0, 0]
    $0.ordered = 1
    $0.reworkLimit = 1
  }
  static let seats = [
    op(.setApprover, by: payer, arg: person(4, step: 2)), op(.setApprover, by: payer, arg: person(5, step: 1)),
  ]
  static let hold = op(.hold, m: 1, arg: 1)
  static let dispute = op(.dispute, m: 1, by: payer, arg: 1)

  static let phases: [Row] = [
    // One operation through all phases: format, existence, authority, state, guards.
    Row(.nothing, op(.fund, m: 0, by: 9, -1, arg: 5, ver: 9), .reservedBits),
    Row(.nothing, op(.fund, m: 0, by: 9, -1, ver: 9), .badOrdinal),
    Row(.nothing, op(.fund, m: 1, by: 9, -1, ver: 9), .badAmount),
    Row(.nothing, op(.fund, m: 1, by: 9, Model.amountMax + 1, ver: 9), .amountOverflow),
    Row(.nothing, op(.fund, m: 1, by: 9, Model.amountMax, ver: 9), .notFound),
    Row(.draft, op(.fund, m: 9, by: 9, 0, ver: 9), .milestoneNotFound),
    Row(.draft, op(.fund, m: 1, by: 9, 0, ver: 9), .notAuthorised),
    Row(.draft, op(.fund, m: 1, by: payer, 0, ver: 9), .versionConflict),
    Row(.draft, op(.fund, m: 1, by: payer, 0, ver: 1), .contractState),
    Row(.active, op(.fund, m: 1, by: payer, 0, ver: 1), .zeroAmount),
    Row(.paid, op(.fund, m: 1, by: payer, 0), .invalidTransition),
    Row(.nothing, op(.deposit, m: 1, by: 9, -1), .badOrdinal),
    Row(.nothing, op(.deposit, by: 9, -1), .badAmount),
    Row(.nothing, op(.deposit, by: 9, 1), .badReference),
    Row(.nothing, op(.deposit, by: 9, 1, arg: 1), .notFound),
  ]

  static func lines(_ change: (inout Lines) -> Void) -> [UInt8] {
    var lines = Lines()
    change(&lines)
    return lines.slot
  }

  @Test(arguments: phases) func phaseAfterPhase(_ row: Row) { row.check() }
  @Test(arguments: setUp) func contractSetUp(_ row: Row) { row.check() }
  @Test(arguments: approvers) func approverList(_ row: Row) { row.check() }
  @Test(arguments: funding) func fundingAndRefunds(_ row: Row) { row.check() }
  @Test(arguments: work) func workBeforeMoney(_ row: Row) { row.check() }
  @Test(arguments: approval) func votesAndSilence(_ row: Row) { row.check() }
  @Test(arguments: votes) func stepsAndSeats(_ row: Row) { row.check() }
  @Test(arguments: payout) func releasesAndResults(_ row: Row) { row.check() }
  @Test(arguments: disputes) func holdsAndDisputes(_ row: Row) { row.check() }
  @Test(arguments: retention) func retentionAndDamages(_ row: Row) { row.check() }
  @Test(arguments: ends) func endsAndReopening(_ row: Row) { row.check() }
}
