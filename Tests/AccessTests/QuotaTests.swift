import Testing

@testable import Access

@Suite struct QuotaTests {
  private let second: UInt64 = 1_000_000_000

  @Test func aTenantHasItsRateOverTime() {
    let table = QuotaTable()
    #expect(!table.isActive)
    table.set(Quota(operationsPerSecond: 1_000, burst: 500), tenant: 7)
    #expect(table.isActive)
    // The burst, and what goes over it is owed.
    #expect(table.take([7: 800], now: 0) == nil)
    let refusal = table.take([7: 1], now: 0)
    #expect(refusal?.tenant == 7)
    #expect((301...302).contains(refusal?.retryMilliseconds ?? 0))
    #expect(table.take([7: 1], now: second / 4) != nil)
    #expect(table.take([7: 1], now: second / 2) == nil)
    // Ten seconds of frames as fast as they are taken: the rate, and one burst.
    var taken = 0
    for step in 0..<10_000 where table.take([7: 100], now: second + UInt64(step) * second / 1_000) == nil {
      taken += 100
    }
    #expect((9_900...10_600).contains(taken))
  }

  @Test func clocksOfLoopsMayDiffer() {
    let table = QuotaTable()
    table.set(Quota(operationsPerSecond: 1_000, burst: 100), tenant: 7)
    #expect(table.take([7: 1_000], now: second) == nil)
    // A loop whose round began earlier neither fills the bucket nor turns its time back.
    #expect(table.take([7: 1], now: second - 1) != nil)
    #expect(table.take([7: 1], now: second) != nil)
    table.set(Quota(operationsPerSecond: 5), tenant: 8)
    #expect(table.take([7: 1], now: second) != nil)
  }

  @Test func oneTenantWithNothingLeftStopsItsFrameOnly() {
    let table = QuotaTable()
    table.set(Quota(operationsPerSecond: 10), tenant: 7)
    table.set(Quota(operationsPerSecond: 1_000), tenant: nil)
    #expect(table.take([7: 10], now: 0) == nil)
    #expect(table.take([7: 1, 8: 600], now: 0)?.tenant == 7)
    // Nothing was taken from the other one.
    #expect(table.take([8: 1_000], now: 0) == nil)
    #expect(table.take([8: 1], now: 0)?.tenant == 8)
    #expect(table.take([9: 1], now: 0) == nil)
    table.set(nil, tenant: nil)
    #expect(table.take([8: 1_000_000], now: 0) == nil)
  }

  @Test func fullBucketsAreForgotten() {
    let table = QuotaTable()
    table.set(Quota(operationsPerSecond: 1), tenant: nil)
    for tenant in 0..<UInt32(QuotaTable.bucketCountMax) { #expect(table.take([tenant: 1], now: 0) == nil) }
    #expect(table.take([UInt32.max: 1], now: 2 * second) == nil)
    #expect(table.bucketCount == 1)
  }

  @Test func quotasAreKept() throws {
    let desk = try Desk()
    let admin = try desk.make([.admin], person: 1).key
    _ = try desk.ask(.setQuota(tenant: 7, quota: Quota(operationsPerSecond: 5)), by: admin)
    _ = try desk.ask(.setQuota(tenant: nil, quota: Quota(operationsPerSecond: 9, burst: 90)), by: admin)
    for bad in [Quota(operationsPerSecond: 0), Quota(operationsPerSecond: 1, burst: 1_000_000_001)] {
      #expect(kind { try desk.ask(.setQuota(tenant: 1, quota: bad), by: admin) } == .invalid)
    }
    try desk.reopen()
    let expected = [
      TenantQuota(tenant: nil, quota: Quota(operationsPerSecond: 9, burst: 90)),
      TenantQuota(tenant: 7, quota: Quota(operationsPerSecond: 5)),
    ]
    #expect(desk.control.quotas.all == expected)
    _ = try desk.ask(.clearQuota(tenant: nil), by: admin)
    #expect(kind { try desk.ask(.clearQuota(tenant: nil), by: admin) } == .notFound)
    try desk.reopen()
    #expect(desk.control.quotas.all == [expected[1]])
  }
}
