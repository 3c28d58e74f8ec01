import Marketplace
import Repository
import RepositoryFixtures

/// A marketplace as it is to be, slow and plain.
struct Model {
  /// What may be offered, as the repository has it.
  struct Offered: Hashable {
    var source: Reference
    var version: VersionID
    var label: Label
    var isApproved: Bool
    /// The ones who signed it.
    var publishers: Set<Slug>
  }

  enum Down: Equatable {
    case no
    case proposed(Actor)
    case down
  }

  struct Release: Equatable {
    var label: Label
    var version: VersionID
    var publisher: Slug
    var down = Down.no
  }

  struct Count: Equatable {
    var made = 0
    var closed = 0
  }

  struct Listing {
    var source: Reference
    var title: String
    var size: String
    var audience: Audience
    var releases: [Release] = []
    var down = Down.no
    var deprecation: (successor: DocumentID?, message: String)?
    var installs: [Tenant: Label] = [:]
    var uses: [Tenant: Count] = [:]
    var days: [Label: [UInt32: Count]] = [:]
    var ratings: [Tenant: (number: Int, stars: Int)] = [:]
    var lastRating = 0
    var reports: [Tenant: String] = [:]

    var shown: Release? { releases.last { $0.down != .down } }
  }

  enum Order {
    case offer(Offered, by: Slug, title: String, size: String, Audience, LabelStep)
    case edit(DocumentID, title: String, size: String, Audience)
    case deprecate(DocumentID, successor: DocumentID?, String)
    case install(DocumentID, Label?, Reference)
    case update(DocumentID, Label?)
    case uninstall(DocumentID)
    case record([Use], LogStretch)
    case rate(DocumentID, Int)
    case unrate(DocumentID)
    case report(DocumentID, String)
    case settle(DocumentID, Tenant)
    case propose(DocumentID, Label?)
    case confirm(DocumentID, Label?)
    case putBack(DocumentID, Label?)
    case verify(PublisherID, Bool)
  }

  var listings: [DocumentID: Listing] = [:]
  var verified: Set<PublisherID> = []
  var position: UInt64 = 0
  var entryCount = 0

  func sees(_ tenant: Tenant, _ listing: Listing) -> Bool {
    tenant == .platform || tenant == listing.source.tenant || isOffered(listing, to: tenant)
  }

  func isOffered(_ listing: Listing, to tenant: Tenant) -> Bool {
    guard listing.down != .down, listing.shown != nil else { return false }
    if tenant == listing.source.tenant { return true }
    if case .invited(let tenants) = listing.audience { return tenants.contains(tenant) }
    return true
  }

  /// - Throws: what the marketplace is to refuse.
  mutating func perform(_ order: Order, by caller: Caller) throws(MarketplaceError) {
    let own = tenant(caller)
    switch order {
    case .offer(let offered, let publisher, let title, let size, let audience, let step):
      try offer(offered, publisher, title, size, audience, step, caller)
    case .edit(let id, let title, let size, let audience):
      var listing = try owned(id, caller)
      (listing.title, listing.size, listing.audience) = (title, size, audience)
      listings[id] = listing
    case .deprecate(let id, let successor, let message):
      if let successor {
        guard successor != id, (try? seen(successor, caller)) != nil else { throw .notFound(.successor) }
      }
      var listing = try owned(id, caller)
      listing.deprecation = (successor, message)
      listings[id] = listing
    case .install(let id, let label, let target): try install(id, label, target)
    case .update(let id, let label): try update(id, label, own)
    case .uninstall(let id):
      guard listings[id]?.installs.removeValue(forKey: own) != nil else { throw .notFound(.install) }
    case .record(let uses, let stretch):
      // It is no change when it was counted.
      guard stretch.through > position else { return }
      guard stretch.after == position else { throw .notNext(countedThrough: position) }
      try count(uses)
      position = stretch.through
    case .rate(let id, let stars): try rate(id, stars, own, caller)
    case .unrate(let id):
      guard listings[id]?.ratings.removeValue(forKey: own) != nil else { throw .notFound(.rating) }
    case .report(let id, let text):
      guard id.tenant != own else { throw .ownListing }
      guard let listing = listings[id], sees(own, listing) || listing.installs[own] != nil else {
        throw .notFound(.listing)
      }
      listings[id]?.reports[own] = text
    case .settle(let id, let tenant):
      try platform(caller)
      guard listings[id] != nil else { throw .notFound(.listing) }
      guard listings[id]?.reports.removeValue(forKey: tenant) != nil else { throw .notFound(.report) }
    case .propose(let id, let label):
      try takedown(id, label, caller) { down throws(MarketplaceError) in
        guard down == .no else { throw .alreadyThere }
        return .proposed(caller.actor)
      }
    case .confirm(let id, let label):
      try takedown(id, label, caller) { down throws(MarketplaceError) in
        guard down != .down else { throw .alreadyThere }
        guard case .proposed(let actor) = down else { throw .notFound(.takedown) }
        guard caller.actor.kind == .person else { throw .needsOtherPerson(.program) }
        guard caller.actor != actor else { throw .needsOtherPerson(.proposer) }
        return .down
      }
    case .putBack(let id, let label):
      try takedown(id, label, caller) { down throws(MarketplaceError) in
        guard down != .no else { throw .notFound(.takedown) }
        return .no
      }
    case .verify(let publisher, let isVerified):
      try platform(caller)
      guard verified.contains(publisher) != isVerified else { throw .alreadyThere }
      if isVerified { verified.insert(publisher) } else { verified.remove(publisher) }
    }
    // An install is a fork, too, and an update a merge.
    switch order {
    case .install, .update: entryCount += 2
    default: entryCount += 1
    }
  }

