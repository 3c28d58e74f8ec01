/// How many requests somebody may send.
public struct RateLimit: Sendable, Hashable {
  /// Whose requests count together.
  public enum Scope: Sendable, Hashable {
    /// Those of a key; without one, of an address.
    case key
    /// Those that name a tenant, whoever sends them.
    case tenant
    case address
    /// Those of a key for one route, by its `operationId`.
    case route(String)
  }
  public var scope: Scope
  /// Requests a second over a longer time, 1...1,000,000.
  public var perSecond: Int
  /// Requests at once after a pause, 1...1,000,000.
  public var burst: Int

  public init(_ scope: Scope, perSecond: Int, burst: Int? = nil) {
    self.scope = scope
    self.perSecond = perSecond
    self.burst = burst ?? perSecond
  }

  /// A limit as options write it: `key=100`, `tenant=1000:5000`, `address=20`, `submit_batch=10:20`.
  /// - Returns: nil when it is none; route names are not looked up.
  public init?(_ text: String) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    let numbers = parts[1].split(separator: ":", omittingEmptySubsequences: false).map {
      Identifier.decimal($0, Int.self).flatMap { (1...1_000_000).contains($0) ? $0 : nil }
    }
    guard (1...2).contains(numbers.count), let rate = numbers[0], let burst = numbers.count == 1 ? rate : numbers[1]
    else { return nil }
    let scope: Scope
    switch parts[0] {
    case "key": scope = .key
    case "tenant": scope = .tenant
    case "address": scope = .address
    default: scope = .route(String(parts[0]))
    }
    self.init(scope, perSecond: rate, burst: burst)
  }

  /// Name in header fields.
  var name: String {
    switch scope {
    case .key: "key"
    case .tenant: "tenant"
    case .address: "address"
    case .route(let name): name
    }
  }

  /// Nanoseconds between two requests at the rate.
  var interval: Int64 { 1_000_000_000 / Int64(perSecond) }
}
