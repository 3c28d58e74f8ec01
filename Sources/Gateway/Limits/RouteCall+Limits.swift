import Access
import HTTPTypes
import Hummingbird
import HummingbirdCore

extension RouteCall {
  /// Counts the request.
  ///
  /// - Returns: header fields for the answer.
  /// - Throws: `Problem` 429 when it is one too many; nothing was done then.
  func admit() throws(Problem) -> HTTPFields {
    let limiter = services.limiter
    guard !limiter.limits.isEmpty else { return [:] }
    var subjects: [RateLimiter.Subject] = []
    // Asked for only where a limit counts by it: it costs a digest.
    lazy var callers = self.callers()
    for (index, limit) in limiter.limits.enumerated() {
      switch limit.scope {
      case .key: subjects += callers.map { .init(limit: index, name: $0) }
      case .address: subjects.append(.init(limit: index, name: address))
      // Counted when the caller is known: see `admitTenant`.
      case .tenant: break
      case .route(let name):
        if name == route.name { subjects += callers.map { .init(limit: index, name: $0) } }
      }
    }
    return try admit(subjects)
  }

  /// Counts the request for its tenant, if the caller may name it: nobody uses up what is another's.
  func admitTenant(_ caller: SessionCaller) throws(Problem) {
    guard names(.tenant), services.limiter.limits.contains(where: { $0.scope == .tenant }) else { return }
    let tenant = try tenant()
    guard caller.tenants?.contains(tenant) ?? true else { return }
    _ = try admit(
      services.limiter.limits.indices.filter { services.limiter.limits[$0].scope == .tenant }
        .map { .init(limit: $0, name: String(tenant)) })
  }

  private func admit(_ subjects: [RateLimiter.Subject]) throws(Problem) -> HTTPFields {
    switch services.limiter.admit(subjects) {
    case .admitted(let standing): return standing.map { Self.fields($0) } ?? [:]
    case .full: throw .busy
    case .refused(let standing, let wait):
      var problem = Problem(
        .tooManyRequests, "rate_limited",
        "more than \(standing.limit.perSecond) requests a second (\(standing.limit.burst) at once) of this \(standing.limit.name)"
      )
      problem.headers = Self.fields(standing)
      problem.headers[.retryAfter] = String((wait + 999_999_999) / 1_000_000_000)
      throw problem
    }
  }

  /// Under which names the request counts, none of which says a secret. Until a secret is proved its address counts as well: made-up ones would
  /// else have a burst each.
  private func callers() -> [String] {
    guard let secret else { return [address] }
    let digest = Digest.hexadecimal(of: Array(secret.utf8))
    if let name = services.proved.name(of: digest) { return [name] }
    record.unprovedDigest = digest
    return [digest, "unproved from \(address)"]
  }

  /// The server took the secret of the request.
  func prove(_ caller: SessionCaller) {
    guard let digest = record.unprovedDigest else { return }
    record.unprovedDigest = nil
    if let key = caller.key { services.proved.prove(digest, of: key) }
  }

  private static func fields(_ standing: RateLimiter.Standing) -> HTTPFields {
    let limit = standing.limit
    var fields = HTTPFields()
    fields.addLimit(
      limit.name, "q=\(limit.burst);w=\(HTTPFields.seconds(limit.interval * Int64(limit.burst)))",
      "r=\(standing.remaining);t=\(HTTPFields.seconds(standing.reset, least: 0))")
    return fields
  }
}

/// Fields of draft-ietf-httpapi-ratelimit-headers: lists, with an item for each limit. A window is the time in which a whole burst becomes
/// free.
extension HTTPFields {
  /// The quota of the tenant that a request names, beside the limits of this gateway. It counts operations, not requests.
  mutating func add(_ standing: QuotaStanding) {
    guard let quota = standing.quota else { return }
    // At most 10^9 of each, so a product has less than 63 bits.
    func nanoseconds(_ count: Int) -> Int64 { Int64(count) * 1_000_000_000 / Int64(quota.operationsPerSecond) }
    addLimit(
      "quota", "q=\(quota.burst);qu=\"operations\";w=\(Self.seconds(nanoseconds(quota.burst)))",
      "r=\(standing.left);t=\(Self.seconds(nanoseconds(quota.burst - standing.left), least: 0))")
  }

  fileprivate mutating func addLimit(_ name: String, _ policy: String, _ limit: String) {
    for (field, text) in [(HTTPField.Name.rateLimitPolicy, policy), (.rateLimit, limit)] {
      let item = "\"\(name)\";\(text)"
      self[field] = self[field].map { "\($0), \(item)" } ?? item
    }
  }

  /// Whole seconds, rounded up.
  fileprivate static func seconds(_ nanoseconds: Int64, least: Int64 = 1) -> Int64 {
    Swift.max(least, (nanoseconds + 999_999_999) / 1_000_000_000)
  }
}

extension HTTPField.Name {
  static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy")!
  static let rateLimit = HTTPField.Name("RateLimit")!
}
