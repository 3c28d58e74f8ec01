import Documents
import Marketplace
import Repository
import RepositoryFixtures
import Testing

@Suite("Updating")
struct UpdateTests {
  let market = Market()

  private func release(_ label: String, _ text: String) throws {
    let version = try market.version(label, text)
    _ = try market.marketplace.offer(
      version.id, of: .villa, signedBy: PublisherID.masons.id, .villa, to: .everyone, by: .anita)
  }

  private func head() throws -> VersionID { try market.repository.state(of: .foreign, as: .tenant(.other)).head }

  private func save(_ text: String) throws {
    let draft = Draft(Array(text.utf8), .json, message: "ours")
    _ = try market.repository.save(draft, to: .foreign, expecting: head(), by: .stranger)
  }

  @discardableResult
  private func update(_ label: String? = nil, resolved: JSONValue? = nil) throws -> MergeOutcome {
    try market.marketplace.update(
      .villa, to: label.flatMap { Label($0) }, expecting: head(), resolved: resolved, message: "newer", by: .stranger)
  }

  private func content() throws -> String {
    String(decoding: try market.repository.content(of: head(), as: .tenant(.other)), as: UTF8.self)
  }

  private func news() throws -> ListingNews { try market.marketplace.news(of: .villa, as: .tenant(.other)) }

  @Test("a tenant is told what is new in releases, not in what was not offered, and merges it")
  func merged() throws {
    try release("1.0.0", #"{"limit":1,"name":"villa"}"#)
    let install = try market.install()
    #expect(try news().changes.isEmpty && news().install == install)
    try save(#"{"limit":1,"name":"our villa"}"#)
    try market.version("1.0.1", #"{"limit":9,"name":"villa"}"#)
    #expect(try news().changes.isEmpty)
    try release("1.1.0", #"{"limit":2,"name":"villa"}"#)
    #expect(try news().newest.label.text == "1.1.0" && news().changes.map(\.path.description) == ["/limit"])
    let before = try head()
    guard case .merged(let version) = try update() else { throw MarketplaceError.notUsed }
    #expect(try content() == #"{"limit":2,"name":"our villa"}"#)
    #expect(try version.parents == [before] && version.origin?.version == news().newest.version)
    #expect(try news().changes.isEmpty && news().install.label.text == "1.1.0")
    #expect(try news().install.version == install.version && news().install.time == install.time)
    // What is taken over later begins there.
    try release("1.2.0", #"{"limit":2,"name":"villa","new":true}"#)
    try update()
    #expect(try content() == #"{"limit":2,"name":"our villa","new":true}"#)
    // The program sees the same origin.
    #expect(try market.repository.upstreamChanges(of: .foreign, as: .everything).changes.isEmpty)
    #expect(try market.repository.verify() == .sound(end: try market.repository.logEnd()))
  }

  @Test("what both changed is for somebody to decide, and nothing is kept before")
  func conflicts() throws {
    try release("1.0.0", #"{"limit":1}"#)
    try market.install()
    try save(#"{"limit":5}"#)
    try release("1.1.0", #"{"limit":2}"#)
    let tables = market.catalog.tables
    guard case .conflicts(let merged) = try update() else { throw MarketplaceError.notUsed }
    #expect(merged.merge.conflicts.map(\.path.description) == ["/limit"] && market.catalog.tables == tables)
    try update(resolved: ["limit": 7])
    #expect(try content() == #"{"limit":7}"# && news().changes.isEmpty)
  }

  @Test("only what is newer, offered, signed and installed is merged, from where the caller thinks it is")
  func refused() throws {
    try release("1.0.0", #"{"limit":1}"#)
    let first = try market.install().version
    #expect(throws: MarketplaceError.stepTooSmall(behind: Label("1.0.0")!)) { try update() }
    try release("1.1.0", #"{"limit":2}"#)
    try release("1.2.0", #"{"limit":3}"#)
    #expect(throws: MarketplaceError.notFound(.release)) { try update("1.1.1") }
    try save(#"{"limit":1,"own":1}"#)
    #expect(throws: MarketplaceError.repository(.moved(current: try head()))) {
      try market.marketplace.update(.villa, expecting: first, message: "", by: .stranger)
    }
    #expect(throws: MarketplaceError.invalid(.text)) {
      try market.marketplace.update(
        .villa, expecting: head(), message: String(repeating: "x", count: 2_001), by: .stranger)
    }
    #expect(throws: MarketplaceError.notFound(.install)) {
      try market.marketplace.update(.villa, expecting: first, message: "", by: .person("guest", .guest))
    }
    try market.takeDown(.villa, "1.2.0")
    #expect(throws: MarketplaceError.notFound(.release)) { try update("1.2.0") }
    let key = market.catalog.tables[97]!.keys[0]
    let row = market.catalog.tables[97]![key]!
    market.catalog.change(97, key, row.map { $0 == 7 ? 7 : $0 ^ ($0 > 127 ? 1 : 0) })
    #expect(throws: MarketplaceError.notSigned) { try update() }
    market.catalog.change(97, key, row)
    try update()
    #expect(try content() == #"{"limit":2,"own":1}"#)
    try market.takeDown()
    #expect(throws: MarketplaceError.notFound(.listing)) { try news() }
    #expect(throws: MarketplaceError.notFound(.listing)) { try update() }
  }
}
