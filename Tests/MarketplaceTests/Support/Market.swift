import Crypto
import Documents
import Marketplace
import Repository
import RepositoryFixtures

/// A marketplace with some people around it.
struct Market: Trading {
  let catalog: MemoryCatalog
  let repository: Repository
  let marketplace: Marketplace

  init(_ catalog: MemoryCatalog = MemoryCatalog(), options: MarketplaceOptions = .init()) {
    self.catalog = catalog
    repository = Repository(catalog: catalog)
    marketplace = Marketplace(on: repository, options: options)
  }
}

/// What tests do on a marketplace, whatever it stands on.
protocol Trading: Sendable {
  var repository: Repository { get }
  var marketplace: Marketplace { get }
}

extension Trading {
  /// A version that may be offered: labelled, approved, signed.
  @discardableResult
  func version(
    _ label: String?, _ text: String? = nil, at reference: Reference = .villa, signedBy publisher: String? = "masons",
    isApproved: Bool = true
  ) throws -> Version {
    let maker = Caller.person("maker", reference.tenant)
    let draft = Draft(
      Array((text ?? #"{"label":"\#(label ?? "none")"}"#).utf8), .json, message: "why",
      label: label.flatMap { Label($0) })
    let head = try? repository.state(of: reference, as: .everything).head
    let version = try repository.save(draft, to: reference, expecting: head, by: maker)
    if isApproved { try approve(version.id, at: reference) }
    if let publisher { try sign(version.id, publisher) }
    return version
  }

  func approve(_ version: VersionID, at reference: Reference) throws {
    let checker = Caller(Actor(.program, "checker")!, as: .tenant(reference.tenant), at: 1)
    _ = try repository.check(version, at: reference, report: .report, by: checker)
    _ = try repository.approve(version, at: reference, by: .person("second", reference.tenant))
  }

  func sign(_ version: VersionID, _ publisher: String) throws {
    let tenant = try repository.version(version, as: .everything).document.tenant
    _ = try repository.sign(
      version, Signature.bytes(of: version, by: .of(publisher)), by: .make(tenant, publisher),
      caller: .person("maker", tenant))
  }

  /// Makes a version and offers it.
  @discardableResult
  func offer(
    _ label: String = "1.0.0", _ reference: Reference = .villa, _ text: ListingText = .villa,
    to audience: Audience = .everyone, signedBy publisher: String = "masons", step: LabelStep = .patch
  ) throws -> Release {
    let version = try version(label, at: reference, signedBy: publisher)
    return try marketplace.offer(
      version.id, of: reference, signedBy: Slug(publisher)!, text, to: audience, step: step,
      by: .person("maker", reference.tenant))
  }

  @discardableResult
  func install(
    _ id: DocumentID = .villa, _ label: String? = nil, to target: Reference = .foreign
  ) throws -> Install {
    try marketplace.install(
      id, label.map { Label($0)! }, to: target, by: .person("buyer", target.tenant))
  }

  /// Contracts of one tenant, as the next stretch of the log.
  @discardableResult
  func use(
    _ tenant: Tenant, _ id: DocumentID = .villa, _ label: String = "1.0.0", _ event: Use.Event = .made,
    count: UInt32 = 1, on day: UInt32 = 20_000
  ) throws -> UInt64 {
    let position = try marketplace.countedThrough()
    return try marketplace.record(
      [Use(of: tenant, id, Label(label)!, event, count: count, on: day)],
      in: LogStretch(after: position, through: position + 1), by: .counter)
  }

  func takeDown(_ id: DocumentID = .villa, _ label: String? = nil) throws {
    let label = label.map { Label($0)! }
    try marketplace.proposeTakedown(of: id, label, for: .harmful, reason: "pays twice", by: .moderator)
    try marketplace.confirmTakedown(of: id, label, by: .secondModerator)
  }

  func found(_ query: SearchQuery = SearchQuery(), by tenant: Tenant = .other) throws -> [DocumentID] {
    try marketplace.search(query, countMax: 1_000, as: .tenant(tenant)).listings.map(\.id)
  }
}

extension Tenant {
  static let guest = Tenant(rawValue: 9)
}

extension DocumentID {
  static let villa = Reference.villa.document
}

extension Caller {
  static func person(_ id: String, _ tenant: Tenant, at time: Int64 = 5_000) -> Caller {
    Caller(Actor(.person, id)!, as: .tenant(tenant), at: time)
  }

  static let moderator = person("moderator", .platform, at: 6_000)
  static let secondModerator = person("second-moderator", .platform, at: 7_000)
  static let counter = Caller(Actor(.program, "counter")!, as: .everything, at: 8_000)
}

extension Curve25519.Signing.PrivateKey {
  static func of(_ publisher: String) -> Self {
    try! .init(rawRepresentation: Array(SHA256.hash(data: Array(publisher.utf8))))
  }
}

extension Publisher {
  static func make(_ tenant: Tenant, _ id: String) -> Publisher {
    let key = Curve25519.Signing.PrivateKey.of(id)
    return Publisher(tenant, Slug(id)!, publicKey: Array(key.publicKey.rawRepresentation), name: "The \(id)")!
  }
}

extension PublisherID {
  static let masons = PublisherID(.builder, Slug("masons")!)
}

extension Facet {
  static func make(_ name: String, _ value: String) -> Facet { try! Facet(Slug(name)!, value) }
}

extension ListingText {
  static let villa = try! ListingText(
    title: "Villa in five stages", summary: "With retention",
    facets: [.make("industry", "construction"), .make("size", "small")])

  static func titled(_ title: String, _ facets: [Facet] = []) -> ListingText {
    try! ListingText(title: title, facets: facets)
  }
}
