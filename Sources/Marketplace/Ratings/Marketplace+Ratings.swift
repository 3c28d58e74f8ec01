public import Repository
internal import Store

public struct RatingPage: Hashable, Sendable {
  /// In the order in which they were first given.
  public let ratings: [Rating]
  /// The number to go on behind; nil at the end.
  public let next: Int?
}

extension Marketplace {
  /// Says what a tenant thinks of a listing that it ran, or something else than before.
  ///
  /// - Parameters:
  ///   - stars: 1 to 5.
  ///   - text: at most 500 bytes.
  /// - Throws: `notUsed` unless a contract of the listing was counted for the tenant; `ownListing`; `notFound` also for
  ///   a listing that was taken down.
  public func rate(
    _ listing: DocumentID, stars: Int, _ text: String = "", by caller: Caller
  ) throws(MarketplaceError) -> Rating {
    guard Rating.stars.contains(stars) else { throw .invalid(.stars) }
    guard Prose.isValid(text, byteCounts: 0...Prose.byteCountMax, lines: true) else { throw .invalid(.text) }
    let tenant = try caller.viewer.ownTenant()
    guard listing.tenant != tenant else { throw .ownListing }
    return try change(tenant, by: caller) { set throws(MarketplaceError) in
      guard let seen = try open(listing, as: .tenant(tenant)) else { throw .notFound(.listing) }
      var use = try rows.use(of: listing, by: tenant)
      guard use.count.isUsed else { throw .notUsed }
      var totals = try rows.totals(of: listing)
      if let old = try rating(use.rating, of: listing) {
        try totals.remove(old.stars)
      } else {
        use.rating = try totals.nextRating()
      }
      let row = RatingRow(
        tenant: tenant, stars: UInt8(stars), text: text, actor: caller.actor, time: caller.time)
      try totals.add(row.stars)
      set.put(.ratings, listing.key(use.rating), row)
      set.put(.tenantUses, tenant.key(listing), use)
      set.put(.listingTotals, listing.key, totals)
      set.log(.rated, seen.listing.source, seen.shown.row.version, "\(tenant.rawValue) \(stars)")
      return row.view(use.rating)
    }
  }

  /// Takes a tenant's rating back, also of a listing that it no longer sees.
  public func withdrawRating(of listing: DocumentID, by caller: Caller) throws(MarketplaceError) {
    let tenant = try caller.viewer.ownTenant()
    try change(tenant, by: caller) { set throws(MarketplaceError) in
      var use = try rows.use(of: listing, by: tenant)
      guard let old = try rating(use.rating, of: listing) else { throw .notFound(.rating) }
      let row = try rows.listing(listing)
      var totals = try rows.totals(of: listing)
      try totals.remove(old.stars)
      set.delete(.ratings, listing.key(use.rating))
      use.rating = 0
      set.put(.tenantUses, tenant.key(listing), use)
      set.put(.listingTotals, listing.key, totals)
      let version = try rows.release(row.releaseCount, of: listing).version
      set.log(.unrated, row.source, version, "\(tenant.rawValue)")
    }
  }

  /// - Parameter number: 0 for none.
  private func rating(_ number: UInt32, of listing: DocumentID) throws(MarketplaceError) -> RatingRow? {
    guard number > 0 else { return nil }
    guard let row = try rows.value(RatingRow.self, .ratings, listing.key(number)) else {
      throw .repository(.damaged(.ratings))
    }
    return row
  }

  /// What tenants say of a listing.
  /// - Parameters:
  ///   - after: the number to go on behind.
  ///   - countMax: at most 1,000 are given.
  public func ratings(
    of listing: DocumentID, after: Int = 0, countMax: Int = 20, as viewer: Viewer
  ) throws(MarketplaceError) -> RatingPage {
    guard try open(listing, as: viewer) != nil else { throw .notFound(.listing) }
    guard let number = UInt32(exactly: after), number < .max else { throw .invalid(.cursor) }
    let page = try rows.page(
      RatingRow.self, .ratings, prefix: listing.partPrefix, from: listing.key(number + 1), countMax: countMax)
    let ratings = try page.rows.map { row throws(MarketplaceError) in
      guard let number = UInt32(catalogKey: row.key.suffix(4)) else { throw .repository(.damaged(.ratings)) }
      return row.value.view(number)
    }
    return RatingPage(ratings: ratings, next: page.hasMore ? ratings.last?.number : nil)
  }

  /// What the viewer's tenant says of a listing; nil when it says nothing.
  public func ownRating(of listing: DocumentID, as viewer: Viewer) throws(MarketplaceError) -> Rating? {
    let number = try rows.use(of: listing, by: try viewer.ownTenant()).rating
    return try rating(number, of: listing)?.view(number)
  }
}

extension RatingRow {
  func view(_ number: UInt32) -> Rating { Rating(number: Int(number), stars: Int(stars), text: text, time: time) }
}
