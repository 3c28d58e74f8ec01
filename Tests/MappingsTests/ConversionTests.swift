import Testing

@testable import Mappings

@Suite("Sums and dates")
struct ConversionTests {
  @Test(
    "rupees are paise, exactly",
    arguments: [
      ("0", 0), ("1", 100), ("1.5", 150), ("1.50", 150), ("0.01", 1), ("1.2300", 123), ("-0", 0), ("+7.05", 705),
      ("92233720368547758.07", Int64.max), ("000012.34", 1_234), ("90071992547409.93", 9_007_199_254_740_993),
    ])
  func paise(_ text: String, _ units: Int64) throws {
    #expect(try DecimalText.minorUnits(text, AmountStyle()) == units)
  }

  @Test(
    "what is no sum is none",
    arguments: [
      ("", "value.not-decimal"), (".5", "value.not-decimal"), ("5.", "value.not-decimal"),
      ("1,000", "value.not-decimal"),
      ("1e3", "value.not-decimal"), ("1.005", "value.too-precise"), ("0.001", "value.too-precise"),
      ("-1", "value.negative"),
      ("92233720368547758.08", "value.too-large"), ("99999999999999999999", "value.too-large"),
      ("--1", "value.not-decimal"),
      ("१", "value.not-decimal"), ("1 000", "value.not-decimal"), ("0x10", "value.not-decimal"),
      ("1.5.0", "value.not-decimal"),
      ("Infinity", "value.not-decimal"), ("NaN", "value.not-decimal"), ("₹5", "value.not-decimal"),
    ])
  func noSum(_ text: String, _ code: String) {
    let fault = #expect(throws: DecimalText.Fault.self) { try DecimalText.minorUnits(text, AmountStyle()) }
    #expect(fault?.rawValue == code, "\(text)")
  }

  @Test("groups of digits stand where people put them")
  func groups() throws {
    let style = AmountStyle(hasGroups: true)
    for text in ["1,25,000.00", "125,000.00", "125000", "125000.0"] {
      #expect(try DecimalText.minorUnits(text, style) == 12_500_000, "\(text)")
    }
    for text in ["1,2500", "12,5000", ",125,000", "1,25,,000", "1,25,00", "1250,00.00", "1,250,00,000", "1,25.000"] {
      #expect(throws: DecimalText.Fault.self, "\(text)") { try DecimalText.minorUnits(text, style) }
    }
    #expect(try DecimalText.text(1_234_567_890, style) == "1,23,45,678.90")
    #expect(try DecimalText.text(99, style) == "0.99")
  }

  @Test("a sign may be turned round")
  func signs() throws {
    #expect(try DecimalText.minorUnits("-5.00", AmountStyle(sign: .reversed)) == 500)
    #expect(try DecimalText.minorUnits("-5.00", AmountStyle(sign: .any)) == -500)
    #expect(try DecimalText.text(500, AmountStyle(sign: .reversed)) == "-5.00")
    #expect(try DecimalText.minorUnits("-92233720368547758.08", AmountStyle(sign: .any)) == .min)
    let fault = #expect(throws: DecimalText.Fault.self) {
      try DecimalText.minorUnits("-92233720368547758.08", AmountStyle(sign: .reversed))
    }
    #expect(fault == .tooLarge)
  }

  @Test("each sum is read back as it was written")
  func roundTrip() throws {
    var random = Seeded(state: 7)
    for _ in 0..<5_000 {
      let units = Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0..<64, using: &random)
      for hasGroups in [false, true] {
        for places in 0...4 {
          for sign in [AmountStyle.Sign.any, .reversed] {
            if units == .min, sign == .reversed { continue }
            let style = AmountStyle(places: places, hasGroups: hasGroups, sign: sign)
            let text = try DecimalText.text(units, style)
            #expect(try DecimalText.minorUnits(text, style) == units, "\(text)")
          }
        }
      }
    }
  }

  @Test(
    "dates in their patterns",
    arguments: [
      ("dd/MM/yyyy", "07/04/2026", "2026-04-06T18:30:00.000Z"), ("yyyyMMdd", "20260407", "2026-04-06T18:30:00.000Z"),
      ("dd-MMM-yyyy HH:mm", "07-APR-2026 09:30", "2026-04-07T04:00:00.000Z"),
      ("yyyy-MM-dd'T'HH:mm:ss", "2024-02-29T23:59:59", "2024-02-29T18:29:59.000Z"),
    ])
  func dates(_ pattern: String, _ text: String, _ instant: String) throws {
    let pattern = try #require(DatePattern(pattern))
    let local = try #require(pattern.milliseconds(of: text))
    #expect(InstantText.text(local - ClockZone.india.milliseconds) == instant)
    let back = try #require(InstantText.milliseconds(instant))
    #expect(pattern.text(of: back + ClockZone.india.milliseconds)?.uppercased() == text.uppercased())
  }

  @Test(
    "what is no date is none",
    arguments: [
      "31/04/2026", "29/02/2026", "7/04/2026", "07/04/26", "07/13/2026", "07/04/2026 ", "٠٧/04/2026", "0704/2026",
    ])
  func noDate(_ text: String) throws { #expect(try #require(DatePattern("dd/MM/yyyy")).milliseconds(of: text) == nil) }

  @Test(
    "what is no pattern is none",
    arguments: [
      "", "dd/MM", "dd/MM/yy", "yyyy-MM-dd-dd", "yyyy-MM-ddTHH", "yyyy-MM-dd mm", "yyyy-MM-dd'x", "MM/MMM/yyyy dd",
    ])
  func noPattern(_ text: String) { #expect(DatePattern(text) == nil) }

  @Test("instants with offsets and fractions")
  func instants() {
    #expect(InstantText.milliseconds("1970-01-01T05:30:00+05:30") == 0)
    #expect(InstantText.milliseconds("1970-01-01T00:00:00.1239Z") == 123)
    #expect(InstantText.milliseconds("1970-01-01T00:00:00") == nil)
    #expect(InstantText.milliseconds("1970-01-01T00:00:00.Z") == nil)
    #expect(InstantText.text(-1) == nil)
  }
}
