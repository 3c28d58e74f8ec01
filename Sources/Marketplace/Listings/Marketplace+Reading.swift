public import Repository
internal import Store

public struct ListingPage: Hashable, Sendable {
  public let listings: [Listing]
  /// The listing to go on behind; nil at the end.
  public let next: DocumentID?
}

public struct ReleasePage: Hashable, Sendable {
  /// The oldest first.
  public let releases: [Release]
  /// The number to go on behind; nil at the end.
  public let next: Int?
}

extension Marketplace {
  /// - Throws: `notFound` also when it is not for the viewer, or was taken down.
  public func listing(_ id: DocumentID, as viewer: Viewer) throws(MarketplaceError) -> Listing {
    guard let found = try open(id, as: viewer) else { throw .notFound(.listing) }
    return try view(found.listing, found.shown, as: viewer)
  }

  /// All that a tenant offers, for itself and the platform, by the bytes of kind and name.
  /// - Parameter countMax: at most 1,000 are given.
  public func listings(
    of tenant: Tenant, after: DocumentID? = nil, countMax: Int = 100, as viewer: Viewer
  ) throws(MarketplaceError) -> ListingPage {
    guard viewer.mayChange(tenant) || viewer.mayChange(.platform) else { throw .notYours }
    guard after.map({ $0.tenant == tenant }) ?? true else { throw .invalid(.cursor) }
    let page = try rows.page(
      ListingRow.self, .listings, prefix: tenant.rawValue.catalogKey, from: after.map { $0.key + [0] },
      countMax: countMax)
    var listings: [Listing] = []
    for row in page.rows {
      guard let found = try open(row.value, as: viewer) else { continue }
      listings.append(try view(found.listing, found.shown, as: viewer))
    }
    return ListingPage(listings: listings, next: page.hasMore ? page.rows.last?.value.id : nil)
  }

  /// The versions of a listing, for others without those that were taken down.
  ///
  /// - Parameters:
  ///   - after: the number to go on behind.
  ///   - countMax: how many are looked at, at most 1,000.
  public func releases(
    of id: DocumentID, after: Int = 0, countMax: Int = 100, as viewer: Viewer
  ) throws(MarketplaceError) -> ReleasePage {
    guard let listing = try open(id, as: viewer)?.listing else { throw .notFound(.listing) }
    guard let number = UInt32(exactly: after), number < .max else { throw .invalid(.cursor) }
    let page = try rows.page(
      ReleaseRow.self, .releases, prefix: id.partPrefix, from: id.key(number + 1), countMax: countMax)
    let isManaged = listing.isManaged(by: viewer)
    var releases: [Release] = []
    for row in page.rows where isManaged || !row.value.isDown { releases.append(try view(row.value, of: id)) }
    return ReleasePage(releases: releases, next: page.hasMore ? after + page.rows.count : nil)
  }

  /// What a version of a listing says, in canonical form, looked at again: signature and digest.
  ///
  /// - Parameter label: the newest that was not taken down, if nil.
  /// - Throws: `notFound`; `notSigned`; `repository` when what is kept is damaged.
  public func content(
    of id: DocumentID, _ label: Label? = nil, as viewer: Viewer
  ) throws(MarketplaceError) -> [UInt8] {
    guard let found = try open(id, as: viewer) else { throw .notFound(.listing) }
    let release = try label.map { label throws(MarketplaceError) in try rows.release(label, of: found.listing) }
    let chosen = release ?? found.shown
    guard !chosen.row.isDown || found.listing.isManaged(by: viewer) else { throw .notFound(.release) }
    return try checkedContent(chosen.row)
  }

  /// - Throws: `notSigned`, and what the repository finds damaged.
  func checkedContent(_ release: ReleaseRow) throws(MarketplaceError) -> [UInt8] {
    try checkSignature(of: release.version, by: release.publisher)
    return try MarketplaceError.mapping { () throws(RepositoryError) in
      let version = try repository.version(release.version, as: .everything)
      // The label and all else of the version is in its id, which was signed.
      guard version.body.content == release.content, version.label == release.label else { throw .damaged(.releases) }
      return try repository.content(of: release.version, as: .everything)
    }
  }

  func checkSignature(of version: VersionID, by publisher: Slug) throws(MarketplaceError) {
    let signatures = try MarketplaceError.mapping { () throws(RepositoryError) in
      try repository.signatures(of: version, as: .everything)
    }
    guard signatures.contains(where: { $0.publisher.id == publisher && $0.isValid }) else { throw .notSigned }
  }
}
