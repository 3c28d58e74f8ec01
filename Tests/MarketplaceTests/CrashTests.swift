import Marketplace
import Repository
import RepositoryFixtures
import Testing

@Suite("Crashes")
struct CrashTests {
  private static let begun: [UInt8: SortedTable] = {
    let market = Market()
    try! Story.begin(market)
    return market.catalog.tables
  }()

  /// What the tables are before the first step and after each one.
  private static let states: [[UInt8: SortedTable]] = {
    let market = Market(MemoryCatalog(begun))
    var states = [begun]
    for step in Story.steps {
      try! step(market)
      states.append(market.catalog.tables)
    }
    return states
  }()

  @Test("every change is one write")
  func oneWrite() throws {
    let market = Market(MemoryCatalog(Self.begun))
    for (done, step) in Story.steps.enumerated() {
      try step(market)
      #expect(market.catalog.applyCount == done + 1)
      #expect(Self.states[done + 1] != Self.states[done])
    }
  }

  @Test("whatever write goes wrong, a change is there wholly or not at all", arguments: MemoryCatalog.Fault.allCases)
  func atomicity(fault: MemoryCatalog.Fault) throws {
    for broken in 1...Story.steps.count {
      let market = Market(MemoryCatalog(Self.states[broken - 1]))
      market.catalog.fail(at: 1, fault)
      if fault == .dropped {
        try Story.steps[broken - 1](market)
      } else {
        #expect(throws: MarketplaceError.self) { try Story.steps[broken - 1](market) }
      }
      let isDone = fault == .failedLate
      #expect(market.catalog.tables == Self.states[isDone ? broken : broken - 1])
      // The machine comes back with what was written, and goes on to the same end.
      let next = Market(MemoryCatalog(market.catalog.tables))
      for step in Story.steps.dropFirst(isDone ? broken : broken - 1) { try step(next) }
      #expect(next.catalog.tables == Self.states.last)
      #expect(try next.repository.verify() == .sound(end: try next.repository.logEnd()))
    }
  }

  @Test("who does not know whether a stretch was counted counts it again", arguments: MemoryCatalog.Fault.allCases)
  func countedAgain(fault: MemoryCatalog.Fault) throws {
    let market = Market(MemoryCatalog(Self.states[7]))
    market.catalog.fail(at: 1, fault)
    try? Story.steps[7](market)
    let next = Market(MemoryCatalog(market.catalog.tables))
    for _ in 0..<3 { try Story.steps[7](next) }
    #expect(next.catalog.tables == Self.states[8])
  }

  @Test("what is refused writes nothing")
  func refusals() throws {
    let market = try Story.told()
    let (tables, count) = (market.catalog.tables, market.catalog.applyCount)
    let refused: [Story.Step] = [
      { try $0.marketplace.edit(.villa, .villa, to: .everyone, by: .stranger) },
      { _ = try $0.marketplace.verify(.masons, reason: "", by: .moderator) },
      { try $0.marketplace.uninstall(.villa, by: .stranger) },
      { _ = try $0.marketplace.rate(.villa, stars: 6, by: .stranger) },
      { try $0.marketplace.confirmTakedown(of: Story.shed.document, by: .moderator) },
      { _ = try $0.marketplace.record([], in: LogStretch(after: 71, through: 72), by: .counter) },
      { try $0.install(Story.shed.document, to: .make(.builder, .template, "again")) },
    ]
    for step in refused { #expect(throws: MarketplaceError.self) { try step(market) } }
    #expect(market.catalog.tables == tables && market.catalog.applyCount == count)
  }
}
