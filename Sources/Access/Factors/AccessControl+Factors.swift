import Store

/// Second factors: codes of an authenticator, each good once.
extension AccessControl {
  func enrolFactor(
    _ secret: String, _ code: String, _ current: String?, _ caller: Caller
  ) throws(AccessError) -> AccessAnswer {
    let holder = try caller.holder
    switch holder.proof {
    case .credential, .assertion: break
    case .token, .refresh: throw AccessError(.notAllowed, "a second factor is enrolled with the key, not with a token")
    }
    guard let bytes = Base32.bytes(secret), (16...64).contains(bytes.count) else {
      throw AccessError(.invalid, "the secret of an authenticator is base 32 of 16 to 64 bytes, without padding")
    }
    if state.withLock({ $0.factors[holder.key.id] }) != nil {
      guard let current else {
        throw AccessError(.secondFactor, "the key has a second factor: replacing it takes a code of it")
      }
      try showFactor(current, caller)
    }
    guard let step = OneTimePassword.step(proving: code, secret: bytes, after: nil, at: caller.now) else {
      throw AccessError(.wrongCode, "the code is not of this secret and this minute")
    }
    let factor = SecondFactor(key: holder.key.id, secret: secret, enrolled: caller.now, lastStep: step)
    try save([Self.row(factor)], caller.event(.factorEnrolled, "key \(holder.key.id)"))
    state.withLock { $0.factors[holder.key.id] = factor }
    return .done
  }

  /// The instant of a second factor that is shown along with something else; nil without a code.
  func shownFactor(_ code: String?, _ caller: Caller) throws(AccessError) -> Int64? {
    guard let code else { return nil }
    try showFactor(code, caller)
    return caller.now
  }

  /// - Throws: `wrongCode`, also for one that was used; `limit` after too many of them; `secondFactor` when the key has none.
  func showFactor(_ code: String, _ caller: Caller) throws(AccessError) {
    let id = try caller.holder.key.id
    let (factor, failures) = state.withLock { ($0.factors[id], $0.factorFailures[id]) }
    guard var factor, let secret = Base32.bytes(factor.secret) else {
      throw AccessError(.secondFactor, "the key has no second factor: enrol one")
    }
    var count = failures?.count ?? 0
    if let failures, caller.now - failures.last >= SecondFactor.lockMilliseconds { count = 0 }
    guard count < SecondFactor.failureCountMax else {
      throw AccessError(.limit, "\(count) wrong codes: none is looked at for five minutes")
    }
    guard let step = OneTimePassword.step(proving: code, secret: secret, after: factor.lastStep, at: caller.now) else {
      state.withLock { $0.factorFailures[id] = (count + 1, caller.now) }
      throw AccessError(.wrongCode, "the code is not of this minute, or was used already")
    }
    factor.lastStep = step
    // On disk before it counts: a restart must not make it good again.
    do throws(StoreError) { try catalog.apply([Self.row(factor)]) } catch { throw AccessError(error) }
    state.withLock { state in
      state.factors[id] = factor
      state.factorFailures[id] = nil
    }
  }

  func checkFactor(of key: UInt32) throws(AccessError) {
    guard state.withLock({ $0.factors[key] }) != nil else {
      throw AccessError(.notFound, "key \(key) has no second factor")
    }
  }

  func removeFactor(of key: UInt32, _ caller: Caller, _ proposal: UInt32?) throws(AccessError) -> AccessAnswer {
    var rows = [CatalogChange.delete(.factors, key: key.catalogKey)]
    if let proposal { rows.append(.delete(.proposals, key: proposal.catalogKey)) }
    try save(rows, caller.event(.factorRemoved, "key \(key)"))
    state.withLock { state in
      state.factors[key] = nil
      if let proposal { state.proposals[proposal] = nil }
    }
    return .done
  }

  private static func row(_ factor: SecondFactor) -> CatalogChange {
    .put(.factors, key: factor.key.catalogKey, value: encodeRow(factor))
  }
}
