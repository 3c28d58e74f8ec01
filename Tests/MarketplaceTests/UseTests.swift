import Marketplace
import Repository
import RepositoryFixtures
import Testing

@Suite("Use")
struct UseTests {
  let market = Market()

  private func record(_ uses: [Use], _ after: UInt64, _ through: UInt64, by caller: Caller = .counter) throws -> UInt64
  {
    try market.marketplace.record(uses, in: LogStretch(after: after, through: through), by: caller)
  }

  private func use(
    _ tenant: Tenant, _ label: String = "1.0.0", _ event: Use.Event = .made, _ count: UInt32 = 1, on day: UInt32 = 1
  ) -> Use { Use(of: tenant, .villa, Label(label)!, event, count: count, on: day) }

  private func totals() throws -> ListingTotals { try market.marketplace.listing(.villa, as: .tenant(.other)).totals }

  @Test("a stretch of the log is counted once, whoever reads it how often")
  func once() throws {
    try market.offer()
    #expect(try market.marketplace.countedThrough() == 0)
    #expect(try record([use(.other, count: 3)], 0, 10) == 10)
    let tables = market.catalog.tables
    for (after, through) in [(0, 10), (0, 5), (3, 10), (10, 10)] as [(UInt64, UInt64)] {
      #expect(try record([use(.other, count: 3)], after, through) == 10)
    }
    for (after, through) in [(0, 11), (9, 12), (11, 12)] as [(UInt64, UInt64)] {
      #expect(throws: MarketplaceError.notNext(countedThrough: 10)) { try record([], after, through) }
    }
    #expect(throws: MarketplaceError.invalid(.stretch)) { try record([], 12, 11) }
    #expect(market.catalog.tables == tables)
    #expect(try record([], 10, 20) == 20)
    #expect(try totals().contractCount == 3 && market.marketplace.countedThrough() == 20)
    #expect(try record([use(.other)], 20, .max) == .max)
    #expect(try record([use(.other)], .max, .max) == .max)
    #expect(try totals().contractCount == 4)
  }

  private func use(_ tenant: Tenant, count: UInt32) -> Use { use(tenant, "1.0.0", .made, count) }

  @Test("the program alone counts, and only of listings and versions that were offered")
  func refused() throws {
    try market.offer()
    for caller in [Caller.anita, .stranger] {
      #expect(throws: MarketplaceError.notYours) { try record([use(.other)], 0, 1, by: caller) }
    }
    let unknown = Use(of: .other, Reference.library.document, Label("1.0.0")!, .made, on: 1)
    #expect(throws: MarketplaceError.notFound(.listing)) { try record([use(.other), unknown], 0, 1) }
    #expect(throws: MarketplaceError.notFound(.release)) { try record([use(.other), use(.other, "1.0.1")], 0, 1) }
    #expect(throws: MarketplaceError.invalid(.count)) { try record([use(.other, count: 0)], 0, 1) }
    let many = Array(repeating: use(.other), count: 10_001)
    #expect(throws: MarketplaceError.tooMany(.uses)) { try record(many, 0, 1) }
    #expect(try totals().contractCount == 0 && market.marketplace.countedThrough() == 0)
    #expect(try record(many.dropLast(), 0, 1) == 1)
    #expect(try totals().contractCount == 10_000)
  }

  @Test("use is summed by version and day, in pages of any size", arguments: [1, 2, 3, 10])
  func days(countMax: Int) throws {
    try market.offer("1.0.0")
    try market.offer("1.1.0")
    _ = try record(
      [
        use(.other, "1.1.0", .made, 2, on: 30), use(.other, "1.0.0", .made, 5, on: 30), use(.guest, "1.0.0", on: 30),
        use(.guest, "1.0.0", .closed, on: 300),
      ], 0, 1)
    _ = try record([use(.guest, "1.0.0", .closed, 2, on: 300), use(.guest, "1.0.0", .closed, on: 2)], 1, 2)
    var (found, after): ([DayUse], DayUse?) = ([], nil)
    repeat {
      let page = try market.marketplace.usage(
        of: .villa, after: after, countMax: countMax, as: .tenant(.builder))
      found += page.days
      after = page.next
    } while after != nil
    #expect(
      found.map { "\($0.label) \($0.day) \($0.contractCount) \($0.closedCount)" } == [
        "1.0.0 2 0 1", "1.0.0 30 6 0", "1.0.0 300 0 3", "1.1.0 30 2 0",
      ])
    #expect(try totals().contractCount == 8 && totals().closedCount == 4 && totals().userCount == 2)
    #expect(try market.marketplace.usage(of: .villa, as: .tenant(.platform)).days == found)
    #expect(throws: MarketplaceError.notYours) { try market.marketplace.usage(of: .villa, as: .tenant(.other)) }
    #expect(try market.marketplace.ownUse(of: .villa, as: .tenant(.guest)) == (1, 4))
    #expect(try market.marketplace.ownUse(of: .villa, as: .tenant(.builder)) == (0, 0))
  }

  @Test("an install counts when its tenant ran it, in whatever order the two come")
  func installs() throws {
    try market.offer()
    try market.install()
    #expect(try totals().installCount == 0)
    try market.use(.other)
    #expect(try totals().installCount == 1 && totals().userCount == 1)
    try market.use(.guest)
    #expect(try totals().installCount == 1 && totals().userCount == 2)
    try market.install(to: .make(.guest, .template, "x"))
    #expect(try totals().installCount == 2)
    try market.marketplace.uninstall(.villa, by: .stranger)
    try market.use(.other)
    #expect(try totals().installCount == 1 && totals().userCount == 2)
    try market.install(to: .make(.other, .template, "again"))
    #expect(try totals().installCount == 2)
  }

  @Test("what a tenant does with its own listing does not count")
  func own() throws {
    try market.offer()
    try market.use(.builder, count: 100)
    #expect(try totals().contractCount == 0 && totals().userCount == 0)
    #expect(try market.marketplace.countedThrough() == 1)
  }

  @Test("contracts of what was taken down are still counted")
  func takenDown() throws {
    try market.offer()
    try market.takeDown()
    try market.use(.other)
    #expect(try market.marketplace.listing(.villa, as: .tenant(.builder)).totals.contractCount == 1)
  }
}
