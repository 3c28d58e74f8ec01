import Crypto
import Marketplace
import Repository
import RepositoryFixtures
import Store
import Testing

@Suite("Offering")
struct OfferingTests {
  let market = Market()

  private func offer(
    _ version: Version, of source: Reference = .villa, signedBy publisher: String = "masons",
    to audience: Audience = .everyone, step: LabelStep = .patch, by caller: Caller = .anita
  ) throws -> Release {
    try market.marketplace.offer(
      version.id, of: source, signedBy: Slug(publisher)!, .villa, to: audience, step: step, by: caller)
  }

  @Test("a listing says what it offers, whose it is and since when")
  func offered() throws {
    let version = try market.version("1.2.0")
    let release = try offer(version)
    #expect(release.label.text == "1.2.0" && release.version == version.id && release.content == version.body.content)
    #expect(release.publisher == .make(.builder, "masons") && !release.isVerified && release.time == 1_000)
    let listing = try market.marketplace.listing(.villa, as: .tenant(.other))
    #expect(listing.id == .villa && listing.text == .villa && listing.newest == release && listing.releaseCount == 1)
    #expect(listing.deprecation == nil && listing.audience == nil && listing.takedown == nil)
    #expect(listing.totals.installCount == 0 && listing.totals.averageHundredths == nil)
    #expect(try market.marketplace.listing(.villa, as: .tenant(.builder)).audience == .everyone)
    let content = try market.marketplace.content(of: .villa, as: .tenant(.other))
    #expect(try content == market.repository.content(of: version.id, as: .everything))
  }

  @Test("only what is labelled, approved and signed by that publisher is offered")
  func refused() throws {
    let unlabelled = try market.version(nil)
    #expect(throws: MarketplaceError.noLabel) { try offer(unlabelled) }
    let unsigned = try market.version("1.0.0", signedBy: nil)
    #expect(throws: MarketplaceError.notSigned) { try offer(unsigned) }
    try market.sign(unsigned.id, "others")
    #expect(throws: MarketplaceError.notSigned) { try offer(unsigned) }
    let draft = try market.version("1.0.1", isApproved: false)
    #expect(throws: MarketplaceError.notApproved(.draft)) { try offer(draft) }
    _ = try market.repository.check(draft.id, at: .villa, report: .report, by: .checker)
    #expect(throws: MarketplaceError.notApproved(.checked)) { try offer(draft) }
    _ = try market.repository.approve(draft.id, at: .villa, by: .bela)
    let live = Reference.villa.document.reference(in: .live)
    #expect(throws: MarketplaceError.repository(.notFound(.version))) { try offer(draft, of: live) }
    let other = Reference.make(.builder, .template, "tower")
    #expect(throws: MarketplaceError.repository(.notFound(.version))) { try offer(draft, of: other) }
    _ = try market.repository.retire(draft.id, at: .villa, by: .bela)
    #expect(throws: MarketplaceError.notApproved(.retired)) { try offer(draft) }
    #expect(market.catalog.tables[100] == nil && market.catalog.tables[102] == nil)
  }

  @Test("another tenant's documents, and the platform's, are not one's own to offer")
  func foreign() throws {
    let version = try market.version("1.0.0")
    #expect(throws: MarketplaceError.repository(.notFound(.reference))) { try offer(version, by: .stranger) }
    let library = try market.version("1.0.0", at: .library)
    #expect(throws: MarketplaceError.notYours) { try offer(library, of: .library) }
    _ = try offer(library, of: .library, by: .librarian)
    #expect(try market.found() == [Reference.library.document])
  }

  @Test("a release is behind the one before by at least the step that is asked for")
  func steps() throws {
    try market.offer("1.4.0")
    for (label, step, isEnough) in [
      ("1.4.0", LabelStep.patch, false), ("1.3.9", .patch, false), ("1.4.0-rc.1", .patch, false),
      ("1.4.0+2", .patch, false), ("1.4.1", .minor, false), ("1.5.0", .major, false), ("1.4.1", .patch, true),
      ("1.5.0", .minor, true), ("2.0.0-rc.1", .major, true), ("2.0.0", .major, true),
    ] {
      let last = try market.marketplace.listing(.villa, as: .tenant(.other)).newest.label
      let version = try market.version(label)
      if isEnough {
        #expect(try offer(version, step: step).label.text == label)
      } else {
        #expect(throws: MarketplaceError.stepTooSmall(behind: last)) { try offer(version, step: step) }
      }
    }
  }

