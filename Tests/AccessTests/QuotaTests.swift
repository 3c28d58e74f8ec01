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
    let second = try desk.make([.admin], person: 2).key
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
    let clearing = try desk.propose(.clearQuota(tenant: nil), by: admin)
    #expect(desk.control.quotas.all == expected)
    _ = try desk.ask(.approve(proposal: clearing), by: second)
    #expect(kind { try desk.ask(.clearQuota(tenant: nil), by: admin) } == .notFound)
    try desk.reopen()
    #expect(desk.control.quotas.all == [expected[1]])
  }

  @Test func whatWidensAQuotaTakesTwo() throws {
    let desk = try Desk()
    let first = try desk.make([.admin], person: 1).key
    let second = try desk.make([.admin], person: 2).key
    func quota(_ tenant: UInt32) -> Quota? { desk.control.quotas.inForce(tenant) }
    // Nothing is narrower than none, and what is narrower holds at once.
    #expect(try desk.ask(.setQuota(tenant: 7, quota: Quota(operationsPerSecond: 100)), by: first) == .done)
    #expect(try desk.ask(.setQuota(tenant: 7, quota: Quota(operationsPerSecond: 10, burst: 100)), by: first) == .done)
    for wider in [Quota(operationsPerSecond: 11, burst: 100), Quota(operationsPerSecond: 10, burst: 101)] {
      let id = try desk.propose(.setQuota(tenant: 7, quota: wider), by: first)
      #expect(quota(7) == Quota(operationsPerSecond: 10, burst: 100))
      #expect(kind { try desk.ask(.approve(proposal: id), by: first) } == .otherPerson)
      try desk.reopen()
      #expect(try desk.ask(.approve(proposal: id), by: second) == .done)
      #expect(quota(7) == wider)
      #expect(kind { try desk.ask(.approve(proposal: id), by: second) } == .notFound)
      #expect(try desk.ask(.setQuota(tenant: 7, quota: Quota(operationsPerSecond: 10, burst: 100)), by: first) == .done)
    }
    let clearing = try desk.propose(.clearQuota(tenant: 7), by: second)
    #expect(quota(7) != nil)
    _ = try desk.ask(.approve(proposal: clearing), by: first)
    #expect(quota(7) == nil)
    // What falls back to a narrower quota of all others does not wait.
    #expect(try desk.ask(.setQuota(tenant: 8, quota: Quota(operationsPerSecond: 50)), by: first) == .done)
    #expect(try desk.ask(.setQuota(tenant: nil, quota: Quota(operationsPerSecond: 5)), by: first) == .done)
    #expect(try desk.ask(.clearQuota(tenant: 8), by: first) == .done)
    #expect(quota(8) == Quota(operationsPerSecond: 5))
    #expect(try desk.trail().contains { $0.kind == .quotaSet && $0.subject.contains("proposal") })
  }

  @Test func aKeyLearnsTheStandingOfItsTenantsOnly() throws {
    let desk = try Desk()
    let admin = try desk.make([.admin], person: 1).key
    let (key, _) = try desk.make([.payer], tenants: [7])
    #expect(
      try desk.ask(.quota(tenant: 7), by: key)
        == .quota(standing: QuotaStanding(tenant: 7, quota: nil, isOwn: false, left: 0)))
    let common = Quota(operationsPerSecond: 1, burst: 100)
    _ = try desk.ask(.setQuota(tenant: nil, quota: common), by: admin)
    #expect(
      try desk.ask(.quota(tenant: 7), by: key)
        == .quota(standing: QuotaStanding(tenant: 7, quota: common, isOwn: false, left: 100)))
    #expect(kind { try desk.ask(.quota(tenant: 8), by: key) } == .notAllowed)
  }

  @Test func whatIsLeftIsToldWithoutTakingIt() {
    let table = QuotaTable()
    table.set(Quota(operationsPerSecond: 10, burst: 100), tenant: 7)
    #expect(table.take([7: 130], now: second) == nil)
    #expect(table.standing(of: 7, now: second).left == 0)
    #expect(table.standing(of: 7, now: 5 * second).left == 10)
    #expect(table.standing(of: 7, now: 5 * second).left == 10)
    #expect(table.standing(of: 7, now: 500 * second).left == 100)
  }
}
