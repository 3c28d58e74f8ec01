import Kernel
import Testing

@testable import LoadGenerator

/// The generator's own deductions against the published vectors of DOMAIN 5.
@Suite struct DeductionsTests {
  static let municipal: ContractTerms = {
    var terms = ContractTerms()
    terms.gstBP = 1_800
    terms.tdsBP = 200
    terms.gstTDSBP = 200
    terms.retentionBP = 500
    terms.flags = [.wholeUnits]
    return terms
  }()

  @Test func municipalBillGivesThePublishedNet() {
    let lines = Deductions(
      terms: Self.municipal, before: 0, gross: 254_797_00, retentionRoom: .max, advance: 0)
    #expect(lines.retention == 10_797_00)
    #expect(lines.tax == 4_319_00 + 4_319_00)
    #expect(lines.net == 235_362_00)
  }

  @Test(arguments: [1, 33_33, 100_000_00, 127_398_50, 254_796_99])
  func partsOfABillAddUpToTheWhole(first: Int64) {
    let gross: Int64 = 254_797_00
    let whole = Deductions(terms: Self.municipal, before: 0, gross: gross, retentionRoom: .max, advance: 0)
    let one = Deductions(terms: Self.municipal, before: 0, gross: first, retentionRoom: .max, advance: 0)
    let two = Deductions(
      terms: Self.municipal, before: first, gross: gross - first, retentionRoom: .max, advance: 0)
    // A part of less than a rupee's deductions may be eaten up by its lines; the published sums are far from that.
    if first > 100 {
      #expect(one.retention + two.retention == whole.retention)
      #expect(one.tax + two.tax == whole.tax)
      #expect(one.net + two.net == whole.net)
    }
    #expect(one.retention + one.tax + one.net == first)
  }

  @Test func linesStopAtTheirCaps() {
    var terms = Self.municipal
    terms.flags = []
    terms.advanceRecoveryBP = 1_000
    let lines = Deductions(terms: terms, before: 0, gross: 118_000, retentionRoom: 1_234, advance: 567)
    #expect(lines.retention == 1_234)
    #expect(lines.recovery == 567)
    #expect(lines.tax == 4_000)
    #expect(lines.net == 118_000 - 1_234 - 567 - 4_000)
  }
}
