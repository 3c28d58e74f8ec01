import Repository
import RepositoryFixtures
import Testing

@testable import Marketplace

@Suite("Search")
struct SearchTests {
  /// A few listings of three tenants.
  private static let tables: [UInt8: SortedTable] = {
    let market = Market()
    let construction = Facet.make("industry", "construction")
    let offers: [(Reference, ListingText, Audience, String)] = [
      (.make(.builder, .template, "villa"), .titled("Villa in FIVE stages", [construction]), .everyone, "masons"),
      (.make(.builder, .template, "tower"), .titled("Tower, nine stages", [construction]), .everyone, "masons"),
      (.make(.builder, .ruleset, "limits"), .titled("Limits"), .everyone, "masons"),
      (.make(.other, .template, "event"), .titled("शादी: five days"), .everyone, "others"),
      (.make(.other, .template, "secret"), .titled("Villa in secret", [construction]), .invited([.guest]), "others"),
      (.library, .titled("Villa of the library", [construction]), .everyone, "library"),
    ]
    for (reference, text, audience, publisher) in offers {
      try! market.offer("1.0.0", reference, text, to: audience, signedBy: publisher)
    }
    _ = try! market.marketplace.verify(.masons, reason: "papers", by: .moderator)
    return market.catalog.tables
  }()

  let market = Market(MemoryCatalog(tables))

  private func names(_ query: SearchQuery, _ tenant: Tenant = Tenant(rawValue: 20)) throws -> [String] {
    try market.found(query, by: tenant).map(\.name.text)
  }

