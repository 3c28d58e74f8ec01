public import Repository
internal import Documents

extension Marketplace {
  /// Offers a version of a document to others: a new listing, or a new release of one, whose text and audience become
  /// the given ones.
  ///
  /// - Parameters:
  ///   - source: where the version was approved; the same for all releases.
  ///   - publisher: one of the tenant's who has signed the version.
  ///   - step: the smallest that the label may be behind the release before, by what changed between the two.
  /// - Throws: `noLabel`, `notApproved`, `notSigned`, `stepTooSmall`, `takenDown`; `tooMany` for the 1,001st release or
  ///   the 17th publisher; `invalid` for another environment than that of the first release.
  public func offer(
    _ id: VersionID, of source: Reference, signedBy publisher: Slug, _ text: ListingText, to audience: Audience,
    step: LabelStep = .patch, by caller: Caller
  ) throws(MarketplaceError) -> Release {
    try audience.check()
    let version = try version(id, of: source, by: caller)
    guard let label = version.label else { throw .noLabel }
    let release = ReleaseRow(
      label: label, version: id, content: version.body.content, publisher: publisher, actor: caller.actor,
      time: caller.time, takedown: nil)
    // Versions and signatures do not change, so the long part needs no lock.
    _ = try checkedContent(release)
    return try change(source.tenant, by: caller) { set throws(MarketplaceError) in
      let old = try rows.value(ListingRow.self, .listings, source.document.key)
      try checkState(of: id, at: source, by: caller)
      let new = try listing(old, with: release, of: source, text, audience, step)
      set.put(.releases, new.id.key(new.releaseCount), release)
      if old == nil { set.put(.listingTotals, new.id.key, TotalsRow()) }
      let oldTerms = try old.map { old throws(MarketplaceError) in try terms(of: old) }
      set.put(new, terms: new.terms(isShown: true), instead: oldTerms ?? [])
      set.log(.offered, source, id, label.text)
      return try view(release, of: new.id)
    }
  }

  private func version(
    _ id: VersionID, of source: Reference, by caller: Caller
  ) throws(MarketplaceError) -> Version {
    guard caller.viewer.sees(source.tenant) else { throw .repository(.notFound(.reference)) }
    guard caller.viewer.mayChange(source.tenant) else { throw .notYours }
    let version = try MarketplaceError.mapping { () throws(RepositoryError) in
      try repository.version(id, as: caller.viewer)
    }
    guard version.document == source.document else { throw .repository(.notFound(.version)) }
    return version
  }

  /// Others get what its own tenant may use, by the same four eyes.
  private func checkState(
    of version: VersionID, at source: Reference, by caller: Caller
  ) throws(MarketplaceError) {
    let state = try MarketplaceError.mapping { () throws(RepositoryError) in
      try repository.lifecycle(of: version, at: source, as: caller.viewer).state
    }
    switch state {
    case .approved, .scheduled, .active: return
    case .draft, .checked, .retired: throw .notApproved(state)
    }
  }

  private func listing(
    _ old: ListingRow?, with release: ReleaseRow, of source: Reference, _ text: ListingText, _ audience: Audience,
    _ step: LabelStep
  ) throws(MarketplaceError) -> ListingRow {
    guard var listing = old else {
      return ListingRow(
        source: source, text: text, audience: audience, publishers: [release.publisher], releaseCount: 1)
    }
    guard listing.source == source else { throw .invalid(.reference) }
    guard !listing.isDown else { throw .takenDown }
    let last = try rows.release(listing.releaseCount, of: listing.id)
    guard release.label.isStep(step, behind: last.label) else { throw .stepTooSmall(behind: last.label) }
    guard listing.releaseCount < ListingRow.releaseCountMax else { throw .tooMany(.releases) }
    if !listing.publishers.contains(release.publisher) { listing.publishers.append(release.publisher) }
    guard listing.publishers.count <= ListingRow.publisherCountMax else { throw .tooMany(.publishers) }
    listing.releaseCount += 1
    (listing.text, listing.audience) = (text, audience)
    return listing
  }

  /// Says something else of a listing, or to others. Who has it installed keeps it.
  public func edit(
    _ listing: DocumentID, _ text: ListingText, to audience: Audience, by caller: Caller
  ) throws(MarketplaceError) {
    try audience.check()
    try changeOwn(listing, by: caller) { row, last, set throws(MarketplaceError) in
      (row.text, row.audience) = (text, audience)
      set.log(.edited, row.source, last.version)
    }
  }

  /// Changes what its tenant says of a listing, and what it is found by.
  /// - Parameter body: with the row, the newest release, and the change to log in.
  func changeOwn(
    _ id: DocumentID, by caller: Caller,
    _ body: (inout ListingRow, ReleaseRow, inout ChangeSet) throws(MarketplaceError) -> Void
  ) throws(MarketplaceError) {
    guard let seen = try open(id, as: caller.viewer)?.listing else { throw .notFound(.listing) }
    guard caller.viewer.mayChange(seen.source.tenant) else { throw .notYours }
    try change(id.tenant, by: caller) { set throws(MarketplaceError) in
      var row = try rows.listing(id)
      let old = try terms(of: row)
      try body(&row, try rows.release(row.releaseCount, of: id), &set)
      let isShown = try rows.shown(of: row) != nil
      set.put(row, terms: row.terms(isShown: isShown), instead: old)
    }
  }
}
