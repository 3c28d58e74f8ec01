public import Documents
public import Repository
internal import Store

/// What became of a listing since a tenant took it.
public struct ListingNews: Hashable, Sendable {
  public let install: Install
  /// The newest that was not taken down. It may be the one that the tenant has, or an older one.
  public let newest: Release
  /// What is different there from the release that the tenant's document is made from.
  public let changes: [Change]
}

extension Marketplace {
  /// What is new in a listing that the viewer's tenant has installed. Unlike the repository's `upstreamChanges` it tells
  /// of releases alone, and tells the tenant.
  ///
  /// - Throws: `notFound` also when the listing is no longer for the tenant.
  public func news(of id: DocumentID, as viewer: Viewer) throws(MarketplaceError) -> ListingNews {
    let install = try install(of: id, as: viewer)
    let newest = try offered(id, nil, to: try viewer.ownTenant()).row
    let changes = try MarketplaceError.mapping { () throws(RepositoryError) in
      try repository.changes(from: install.upstream, to: newest.version, as: .everything)
    }
    return ListingNews(install: install, newest: try view(newest, of: id), changes: changes)
  }

  /// Merges a newer release into the document that a tenant made of a listing. The result is a draft, as any version.
  ///
  /// - Parameters:
  ///   - label: the newest that was not taken down, if nil.
  ///   - expecting: where the document's reference is.
  ///   - resolved: what the document is to say where the merge has conflicts; it is then taken whole.
  ///   - message: at most 2,000 bytes.
  /// - Throws: `notFound`; `stepTooSmall` for a release that is not newer; `notSigned`; `repository` when the reference
  ///   is elsewhere.
  public func update(
    _ id: DocumentID, to label: Label? = nil, expecting head: VersionID, resolved: JSONValue? = nil, message: String,
    by caller: Caller
  ) throws(MarketplaceError) -> MergeOutcome {
    guard message.utf8.count <= Draft.messageByteCountMax else { throw .invalid(.text) }
    let tenant = try caller.viewer.ownTenant()
    let old = try install(of: id, as: caller.viewer)
    let release = try offered(id, label, to: tenant).row
    guard old.label.isOlder(than: release.label) else { throw .stepTooSmall(behind: old.label) }
    // Versions and signatures do not change, so the long part needs no lock.
    _ = try checkedContent(release)
    let current = try MarketplaceError.mapping { () throws(RepositoryError) in
      try repository.state(of: old.target, as: caller.viewer).head
    }
    guard current == head else { throw .repository(.moved(current: current)) }
    let merged = try MarketplaceError.mapping { () throws(RepositoryError) in
      try repository.followed(head, from: old.upstream, to: release.version)
    }
    guard resolved != nil || merged.merge.conflicts.isEmpty else { return .conflicts(merged) }
    return try change(tenant, by: caller) { set throws(MarketplaceError) in
      // It may have been taken down or uninstalled since.
      _ = try offered(id, release.label, to: tenant)
      guard try rows.install(of: id, by: tenant) == old else { throw .notFound(.install) }
      let source = try rows.listing(id).source
      let version = try MarketplaceError.mapping { () throws(RepositoryError) in
        try set.follow(
          old.target, expecting: head, resolved ?? merged.merge.value,
          of: try repository.version(release.version, as: .everything), at: source, message: message)
      }
      let install = Install(
        listing: id, label: release.label, upstream: release.version, target: old.target, version: old.version,
        actor: old.actor, time: old.time)
      set.put(.installs, tenant.key(id), install)
      set.log(.updated, source, release.version, "\(old.target) \(old.label) \(release.label)")
      return .merged(version)
    }
  }
}
