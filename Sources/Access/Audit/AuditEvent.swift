/// One row of the audit trail: something that was done about keys and quotas, or that was refused.
public struct AuditEvent: Codable, Hashable, Sendable {
  /// Raw values are part of the catalog and of the protocol: add, never reuse.
  public enum Kind: String, Codable, Sendable {
    // Done.
    case keyProposed, keyCreated, keyChanged, keyRotated, keyReplaced, keyRevoked, proposalRejected, quotaSet,
      quotaCleared, applicationRegistered, applicationRemoved, factorEnrolled, factorRemoved
    case tokenIssued, tokenEnded
    /// A session was opened or resumed; the subject names it.
    case sessionOpened
    // Refused.
    /// A hello without a key that is accepted.
    case authenticationFailed
    /// Operations outside the key's tenants, roles or person. They are in the log with their result codes.
    case operationsRefused
    case readRefused, subscriptionRefused, commandRefused
    /// A refresh token or a code came a second time: all that followed from it has ended.
    case tokenReused
    /// Submits over the quota of a tenant.
    case quotaExceeded
    /// A request over HTTP that changed something; the subject says which, and how it was answered.
    case requestMade
    /// One that was refused. And one that changed something, as earlier programs wrote it: among what clients cause, where refusals push it out.
    case requestRefused, requestDone
    /// Rows that found no room: too many different ones at once. `count` tells how many.
    case notListed
  }
  /// Whether it tells of something that was done, not of what whoever likes can cause: that goes into a list of its own, so that no flood of it pushes the
  /// others out.
  var isDecision: Bool {
    switch kind {
    case .keyProposed, .keyCreated, .keyChanged, .keyRotated, .keyReplaced, .keyRevoked, .proposalRejected, .quotaSet,
      .quotaCleared, .applicationRegistered, .applicationRemoved, .factorEnrolled, .factorRemoved, .requestMade:
      true
    case .sessionOpened, .authenticationFailed, .operationsRefused, .readRefused, .subscriptionRefused, .commandRefused,
      .quotaExceeded, .notListed, .tokenIssued, .tokenEnded, .tokenReused, .requestDone,
      .requestRefused:
      false
    }
  }

  /// Place in the trail, from 1; 0 until it is written.
  public var number: UInt64 = 0
  /// Instant of the first one that the row counts.
  public var at: Int64
  public var kind: Kind
  /// The key that asked; nil for local work and for who has none.
  public var key: UInt32?
  /// Where the caller is, without its port; nil for local work.
  public var address: String?
  /// What it was about: a key, proposal, session, tenant or reason. Never a secret.
  public var subject: String
  /// How often, between `at` and the moment the row was written.
  public var count: Int
  /// Id of the trace (W3C Trace Context) of the first one that the row counts, if that came with one: rows are not told apart by it.
  public var trace: String?
  /// SHA-256, in hexadecimal, over the digest of the row before it in its list and this row; nil in rows of before there were such. See `TrailChain`.
  public var chain: String?

  static let subjectCountMax = 120

  public init(
    _ kind: Kind, at: Int64, key: UInt32?, address: String? = nil, subject: String = "", count: Int = 1,
    trace: String? = nil
  ) {
    self.kind = kind
    self.at = at
    self.key = key
    self.address = address
    // It is shown on terminals.
    self.subject = String(
      decoding: subject.utf8.prefix(Self.subjectCountMax).map { (0x20...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    self.count = count
    self.trace = trace
  }
}
