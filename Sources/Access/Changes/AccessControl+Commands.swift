import Store

extension AccessControl {
  func carryOut(_ command: AccessCommand, _ caller: Caller) throws(AccessError) -> AccessAnswer {
    try check(command, may: caller)
    switch command {
    case .whoAmI:
      var key = try caller.holder.key
      // What may be done now: nothing has to be shown any more.
      if caller.hasSecondFactor { key.content.stepUp = nil }
      return .key(key: key)
    case .rotate(let credential, let overlap): return try rotate(credential, overlap, caller)
    case .issueToken(let digest, let scope, let seconds, let code):
      return try issueToken(digest, scope, seconds, code, caller)
    case .authorize(let digest, let request, let code): return try authorize(digest, request, code, caller)
    case .redeem(let application, let uri, let verifier, let token, let refresh):
      return try redeem(application, uri, verifier, token, refresh, caller)
    case .refresh(let application, let scope, let token, let refresh):
      return try self.refresh(application, scope, token, refresh, caller)
    case .endToken(let digest): return try endToken(digest, caller)
    case .introspect(let digest): return try introspect(digest, caller)
    case .application(let id): return .applications(applications: [try application(id)])
    case .enrolFactor(let secret, let code, let current): return try enrolFactor(secret, code, current, caller)
    case .stepUp(let code):
      try showFactor(code, caller)
      return .steppedUp(until: caller.now + SecondFactor.lifeMilliseconds)
    case .create, .change, .replace, .registerApplication, .removeFactor: return try proposeOrDo(command, caller)
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
    case .listApplications(let limit):
      let applications = state.withLock { $0.tokens.applications.values.sorted { $0.id < $1.id } }
      return .applications(applications: try Self.page(applications, limit))
    case .removeApplication(let id): return try remove(try application(id), caller)
    case .listQuotas: return .quotas(quotas: quotas.all)
    case .audit(let after, let limit):
      try audit.flush()
      return .events(events: try audit.events(after: after, limit: try Self.checked(limit)))
    case .quota(let tenant): return .quota(standing: try standing(of: tenant, caller))
    case .setQuota, .clearQuota:
      return widens(command) ? try proposeOrDo(command, caller) : try changeQuota(command, caller)
    }
  }

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

  /// - Throws: `notAllowed`, `secondFactor`, `notFound` for local work about itself.
  private func check(_ command: AccessCommand, may caller: Caller) throws(AccessError) {
    guard case .holder(let holder) = caller.principal else { return }
    guard !holder.isOnlyRedeemable || command.isForRedeemable else {
      throw AccessError(.notAllowed, "this token is there to be exchanged for another")
    }
    guard command.needs != .administrator || holder.key.isAdministrator else {
      throw AccessError(.notAllowed, "only an administrator's key may do this")
    }
    guard command.needs == .nothing || holder.key.content.stepUp?.commands != true || caller.hasSecondFactor else {
      throw AccessError(.secondFactor, "a second factor has to be shown first")
    }
  }
}

extension Caller {
  /// Who asks by a proof.
  ///
  /// - Throws: `notFound` for local work.
  var holder: Holder {
    get throws(AccessError) {
      guard case .holder(let holder) = principal else { throw AccessError(.notFound, "local work has no key") }
      return holder
    }
  }

  var hasSecondFactor: Bool {
    guard case .holder(let holder) = principal else { return false }
    return holder.secondFactorUntil.map { now < $0 } ?? false
  }
}

extension AccessCommand {
  /// What the key has to be that asks.
  enum Need { case nothing, key, administrator }

  /// What a key needs for it: nothing but to be good for what concerns the caller alone; its second factor, where it has to show it, for
  /// changes of keys; or to be an administrator's as well.
  var needs: Need {
    switch self {
    case .whoAmI, .issueToken, .redeem, .refresh, .endToken, .introspect, .application, .stepUp, .enrolFactor,
      .authorize, .quota:
      .nothing
    case .rotate: .key
    case .create, .change, .replace, .approve, .revoke, .reject, .listKeys, .listProposals, .listQuotas, .audit,
      .setQuota,
      .clearQuota, .listApplications, .removeApplication, .registerApplication, .removeFactor:
      .administrator
    }
  }

  /// Whether who shows a code or a refresh token may ask it.
  var isForRedeemable: Bool {
    switch self {
    case .redeem, .refresh, .endToken: true
    default: false
    }
  }

  /// For the audit trail: what it is, without its content.
  var name: String {
    switch self {
    case .whoAmI: "whoAmI"
    case .issueToken: "issueToken"
    // Which application says the caller, and may say anything.
    case .authorize: "authorize"
    case .redeem: "redeem"
    case .refresh: "refresh"
    case .endToken: "endToken"
    case .introspect: "introspect"
    case .application: "application"
    case .enrolFactor: "enrolFactor"
    case .stepUp: "stepUp"
    case .listApplications: "listApplications"
    case .removeApplication(let id): "remove application \(id)"
    case .registerApplication(let application): "register application \(application.id)"
    case .removeFactor(let key): "remove second factor of key \(key)"
    case .rotate: "rotate"
    case .revoke(let key): "revoke key \(key)"
    case .reject(let proposal): "reject proposal \(proposal)"
    case .listKeys: "listKeys"
    case .listProposals: "listProposals"
    case .listQuotas: "listQuotas"
    case .audit: "audit"
    case .quota: "quota"
    case .setQuota(let tenant, _): "set quota of \(TenantQuota.name(tenant))"
    case .clearQuota(let tenant): "clear quota of \(TenantQuota.name(tenant))"
    case .create: "create a key"
    case .change(let key, _): "change key \(key)"
    case .replace(let key, _, _): "replace credential of key \(key)"
    case .approve(let proposal): "approve proposal \(proposal)"
    }
  }
}
