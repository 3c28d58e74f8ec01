public import Repository
internal import Store

public struct InstallPage: Hashable, Sendable {
  public let installs: [Install]
  /// The listing to go on behind; nil at the end.
  public let next: DocumentID?
}

extension Marketplace {
  /// Makes a release of a listing a document of the caller's, which remembers where it is from. Signature and digest
  /// are looked at again.
  ///
  /// - Parameters:
  ///   - label: the newest that was not taken down, if nil.
  ///   - target: of the same kind, and not there yet.
  /// - Throws: `notFound` for what is not for the tenant or was taken down; `ownListing`; `alreadyThere`; `notSigned`;
  ///   `invalid` for another kind; `repository` when the target is there, or what is kept is damaged.
  public func install(
    _ id: DocumentID, _ label: Label? = nil, to target: Reference, by caller: Caller
  ) throws(MarketplaceError) -> Install {
    guard target.document.kind == id.kind else { throw .invalid(.kind) }
    let chosen = try offered(id, label, to: target.tenant)
    // Versions and signatures do not change, so the long part needs no lock.
    _ = try checkedContent(chosen.row)
    return try change(target.tenant, by: caller) { set throws(MarketplaceError) in
      // It may have been taken down since.
      let release = try offered(id, chosen.row.label, to: target.tenant).row
      guard try rows.install(of: id, by: target.tenant) == nil else { throw .alreadyThere }
      let source = try rows.listing(id).source
      let fork = try MarketplaceError.mapping { () throws(RepositoryError) in
        try set.fork(
          try repository.version(release.version, as: .everything), at: source, to: target,
          message: "installed \(id) \(release.label)", label: release.label)
      }
      let install = Install(
        listing: id, label: release.label, upstream: release.version, target: target, version: fork.id,
        actor: caller.actor, time: caller.time)
      set.put(.installs, target.tenant.key(id), install)
      try countInstall(of: id, by: target.tenant, 1, &set)
      set.log(.installed, source, release.version, "\(target) \(release.label)")
      return install
    }
  }

  /// The release that a tenant would get.
  func offered(
    _ id: DocumentID, _ label: Label?, to tenant: Tenant
  ) throws(MarketplaceError) -> NumberedRelease {
    guard id.tenant != tenant else { throw .ownListing }
    // The platform sees all, and gets what is offered to it.
    guard let seen = try open(id, as: .tenant(tenant)), seen.listing.isOffered(to: tenant), !seen.listing.isDown,
      !seen.shown.row.isDown
    else { throw .notFound(.listing) }
    let chosen = try label.map { label throws(MarketplaceError) in try rows.release(label, of: seen.listing) }
    let release = chosen ?? seen.shown
    guard !release.row.isDown else { throw .notFound(.release) }
    return release
  }

  /// Only who ran it is counted.
  private func countInstall(
    of listing: DocumentID, by tenant: Tenant, _ change: Int64, _ set: inout ChangeSet
  ) throws(MarketplaceError) {
    guard try rows.use(of: listing, by: tenant).count.isUsed else { return }
    var totals = try rows.totals(of: listing)
    try totals.countInstall(by: change)
    set.put(.listingTotals, listing.key, totals)
  }

  /// Says that a tenant no longer has a listing. Its document stays: what becomes of that one is for the repository.
  public func uninstall(_ listing: DocumentID, by caller: Caller) throws(MarketplaceError) {
    let tenant = try caller.viewer.ownTenant()
    try change(tenant, by: caller) { set throws(MarketplaceError) in
      guard let install = try rows.install(of: listing, by: tenant) else { throw .notFound(.install) }
      set.delete(.installs, tenant.key(listing))
      try countInstall(of: listing, by: tenant, -1, &set)
      set.log(.uninstalled, try rows.listing(listing).source, install.upstream, "\(install.target) \(install.label)")
    }
  }

  /// - Throws: `notFound` when the viewer's tenant does not have it.
  public func install(of listing: DocumentID, as viewer: Viewer) throws(MarketplaceError) -> Install {
    guard let install = try rows.install(of: listing, by: try viewer.ownTenant()) else { throw .notFound(.install) }
    return install
  }

  /// What a tenant has installed, by listing.
  /// - Parameters:
  ///   - after: the listing to go on behind.
  ///   - countMax: at most 1,000 are given.
  public func installs(
    of tenant: Tenant, after: DocumentID? = nil, countMax: Int = 100, as viewer: Viewer
  ) throws(MarketplaceError) -> InstallPage {
    guard viewer.mayChange(tenant) else { throw .notYours }
    let page = try rows.page(
      Install.self, .installs, prefix: tenant.rawValue.catalogKey, from: after.map { tenant.key($0) + [0] },
      countMax: countMax)
    return InstallPage(
      installs: page.rows.map(\.value), next: page.hasMore ? page.rows.last?.value.listing : nil)
  }
}
