import Foundation
import Marketplace
import Repository
import RepositoryFixtures
import Store
import Testing

@Suite("On LMDB")
struct DiskTests {
  private struct DiskMarket: Trading {
    let repository: Repository
    let marketplace: Marketplace

    init(_ path: String) throws {
      repository = Repository(catalog: try Store.openCatalog(path, options: .init(mapByteCount: 1 << 28)))
      marketplace = Marketplace(on: repository)
    }
  }

  private static let users = (20..<24).map { Tenant(rawValue: $0) }
  private static let stretchCount = 40
  private static let starCount = 12

  private func withDirectory(_ body: (String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "market-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
  }

  private static func document(_ tenant: Tenant, _ name: String = "villa") -> Reference {
    .make(tenant, .template, name)
  }

  /// Goal: what many do at once adds up, on disk, and nobody sees a sum that was never true. Method: writers of every kind of change on one
  /// listing beside readers of everything; in the end sums are compared with what was asked for, from another opening of the directory.
  @Test("counting, rating, installing and editing at once add up; readers see sums that were true")
  func concurrency() async throws {
    try await withDirectory { path in
      do {
        let market = try DiskMarket(path)
        try market.offer()
        for user in Self.users { try market.install(to: Self.document(user)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try Self.count(market) }
          for user in Self.users { group.addTask { try await Self.rate(market, user) } }
          group.addTask { try Self.edit(market) }
          group.addTask { try Self.comeAndGo(market) }
          for reader in 0..<3 { group.addTask { try Self.read(market, as: Self.users[reader]) } }
          try await group.waitForAll()
        }
      }
      try compare(try DiskMarket(path))
    }
  }

  /// Every user makes a contract and closes one in each stretch; each stretch is counted twice over.
  private static func count(_ market: DiskMarket) throws {
    for stretch in 0..<UInt64(stretchCount) {
      let uses = users.flatMap { user in
        [Use.Event.made, .closed].map { Use(of: user, .villa, Label("1.0.0")!, $0, on: 20_000 + UInt32(stretch % 3)) }
      }
      for _ in 0..<2 {
        let end = try market.marketplace.record(
          uses, in: LogStretch(after: stretch, through: stretch + 1), by: .counter)
        #expect(end == stretch + 1)
      }
    }
  }

  /// Stars go round; who was not counted yet tries again.
  private static func rate(_ market: DiskMarket, _ user: Tenant) async throws {
    var given = 0
    while given < starCount {
      do throws(MarketplaceError) {
        _ = try market.marketplace.rate(.villa, stars: given % 5 + 1, by: .person("p", user))
        given += 1
      } catch {
        guard error == .notUsed else { throw error }
        await Task.yield()
      }
    }
  }

  private static func edit(_ market: DiskMarket) throws {
    for number in 0..<30 {
      try market.marketplace.edit(.villa, .titled("Villa \(number)"), to: .everyone, by: .anita)
    }
  }

  /// A tenant that never makes a contract.
  private static func comeAndGo(_ market: DiskMarket) throws {
    for number in 0..<15 {
      try market.install(to: document(.guest, "villa-\(number)"))
      try market.marketplace.uninstall(.villa, by: .person("buyer", .guest))
    }
  }

  private static func read(_ market: DiskMarket, as user: Tenant) throws {
    let viewer = Viewer.tenant(user)
    var last: (contracts: UInt64, closed: UInt64, own: UInt64) = (0, 0, 0)
    for _ in 0..<150 {
      let found = try market.marketplace.search(SearchQuery(words: "villa"), as: viewer).listings
      #expect(found.map(\.id) == [.villa] && found[0].text.title.hasPrefix("Villa"))
      let totals = try market.marketplace.listing(.villa, as: viewer).totals
      // A stretch is whole: as many were made as closed, and by every user.
      #expect(totals.contractCount == totals.closedCount && totals.contractCount % UInt64(users.count) == 0)
      #expect(totals.contractCount >= last.contracts && totals.closedCount >= last.closed)
      #expect([0, users.count].contains(totals.userCount) && totals.installCount == totals.userCount)
      #expect(totals.ratingCount <= users.count)
      let own = try market.marketplace.ownUse(of: .villa, as: viewer)
      #expect(own.made == own.closed && own.made >= last.own)
      last = (totals.contractCount, totals.closedCount, own.made)
      let ratings = try market.marketplace.ratings(of: .villa, as: viewer).ratings
      #expect(ratings.count <= users.count && Set(ratings.map(\.number)).count == ratings.count)
      #expect(try market.marketplace.installs(of: user, as: viewer).installs.map(\.listing) == [.villa])
    }
  }

  private func compare(_ market: DiskMarket) throws {
    let (stretches, users) = (UInt64(Self.stretchCount), Self.users)
    let totals = try market.marketplace.listing(.villa, as: .tenant(users[0])).totals
    #expect(totals.contractCount == stretches * UInt64(users.count) && totals.closedCount == totals.contractCount)
    #expect(totals.userCount == users.count && totals.installCount == users.count)
    var ratingCounts = [0, 0, 0, 0, 0]
    ratingCounts[(Self.starCount - 1) % 5] = users.count
    #expect(totals.ratingCounts == ratingCounts)
    let ratings = try market.marketplace.ratings(of: .villa, as: .tenant(users[0])).ratings
    #expect(ratings.map(\.number).sorted() == Array(1...users.count))
    for user in users {
      let own = try market.marketplace.ownUse(of: .villa, as: .tenant(user))
      #expect(own.made == stretches && own.closed == stretches)
    }
    let days = try market.marketplace.usage(of: .villa, as: .everything).days
    #expect(days.count == 3 && days.reduce(0) { $0 + $1.contractCount } == totals.contractCount)
    #expect(try market.marketplace.countedThrough() == stretches)
    #expect(try market.found(by: .guest) == [.villa])
    #expect(try market.marketplace.installs(of: .guest, as: .tenant(.guest)).installs.isEmpty)
    #expect(try market.repository.verify() == .sound(end: try market.repository.logEnd()))
  }
}
