internal import Documents
internal import Repository

/// A listing as it is kept. It is known by the document that it offers.
struct ListingRow: Hashable {
  static let publisherCountMax = 16
  static let releaseCountMax: UInt32 = 1_000

  /// What installs are forked from, and where later releases come from.
  let source: Reference
  var text: ListingText
  var audience: Audience
  /// Of all releases, in the order in which they came.
  var publishers: [Slug]
  var releaseCount: UInt32
  var deprecation: Deprecation?
  var takedown: Takedown?

  var id: DocumentID { source.document }

  var isDown: Bool { takedown?.isDown ?? false }

  /// Who sees it whatever became of it.
  func isManaged(by viewer: Viewer) -> Bool { viewer.mayChange(source.tenant) || viewer.mayChange(.platform) }

  /// Whom it is offered to while it is not taken down.
  func isOffered(to tenant: Tenant) -> Bool { tenant == source.tenant || audience.has(tenant) }
}

extension ListingRow: Row {
  static let format: UInt8 = 1

  func write(to row: inout RowWriter) {
    row.reference(source)
    row.listingText(text)
    row.audience(audience)
    row.integer(UInt8(truncatingIfNeeded: publishers.count))
    for publisher in publishers { row.slug(publisher) }
    row.integer(releaseCount)
    row.optional(deprecation) { $1.write(to: &$0) }
    row.optional(takedown) { $1.write(to: &$0) }
  }

  init(from row: inout RowReader) throws(RowFault) {
    source = try row.reference()
    text = try row.listingText()
    audience = try row.audience()
    publishers = []
    for _ in 0..<(try row.integer(UInt8.self)) { publishers.append(try row.slug()) }
    releaseCount = try row.integer(UInt32.self)
    guard 1...Self.releaseCountMax ~= releaseCount, 1...Self.publisherCountMax ~= publishers.count,
      Set(publishers).count == publishers.count
    else { throw RowFault() }
    deprecation = try row.optional { (row) throws(RowFault) in try Deprecation(from: &row) }
    takedown = try row.optional { (row) throws(RowFault) in try Takedown(from: &row) }
  }
}

/// One version of a listing as it is kept. All but the takedown stays as it is.
struct ReleaseRow: Hashable {
  let label: Label
  let version: VersionID
  /// Of the canonical form.
  let content: DocumentDigest
  let publisher: Slug
  let actor: Actor
  /// Milliseconds since 1970.
  let time: Int64
  var takedown: Takedown?

  var isDown: Bool { takedown?.isDown ?? false }
}

extension ReleaseRow: Row {
  static let format: UInt8 = 1

  func write(to row: inout RowWriter) {
    row.label(label)
    row.bytes += version.bytes
    row.bytes += content.bytes
    row.slug(publisher)
    row.actor(actor)
    row.integer(time)
    row.optional(takedown) { $1.write(to: &$0) }
  }

  init(from row: inout RowReader) throws(RowFault) {
    label = try row.label()
    version = VersionID(try row.digest())
    content = try row.unwrap(DocumentDigest(bytes: try row.take(DocumentDigest.byteCount)))
    publisher = try row.slug()
    actor = try row.actor()
    time = try row.time()
    takedown = try row.optional { (row) throws(RowFault) in try Takedown(from: &row) }
  }
}
