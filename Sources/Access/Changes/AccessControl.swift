import Crypto
import Engine
public import Store
import Synchronization

/// Keys, quotas and audit trail of a store: who a caller is, what it may do, and who decides about that.
///
/// Everything that changes is in the catalog before the call returns, with its audit row, in one transaction. All
/// methods may be called from any thread; those that change or list something wait for the disk.
public final class AccessControl: Sendable {
  public let audit: AuditTrail
  public let quotas = QuotaTable()
  private let catalog: any Catalog
  private let clock: @Sendable () -> Int64
  private let sessionKey: SymmetricKey

  private struct State {
    var ring = KeyRing()
    var proposals: [UInt32: Proposal] = [:]
    var nextProposal: UInt32 = 1
  }
  private let state: Locked<State>
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
    self.state = Locked(state)
    for row in try catalog.rows(TenantQuota.self, in: .quotas) { quotas.set(row.quota, tenant: row.tenant) }
  }

  // MARK: Who is it

  /// Whether callers must prove a key. Once there was one there always is, be it revoked.
  public var requiresKeys: Bool { state.withLock { !$0.ring.isEmpty } }

  /// Grows with every change of a key: what was granted may have to be looked at again.
  public var revision: UInt64 { changes.load(ordering: .acquiring) }

  /// The key that a credential proves now; nil for all reasons alike: unknown, revoked, expired.
  public func key(proving identity: AccessKey.Credential.Identity) -> AccessKey? {
    let now = clock()
    return state.withLock { $0.ring.key(proving: identity, at: now) }
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

  struct Caller {
    var principal: Principal
    var address: String?
    var now: Int64

    func event(_ kind: AuditEvent.Kind, _ subject: String) -> AuditEvent {
      AuditEvent(kind, at: now, key: principal.keyID, address: address, subject: subject)
    }
  }

  private func carryOut(_ command: AccessCommand, _ caller: Caller) throws(AccessError) -> AccessAnswer {
    switch command {
    case .whoAmI:
      guard case .key(let key, _) = caller.principal else { throw AccessError(.notFound, "local work has no key") }
      return .key(key: key)
    case .rotate(let credential, let overlap):
      guard case .key(let own, let proof) = caller.principal else {
        throw AccessError(.notFound, "local work has no key")
      }
      // Else who has found an old secret could renew it for ever, and lock its owner out.
      guard own.credentials.contains(where: { $0.identity == proof && $0.expires == nil }) else {
        throw AccessError(.notAllowed, "this secret was replaced already: rotate with the newest one")
      }
      guard credential.kind == .secret else {
        throw AccessError(.invalid, "a certificate is given to a key by administrators: its holder is to be known")
      }
      return try replace(own.id, credential, overlap, caller, .keyRotated)
    case .create, .change, .replace, .approve, .revoke, .reject, .listKeys, .listProposals, .listQuotas, .audit,
      .setQuota, .clearQuota:
      if case .key(let key, _) = caller.principal, !key.isAdministrator {
        throw AccessError(.notAllowed, "only an administrator's key may do this")
      }
    }
    switch command {
    case .whoAmI, .rotate: preconditionFailure("answered above")
    case .create, .change, .replace: return try proposeOrDo(command, caller)
    case .approve(let id): return try approve(id, caller)
    case .revoke(let id): return try revoke(id, caller)
    case .reject(let id):
      try proposal(id, caller.now)
      try save([.delete(.proposals, key: id.catalogKey)], caller.event(.proposalRejected, "proposal \(id)"))
      state.withLock { $0.proposals[id] = nil }
      return .done
    case .listKeys(let after, let limit):
      let keys = state.withLock { $0.ring.sorted.filter { $0.id > after } }
      return .keys(keys: try Self.page(keys, limit))
    case .listProposals(let after, let limit):
      let proposals = state.withLock { $0.proposals.values.filter { $0.id > after }.sorted { $0.id < $1.id } }
      return .proposals(proposals: try Self.page(proposals, limit))
    case .listQuotas: return .quotas(quotas: quotas.all)
    case .audit(let after, let limit):
      try audit.flush()
      return .events(events: try audit.events(after: after, limit: try Self.checked(limit)))
    case .setQuota(let tenant, let quota):
      try quota.check()
      let row = TenantQuota(tenant: tenant, quota: quota)
      try save(
        [.put(.quotas, key: row.catalogKey, value: encodeRow(row))],
        caller.event(
          .quotaSet, "\(Self.name(tenant)): \(quota.operationsPerSecond) a second, \(quota.burst) at once"))
      quotas.set(quota, tenant: tenant)
      return .done
    case .clearQuota(let tenant):
      guard quotas.all.contains(where: { $0.tenant == tenant }) else {
        throw AccessError(.notFound, "\(Self.name(tenant)) has no quota")
      }
      try save(
        [.delete(.quotas, key: TenantQuota.catalogKey(tenant))], caller.event(.quotaCleared, Self.name(tenant)))
      quotas.set(nil, tenant: tenant)
      return .done
    }
  }

  private static func name(_ tenant: UInt32?) -> String { tenant.map { "tenant \($0)" } ?? "every other tenant" }

  /// A page of a list, small enough for a frame.
  private static func checked(_ limit: Int) throws(AccessError) -> Int {
    guard (1...500).contains(limit) else { throw AccessError(.invalid, "a list has a limit of 1 to 500") }
    return limit
  }

  /// As many rows as are wanted and go into a frame; more come with the next page.
  private static func page<Row: Codable>(_ rows: [Row], _ limit: Int) throws(AccessError) -> [Row] {
    var left = 512 << 10
    var page: [Row] = []
    for row in rows.prefix(try checked(limit)) {
      left -= encodeRow(row).count
      if left < 0, !page.isEmpty { break }
      page.append(row)
    }
    return page
  }

  private func save(_ changes: [CatalogChange], _ event: AuditEvent) throws(AccessError) {
    try audit.write([event], with: changes)
  }

  // MARK: Two persons

  /// A change of rights: at once when done locally, else it waits for somebody else.
  private func proposeOrDo(_ command: AccessCommand, _ caller: Caller) throws(AccessError) -> AccessAnswer {
    let command = try checked(command, caller.now)
    guard case .key(let key, _) = caller.principal else { return try execute(command, caller) }
    let voided = state.withLock { $0.proposals.values.filter { caller.now >= $0.expires }.map(\.id) }
    let (id, count) = state.withLock { ($0.nextProposal, $0.proposals.count - voided.count) }
    guard count < Proposal.countMax else {
      throw AccessError(.limit, "\(count) proposals wait already: approve or reject some")
    }
    let proposal = Proposal(
      id: id, command: command, key: key.id, person: key.content.person, made: caller.now,
      expires: caller.now + Proposal.lifeMilliseconds)
    try save(
      voided.map { .delete(.proposals, key: $0.catalogKey) }
        + [
          .put(.proposals, key: id.catalogKey, value: encodeRow(proposal)),
          .put(.proposalCounter, key: UInt32(0).catalogKey, value: encodeRow(id)),
        ],
      caller.event(.keyProposed, "proposal \(id): \(command.name)"))
    state.withLock { state in
      for id in voided { state.proposals[id] = nil }
      state.proposals[id] = proposal
      state.nextProposal = id + 1
    }
    return .proposed(proposal: id)
  }

  private func approve(_ id: UInt32, _ caller: Caller) throws(AccessError) -> AccessAnswer {
    let proposal = try proposal(id, caller.now)
    if case .key(let key, _) = caller.principal {
      guard key.id != proposal.key, key.content.person != proposal.person else {
        throw AccessError(.otherPerson, "proposal \(id) is of the same person: somebody else has to approve it")
      }
    }
    // Things may have changed since it was made.
    _ = try checked(proposal.command, caller.now)
    let proposer = state.withLock { $0.ring.keys[proposal.key] }
    guard let proposer, proposer.isGood(at: caller.now), proposer.isAdministrator else {
      throw AccessError(.notAllowed, "the key that made proposal \(id) is no longer an administrator's")
    }
    return try execute(proposal.command, caller, approving: id)
  }

  @discardableResult
  private func proposal(_ id: UInt32, _ now: Int64) throws(AccessError) -> Proposal {
    guard let proposal = state.withLock({ $0.proposals[id] }), now < proposal.expires else {
      throw AccessError(.notFound, "there is no proposal \(id) that waits")
    }
    return proposal
  }

  // MARK: Changes of keys

  /// The command in the form in which it is shown and carried out.
  private func checked(_ command: AccessCommand, _ now: Int64) throws(AccessError) -> AccessCommand {
    switch command {
    case .create(let content, let credential):
      try check(credential)
      return .create(content: try content.checked(at: now), credential: credential)
    case .change(let id, let content):
      var key = try key(id)
      let wasAdministrator = key.isAdministrator
      key.content = try content.checked(at: now)
      if wasAdministrator { try checkAdministrators(with: key, now) }
      return .change(key: id, content: key.content)
    case .replace(let id, let credential, let overlap):
      _ = try key(id)
      try check(credential)
      try Self.check(overlap: overlap)
      return command
    default: preconditionFailure("only changes of rights are checked here")
    }
  }

  private func check(_ credential: AccessKey.Credential) throws(AccessError) {
    try credential.check()
    guard credential.expires == nil else { throw AccessError(.invalid, "a new credential does not expire by itself") }
    guard !state.withLock({ $0.ring.knows(credential) }) else {
      throw AccessError(.invalid, "the credential is in use: every key has its own")
    }
  }

  private static func check(overlap: Int64) throws(AccessError) {
    guard (0...2_592_000).contains(overlap) else {
      throw AccessError(.invalid, "old and new secret overlap by at most 30 days (2592000 seconds)")
    }
  }

  private func key(_ id: UInt32) throws(AccessError) -> AccessKey {
    guard let key = state.withLock({ $0.ring.keys[id] }) else { throw AccessError(.notFound, "there is no key \(id)") }
    guard key.revoked == nil else { throw AccessError(.invalid, "key \(id) is revoked: that is for good") }
    return key
  }

  /// Two persons must be left who can approve each other's proposals, with `key` as it would be.
  private func checkAdministrators(with key: AccessKey, _ now: Int64) throws(AccessError) {
    let (before, after) = state.withLock { state in
      var ring = state.ring
      let before = ring.administrators(at: now)
      ring.set(key)
      return (before, ring.administrators(at: now))
    }
    // A key that is no longer good, or an administrator among too few already, is not what stands in the way.
    let (had, has) = (Set(before.map(\.content.person)).count, Set(after.map(\.content.person)).count)
    guard has >= 2 || has >= had else {
      throw AccessError(
        .lastAdministrators, "key \(key.id) is one of the last two administrators': make another one first")
    }
  }

  private func execute(
    _ command: AccessCommand, _ caller: Caller, approving proposal: UInt32? = nil
  ) throws(AccessError) -> AccessAnswer {
    switch command {
    case .create(let content, let credential):
      let id = state.withLock { $0.ring.nextID }
      let key = AccessKey(
        id: id, content: try content.checked(at: caller.now), credentials: [credential], created: caller.now)
      return try put(key, caller, .keyCreated, proposal)
    case .change(let id, let content):
      var key = try key(id)
      key.content = try content.checked(at: caller.now)
      return try put(key, caller, .keyChanged, proposal)
    case .replace(let id, let credential, let overlap):
      return try replace(id, credential, overlap, caller, .keyReplaced, proposal)
    default: preconditionFailure("only changes of rights are executed here")
    }
  }

  private func replace(
    _ id: UInt32, _ credential: AccessKey.Credential, _ overlap: Int64, _ caller: Caller, _ kind: AuditEvent.Kind,
    _ proposal: UInt32? = nil
  ) throws(AccessError) -> AccessAnswer {
    try check(credential)
    try Self.check(overlap: overlap)
    var key = try key(id)
    let end = caller.now + overlap * 1_000
    // What runs out earlier keeps its time; of old secrets the newest alone overlaps, so a key has two at most.
    key.credentials = key.credentials.suffix(1).map {
      var old = $0
      old.expires = min(old.expires ?? end, end)
      return old
    }
    key.credentials.append(credential)
    return try put(key, caller, kind, proposal)
  }

  private func revoke(_ id: UInt32, _ caller: Caller) throws(AccessError) -> AccessAnswer {
    var key = try key(id)
    key.revoked = caller.now
    if key.isAdministrator { try checkAdministrators(with: key, caller.now) }
    return try put(key, caller, .keyRevoked, nil)
  }

  private func put(
    _ key: AccessKey, _ caller: Caller, _ kind: AuditEvent.Kind, _ proposal: UInt32?
  ) throws(AccessError) -> AccessAnswer {
    var rows = [CatalogChange.put(.keys, key: key.id.catalogKey, value: encodeRow(key))]
    // What a key asked for before it changed hands or rights is asked for again, or not.
    var decided =
      kind == .keyRotated ? [] : state.withLock { $0.proposals.values.filter { $0.key == key.id }.map(\.id) }
    if let proposal { decided.append(proposal) }
    for id in decided { rows.append(.delete(.proposals, key: id.catalogKey)) }
    let approved = proposal.map { ", proposal \($0)" } ?? ""
    try save(rows, caller.event(kind, "key \(key.id)\(approved)"))
    state.withLock { state in
      state.ring.set(key)
      for id in decided { state.proposals[id] = nil }
    }
    changes.add(1, ordering: .releasing)
    return .key(key: key)
  }
}

extension AccessCommand {
  /// For the audit trail: what it is, without its content.
  var name: String {
    switch self {
    case .whoAmI: "whoAmI"
    case .rotate: "rotate"
    case .revoke(let key): "revoke key \(key)"
    case .reject(let proposal): "reject proposal \(proposal)"
    case .listKeys: "listKeys"
    case .listProposals: "listProposals"
    case .listQuotas: "listQuotas"
    case .audit: "audit"
    case .setQuota: "setQuota"
    case .clearQuota: "clearQuota"
    case .create: "create a key"
    case .change(let key, _): "change key \(key)"
    case .replace(let key, _, _): "replace credential of key \(key)"
    case .approve(let proposal): "approve proposal \(proposal)"
    }
  }
}
