import Testing

@testable import Kernel
@testable import Wire

/// What the kernel gives readers arrives field by field.
@Suite struct RecordTests {
  private static let totals: Totals = {
    var totals = Totals()
    for (index, (_, path)) in VectorCoder.totalsFields.enumerated() { totals[keyPath: path] = Int64(index + 1) }
    return totals
  }()

  @Test func contract() {
    let snapshot = ContractSnapshot(
      tenant: 1, contract: 2, state: .suspended, version: 3, payer: 4, payee: 5, arbiter: 6, value: 7,
      buckets: Self.totals, advanceOutstanding: 8, payoutAttempt: 9, milestoneCount: 65_535)
    let record = Wire.ContractRecord(snapshot)
    #expect(record.tenant == 1 && record.contract == 2 && record.state == ContractState.suspended.rawValue)
    #expect(record.version == 3 && record.payer == 4 && record.payee == 5 && record.arbiter == 6 && record.value == 7)
    #expect(record.buckets == Self.totals)
    #expect(record.advanceOutstanding == 8 && record.payoutAttempt == 9 && record.milestoneCount == 65_535)
    #expect(VectorCoder.bytes(of: record)[43..<48].allSatisfy { $0 == 0 })
    #expect(VectorCoder.bytes(of: record)[176...].allSatisfy { $0 == 0 })
  }

  @Test func milestone() {
    let snapshot = MilestoneSnapshot(
      ordinal: 1, state: .expired, version: 2, payoutAttempt: 3, amount: 4, held: 5, retained: 6, certified: 7,
      released: 8, owed: 9, pending: 10, paid: 11, refunded: 12, due: 13)
    let record = Wire.MilestoneRecord(snapshot, tenant: 14, contract: 15)
    #expect(record.ordinal == 1 && record.state == MilestoneState.expired.rawValue && record.version == 2)
    #expect(record.payoutAttempt == 3 && record.amount == 4 && record.held == 5 && record.retained == 6)
    #expect(record.certified == 7 && record.released == 8 && record.owed == 9 && record.pending == 10)
    #expect(record.paid == 11 && record.refunded == 12 && record.due == 13)
    #expect(record.tenant == 14 && record.contract == 15)
    #expect(VectorCoder.bytes(of: record)[29..<32].allSatisfy { $0 == 0 })
    #expect(VectorCoder.bytes(of: record)[112...].allSatisfy { $0 == 0 })
  }

  @Test func timer() {
    let snapshot = TimerSnapshot(ordinal: 65_535, kind: .retention, due: -2, amount: 3)
    let record = TimerRecord(snapshot, tenant: 4, contract: 5)
    #expect(record.ordinal == 65_535 && record.kind == 7 && record.due == -2 && record.amount == 3)
    #expect(record.tenant == 4 && record.contract == 5)
    #expect(VectorCoder.bytes(of: record)[23] == 0)
    #expect(VectorCoder.bytes(of: record)[40...].allSatisfy { $0 == 0 })
  }

  @Test func totals() {
    let record = TotalsRecord(Self.totals, tenant: 7)
    #expect(record.tenant == 7 && record.totals == Self.totals)
    #expect(VectorCoder.bytes(of: record)[4..<16].allSatisfy { $0 == 0 })
  }
}
