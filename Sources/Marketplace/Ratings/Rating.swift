internal import Repository

/// What one tenant who ran a listing says of it. It does not say which tenant.
public struct Rating: Hashable, Sendable {
  public static let stars = 1...5

  /// Of its place in the list: it stays when the rating is changed.
  public let number: Int
  /// 1 to 5.
  public let stars: Int
  /// At most 500 bytes.
  public let text: String
  /// Milliseconds since 1970.
  public let time: Int64
}

/// As it is kept.
struct RatingRow: Hashable {
  let tenant: Tenant
  let stars: UInt8
  let text: String
  let actor: Actor
  let time: Int64
}

extension RatingRow: Row {
  static let format: UInt8 = 1

  func write(to row: inout RowWriter) {
    row.integer(tenant.rawValue)
    row.integer(stars)
    row.longText(text)
    row.actor(actor)
    row.integer(time)
  }

  init(from row: inout RowReader) throws(RowFault) {
    tenant = Tenant(rawValue: try row.integer(UInt32.self))
    stars = try row.integer(UInt8.self)
    guard Rating.stars.contains(Int(stars)) else { throw RowFault() }
    text = try row.prose(0...Prose.byteCountMax, lines: true)
    actor = try row.actor()
    time = try row.time()
  }
}
