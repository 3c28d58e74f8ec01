import Store

/// Keys, and changes of rights, which take two persons.
extension AccessControl {
  /// A change of rights: at once when done locally, else it waits for somebody else.
  func proposeOrDo(_ command: AccessCommand, _ caller: Caller) throws(AccessError) -> AccessAnswer {
    let command = try checked(command, caller.now)
    guard case .holder(let holder) = caller.principal else { return try execute(command, caller) }
    let key = holder.key
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

  func approve(_ id: UInt32, _ caller: Caller) throws(AccessError) -> AccessAnswer {
    let proposal = try proposal(id, caller.now)
    if case .holder(let holder) = caller.principal {
      let key = holder.key
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
  func proposal(_ id: UInt32, _ now: Int64) throws(AccessError) -> Proposal {
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
    case .registerApplication(let application):
      try application.check()
      let (count, isKnown) = state.withLock {
        ($0.tokens.applications.count, $0.tokens.applications[application.id] != nil)
      }
      guard isKnown || count < Application.countMax else {
        throw AccessError(.limit, "there are \(count) applications already")
      }
      return command
    case .removeFactor(let id):
      try checkFactor(of: try key(id).id)
      return command
    case .setQuota, .clearQuota:
      try checkQuota(command)
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
    case .registerApplication(let application): return try register(application, caller, proposal)
    case .removeFactor(let id): return try removeFactor(of: id, caller, proposal)
    case .setQuota, .clearQuota: return try changeQuota(command, caller, proposal)
    default: preconditionFailure("only changes of rights are executed here")
    }
  }

  /// Another secret for the caller's own key.
  func rotate(
    _ credential: AccessKey.Credential, _ overlap: Int64, _ caller: Caller
  ) throws(AccessError) -> AccessAnswer {
    let holder = try caller.holder
    guard case .credential(let proof) = holder.proof else {
      throw AccessError(.notAllowed, "a key is rotated with its secret, not with a token")
    }
    // Else who has found an old secret could renew it for ever, and lock its owner out.
    guard holder.key.credentials.contains(where: { $0.identity == proof && $0.expires == nil }) else {
      throw AccessError(.notAllowed, "this secret was replaced already: rotate with the newest one")
    }
    guard credential.kind == .secret else {
      throw AccessError(.invalid, "what else proves a key is given to it by administrators: its holder is to be known")
    }
    return try replace(holder.key.id, credential, overlap, caller, .keyRotated)
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

  func revoke(_ id: UInt32, _ caller: Caller) throws(AccessError) -> AccessAnswer {
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
    // What a secret gave that is not good any more is not good either.
    let isOver =
      key.revoked != nil || key.credentials.dropLast().allSatisfy { $0.expires.map { $0 <= caller.now } ?? false }
    let ended =
      isOver && kind != .keyChanged && kind != .keyCreated ? state.withLock { $0.tokens.all(of: key.id) } : .none
    rows += ended.rows
    let approved = proposal.map { ", proposal \($0)" } ?? ""
    try save(rows, caller.event(kind, "key \(key.id)\(approved)"))
    state.withLock { state in
      state.ring.set(key)
      for id in decided { state.proposals[id] = nil }
      state.tokens.remove(ended)
    }
    grantsChanged()
    return .key(key: key)
  }
}
