public import Repository
internal import Store

extension Marketplace {
  /// Tells the platform what a tenant has against a listing that it sees or has installed. One of a tenant and listing:
  /// the last one counts.
  ///
  /// - Parameter text: at most 500 bytes.
  public func report(
    _ listing: DocumentID, _ objection: Objection, _ text: String, by caller: Caller
  ) throws(MarketplaceError) {
    guard Prose.isValid(text, byteCounts: 0...Prose.byteCountMax, lines: true) else { throw .invalid(.text) }
    let tenant = try caller.viewer.ownTenant()
    try change(tenant, by: caller) { set throws(MarketplaceError) in
      let row = try known(listing, to: tenant)
      let report = Report(
        listing: listing, tenant: tenant, objection: objection, text: text, actor: caller.actor, time: caller.time)
      set.put(.reports, listing.key(tenant.rawValue), report)
      let version = try rows.release(row.releaseCount, of: listing).version
      set.log(.reported, row.source, version, "\(tenant.rawValue) \(objection)")
    }
  }

  /// A listing of somebody else that a tenant sees or has installed.
  private func known(_ id: DocumentID, to tenant: Tenant) throws(MarketplaceError) -> ListingRow {
    guard id.tenant != tenant else { throw .ownListing }
    if let seen = try open(id, as: .tenant(tenant)) { return seen.listing }
    guard try rows.install(of: id, by: tenant) != nil else { throw .notFound(.listing) }
    return try rows.listing(id)
  }

  /// Reports that nobody settled, for the platform, by listing and tenant.
  /// - Parameters:
  ///   - after: the last one of the page before.
  ///   - countMax: at most 1,000 are given.
  public func reports(
    after: Report? = nil, countMax: Int = 100, as viewer: Viewer
  ) throws(MarketplaceError) -> [Report] {
    guard viewer.mayChange(.platform) else { throw .notYours }
    return try rows.list(
      Report.self, .reports, prefix: [], from: after.map { $0.listing.key($0.tenant.rawValue) + [0] },
      countMax: try Self.pageCount(countMax)
    ).map(\.value)
  }

  /// Takes a report off the list, whatever came of it.
  /// - Parameter reason: 1 to 500 bytes, for the log.
  public func settleReport(
    of tenant: Tenant, on listing: DocumentID, reason: String, by caller: Caller
  ) throws(MarketplaceError) {
    guard Prose.isValid(reason, byteCounts: 1...Prose.byteCountMax) else { throw .invalid(.reason) }
    try change(.platform, by: caller) { set throws(MarketplaceError) in
      let row = try rows.listing(listing)
      let key = listing.key(tenant.rawValue)
      guard try rows.value(Report.self, .reports, key) != nil else { throw .notFound(.report) }
      set.delete(.reports, key)
      let version = try rows.release(row.releaseCount, of: listing).version
      set.log(.settled, row.source, version, "\(tenant.rawValue) \(reason)")
    }
  }
}
