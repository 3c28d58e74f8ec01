import Crypto
import Engine
public import Store
import Synchronization

/// Keys, quotas and audit trail of a store: who a caller is, what it may do, and who decides about that.
///
/// Everything that changes is in the catalog before the call returns, with its audit row, in one transaction; of tokens that are made and of
/// codes that are shown the row follows within a second, equal ones as one. Authorization codes are in memory only. All methods may be called from any thread; those that change or list something wait for the disk.
public final class AccessControl: Sendable {
  public let audit: AuditTrail
  public let quotas = QuotaTable()
  let catalog: any Catalog
  private let clock: @Sendable () -> Int64
  private let sessionKey: SymmetricKey

  struct State {
    var ring = KeyRing()
    var proposals: [UInt32: Proposal] = [:]
    var nextProposal: UInt32 = 1
    var tokens = TokenTable()
    /// By key.
    var factors: [UInt32: SecondFactor] = [:]
    /// Wrong codes of a key, one behind the other, and since when.
    var factorFailures: [UInt32: (count: Int, last: Int64)] = [:]
    /// When tokens that are over were last removed.
    var swept: Int64 = 0
  }
  let state: Locked<State>
  /// One change at a time, from its check to its rows on disk. Taken before `state`.
  private let changing = Locked(())
  private let changes = Atomic<UInt64>(0)

  /// Reads the catalog.
  ///
  /// - Parameters:
  ///   - manifest: its digest keys make session ids that only their owner knows.
  ///   - clock: milliseconds since 1970.
  ///   - auditRowCountMax: how many rows of the trail are kept.
  /// - Throws: `store` when a row is damaged or of another version.
  public init(
    catalog: any Catalog, manifest: StoreManifest, auditRowCountMax: Int = AuditTrail.rowCountMax,
    clock: @escaping @Sendable () -> Int64
  ) throws(AccessError) {
    self.catalog = catalog
    self.clock = clock
    audit = try AuditTrail(catalog: catalog, rowCountMax: auditRowCountMax)
    var secret = Array("milepost session".utf8)
    secret += manifest.digestKeys.k0.catalogKey + manifest.digestKeys.k1.catalogKey
    sessionKey = SymmetricKey(data: SHA256.hash(data: secret))
    var state = State()
    for key in try catalog.rows(AccessKey.self, in: .keys) { state.ring.set(key) }
    for proposal in try catalog.rows(Proposal.self, in: .proposals) { state.proposals[proposal.id] = proposal }
    // An id that somebody has seen never means another proposal.
    let counted = try catalog.rows(UInt32.self, in: .proposalCounter).first ?? 0
    state.nextProposal = max(counted, state.proposals.keys.max() ?? 0) + 1
    for token in try catalog.rows(Token.self, in: .tokens) { state.tokens.set(token) }
    for family in try catalog.rows(TokenFamily.self, in: .tokenFamilies) { state.tokens.set(family) }
    for application in try catalog.rows(Application.self, in: .applications) {
      state.tokens.applications[application.id] = application
    }
    for factor in try catalog.rows(SecondFactor.self, in: .factors) { state.factors[factor.key] = factor }
    self.state = Locked(state)
    for row in try catalog.rows(TenantQuota.self, in: .quotas) { quotas.set(row.quota, tenant: row.tenant) }
  }

  // MARK: Who is it

  /// Whether callers must prove a key. Once there was one there always is, be it revoked.
  public var requiresKeys: Bool { state.withLock { !$0.ring.isEmpty } }

  /// Grows with every change of a key: what was granted may have to be looked at again.
  public var revision: UInt64 { changes.load(ordering: .acquiring) }

  /// Who stands behind a proof now; nil for all reasons alike: unknown, revoked, expired.
  public func holder(of proof: Proof) -> Holder? {
    let now = clock()
    return state.withLock { $0.holder(of: proof, at: now) }
  }

  /// What the upper half of a session's id is for a key. Only who was given the session can name it, and only with
  /// the same key: session numbers are easy to guess.
  public func sessionTag(_ session: UInt64, key: UInt32) -> UInt64 {
    let message = session.catalogKey + key.catalogKey
    let code = HMAC<SHA256>.authenticationCode(for: message, using: sessionKey)
    return code.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  // MARK: Commands

  /// Does what a command asks, if the principal may. What is refused is in the audit trail.
  ///
  /// - Throws: everything that `AccessError` lists; nothing was changed then.
  public func perform(
    _ command: AccessCommand, by principal: Principal, address: String? = nil
  ) throws(AccessError) -> AccessAnswer {
    let result: Result<AccessAnswer, AccessError> = changing.withLock { _ in
      do throws(AccessError) {
        return .success(try carryOut(command, Caller(principal: principal, address: address, now: clock())))
      } catch {
        return .failure(error)
      }
    }
    if case .failure(let error) = result {
      audit.note(
        AuditEvent(
          .commandRefused, at: clock(), key: principal.keyID, address: address,
          subject: "\(command.name): \(error.kind.rawValue)"))
    }
    return try result.get()
  }

  /// What was granted has changed: those who hold a grant look at it again.
  func grantsChanged() { changes.add(1, ordering: .releasing) }

  func save(_ changes: [CatalogChange], _ event: AuditEvent) throws(AccessError) {
    try audit.write([event], with: changes)
  }
}

/// Who asks for something, from where, and when.
struct Caller {
  var principal: Principal
  var address: String?
  var now: Int64

  func event(_ kind: AuditEvent.Kind, _ subject: String) -> AuditEvent {
    AuditEvent(kind, at: now, key: principal.keyID, address: address, subject: subject)
  }
}

extension AccessControl.State {
  /// Who stands behind a proof at an instant.
  func holder(of proof: Proof, at now: Int64) -> Holder? {
    switch proof {
    case .credential(let identity): return ring.key(proving: identity, at: now).map { Holder($0, proof) }
    case .assertion(let identity, let expires):
      guard now < expires else { return nil }
      return ring.key(proving: identity, at: now).map { Holder($0, proof) }
    case .token(.access, let digest):
      guard let token = tokens.tokens[digest], now < token.expires, var key = good(token.key, at: now),
        let content = token.scope.narrowing(key.content)
      else { return nil }
      key.content = content
      return Holder(key, proof, secondFactorUntil: token.secondFactor.map { $0 + SecondFactor.lifeMilliseconds })
    case .token(.code, let digest):
      guard let code = tokens.codes[digest], now < code.expires else { return nil }
      return good(code.key, at: now).map { Holder($0, proof) }
    case .refresh(let family, _):
      guard let family = tokens.families[family], now < family.expires else { return nil }
      return good(family.key, at: now).map { Holder($0, proof) }
    }
  }

  private func good(_ key: UInt32, at now: Int64) -> AccessKey? {
    ring.keys[key].flatMap { $0.isGood(at: now) ? $0 : nil }
  }
}
