public import Repository

/// Which publisher: ids are a tenant's own.
public struct PublisherID: Hashable, Sendable {
  public let tenant: Tenant
  public let id: Slug

  public init(_ tenant: Tenant, _ id: Slug) {
    self.tenant = tenant
    self.id = id
  }
}

/// What the platform says of a publisher's being who they say, and why.
public struct Verification: Hashable, Sendable {
  /// False when it was so and is no longer.
  public let isVerified: Bool
  public let reason: String
  public let actor: Actor
  /// Milliseconds since 1970.
  public let time: Int64
}

extension Verification: Row {
  package static let format: UInt8 = 1

  package func write(to row: inout RowWriter) {
    row.integer(isVerified ? 1 : 0 as UInt8)
    row.longText(reason)
    row.actor(actor)
    row.integer(time)
  }

  package init(from row: inout RowReader) throws(RowFault) {
    isVerified = try row.flag()
    reason = try row.prose(1...Prose.byteCountMax)
    actor = try row.actor()
    time = try row.time()
  }
}
