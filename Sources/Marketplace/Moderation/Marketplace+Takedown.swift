public import Repository
internal import Store

/// A takedown that waits for a second person.
public struct ProposedTakedown: Hashable, Sendable {
  public let listing: DocumentID
  /// Nil of the whole listing.
  public let release: Label?
  public let objection: Objection
  public let text: String
  public let actor: Actor
  /// Milliseconds since 1970.
  public let time: Int64
}

extension Marketplace {
  /// Proposes, for the platform, to take a listing or one of its releases down. Nothing changes until another person
  /// confirms.
  ///
  /// - Parameters:
  ///   - label: of the release; nil for the whole listing.
  ///   - reason: 1 to 500 bytes; those who installed it read it.
  /// - Throws: `notYours` unless the platform asks; `alreadyThere`.
  public func proposeTakedown(
    of listing: DocumentID, _ label: Label? = nil, for objection: Objection, reason: String, by caller: Caller
  ) throws(MarketplaceError) {
    guard Prose.isValid(reason, byteCounts: 1...Prose.byteCountMax) else { throw .invalid(.reason) }
    let detail = "\(objection): \(reason)"
    try changeTakedown(of: listing, label, .takedownProposed, detail, by: caller) { old throws(MarketplaceError) in
      guard old == nil else { throw .alreadyThere }
      let step = Takedown.Step(actor: caller.actor, time: caller.time)
      return Takedown(objection: objection, text: reason, proposed: step)
    }
  }

  /// Takes down what was proposed. It is then neither found nor installed; those who installed it keep theirs and get
  /// to know why: `notices(of:)`.
  ///
  /// - Throws: `needsOtherPerson` for a program and for who proposed it; `notFound` when nobody did; `alreadyThere`.
  public func confirmTakedown(
    of listing: DocumentID, _ label: Label? = nil, by caller: Caller
  ) throws(MarketplaceError) {
    try changeTakedown(of: listing, label, .takenDown, "", by: caller) { old throws(MarketplaceError) in
      guard var takedown = old else { throw .notFound(.takedown) }
      guard !takedown.isDown else { throw .alreadyThere }
      guard caller.actor.kind == .person else { throw .needsOtherPerson(.program) }
      guard caller.actor != takedown.proposed.actor else { throw .needsOtherPerson(.proposer) }
      takedown.confirmed = Takedown.Step(actor: caller.actor, time: caller.time)
      return takedown
    }
  }

  /// Puts back what was taken down, or drops what was proposed.
  ///
  /// - Parameter reason: 1 to 500 bytes, for the log.
  public func putBack(
    _ listing: DocumentID, _ label: Label? = nil, reason: String, by caller: Caller
  ) throws(MarketplaceError) {
    guard Prose.isValid(reason, byteCounts: 1...Prose.byteCountMax) else { throw .invalid(.reason) }
    try changeTakedown(of: listing, label, .putBack, reason, by: caller) { old throws(MarketplaceError) in
      guard old != nil else { throw .notFound(.takedown) }
      return nil
    }
  }

  private func changeTakedown(
    of id: DocumentID, _ label: Label?, _ action: LogEntry.Action, _ detail: String, by caller: Caller,
    _ body: (Takedown?) throws(MarketplaceError) -> Takedown?
  ) throws(MarketplaceError) {
    try change(.platform, by: caller) { set throws(MarketplaceError) in
      var listing = try rows.listing(id)
      let old = try terms(of: listing)
      var release = try label.map { label throws(MarketplaceError) in try rows.release(label, of: listing) }
      let takedown = try body(release == nil ? listing.takedown : release?.row.takedown)
      if release == nil { listing.takedown = takedown } else { release?.row.takedown = takedown }
      if let release { set.put(.releases, id.key(release.number), release.row) }
      let isShown = try rows.shown(of: listing, with: release) != nil
      set.put(listing, terms: listing.terms(isShown: isShown), instead: old)
      let waiting = SearchTerm.proposed.prefix + id.key(release?.number ?? 0)
      if takedown?.isDown == false {
        set.put(.searchTerms, waiting, Blob([]))
      } else {
        set.delete(.searchTerms, waiting)
      }
      let subject = if let release { release.row } else { try rows.release(listing.releaseCount, of: id) }
      let words = [label?.text, detail.isEmpty ? nil : detail].compactMap(\.self)
      set.log(action, listing.source, subject.version, words.joined(separator: " "))
    }
  }

  /// Takedowns that wait, for the platform, by listing.
  /// - Parameters:
  ///   - after: the last one of the page before.
  ///   - countMax: at most 1,000 are given.
  public func proposedTakedowns(
    after: ProposedTakedown? = nil, countMax: Int = 100, as viewer: Viewer
  ) throws(MarketplaceError) -> [ProposedTakedown] {
    guard viewer.mayChange(.platform) else { throw .notYours }
    let prefix = SearchTerm.proposed.prefix
    let start = try after.map { last throws(MarketplaceError) in
      let listing = try rows.listing(last.listing)
      let number = try last.release.map { label throws(MarketplaceError) in
        try rows.release(label, of: listing).number
      }
      return prefix + last.listing.key(number ?? 0) + [0]
    }
    let found = try rows.list(
      Blob.self, .searchTerms, prefix: prefix, from: start, countMax: try Self.pageCount(countMax))
    var proposed: [ProposedTakedown] = []
    for row in found {
      let key = row.key.dropFirst(prefix.count)
      guard let listing = try rows.value(ListingRow.self, .listings, Array(key.dropLast(5))),
        let number = UInt32(catalogKey: key.suffix(4))
      else { throw .repository(.damaged(.searchTerms)) }
      let release = number == 0 ? nil : try rows.release(number, of: listing.id)
      // Somebody may have decided since the page was read.
      guard let takedown = number == 0 ? listing.takedown : release?.takedown, !takedown.isDown else { continue }
      proposed.append(
        ProposedTakedown(
          listing: listing.id, release: release?.label, objection: takedown.objection, text: takedown.text,
          actor: takedown.proposed.actor, time: takedown.proposed.time))
    }
    return proposed
  }
}
