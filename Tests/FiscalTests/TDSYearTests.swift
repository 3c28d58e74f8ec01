import Testing

@testable import Fiscal

/// A year of accounts with rows of the shipped data; the arithmetic by hand beside each sum.
@Suite("Tax at source over a year")
struct TDSYearTests {
  private let data: ReferenceData
  private let payer: TAN
  private let firm: TDSAccount.Payee
  private let person: TDSAccount.Payee
  private let nameless = TDSAccount.Payee.withoutPAN(name: "party 7", kind: .other)

  init() throws {
    data = try ShippedData.data.get()
    payer = try TAN("BLRA01234F")
    firm = .pan(try PAN("AAPFU0939F"))
    person = .pan(try PAN("ACUPA7085R"))
  }

  private func deduct(
    _ book: inout TDSBook, _ rupees: Int64, _ section: String, _ payee: TDSAccount.Payee, on day: String = "2026-05-01"
  ) throws -> TDSAccount.Deduction {
    try book.deduct(from: rupees * 100, payer: payer, payee: payee, section: section, on: date(day), using: data)
      .deduction
  }

  private func correct(
    _ book: inout TDSBook, _ rupees: Int64, to other: Int64, _ section: String, _ payee: TDSAccount.Payee,
    on day: String = "2026-05-01"
  ) throws -> TDSAccount.Deduction {
    try book.correct(
      rupees * 100, to: other * 100, payer: payer, payee: payee, section: section, on: date(day), using: data
    ).deduction
  }

