import Store

/// Whose requests are counted together: those of an hour, a tenant, a key and a route.
struct UsageKey: Hashable, Sendable {
  /// Hours since 1970 UTC.
  var hour: UInt32
  /// Nil where a request names none, or one that its caller may not name.
  var tenant: UInt32?
  /// Nil where none was proved.
  var key: UInt32?
  /// Name of the route; `none` for a path that leads nowhere, `other` for what has no row of its own.
  var route: String

  static let hourMilliseconds: Int64 = 3_600_000

  init(hour: UInt32, tenant: UInt32?, key: UInt32?, route: String) {
    (self.hour, self.tenant, self.key, self.route) = (hour, tenant, key, route)
  }

  /// - Parameter milliseconds: since 1970.
  static func hour(_ milliseconds: Int64) -> UInt32 { UInt32(clamping: milliseconds / hourMilliseconds) }

  /// Key of the row: hour, 4 bytes; 1 and the tenant, 5 bytes; 1 and the key, 5 bytes, either all zero where there is none; the route.
  /// Numbers are big-endian.
  var bytes: [UInt8] { Self.prefix(hour, tenant) + Self.optional(key) + Array(route.utf8) }

  /// What the keys of an hour and a tenant begin with.
  static func prefix(_ hour: UInt32, _ tenant: UInt32?) -> [UInt8] { hour.catalogKey + optional(tenant) }

  private static func optional(_ number: UInt32?) -> [UInt8] { [number == nil ? 0 : 1] + (number ?? 0).catalogKey }

  /// - Returns: nil for what is no such key.
  init?(_ bytes: [UInt8]) {
    guard bytes.count > 14, let hour = UInt32(catalogKey: bytes.prefix(4)),
      let tenant = UInt32(catalogKey: bytes[5..<9]), let key = UInt32(catalogKey: bytes[10..<14]),
      let route = String(validating: bytes[14...], as: UTF8.self)
    else { return nil }
    self.init(hour: hour, tenant: bytes[4] == 0 ? nil : tenant, key: bytes[9] == 0 ? nil : key, route: route)
  }
}

/// Requests, and how they were answered.
struct UsageCounts: Equatable, Sendable {
  var requests: UInt64 = 0
  /// Answered 4xx.
  var refused: UInt64 = 0
  /// Answered 5xx.
  var failed: UInt64 = 0
  /// Until their answers began, together.
  var microseconds: UInt64 = 0

  private static let format: UInt8 = 1

  /// One request.
  init(status: Int, microseconds: UInt64) {
    requests = 1
    refused = (400..<500).contains(status) ? 1 : 0
    failed = status >= 500 ? 1 : 0
    self.microseconds = microseconds
  }

  init() {}

  /// Sums wrap, after half a million years of time.
  static func += (sum: inout UsageCounts, more: UsageCounts) {
    sum.requests &+= more.requests
    sum.refused &+= more.refused
    sum.failed &+= more.failed
    sum.microseconds &+= more.microseconds
  }

  /// The row: format 1, a byte; the four counts, 8 bytes each, big-endian.
  var bytes: [UInt8] {
    [Self.format] + requests.catalogKey + refused.catalogKey + failed.catalogKey + microseconds.catalogKey
  }

  /// - Returns: nil for what is no such row.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == 33, bytes[0] == Self.format, let requests = UInt64(catalogKey: bytes[1..<9]),
      let refused = UInt64(catalogKey: bytes[9..<17]), let failed = UInt64(catalogKey: bytes[17..<25]),
      let microseconds = UInt64(catalogKey: bytes[25..<33])
    else { return nil }
    (self.requests, self.refused, self.failed, self.microseconds) = (requests, refused, failed, microseconds)
  }
}

extension CatalogTable {
  /// Requests by hour, tenant, key and route. Key: a `UsageKey`. Value: a `UsageCounts`.
  static let requestUsage = CatalogTable(rawValue: 110)
}
