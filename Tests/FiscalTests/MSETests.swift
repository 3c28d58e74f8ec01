import Testing

@testable import Fiscal

@Suite("Late payment to micro and small enterprises")
struct MSETests {
  private static let days = MSEPaymentTerm.Days(objection: 15, withoutAgreement: 15, atMost: 45)
  private static let rate = series(.basisPoints, [("2020-01-01", 550)])

  /// The worked examples: one lakh at a bank rate of 5.50 %.
  @Test(
    arguments: [
      ("2026-02-01", 1_01_375_00), ("2026-04-01", 1_04_181_98), ("2027-01-01", 1_17_806_81),
      ("2026-01-01", 1_00_000_00),
    ] as [(String, Paise)])
  func compoundsMonthly(_ end: String, _ total: Paise) throws {
    let interest = try MSEInterest(on: 1_00_000_00, from: date("2026-01-01"), to: date(end), bankRate: Self.rate)
    #expect(interest.total == total)
    #expect(interest.rests.last?.balance ?? interest.principal == total)
  }

  /// From the end of January the rests fall on the ends of months.
  @Test func restsKeepTheDayOfTheMonth() throws {
    let interest = try MSEInterest(
      on: 1_00_000_00, from: date("2026-01-31"), to: date("2026-04-30"), bankRate: Self.rate)
    #expect(interest.rests.map(\.to) == [date("2026-02-28"), date("2026-03-31"), date("2026-04-30")])
    #expect(interest.total == 1_04_181_98)
  }

  /// Half of a month of 30 days bears half; a day on which the rate changes bears the new one.
  @Test func daysOfABrokenMonth() throws {
    let half = try MSEInterest(on: 1_00_000_00, from: date("2026-04-01"), to: date("2026-04-16"), bankRate: Self.rate)
    #expect(half.interest == 687_50)
    let changing = series(.basisPoints, [("2020-01-01", 600), ("2026-04-11", 300)])
    let month = try MSEInterest(on: 1_00_000_00, from: date("2026-04-01"), to: date("2026-05-01"), bankRate: changing)
    // 3 x (600 x 10 + 300 x 20) / 30 / 12 = 1 % of the month.
    #expect(month.interest == 1_000_00 && month.rests.count == 1)
  }

  @Test(arguments: UInt64(1)...50) func interestGrowsWithTime(_ seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let from = try date("2024-01-01").adding(days: Int.random(in: 0...900, using: &random))
    let principal = Int64.random(in: 0...1_00_00_000_00, using: &random)
    let rate = series(.basisPoints, [("2020-01-01", 675), ("2025-02-07", 650), ("2025-06-06", 575)])
    var last: Paise = 0
    for days in stride(from: 0, through: 400, by: 7) {
      let interest = try MSEInterest(on: principal, from: from, to: from.adding(days: days), bankRate: rate)
      #expect(interest.interest >= last)
      #expect(interest.rests.reduce(0) { $0 + $1.interest } == interest.interest)
      last = interest.interest
    }
  }

  @Test func refusesWhatItCannotKnow() throws {
    #expect(throws: FiscalError.notInForce(table: "test", key: "test", on: date("2019-06-01"))) {
      try MSEInterest(on: 1, from: date("2019-06-01"), to: date("2020-06-01"), bankRate: Self.rate)
    }
    let doubtful = series(.basisPoints, [("2020-01-01", 550)], status: .unconfirmed)
    #expect(throws: FiscalError.unconfirmed(table: "test", key: "test", citation: "row 0")) {
      try MSEInterest(on: 1, from: date("2021-06-01"), to: date("2021-07-01"), bankRate: doubtful)
    }
    #expect(throws: FiscalError.invalidAmount) {
      try MSEInterest(on: 1, from: date("2021-06-01"), to: date("2091-07-01"), bankRate: Self.rate)
    }
    #expect(throws: FiscalError.overflow) {
      try MSEInterest(on: .max, from: date("2021-06-01"), to: date("2021-07-01"), bankRate: Self.rate)
    }
  }

  @Test func dueDays() throws {
    let delivery = date("2026-04-01")
    let plain = try MSEPaymentTerm(delivery: delivery, days: Self.days)
    #expect(
      plain.acceptance == delivery && plain.due == date("2026-04-16") && plain.interestStart == date("2026-04-17"))
    #expect(
      try MSEPaymentTerm(delivery: delivery, agreed: date("2026-05-01"), days: Self.days).due == date("2026-05-01"))
    // Sixty days may be agreed, but not to the supplier's harm.
    #expect(
      try MSEPaymentTerm(delivery: delivery, agreed: date("2026-05-31"), days: Self.days).due == date("2026-05-16"))
    let objection = MSEPaymentTerm.Objection(raised: date("2026-04-16"), removed: date("2026-04-20"))
    let accepted = try MSEPaymentTerm(delivery: delivery, objection: objection, days: Self.days)
    #expect(accepted.acceptance == date("2026-04-20") && accepted.due == date("2026-05-05"))
    let late = MSEPaymentTerm.Objection(raised: date("2026-04-17"), removed: date("2026-04-20"))
    #expect(try MSEPaymentTerm(delivery: delivery, objection: late, days: Self.days).acceptance == delivery)
    #expect(throws: FiscalError.invalidAmount) {
      try MSEPaymentTerm(
        delivery: delivery, objection: .init(raised: date("2026-03-31"), removed: delivery), days: Self.days)
    }
    #expect(throws: FiscalError.dateOutOfRange) { try MSEPaymentTerm(delivery: .last, days: Self.days) }
  }

  @Test func whoIsProtected() {
    #expect(MSEPaymentTerm.protects(.micro, isRegistered: true, isTrader: false))
    #expect(MSEPaymentTerm.protects(.small, isRegistered: true, isTrader: false))
    #expect(!MSEPaymentTerm.protects(.medium, isRegistered: true, isTrader: false))
    #expect(!MSEPaymentTerm.protects(.micro, isRegistered: false, isTrader: false))
    #expect(!MSEPaymentTerm.protects(.micro, isRegistered: true, isTrader: true))
    #expect(!MSEPaymentTerm.protects(nil, isRegistered: true, isTrader: false))
  }
}
