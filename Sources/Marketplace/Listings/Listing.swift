public import Documents
public import Repository

/// A listing as a viewer sees it.
public struct Listing: Hashable, Sendable {
  /// The document that it offers.
  public let id: DocumentID
  public let text: ListingText
  /// The newest that was not taken down. Of a listing without such, which only its tenant and the platform see, the
  /// newest.
  public let newest: Release
  /// How many there were ever.
  public let releaseCount: Int
  public let deprecation: Deprecation?
  public let totals: ListingTotals
  /// For its tenant and the platform; nil for others.
  public let audience: Audience?
  /// Why it is not there for others.
  public let takedown: TakedownCause?

  /// Whether the publisher of the newest release is verified.
  public var isVerified: Bool { newest.isVerified }
}

/// One version of a listing as a viewer sees it.
public struct Release: Hashable, Sendable {
  public let label: Label
  public let version: VersionID
  /// Of the canonical form.
  public let content: DocumentDigest
  /// Who signed it.
  public let publisher: Publisher
  /// Whether the platform stands by who that is, today.
  public let isVerified: Bool
  /// Milliseconds since 1970, when it was offered.
  public let time: Int64
  public let takedown: TakedownCause?
}

extension Marketplace {
  /// A listing that a viewer sees, with the release that it is shown with; nil when there is none for them.
  func open(
    _ id: DocumentID, as viewer: Viewer
  ) throws(MarketplaceError) -> (listing: ListingRow, shown: NumberedRelease)? {
    guard let listing = try rows.value(ListingRow.self, .listings, id.key) else { return nil }
    return try open(listing, as: viewer)
  }

  func open(
    _ listing: ListingRow, as viewer: Viewer
  ) throws(MarketplaceError) -> (listing: ListingRow, shown: NumberedRelease)? {
    let isManaged = listing.isManaged(by: viewer)
    if !isManaged {
      guard case .tenant(let tenant) = viewer, listing.isOffered(to: tenant), !listing.isDown else { return nil }
    }
    if let shown = try rows.shown(of: listing) { return (listing, shown) }
    guard isManaged else { return nil }
    let number = listing.releaseCount
    return (listing, NumberedRelease(number: number, row: try rows.release(number, of: listing.id)))
  }

  func view(
    _ listing: ListingRow, _ shown: NumberedRelease, as viewer: Viewer
  ) throws(MarketplaceError) -> Listing {
    let isManaged = listing.isManaged(by: viewer)
    return Listing(
      id: listing.id, text: listing.text, newest: try view(shown.row, of: listing.id),
      releaseCount: Int(listing.releaseCount), deprecation: try view(listing.deprecation, as: viewer),
      totals: try rows.totals(of: listing.id).view, audience: isManaged ? listing.audience : nil,
      takedown: listing.takedown?.cause)
  }

  func view(_ release: ReleaseRow, of listing: DocumentID) throws(MarketplaceError) -> Release {
    let publisher = try publisher(release.publisher, of: listing.tenant)
    return Release(
      label: release.label, version: release.version, content: release.content, publisher: publisher,
      isVerified: try isVerified(publisher), time: release.time, takedown: release.takedown?.cause)
  }

  func view(_ mark: Deprecation?, as viewer: Viewer) throws(MarketplaceError) -> Deprecation? {
    guard let mark, let successor = mark.successor, try open(successor, as: viewer) == nil else { return mark }
    return Deprecation(successor: nil, message: mark.message, time: mark.time)
  }
}
