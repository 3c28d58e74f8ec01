public import Repository

/// What a tenant has against a listing.
public struct Report: Hashable, Sendable {
  public let listing: DocumentID
  public let tenant: Tenant
  public let objection: Objection
  public let text: String
  public let actor: Actor
  /// Milliseconds since 1970.
  public let time: Int64
}

extension Report: Row {
  package static let format: UInt8 = 1

  package func write(to row: inout RowWriter) {
    row.document(listing)
    row.integer(tenant.rawValue)
    row.integer(objection.rawValue)
    row.longText(text)
    row.actor(actor)
    row.integer(time)
  }

  package init(from row: inout RowReader) throws(RowFault) {
    listing = try row.document()
    tenant = Tenant(rawValue: try row.integer(UInt32.self))
    objection = try row.unwrap(Objection(rawValue: try row.integer(UInt8.self)))
    text = try row.prose(0...Prose.byteCountMax, lines: true)
    actor = try row.actor()
    time = try row.time()
  }
}