  private func account(_ book: TDSBook) throws -> TDSAccount { try #require(book.accounts.values.first) }

  /// 194Q and 393(1) Sl. 8(ii): 0.1 % of what is above Rs 50,00,000 a year.
  @Test(arguments: ["2025-06-01", "2026-06-01"]) func goodsOnTheExcess(_ day: String) throws {
    var book = TDSBook()
    // 30,00,000 + 20,00,000 = 50,00,000: not above.
    #expect(try deduct(&book, 30_00_000, "194Q", firm, on: day).tax == 0)
    #expect(try deduct(&book, 20_00_000, "194Q", firm, on: day).reason == .belowThreshold)
    // 52,34,567 - 50,00,000 = 2,34,567; x 0.1 % = 234.567 = Rs 234.57.
    let crossing = try deduct(&book, 2_34_567, "194Q", firm, on: day)
    #expect(crossing.base == 2_34_567_00 && crossing.tax == 234_57 && crossing.reason == .crossesThreshold)
    // 62,34,567 - 50,00,000 = 12,34,567; x 0.1 % = 1,234.567 = 1,234.57, less 234.57 = Rs 1,000.
    #expect(try deduct(&book, 10_00_000, "194Q", firm, on: day).tax == 1_000_00)
    #expect(try account(book).taxed == 12_34_567_00 && account(book).tax == 1_234_57)
    // The next year begins anew.
    #expect(try deduct(&book, 50_00_000, "194Q", firm, on: day == "2025-06-01" ? "2026-04-01" : "2027-04-01").tax == 0)
  }

  /// Without PAN 5 % instead of 0.1 %, on the excess alone: (60,00,000 - 50,00,000) x 5 % = Rs 50,000.
  @Test func goodsWithoutPAN() throws {
    var book = TDSBook()
    #expect(try deduct(&book, 60_00_000, "393(1) Sl. 8(ii)", nameless).tax == 50_000_00)
  }

  /// 194C, 2 %: Rs 30,000 a sum, Rs 1,00,000 a year.
  @Test func contractorsCross() throws {
    var book = TDSBook()
    // At the threshold, not above: 30,000.
    #expect(try deduct(&book, 30_000, "194C", firm).tax == 0)
    // 30,001 alone: 30,001 x 2 % = 600.02.
    let single = try deduct(&book, 30_001, "194C", firm)
    #expect(single.tax == 600_02 && single.reason == .singleSum && single.base == 30_001_00)
    // Year 60,001 + 39,999 = 1,00,000: not above; but 39,999 is a large sum: 39,999 x 2 % = 799.98.
    #expect(try deduct(&book, 39_999, "194C", firm).tax == 799_98)
    // Year 1,00,001: all of it is taxed, 1,00,001 x 2 % = 2,000.02, less 600.02 and 799.98 = 600.02.
    let crossing = try deduct(&book, 1, "194C", firm)
    #expect(crossing.reason == .crossesThreshold && crossing.base == 30_001_00 && crossing.tax == 600_02)
    // A person: 1 %, an account of his own: 40,000 x 1 % = 400.
    #expect(try deduct(&book, 40_000, "194C", person).tax == 400_00)
    #expect(book.accounts.count == 2)
  }

  /// The least rate is 20 %, also on what is caught up with: 25,000 x 4 = 1,00,000 free, then (1,00,000 + 10,000) x 20 %.
  @Test func contractorsWithoutPAN() throws {
    var book = TDSBook()
    for _ in 0..<4 { #expect(try deduct(&book, 25_000, "194C", nameless).tax == 0) }
    #expect(try deduct(&book, 10_000, "194C", nameless).tax == 22_000_00)
    // Fees of professionals are at 10 % with PAN, and 20 % without.
    var fees = TDSBook()
    #expect(try deduct(&fees, 60_000, "194J-professional", nameless).tax == 12_000_00)
    #expect(try deduct(&fees, 60_000, "194J-professional", firm).tax == 6_000_00)
  }

  @Test func aCancelledSumIsSetOff() throws {
    var book = TDSBook()
    // 80,000 x 2 % = 1,600; then 1,10,000 crosses: 2,200 - 1,600 = 600.
    #expect(try deduct(&book, 80_000, "194C", firm).tax == 1_600_00)
    #expect(try deduct(&book, 30_000, "194C", firm).tax == 600_00)
    // Without the 30,000 the year is at 80,000: only the large sum is taxed, 1,600. 600 are too much.
    let cancelled = try correct(&book, 30_000, to: 0, "194C", firm)
    #expect(cancelled.base == -30_000_00 && cancelled.tax == 0 && cancelled.reason == .takenBack)
    #expect(try account(book).surplus == 600_00 && account(book).tax == 1_600_00 && account(book).total == 80_000_00)
    // 25,000 crosses again: 1,05,000 x 2 % = 2,100, less 1,600 = 500, all of it met by the 600.
    let next = try deduct(&book, 25_000, "194C", firm)
    #expect(next.tax == 0 && next.setOff == 500_00 && next.base == 25_000_00)
    // 10,000 x 2 % = 200: 100 are left of the surplus, 100 are deducted.
    let last = try deduct(&book, 10_000, "194C", firm)
    #expect(last.tax == 100_00 && last.setOff == 100_00)
    #expect(try account(book).surplus == 0 && account(book).tax == 2_300_00)
    // Deducted in all: 1,600 + 600 + 0 + 100 = 2,300 = 1,15,000 x 2 %.
  }

  @Test func aCorrectedSum() throws {
    var book = TDSBook()
    #expect(try deduct(&book, 25_000, "194C", firm).tax == 0)
    // 25,000 should have been 35,000: a large sum, 35,000 x 2 % = 700.
    let more = try correct(&book, 25_000, to: 35_000, "194C", firm)
    #expect(more.tax == 700_00 && more.reason == .singleSum)
    // 35,000 should have been 28,000: no large sum, no tax.
    let less = try correct(&book, 35_000, to: 28_000, "194C", firm)
    #expect(less.base == -35_000_00 && less.tax == 0)
    #expect(try account(book).surplus == 700_00 && account(book).total == 28_000_00)
    // Returned goods: 55,00,000 x: excess 5,00,000, Rs 500; 2,00,000 come back: excess 3,00,000, Rs 200 too much.
    var goods = TDSBook()
    #expect(try deduct(&goods, 55_00_000, "194Q", firm).tax == 500_00)
    #expect(try correct(&goods, 55_00_000, to: 53_00_000, "194Q", firm).base == -2_00_000_00)
    #expect(try account(goods).surplus == 200_00)
    // More than was booked cannot be taken back, and the book stays as it was.
    let before = goods.accounts
    #expect(throws: FiscalError.invalidAmount) { try correct(&goods, 60_00_000, to: 0, "194Q", firm) }
    #expect(throws: FiscalError.invalidAmount) { try correct(&goods, 1, to: -1, "194Q", firm) }
    #expect(goods.accounts == before)
  }

  /// Rent: Rs 50,000 a month since April 2025, Rs 2,40,000 a year before; a correction finds its month.
  @Test func rentByMonthAndByYear() throws {
    var book = TDSBook()
    // 10 % of 60,000 in May; 50,000 in June are not above.
    #expect(try deduct(&book, 60_000, "194-I-building", firm, on: "2026-05-05").tax == 6_000_00)
    #expect(try deduct(&book, 50_000, "194-I-building", firm, on: "2026-06-05").tax == 0)
    // May was 45,000: nothing is due for it; June stays.
    #expect(try correct(&book, 60_000, to: 45_000, "194-I-building", firm, on: "2026-05-05").tax == 0)
    #expect(try account(book).surplus == 6_000_00 && account(book).taxed == 0)
    // Rs 1 more in June: 50,001 x 10 % = 5,000.10, met by the surplus.
    let june = try deduct(&book, 1, "194-I-building", firm, on: "2026-06-20")
    #expect(june.tax == 0 && june.setOff == 5_000_10)
    var old = TDSBook()
    // 2024-25: 2,40,000 not above; then all 2,60,000 x 2 % = 5,200.
    #expect(try deduct(&old, 2_40_000, "194-I-plant", firm, on: "2024-07-01").tax == 0)
    #expect(try deduct(&old, 20_000, "194-I-plant", firm, on: "2024-08-01").tax == 5_200_00)
  }

  /// In any order of bookings and corrections at one rate: what was deducted less the surplus is the tax due, which is
  /// that of the sums that are left.
  @Test(arguments: UInt64(1)...100) func correctionsLeaveWhatTheSumsSay(_ seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let section = random.pick(["194C", "194Q", "194J-technical", "194-O"])
    var (book, sums, deducted): (TDSBook, [Int64], Paise) = (TDSBook(), [], 0)
    for _ in 0..<30 {
      if !sums.isEmpty, Int.random(in: 0..<3, using: &random) == 0 {
        let index = Int.random(in: 0..<sums.count, using: &random)
        let other = random.pick([0, sums[index] / 2, sums[index] + 10_000])
        deducted += try correct(&book, sums[index], to: other, section, firm).tax
        if other == 0 { sums.remove(at: index) } else { sums[index] = other }
      } else {
        let sum = Int64.random(in: 1...(section == "194Q" ? 20_00_000 : 40_000), using: &random)
        deducted += try deduct(&book, sum, section, firm).tax
        sums.append(sum)
      }
      let state = try account(book)
      #expect(state.total == sums.reduce(0, +) * 100 && state.surplus >= 0)
      #expect(deducted - state.surplus == state.tax)
      var fresh = TDSBook()
      for sum in sums { _ = try deduct(&fresh, sum, section, firm) }
      if !sums.isEmpty { #expect(try state.tax == account(fresh).tax && state.taxed == account(fresh).taxed) }
    }
  }
}
