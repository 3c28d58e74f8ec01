import Documents
import Marketplace
import Repository
import RepositoryFixtures
import Store
import Testing

@Suite("Installing")
struct InstallTests {
  let market = Market()

  @Test("an install is a fork that remembers where it is from, once for each tenant and listing")
  func installed() throws {
    try market.offer("1.0.0")
    let second = try market.offer("1.1.0")
    let install = try market.install()
    #expect(install.label.text == "1.1.0" && install.upstream == second.version && install.target == .foreign)
    let fork = try market.repository.version(install.version, as: .tenant(.other))
    #expect(fork.origin?.version == second.version && fork.origin?.reference == .villa && fork.label == second.label)
    #expect(fork.body.content == second.content && fork.author.id == "buyer")
    #expect(try market.marketplace.install(of: .villa, as: .tenant(.other)) == install)
    #expect(throws: MarketplaceError.alreadyThere) { try market.install(to: .make(.other, .template, "again")) }
    #expect(try market.install(.villa, "1.0.0", to: .make(.guest, .template, "x")).label.text == "1.0.0")
    // What is new upstream is told by the repository, to the program, which may see it.
    try market.version("1.2.0", #"{"label":"1.2.0","new":1}"#)
    let news = try market.repository.upstreamChanges(of: .foreign, as: .everything)
    #expect(news.origin == fork.origin && news.changes.count == 2)
  }

  @Test("what is not for a tenant, is its own or is another kind is not installed")
  func refused() throws {
    try market.offer()
    #expect(throws: MarketplaceError.ownListing) { try market.install(to: .make(.builder, .template, "copy")) }
    #expect(throws: MarketplaceError.invalid(.kind)) { try market.install(to: .make(.other, .table, "villa")) }
    #expect(throws: MarketplaceError.notFound(.release)) { try market.install(.villa, "9.0.0") }
    #expect(throws: MarketplaceError.notFound(.listing)) { try market.install(Reference.library.document) }
    #expect(throws: MarketplaceError.repository(.notFound(.reference))) {
      try market.marketplace.install(.villa, to: .foreign, by: .anita)
    }
    let own = try market.version("1.0.0", at: .foreign)
    #expect(throws: MarketplaceError.repository(.moved(current: own.id))) { try market.install() }
    try market.marketplace.edit(.villa, .villa, to: .invited([.guest]), by: .anita)
    #expect(throws: MarketplaceError.notFound(.listing)) { try market.install(to: .make(.other, .template, "x")) }
    // The platform sees it, and still gets only what is offered to it.
    #expect(throws: MarketplaceError.notFound(.listing)) { try market.install(to: .library) }
    try market.install(to: .make(.guest, .template, "x"))
    try market.marketplace.edit(.villa, .villa, to: .everyone, by: .anita)
    try market.install(to: .library)
  }

  @Test("what was taken down is not installed")
  func takenDown() throws {
    try market.offer("1.0.0")
    try market.offer("1.1.0")
    try market.takeDown(.villa, "1.1.0")
    #expect(throws: MarketplaceError.notFound(.release)) { try market.install(.villa, "1.1.0") }
    #expect(try market.install().label.text == "1.0.0")
    try market.takeDown()
    #expect(throws: MarketplaceError.notFound(.listing)) { try market.install(to: .make(.guest, .template, "x")) }
    try market.marketplace.putBack(.villa, reason: "mended", by: .moderator)
    try market.install(to: .make(.guest, .template, "x"))
  }

  @Test("a signature or a content that is no longer what it was is found out")
  func tampered() throws {
    try market.offer()
    let catalog = market.catalog
    func attempt(_ table: UInt8, _ change: ([UInt8]) -> [UInt8]) throws -> MarketplaceError? {
      let (key, value) = (catalog.tables[table]!.keys[0], catalog.tables[table]![catalog.tables[table]!.keys[0]]!)
      catalog.change(table, key, change(value))
      defer { catalog.change(table, key, value) }
      do throws(MarketplaceError) {
        _ = try market.marketplace.install(.villa, to: .foreign, by: .stranger)
        return nil
      } catch { return error }
    }
    func flipped(_ value: [UInt8], _ position: Int) -> [UInt8] {
      var value = value
      value[position] ^= 1
      return value
    }
    // The signature, the publisher's key, the content, the version, the release's own digest.
    #expect(try attempt(98) { flipped($0, 20) } == .notSigned)
    #expect(try attempt(97) { flipped($0, 20) } == .notSigned)
    #expect(try attempt(90) { flipped($0, 5) } == .repository(.damaged(CatalogTable(rawValue: 90))))
    #expect(try attempt(92) { flipped($0, 8) } == .repository(.damaged(CatalogTable(rawValue: 92))))
    #expect(try attempt(101) { flipped($0, 45) } == .repository(.damaged(CatalogTable(rawValue: 101))))
    #expect(try attempt(101) { _ in [] } == .repository(.damaged(CatalogTable(rawValue: 101))))
    #expect(market.catalog.tables[103] == nil)
    try market.install()
  }

  @Test("who takes an install back keeps the document, and may install again")
  func uninstalled() throws {
    try market.offer()
    #expect(throws: MarketplaceError.notFound(.install)) {
      try market.marketplace.uninstall(.villa, by: .stranger)
    }
    let install = try market.install()
    try market.marketplace.uninstall(.villa, by: .stranger)
    #expect(throws: MarketplaceError.notFound(.install)) {
      try market.marketplace.install(of: .villa, as: .tenant(.other))
    }
    #expect(try market.repository.state(of: .foreign, as: .tenant(.other)).head == install.version)
    try market.install(to: .make(.other, .template, "again"))
    #expect(throws: MarketplaceError.invalid(.viewer)) { try market.marketplace.uninstall(.villa, by: .counter) }
  }

  @Test("a tenant's installs come in pages, to itself alone", arguments: [1, 2, 3, 10])
  func pages(countMax: Int) throws {
    for name in ["a", "b", "c"] {
      let reference = Reference.make(.builder, .template, name)
      try market.offer("1.0.0", reference)
      try market.install(reference.document, to: .make(.other, .template, name))
      try market.install(reference.document, to: .make(.guest, .template, name))
    }
    var (found, after): ([Install], DocumentID?) = ([], nil)
    repeat {
      let page = try market.marketplace.installs(of: .other, after: after, countMax: countMax, as: .tenant(.other))
      found += page.installs
      after = page.next
    } while after != nil
    #expect(found.map(\.target.document.name.text) == ["a", "b", "c"])
    for tenant in [Tenant.builder, .guest, .platform] {
      #expect(throws: MarketplaceError.notYours) {
        try market.marketplace.installs(of: .other, as: .tenant(tenant))
      }
    }
  }
}