  @Test("finds by whole words in any case, by facets, kind, publisher and verification, and by all together")
  func queries() throws {
    let construction = Facet.make("industry", "construction")
    #expect(try names(SearchQuery()) == ["construction/villa", "limits", "tower", "villa", "event"])
    #expect(try names(SearchQuery(words: "VILLA")) == ["construction/villa", "villa"])
    #expect(try names(SearchQuery(words: "stages five")) == ["villa"])
    #expect(try names(SearchQuery(words: "five")) == ["villa", "event"])
    #expect(try names(SearchQuery(words: "शादी")) == ["event"])
    #expect(try names(SearchQuery(words: "vill")).isEmpty)
    #expect(try names(SearchQuery(words: " ,; ")) == names(SearchQuery()))
    #expect(try names(SearchQuery(facets: [construction])) == ["construction/villa", "tower", "villa"])
    #expect(try names(SearchQuery(facets: [.make("industry", "Construction")])).isEmpty)
    #expect(try names(SearchQuery(words: "construction")) == ["construction/villa", "tower", "villa"])
    #expect(try names(SearchQuery(kind: .ruleset)) == ["limits"])
    #expect(try names(SearchQuery(publisher: .masons)) == ["limits", "tower", "villa"])
    #expect(try names(SearchQuery(publisher: PublisherID(.other, PublisherID.masons.id))).isEmpty)
    #expect(try names(SearchQuery(verifiedOnly: true)) == ["limits", "tower", "villa"])
    #expect(
      try names(
        SearchQuery(
          words: "nine", facets: [construction], kind: .template, publisher: .masons, verifiedOnly: true)) == ["tower"])
  }

  @Test("what is for some is found by them, and by whose it is")
  func invited() throws {
    let all = ["construction/villa", "limits", "tower", "villa", "event", "secret"]
    #expect(try names(SearchQuery(), .guest) == all && names(SearchQuery(), .other) == all)
    #expect(try names(SearchQuery(words: "secret"), .guest) == ["secret"])
    #expect(try names(SearchQuery(words: "villa"), .guest) == ["construction/villa", "villa", "secret"])
    #expect(try names(SearchQuery(words: "villa five"), .guest) == ["villa"])
    for query in [SearchQuery(words: "secret"), SearchQuery(publisher: PublisherID(.other, Slug("others")!))] {
      #expect(try !names(query, .builder).contains("secret"))
    }
    let secret = DocumentID(.other, .template, DocumentName("secret")!)
    try market.marketplace.edit(secret, .titled("Open secret"), to: .everyone, by: .stranger)
    #expect(try names(SearchQuery(words: "open")) == ["secret"])
    #expect(try names(SearchQuery(words: "villa"), .guest) == ["construction/villa", "villa"])
    try market.marketplace.edit(secret, .titled("Closed"), to: .invited([.builder]), by: .stranger)
    #expect(try names(SearchQuery(words: "closed"), .builder) == ["secret"])
    #expect(try names(SearchQuery(), .guest) == all.dropLast())
  }

  @Test("pages of any size have all, each once, in one order", arguments: [1, 2, 3, 4, 7])
  func pages(countMax: Int) throws {
    for query in [
      SearchQuery(), SearchQuery(words: "villa"), SearchQuery(words: "stages"), SearchQuery(verifiedOnly: true),
    ] {
      for tenant in [Tenant.builder, .other, .guest, Tenant(rawValue: 20)] {
        var (found, cursor): ([DocumentID], SearchCursor?) = ([], nil)
        repeat {
          let page = try market.marketplace.search(query, from: cursor, countMax: countMax, as: .tenant(tenant))
          #expect(page.listings.count <= countMax)
          found += page.listings.map(\.id)
          cursor = page.next
        } while cursor != nil
        #expect(try found == market.found(query, by: tenant))
      }
    }
  }

  @Test("a search takes a bounded number of steps and goes on")
  func steps() throws {
    let market = Market(options: MarketplaceOptions(searchStepCountMax: 1))
    for number in 0..<300 {
      let word = number == 299 ? "last even odd" : number % 2 == 0 ? "even" : "odd"
      try market.offer("1.0.0", .make(.builder, .messages, "n\(1_000 + number)"), .titled(word))
    }
    var (found, pages, cursor): ([DocumentID], Int, SearchCursor?) = ([], 0, nil)
    repeat {
      let page = try market.marketplace.search(
        SearchQuery(words: "even odd"), from: cursor, countMax: 5, as: .tenant(.other))
      found += page.listings.map(\.id)
      pages += 1
      cursor = page.next
    } while cursor != nil
    #expect(found.map(\.name.text) == ["n1299"] && pages > 1)
  }

  @Test("what is asked for is bounded, and any cursor is one")
  func bounds() throws {
    let viewer = Viewer.tenant(.other)
    #expect(throws: MarketplaceError.invalid(.words)) {
      try market.marketplace.search(SearchQuery(words: String(repeating: "x", count: 201)), as: viewer)
    }
    let words = (0..<17).map { "w\($0)" }.joined(separator: " ")
    #expect(throws: MarketplaceError.tooMany(.words)) {
      try market.marketplace.search(SearchQuery(words: words), as: viewer)
    }
    #expect(throws: MarketplaceError.tooMany(.facets)) {
      try market.marketplace.search(
        SearchQuery(facets: Array(repeating: .make("a", "b"), count: 17)), as: viewer)
    }
    #expect(throws: MarketplaceError.invalid(.count)) {
      try market.marketplace.search(SearchQuery(), countMax: 0, as: viewer)
    }
    #expect(throws: MarketplaceError.invalid(.cursor)) {
      try market.marketplace.search(
        SearchQuery(), from: SearchCursor(bytes: Array(repeating: 0, count: 513)), as: viewer)
    }
    var generator = Generator(seed: 3)
    let all = try market.found()
    for _ in 0..<500 {
      let bytes = (0..<generator.number(0...512)).map { _ in UInt8(generator.number(0...9)) }
      let page = try market.marketplace.search(SearchQuery(), from: SearchCursor(bytes: bytes), as: viewer)
      #expect(page.listings.map(\.id) == all.suffix(page.listings.count))
    }
  }

  @Test(
    "words are letters, marks and digits",
    arguments: [
      ("Villa, in 5 stages!", ["villa", "in", "5", "stages"]), ("", []), ("--", []), ("a-b", ["a", "b"]),
      ("ठेका और भुगतान।", ["ठेका", "और", "भुगतान"]), ("क्\u{200D}ष", ["क्ष"]), ("ÄÖ", ["äö"]),
      (String(repeating: "x", count: 70) + " y", [String(repeating: "x", count: 64), "y"]),
    ])
  func words(text: String, expected: [String]) { #expect(Words.list(in: text) == expected) }
}
