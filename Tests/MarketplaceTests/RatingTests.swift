import Marketplace
import Repository
import RepositoryFixtures
import Testing

@Suite("Ratings")
struct RatingTests {
  let market = Market()

  @discardableResult
  private func rate(_ tenant: Tenant, _ stars: Int, _ text: String = "") throws -> Rating {
    try market.marketplace.rate(.villa, stars: stars, text, by: .person("p", tenant))
  }

  private func totals() throws -> ListingTotals { try market.marketplace.listing(.villa, as: .tenant(.other)).totals }

  @Test("only tenants who ran it rate, once each, and say something else later")
  func ran() throws {
    try market.offer()
    try market.install()
    #expect(throws: MarketplaceError.notUsed) { try rate(.other, 5) }
    try market.use(.other)
    let rating = try rate(.other, 4, "good\nfor us")
    #expect(rating.number == 1 && rating.stars == 4 && rating.text == "good\nfor us" && rating.time == 5_000)
    #expect(try totals().ratingCounts == [0, 0, 0, 1, 0] && totals().averageHundredths == 400)
    #expect(try rate(.other, 1).number == 1)
    #expect(try totals().ratingCounts == [1, 0, 0, 0, 0] && totals().averageHundredths == 100)
    #expect(try market.marketplace.ownRating(of: .villa, as: .tenant(.other))?.stars == 1)
    #expect(try market.marketplace.ownRating(of: .villa, as: .tenant(.guest)) == nil)
    // A contract that was closed is one that was made, by whatever reader.
    try market.use(.guest, .villa, "1.0.0", .closed)
    #expect(try rate(.guest, 2).number == 2)
    #expect(try totals().averageHundredths == 150)
  }

  @Test("nobody rates what is their own, does not see, or was taken down")
  func refused() throws {
    try market.offer()
    for tenant in [Tenant.builder, .other] { try market.use(tenant) }
    #expect(throws: MarketplaceError.ownListing) { try rate(.builder, 5) }
    for stars in [0, 6, -1, .max] {
      #expect(throws: MarketplaceError.invalid(.stars)) { try rate(.other, stars) }
    }
    for text in [String(repeating: "x", count: 501), "a\0"] {
      #expect(throws: MarketplaceError.invalid(.text)) { try rate(.other, 5, text) }
    }
    #expect(throws: MarketplaceError.invalid(.viewer)) {
      try market.marketplace.rate(.villa, stars: 5, by: .counter)
    }
    #expect(throws: MarketplaceError.notFound(.listing)) {
      try market.marketplace.rate(Reference.library.document, stars: 5, by: .stranger)
    }
    try market.takeDown()
    #expect(throws: MarketplaceError.notFound(.listing)) { try rate(.other, 5) }
    try market.marketplace.putBack(.villa, reason: "x", by: .moderator)
    try market.marketplace.edit(.villa, .villa, to: .invited([.guest]), by: .anita)
    #expect(throws: MarketplaceError.notFound(.listing)) { try rate(.other, 5) }
  }

  @Test("a rating is taken back, also of what is no longer there")
  func withdrawn() throws {
    try market.offer()
    try market.use(.other)
    #expect(throws: MarketplaceError.notFound(.rating)) {
      try market.marketplace.withdrawRating(of: .villa, by: .stranger)
    }
    try rate(.other, 3)
    try market.takeDown()
    try market.marketplace.withdrawRating(of: .villa, by: .stranger)
    #expect(throws: MarketplaceError.notFound(.rating)) {
      try market.marketplace.withdrawRating(of: .villa, by: .stranger)
    }
    try market.marketplace.putBack(.villa, reason: "x", by: .moderator)
    #expect(try totals().ratingCount == 0 && totals().averageHundredths == nil)
    #expect(try rate(.other, 5).number == 2)
  }

  @Test("a list of ratings does not say whose they are, in pages of any size", arguments: [1, 2, 3, 10])
  func pages(countMax: Int) throws {
    try market.offer()
    let tenants = (0..<5).map { Tenant(rawValue: 100 - $0) }
    for (stars, tenant) in tenants.enumerated() {
      try market.use(tenant)
      try rate(tenant, stars + 1)
    }
    try market.marketplace.withdrawRating(of: .villa, by: .person("p", tenants[2]))
    try rate(tenants[0], 4)
    var (found, after): ([Rating], Int?) = ([], 0)
    while let last = after {
      let page = try market.marketplace.ratings(of: .villa, after: last, countMax: countMax, as: .tenant(.guest))
      found += page.ratings
      after = page.next
    }
    #expect(found.map(\.number) == [1, 2, 4, 5] && found.map(\.stars) == [4, 2, 4, 5])
    let totals = try totals()
    #expect(totals.ratingCounts == [0, 1, 0, 2, 1] && totals.ratingCount == 4 && totals.averageHundredths == 375)
    #expect(throws: MarketplaceError.notFound(.listing)) {
      try market.marketplace.ratings(of: Reference.library.document, as: .tenant(.guest))
    }
  }

  @Test(
    "the mean is rounded, halves up",
    arguments: [([5, 5, 4], 467), ([4, 4, 5], 433), ([1], 100), ([1, 1, 1, 1, 1, 1, 1, 2], 113), ([5, 4], 450)])
  func mean(stars: [Int], hundredths: Int) throws {
    try market.offer()
    for (position, stars) in stars.enumerated() {
      let tenant = Tenant(rawValue: UInt32(position) + 50)
      try market.use(tenant)
      try rate(tenant, stars)
    }
    #expect(try totals().averageHundredths == hundredths)
  }
}