  @Test("old versions stay readable; pages of any size", arguments: [1, 2, 3, 10])
  func releases(countMax: Int) throws {
    let labels = ["0.9.0", "1.0.0-rc.1", "1.0.0", "1.0.1", "2.0.0"]
    for label in labels { try market.offer(label) }
    var (found, after): ([Release], Int?) = ([], 0)
    while let last = after {
      let page = try market.marketplace.releases(of: .villa, after: last, countMax: countMax, as: .tenant(.other))
      found += page.releases
      after = page.next
    }
    #expect(found.map(\.label.text) == labels)
    for release in found {
      let content = try market.marketplace.content(of: .villa, release.label, as: .tenant(.other))
      #expect(String(decoding: content, as: UTF8.self) == #"{"label":"\#(release.label)"}"#)
    }
    #expect(throws: MarketplaceError.notFound(.release)) {
      try market.marketplace.content(of: .villa, Label("1.0.2"), as: .tenant(.other))
    }
    #expect(throws: MarketplaceError.invalid(.count)) {
      try market.marketplace.releases(of: .villa, countMax: 0, as: .tenant(.other))
    }
  }

  @Test("releases come from one environment, and by at most sixteen publishers")
  func bounds() throws {
    try market.offer("1.0.0")
    let version = try market.version("1.1.0")
    let live = Reference.villa.document.reference(in: .live)
    _ = try market.repository.promote(version.id, from: .villa, to: .live, expecting: nil, by: .anita)
    try market.approve(version.id, at: live)
    #expect(throws: MarketplaceError.invalid(.reference)) { try offer(version, of: live) }
    for number in 1...15 { try market.offer("1.1.\(number)", signedBy: "p\(number)") }
    let last = try market.version("1.2.0", signedBy: "p16")
    #expect(throws: MarketplaceError.tooMany(.publishers)) { try offer(last, signedBy: "p16") }
    let crowd = Set((0..<257).map { Tenant(rawValue: $0 + 20) })
    #expect(throws: MarketplaceError.tooMany(.audience)) { try offer(last, to: .invited(crowd)) }
    #expect(throws: MarketplaceError.tooMany(.audience)) {
      try market.marketplace.edit(.villa, .villa, to: .invited(crowd), by: .anita)
    }
    try market.marketplace.edit(.villa, .villa, to: .invited(Set(crowd.dropFirst())), by: .anita)
  }

  @Test("texts are bounded and plain")
  func texts() throws {
    let long = String(repeating: "x", count: 101)
    for title in ["", long, "a\nb", "a\u{7F}"] {
      #expect(throws: MarketplaceError.invalid(.title)) { try ListingText(title: title) }
    }
    for summary in [String(repeating: long, count: 5), "a\tb"] {
      #expect(throws: MarketplaceError.invalid(.summary)) { try ListingText(title: "t", summary: summary) }
    }
    for value in ["", String(repeating: "x", count: 65), "a\nb"] {
      #expect(throws: MarketplaceError.invalid(.facets)) { try Facet(.live, value) }
    }
    let facets = (0..<17).map { Facet.make("size", "\($0)") }
    #expect(throws: MarketplaceError.tooMany(.facets)) { try ListingText(title: "t", facets: facets) }
    let text = try ListingText(title: "t", summary: "a\nb", facets: [facets[1], facets[0], facets[1]])
    #expect(text.facets == [facets[0], facets[1]])
  }

  @Test("a deprecated listing is still there, with what to take instead for who may see it")
  func deprecation() throws {
    let tower = Reference.make(.builder, .template, "tower")
    try market.offer()
    try market.offer("1.0.0", tower, to: .invited([.guest]))
    #expect(throws: MarketplaceError.notFound(.successor)) {
      try market.marketplace.deprecate(.villa, successor: .villa, message: "", by: .anita)
    }
    #expect(throws: MarketplaceError.notFound(.successor)) {
      try market.marketplace.deprecate(.villa, successor: Reference.foreign.document, message: "", by: .anita)
    }
    #expect(throws: MarketplaceError.notYours) {
      try market.marketplace.deprecate(.villa, message: "", by: .stranger)
    }
    try market.marketplace.deprecate(.villa, successor: tower.document, message: "towers", by: .anita)
    let seen = try [Tenant.other, .guest].map {
      try market.marketplace.listing(.villa, as: .tenant($0)).deprecation
    }
    #expect(seen.map { $0?.successor } == [nil, tower.document] && seen.map { $0?.message } == ["towers", "towers"])
    try market.install()
    try market.marketplace.endDeprecation(of: .villa, by: .anita)
    #expect(try market.marketplace.listing(.villa, as: .tenant(.guest)).deprecation == nil)
  }

  @Test("a tenant's own page has all that it offers", arguments: [1, 2, 10])
  func own(countMax: Int) throws {
    let names = ["a", "b", "c", "d"]
    for name in names {
      try market.offer("1.0.0", .make(.builder, .template, name), to: name == "b" ? .invited([]) : .everyone)
    }
    try market.offer("1.0.0", .foreign)
    try market.takeDown(DocumentID(.builder, .template, DocumentName("c")!))
    var (found, after): ([Listing], DocumentID?) = ([], nil)
    repeat {
      let page = try market.marketplace.listings(
        of: .builder, after: after, countMax: countMax, as: .tenant(.builder))
      found += page.listings
      after = page.next
    } while after != nil
    #expect(found.map(\.id.name.text) == names && found.map { $0.takedown != nil } == [false, false, true, false])
    #expect(try market.marketplace.listings(of: .builder, as: .tenant(.platform)).listings.count == 4)
    #expect(throws: MarketplaceError.notYours) { try market.marketplace.listings(of: .builder, as: .tenant(.other)) }
    #expect(throws: MarketplaceError.invalid(.cursor)) {
      try market.marketplace.listings(of: .builder, after: Reference.foreign.document, as: .tenant(.builder))
    }
  }
}
