public import Repository

/// That a tenant has a listing.
public struct Install: Hashable, Sendable {
  public let listing: DocumentID
  /// Of the release that its document is made from: the one installed, or taken over last.
  public let label: Label
  public let upstream: VersionID
  /// The tenant's own document.
  public let target: Reference
  /// Its first version.
  public let version: VersionID
  public let actor: Actor
  /// Milliseconds since 1970.
  public let time: Int64
}

extension Install: Row {
  package static let format: UInt8 = 1

  package func write(to row: inout RowWriter) {
    row.document(listing)
    row.label(label)
    row.bytes += upstream.bytes
    row.reference(target)
    row.bytes += version.bytes
    row.actor(actor)
    row.integer(time)
  }

  package init(from row: inout RowReader) throws(RowFault) {
    listing = try row.document()
    label = try row.label()
    upstream = VersionID(try row.digest())
    target = try row.reference()
    version = VersionID(try row.digest())
    actor = try row.actor()
    time = try row.time()
  }
}
