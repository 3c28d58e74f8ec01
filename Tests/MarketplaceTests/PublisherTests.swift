import Marketplace
import Repository
import RepositoryFixtures
import Testing

@Suite("Verified publishers")
struct PublisherTests {
  let market = Market()

  private func isVerified() throws -> Bool {
    try market.marketplace.listing(.villa, as: .tenant(.other)).isVerified
  }

  @Test("the platform verifies a publisher, with a reason, and takes it back")
  func verified() throws {
    try market.offer()
    #expect(try !isVerified())
    let verification = try market.marketplace.verify(.masons, reason: "papers seen", by: .moderator)
    #expect(verification.isVerified && verification.time == 6_000 && verification.actor == Caller.moderator.actor)
    #expect(try isVerified())
    #expect(try market.marketplace.verification(of: .masons, as: .tenant(.builder)) == verification)
    #expect(throws: MarketplaceError.alreadyThere) {
      try market.marketplace.verify(.masons, reason: "again", by: .moderator)
    }
    _ = try market.marketplace.unverify(.masons, reason: "papers old", by: .secondModerator)
    #expect(try !isVerified())
    #expect(throws: MarketplaceError.alreadyThere) {
      try market.marketplace.unverify(.masons, reason: "again", by: .moderator)
    }
    #expect(try market.marketplace.verification(of: .masons, as: .tenant(.platform))?.reason == "papers old")
    _ = try market.marketplace.verify(.masons, reason: "new papers", by: .moderator)
    #expect(try isVerified())
  }

  @Test("nobody else does, and who has signed nothing is no publisher")
  func refused() throws {
    try market.offer()
    for caller in [Caller.anita, .stranger] {
      #expect(throws: MarketplaceError.notYours) {
        try market.marketplace.verify(.masons, reason: "ours", by: caller)
      }
      #expect(throws: MarketplaceError.notYours) {
        try market.marketplace.unverify(.masons, reason: "ours", by: caller)
      }
    }
    #expect(throws: MarketplaceError.notFound(.publisher)) {
      try market.marketplace.verify(PublisherID(.other, Slug("masons")!), reason: "x", by: .moderator)
    }
    #expect(throws: MarketplaceError.notFound(.publisher)) {
      try market.marketplace.verification(of: .masons, as: .tenant(.other))
    }
    for reason in ["", String(repeating: "x", count: 501), "a\nb"] {
      #expect(throws: MarketplaceError.invalid(.reason)) {
        try market.marketplace.verify(.masons, reason: reason, by: .moderator)
      }
    }
    #expect(try market.marketplace.verification(of: .masons, as: .tenant(.builder)) == nil)
  }

  @Test("each release says it of who signed it")
  func eachRelease() throws {
    try market.offer("1.0.0")
    try market.offer("1.1.0", signedBy: "others")
    _ = try market.marketplace.verify(.masons, reason: "papers", by: .moderator)
    let releases = try market.marketplace.releases(of: .villa, as: .tenant(.other)).releases
    #expect(releases.map(\.isVerified) == [true, false] && releases.map(\.publisher.id.text) == ["masons", "others"])
    #expect(try !isVerified())
    #expect(try market.found(SearchQuery(verifiedOnly: true)).isEmpty)
    // What is shown is what counts.
    try market.takeDown(.villa, "1.1.0")
    #expect(try isVerified())
    #expect(try market.found(SearchQuery(publisher: .masons, verifiedOnly: true)) == [.villa])
    #expect(try market.found(SearchQuery(publisher: PublisherID(.builder, Slug("others")!))).isEmpty)
  }
}
