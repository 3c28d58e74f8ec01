import Marketplace
import Repository
import RepositoryFixtures
import Testing

@Suite("Who sees what")
struct VisibilityTests {
  let market = Market()

  private func isNotFound(_ body: () throws -> Void) -> Bool {
    do { try body() } catch {
      if case .notFound = error as? MarketplaceError { return true }
    }
    return false
  }

  /// All that can be asked of a listing.
  private var questions: [(Viewer) throws -> Void] {
    let marketplace = market.marketplace
    return [
      { _ = try marketplace.listing(.villa, as: $0) }, { _ = try marketplace.releases(of: .villa, as: $0) },
      { _ = try marketplace.content(of: .villa, as: $0) },
      { _ = try marketplace.content(of: .villa, Label("1.0.0"), as: $0) },
      { _ = try marketplace.ratings(of: .villa, as: $0) },
      { viewer in
        guard try marketplace.search(SearchQuery(words: "villa"), as: viewer).listings.count == 1 else {
          throw MarketplaceError.notFound(.listing)
        }
      },
    ]
  }

  /// All that a tenant can do with another one's listing.
  private var orders: [(Caller) throws -> Void] {
    let market = market
    return [
      { caller in
        guard case .tenant(let tenant) = caller.viewer else { return }
        _ = try market.marketplace.install(.villa, to: .make(tenant, .template, "x"), by: caller)
      } as (Caller) throws -> Void, { try market.marketplace.report(.villa, .spam, "", by: $0) },
      { _ = try market.marketplace.rate(.villa, stars: 1, by: $0) },
      { try market.marketplace.edit(.villa, .villa, to: .everyone, by: $0) },
      { try market.marketplace.deprecate(.villa, message: "", by: $0) },
      { try market.marketplace.uninstall(.villa, by: $0) },
    ]
  }

  @Test("what is for some is for nobody else there, whatever is asked")
  func invited() throws {
    try market.offer("1.0.0", to: .invited([.guest]))
    for tenant in [Tenant.guest, .builder] {
      for question in questions { try question(.tenant(tenant)) }
    }
    let tables = market.catalog.tables
    for question in questions { #expect(isNotFound { try question(.tenant(.other)) }) }
    for order in orders { #expect(isNotFound { try order(.stranger) }) }
    #expect(isNotFound { _ = try market.marketplace.usage(of: .villa, as: .tenant(.other)) })
    #expect(market.catalog.tables == tables)
    // There, but not its own.
    let guest = Caller.person("guest", .guest)
    #expect(throws: MarketplaceError.notYours) {
      try market.marketplace.edit(.villa, .villa, to: .everyone, by: guest)
    }
    #expect(throws: MarketplaceError.notYours) { try market.marketplace.usage(of: .villa, as: guest.viewer) }
    #expect(try market.marketplace.listing(.villa, as: guest.viewer).audience == nil)
    #expect(try market.marketplace.listing(.villa, as: .tenant(.platform)).audience == .invited([.guest]))
  }

  @Test("what was taken down is for nobody there but its tenant and the platform")
  func takenDown() throws {
    try market.offer()
    for question in questions { try question(.tenant(.other)) }
    try market.takeDown()
    for question in questions { #expect(isNotFound { try question(.tenant(.other)) }) }
    for order in orders { #expect(isNotFound { try order(.stranger) }) }
    for viewer in [Viewer.tenant(.builder), .tenant(.platform), .everything] {
      for question in questions.dropLast() { try question(viewer) }
      #expect(isNotFound { try questions.last!(viewer) })
    }
  }

  @Test("a listing that there is not and one that is not for a tenant are the same")
  func sameAnswer() throws {
    func answers() -> [MarketplaceError?] {
      questions.map { question in
        do { try question(.tenant(.other)) } catch { return error as? MarketplaceError }
        return nil
      }
    }
    let before = answers()
    try market.offer("1.0.0", to: .invited([]))
    #expect(answers() == before && before.allSatisfy { $0 == .notFound(.listing) })
  }

  @Test("others' use is seen as sums alone")
  func sums() throws {
    try market.offer()
    try market.use(.other, count: 3)
    _ = try market.marketplace.rate(.villa, stars: 2, by: .stranger)
    let listing = try market.marketplace.listing(.villa, as: .tenant(.guest))
    #expect(listing.totals.contractCount == 3 && listing.totals.userCount == 1)
    #expect(try market.marketplace.ownUse(of: .villa, as: .tenant(.guest)) == (0, 0))
    #expect(try market.marketplace.ownRating(of: .villa, as: .tenant(.guest)) == nil)
    #expect(throws: MarketplaceError.invalid(.viewer)) {
      try market.marketplace.ownUse(of: .villa, as: .everything)
    }
  }
}
