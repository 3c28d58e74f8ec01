import Kernel
import Testing

@testable import Fiscal

/// What is computed here for a bill is what the kernel books for it.
@Suite("Deductions against the kernel")
struct KernelAgreementTests {
  /// A contract with random terms, several bills of a cumulative account, each released in parts: every line of every
  /// part is the same.
  @Test(arguments: UInt64(1)...300) func everyPartOfEveryBill(_ seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let value = Int64.random(in: 1_000...random.pick([5_000, 10_000_000, 1_000_000_000_000_000 / 2]), using: &random)
    var terms = ContractTerms()
    terms.gstBP = random.pick([0, 25, 500, 1800, 4000])
    terms.retentionBP = random.pick([0, 500, 750, 2000])
    terms.tdsBP = random.pick([0, 10, 100, 200, 1000])
    terms.gstTDSBP = random.pick([0, 200])
    terms.cessBP = random.pick([0, 100])
    terms.feeBP = random.pick([0, 49, 333])
    terms.retentionCap = random.pick([0, value / 25, value])
    if random.chance(50) { terms.flags.insert(.wholeUnits) }
    if random.chance(50) { (terms.advanceBP, terms.advanceRecoveryBP) = (1_000, 2_000) }
    let advance = terms.advanceBP > 0 ? value / 10 : 0

    var kernel = KernelContract(value: value, terms: terms, advance: advance)
    var account = try RunningAccount(terms: BillTerms(terms), retentionCap: terms.retentionCap, advance: advance)
    var partCount = 0
    while account.released < value {
      let claim = random.chance(25) ? value : min(value, account.released + Int64.random(in: 1...value, using: &random))
      kernel.certify(toDate: claim)
      try account.certify(toDate: claim)
      while account.due > 0 {
        let part = min(account.due, Int64.random(in: 1...max(1, value / 2), using: &random))
        let expected = try account.release(part)
        let found = kernel.release(part)
        let place = Comment("part \(partCount) of \(part)")
        #expect(found.net == expected.net, place)
        #expect(found.moved.retained == expected.retention, place)
        #expect(found.moved.unallocated == expected.advanceRecovery, place)
        #expect(found.moved.taxWithheld == expected.incomeTax + expected.gstDeduction, place)
        #expect(found.moved.otherWithheld == expected.cess, place)
        #expect(found.moved.fee == expected.fee, place)
        partCount += 1
      }
    }
    #expect(kernel.snapshot.advanceOutstanding == account.advanceOutstanding)
    #expect(kernel.snapshot.buckets.retained == account.retained)
    #expect(partCount > 0)
  }
}

extension BillTerms {
  fileprivate init(_ terms: ContractTerms) {
    self.init()
    (gst, retention, advanceRecovery) = (Int(terms.gstBP), Int(terms.retentionBP), Int(terms.advanceRecoveryBP))
    (incomeTax, gstDeduction) = (Int(terms.tdsBP), Int(terms.gstTDSBP))
    (cess, fee) = (Int(terms.cessBP), Int(terms.feeBP))
    unit = terms.flags.contains(.wholeUnits) ? .rupee : .paisa
  }
}
