public import Repository

/// What a tenant should know of something that it has installed.
public struct Notice: Hashable, Sendable {
  public enum Event: Hashable, Sendable {
    /// The listing was taken down.
    case takenDown(TakedownCause)
    /// The release that the tenant's document is made from was.
    case releaseTakenDown(TakedownCause)
    case deprecated(Deprecation)
  }

  public let install: Install
  public let event: Event
}

public struct NoticePage: Hashable, Sendable {
  /// By listing.
  public let notices: [Notice]
  /// The listing to go on behind; nil at the end.
  public let next: DocumentID?
}

extension Marketplace {
  /// What a tenant should know of what it has installed, as it is now.
  ///
  /// - Parameters:
  ///   - after: the listing to go on behind.
  ///   - countMax: how many installs are looked at, at most 1,000: a page may have no notice and not be the last.
  public func notices(
    of tenant: Tenant, after: DocumentID? = nil, countMax: Int = 100, as viewer: Viewer
  ) throws(MarketplaceError) -> NoticePage {
    let page = try installs(of: tenant, after: after, countMax: countMax, as: viewer)
    var notices: [Notice] = []
    for install in page.installs {
      let listing = try rows.listing(install.listing)
      let release = try rows.release(install.label, of: listing).row
      let events = [
        listing.takedown?.cause.map { Notice.Event.takenDown($0) },
        release.takedown?.cause.map { Notice.Event.releaseTakenDown($0) },
        try view(listing.deprecation, as: .tenant(tenant)).map { Notice.Event.deprecated($0) },
      ]
      notices += events.compactMap { $0 }.map { Notice(install: install, event: $0) }
    }
    return NoticePage(notices: notices, next: page.next)
  }
}