  private mutating func offer(
    _ offered: Offered, _ publisher: Slug, _ title: String, _ size: String, _ audience: Audience, _ step: LabelStep,
    _ caller: Caller
  ) throws(MarketplaceError) {
    let (id, owner) = (offered.source.document, offered.source.tenant)
    if owner != .platform, owner != tenant(caller) { throw .repository(.notFound(.reference)) }
    guard owner == tenant(caller) else { throw .notYours }
    guard offered.publishers.contains(publisher) else { throw .notSigned }
    guard offered.isApproved else { throw .notApproved(.draft) }
    let fresh = Listing(source: offered.source, title: title, size: size, audience: audience)
    var listing = listings[id] ?? fresh
    guard listing.down != .down else { throw .takenDown }
    if let last = listing.releases.last {
      guard offered.label.isStep(step, behind: last.label) else { throw .stepTooSmall(behind: last.label) }
    }
    listing.releases.append(Release(label: offered.label, version: offered.version, publisher: publisher))
    (listing.title, listing.size, listing.audience) = (title, size, audience)
    listings[id] = listing
  }

  private mutating func install(
    _ id: DocumentID, _ label: Label?, _ target: Reference
  ) throws(MarketplaceError) {
    guard id.tenant != target.tenant else { throw .ownListing }
    guard let listing = listings[id], isOffered(listing, to: target.tenant) else { throw .notFound(.listing) }
    let release = label == nil ? listing.shown : listing.releases.first { $0.label == label }
    guard let release, release.down != .down else { throw .notFound(.release) }
    guard listing.installs[target.tenant] == nil else { throw .alreadyThere }
    listings[id]?.installs[target.tenant] = release.label
  }

  private mutating func update(_ id: DocumentID, _ label: Label?, _ tenant: Tenant) throws(MarketplaceError) {
    guard let listing = listings[id], let old = listing.installs[tenant] else { throw .notFound(.install) }
    guard isOffered(listing, to: tenant) else { throw .notFound(.listing) }
    let release = label == nil ? listing.shown : listing.releases.first { $0.label == label }
    guard let release, release.down != .down else { throw .notFound(.release) }
    guard old.isOlder(than: release.label) else { throw .stepTooSmall(behind: old) }
    listings[id]?.installs[tenant] = release.label
  }

  private mutating func count(_ uses: [Use]) throws(MarketplaceError) {
    var counted = listings
    for use in uses where use.tenant != use.listing.tenant {
      guard var listing = counted[use.listing] else { throw .notFound(.listing) }
      guard listing.releases.contains(where: { $0.label == use.label }) else { throw .notFound(.release) }
      let path: WritableKeyPath<Count, Int> = use.event == .made ? \.made : \.closed
      listing.uses[use.tenant, default: Count()][keyPath: path] += Int(use.count)
      listing.days[use.label, default: [:]][use.day, default: Count()][keyPath: path] += Int(use.count)
      counted[use.listing] = listing
    }
    listings = counted
  }

  private mutating func rate(
    _ id: DocumentID, _ stars: Int, _ tenant: Tenant, _ caller: Caller
  ) throws(MarketplaceError) {
    guard id.tenant != tenant else { throw .ownListing }
    var listing = try seen(id, caller)
    guard listing.uses[tenant] != nil else { throw .notUsed }
    if listing.ratings[tenant] == nil { listing.lastRating += 1 }
    listing.ratings[tenant] = (listing.ratings[tenant]?.number ?? listing.lastRating, stars)
    listings[id] = listing
  }

  private mutating func takedown(
    _ id: DocumentID, _ label: Label?, _ caller: Caller, _ next: (Down) throws(MarketplaceError) -> Down
  ) throws(MarketplaceError) {
    try platform(caller)
    guard var listing = listings[id] else { throw .notFound(.listing) }
    if let label {
      guard let index = listing.releases.firstIndex(where: { $0.label == label }) else { throw .notFound(.release) }
      listing.releases[index].down = try next(listing.releases[index].down)
    } else {
      listing.down = try next(listing.down)
    }
    listings[id] = listing
  }

  private func platform(_ caller: Caller) throws(MarketplaceError) {
    guard tenant(caller) == .platform else { throw .notYours }
  }

  private func seen(_ id: DocumentID, _ caller: Caller) throws(MarketplaceError) -> Listing {
    guard let listing = listings[id], sees(tenant(caller), listing) else { throw .notFound(.listing) }
    return listing
  }

  private func owned(_ id: DocumentID, _ caller: Caller) throws(MarketplaceError) -> Listing {
    let listing = try seen(id, caller)
    guard listing.source.tenant == tenant(caller) else { throw .notYours }
    return listing
  }

  func tenant(_ caller: Caller) -> Tenant {
    if case .tenant(let tenant) = caller.viewer { tenant } else { .platform }
  }
}
