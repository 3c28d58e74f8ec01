import Marketplace
import Repository
import RepositoryFixtures
import Testing

/// What a marketplace shows, beside what a model says.
struct Comparison {
  let model: Model
  let marketplace: Marketplace

  func compare(_ id: DocumentID, as tenant: Tenant) throws {
    let viewer = Viewer.tenant(tenant)
    guard let listing = model.listings[id], model.sees(tenant, listing) else {
      #expect(throws: MarketplaceError.notFound(.listing)) { try marketplace.listing(id, as: viewer) }
      #expect(throws: MarketplaceError.notFound(.listing)) { try marketplace.ratings(of: id, as: viewer) }
      return
    }
    let isManaged = tenant == .platform || tenant == id.tenant
    let found = try marketplace.listing(id, as: viewer)
    let shown = listing.shown ?? listing.releases.last!
    #expect(found.newest.label == shown.label && found.newest.version == shown.version)
    #expect(found.isVerified == model.verified.contains(PublisherID(id.tenant, shown.publisher)))
    #expect(found.text.title == listing.title && found.releaseCount == listing.releases.count)
    #expect(found.audience == (isManaged ? listing.audience : nil))
    #expect((found.takedown != nil) == (listing.down == .down))
    #expect(found.deprecation?.message == listing.deprecation?.message)
    let successor = listing.deprecation?.successor.flatMap { model.listings[$0] }
    #expect(found.deprecation?.successor == successor.flatMap { model.sees(tenant, $0) ? $0.source.document : nil })
    compare(found.totals, listing)
    let releases = try marketplace.releases(of: id, as: viewer).releases
    #expect(releases.map(\.label) == listing.releases.filter { isManaged || $0.down != .down }.map(\.label))
    let ratings = try marketplace.ratings(of: id, as: viewer).ratings
    let expected = listing.ratings.values.sorted { $0.number < $1.number }
    #expect(ratings.map(\.number) == expected.map(\.number) && ratings.map(\.stars) == expected.map(\.stars))
    #expect(try marketplace.ownRating(of: id, as: viewer)?.stars == listing.ratings[tenant]?.stars)
    let use = try marketplace.ownUse(of: id, as: viewer)
    let own = listing.uses[tenant] ?? Model.Count()
    #expect(Int(use.made) == own.made && Int(use.closed) == own.closed)
    if isManaged { try compareDays(id, listing, viewer) }
  }

  private func compare(_ totals: ListingTotals, _ listing: Model.Listing) {
    #expect(totals.installCount == listing.installs.keys.count { listing.uses[$0] != nil })
    #expect(totals.userCount == listing.uses.count)
    #expect(Int(totals.contractCount) == listing.uses.values.reduce(0) { $0 + $1.made })
    #expect(Int(totals.closedCount) == listing.uses.values.reduce(0) { $0 + $1.closed })
    for stars in 1...5 { #expect(totals.ratingCounts[stars - 1] == listing.ratings.values.count { $0.stars == stars }) }
  }

  private func compareDays(_ id: DocumentID, _ listing: Model.Listing, _ viewer: Viewer) throws {
    let days = try marketplace.usage(of: id, as: viewer).days
    #expect(days.count == listing.days.values.reduce(0) { $0 + $1.count })
    for day in days {
      let expected = listing.days[day.label]?[day.day]
      #expect(expected == Model.Count(made: Int(day.contractCount), closed: Int(day.closedCount)))
    }
  }

  func compareInstalls(of tenant: Tenant) throws {
    let viewer = Viewer.tenant(tenant)
    let installs = try marketplace.installs(of: tenant, as: viewer).installs
    let expected = model.listings.values.filter { $0.installs[tenant] != nil }
    #expect(Set(installs.map(\.listing)) == Set(expected.map(\.source.document)) && installs.count == expected.count)
    for install in installs { #expect(model.listings[install.listing]?.installs[tenant] == install.label) }
    let notices = try marketplace.notices(of: tenant, as: viewer).notices
    let count = expected.reduce(0) { count, listing in
      let release = listing.releases.first { $0.label == listing.installs[tenant] }
      return count + (listing.down == .down ? 1 : 0) + (release?.down == .down ? 1 : 0)
        + (listing.deprecation == nil ? 0 : 1)
    }
    #expect(notices.count == count)
  }

  func compareSearch(as tenant: Tenant, countMax: Int) throws {
    let small = Facet.make("size", "small")
    let masons = PublisherID(.builder, Slug("masons")!)
    let searches: [(SearchQuery, (Model.Listing) -> Bool)] = [
      (SearchQuery(), { _ in true }),
      (SearchQuery(words: "villa"), { $0.title.lowercased().contains("villa") }),
      (SearchQuery(words: "tower villa"), { $0.title == "Villa tower" }),
      (SearchQuery(words: "event", facets: [small]), { $0.title.hasPrefix("Event") && $0.size == "small" }),
      (SearchQuery(facets: [small]), { $0.size == "small" }),
      (
        SearchQuery(publisher: masons),
        { $0.source.tenant == .builder && $0.shown?.publisher == masons.id }
      ),
      (
        SearchQuery(verifiedOnly: true),
        { listing in
          listing.shown.map { model.verified.contains(PublisherID(listing.source.tenant, $0.publisher)) } ?? false
        }
      ),
      (SearchQuery(kind: .ruleset), { _ in false }),
    ]
    for (query, fits) in searches {
      var (found, cursor): ([DocumentID], SearchCursor?) = ([], nil)
      repeat {
        let page = try marketplace.search(query, from: cursor, countMax: countMax, as: .tenant(tenant))
        found += page.listings.map(\.id)
        cursor = page.next
      } while cursor != nil
      let expected = model.listings.values.filter { model.isOffered($0, to: tenant) && fits($0) }
      let ids = expected.map(\.source.document).sorted {
        $0.tenant == $1.tenant ? $0.name < $1.name : $0.tenant.rawValue < $1.tenant.rawValue
      }
      #expect(found == ids, "\(query) as \(tenant)")
    }
  }

  func comparePlatform() throws {
    let reports = try marketplace.reports(countMax: 1_000, as: .everything)
    #expect(reports.count == model.listings.values.reduce(0) { $0 + $1.reports.count })
    for report in reports { #expect(model.listings[report.listing]?.reports[report.tenant] == report.text) }
    func isProposed(_ down: Model.Down) -> Bool { if case .proposed = down { true } else { false } }
    let waiting = model.listings.values.reduce(0) { count, listing in
      count + (isProposed(listing.down) ? 1 : 0) + listing.releases.count { isProposed($0.down) }
    }
    #expect(try marketplace.proposedTakedowns(countMax: 1_000, as: .everything).count == waiting)
  }
}
