import Crypto
import Store

/// Tokens: part of what a key allows, for a while, and for applications that its holder lets act.
extension AccessControl {
  /// Seconds of an access token, unless asked for otherwise, and those that may be asked for.
  static let accessSeconds: Int64 = 900
  static let accessSecondsRange: ClosedRange<Int64> = 60...3_600
  /// Seconds in which a code is to be exchanged: a person looks at what was asked for meanwhile.
  static let codeSeconds: Int64 = 300
  /// Seconds after which an application has to ask the holder again, however often it refreshed.
  static let familySeconds: Int64 = 2_592_000

  // MARK: For the holder

  func issueToken(
    _ digest: String, _ scope: String?, _ seconds: Int64?, _ code: String?, _ caller: Caller
  ) throws(AccessError) -> AccessAnswer {
    let holder = try mayIssue(caller)
    try checkNew(digest)
    let seconds = seconds ?? Self.accessSeconds
    guard Self.accessSecondsRange.contains(seconds) else {
      throw AccessError(.invalid, "a token lives 60 to 3600 seconds")
    }
    let token = Token(
      kind: .access, digest: digest, key: holder.key.id, scope: try Self.scope(scope, of: holder.key),
      created: caller.now,
      expires: caller.now + seconds * 1_000, secondFactor: try shownFactor(code, caller))
    try save(token, nil, caller)
    return .token(token: record(token))
  }

  func authorize(
    _ digest: String, _ request: AuthorizationRequest, _ code: String?, _ caller: Caller
  ) throws(AccessError) -> AccessAnswer {
    let holder = try mayIssue(caller)
    // Two of them would be two persons.
    guard !holder.key.isAdministrator else {
      throw AccessError(.notAllowed, "an administrator's key lets no application act")
    }
    try checkNew(digest)
    let application = try application(request.application)
    guard application.allows(request.redirectURI) else {
      throw AccessError(.invalid, "the application does not name this redirect URI")
    }
    guard request.challenge.utf8.count == 43, Base64URL.bytes(request.challenge) != nil else {
      throw AccessError(.invalid, "code_challenge is the SHA-256 of the verifier, as 43 characters of base64url")
    }
    let waiting = AuthorizationCode(
      key: holder.key.id, scope: try Self.scope(request.scope, of: holder.key), application: application.id,
      redirectURI: request.redirectURI, challenge: request.challenge, expires: caller.now + Self.codeSeconds * 1_000,
      secondFactor: try shownFactor(code, caller))
    let isFull = state.withLock { state in
      state.tokens.remove(TokenTable.Ended(codes: state.tokens.expired(at: caller.now).codes))
      guard state.tokens.codes.count < TokenTable.codeCountMax else { return true }
      state.tokens.codes[digest] = waiting
      return false
    }
    guard !isFull else { throw AccessError(.limit, "too many codes wait: try again in a minute") }
    return .done
  }

  /// Tokens are made with what proves a key itself: else one that was stolen could go on for ever.
  private func mayIssue(_ caller: Caller) throws(AccessError) -> Holder {
    let holder = try caller.holder
    switch holder.proof {
    case .credential, .assertion: return holder
    case .token, .refresh: throw AccessError(.notAllowed, "a token makes no tokens: use the key")
    }
  }

  private func checkNew(_ digest: String) throws(AccessError) {
    try AccessKey.Credential(.secret, digest: digest).check()
    let isKnown = state.withLock { $0.tokens.tokens[digest] != nil || $0.tokens.codes[digest] != nil }
    guard !isKnown else { throw AccessError(.invalid, "the token is in use: every one is new") }
  }

  private static func scope(_ text: String?, of key: AccessKey) throws(AccessError) -> Scope {
    let scope = try Scope(text: text ?? "")
    guard scope.isInside(key.content) else { throw AccessError(.badScope, "the key does not allow all of this scope") }
    return scope
  }

  // MARK: For applications

  func redeem(
    _ proof: ApplicationProof, _ redirectURI: String, _ verifier: String, _ token: String, _ refresh: RefreshGrant,
    _ caller: Caller
  ) throws(AccessError) -> AccessAnswer {
    let application = try application(proving: proof)
    guard case .token(.code, let digest) = try caller.holder.proof,
      let code = state.withLock({ $0.tokens.codes[digest] })
    else { throw AccessError(.badGrant, "a code has to be shown") }
    if let family = code.family {
      // Somebody else has it: nobody keeps what came of it (RFC 6749, 4.1.2).
      try end(
        state.withLock { $0.tokens.family(family) }, .tokenReused, "code of application \(code.application)", caller)
      throw AccessError(.badGrant, "the code was used already")
    }
    guard code.application == application.id, code.redirectURI == redirectURI,
      (43...128).contains(verifier.utf8.count),
      Base64URL.text(Array(SHA256.hash(data: Array(verifier.utf8)))) == code.challenge
    else { throw AccessError(.badGrant, "code, redirect URI and verifier are not of one request") }
    try checkNew(token)
    try checkNew(refresh)
    guard state.withLock({ $0.tokens.familyCount(of: code.key) }) < TokenTable.keyCountMax else {
      throw AccessError(.limit, "the key's holder has let \(TokenTable.keyCountMax) applications act already")
    }
    let family = TokenFamily(
      id: refresh.family, digest: refresh.digest, key: code.key, scope: code.scope, application: application.id,
      created: caller.now, expires: caller.now + Self.familySeconds * 1_000, secondFactor: code.secondFactor)
    let access = accessToken(token, of: family, code.scope, caller)
    try save(access, family, caller)
    state.withLock { $0.tokens.codes[digest]?.family = family.id }
    return .token(token: record(access, family))
  }

  func refresh(
    _ proof: ApplicationProof, _ scope: String?, _ token: String, _ next: RefreshGrant, _ caller: Caller
  ) throws(AccessError) -> AccessAnswer {
    let application = try application(proving: proof)
    guard case .refresh(let id, let digest) = try caller.holder.proof,
      var family = state.withLock({ $0.tokens.families[id] })
    else { throw AccessError(.badGrant, "a refresh token has to be shown") }
    guard family.application == application.id else {
      throw AccessError(.badGrant, "the refresh token is another application's")
    }
    guard family.digest == digest else {
      try end(state.withLock { $0.tokens.family(id) }, .tokenReused, "application \(family.application)", caller)
      throw AccessError(.badGrant, "the refresh token was used already: all that followed from it has ended")
    }
    let narrower = try scope.map { text throws(AccessError) in try Scope(text: text) } ?? family.scope
    guard narrower.isInside(family.scope) else { throw AccessError(.badScope, "this is more than was allowed") }
    try checkNew(token)
    guard next.family == id else { throw AccessError(.invalid, "the next refresh token is of the same family") }
    try AccessKey.Credential(.secret, digest: next.digest).check()
    family.digest = next.digest
    let access = accessToken(token, of: family, narrower, caller)
    try save(access, family, caller)
    return .token(token: record(access, family))
  }

  private func accessToken(_ digest: String, of family: TokenFamily, _ scope: Scope, _ caller: Caller) -> Token {
    Token(
      kind: .access, digest: digest, key: family.key, scope: scope, created: caller.now,
      expires: min(caller.now + Self.accessSeconds * 1_000, family.expires), secondFactor: family.secondFactor,
      family: family.id, application: family.application)
  }

  private func checkNew(_ refresh: RefreshGrant) throws(AccessError) {
    try AccessKey.Credential(.secret, digest: refresh.family).check()
    try AccessKey.Credential(.secret, digest: refresh.digest).check()
    guard state.withLock({ $0.tokens.families[refresh.family] }) == nil else {
      throw AccessError(.invalid, "the family is in use: every one is new")
    }
  }

  // MARK: Looking and ending

  func introspect(_ digest: String, _ caller: Caller) throws(AccessError) -> AccessAnswer {
    let key = try caller.holder.key
    let (token, holder) = state.withLock { state in
      (state.tokens.tokens[digest], state.holder(of: .token(.access, digest: digest), at: caller.now))
    }
    guard let token, let holder,
      token.key == key.id || key.isAdministrator || key.content.roles.contains(.platform) && key.content.tenants == nil
    else { return .noToken }
    var record = record(token)
    record.person = holder.key.content.person
    return .token(token: record)
  }

  func endToken(_ digest: String?, _ caller: Caller) throws(AccessError) -> AccessAnswer {
    let holder = try caller.holder
    let ended = state.withLock { state -> TokenTable.Ended in
      let token: Token?
      if let digest {
        token = state.tokens.tokens[digest].flatMap { $0.key == holder.key.id || holder.key.isAdministrator ? $0 : nil }
      } else {
        switch holder.proof {
        case .token(.access, let own): token = state.tokens.tokens[own]
        case .refresh(let family, _): return state.tokens.family(family)
        case .token(.code, let own):
          // A code that was redeemed is not forgotten alone: a second use would not be noticed.
          return state.tokens.codes[own]?.family.map { state.tokens.family($0) } ?? TokenTable.Ended(codes: [own])
        case .credential, .assertion: token = nil
        }
      }
      guard let token else { return .none }
      return token.family.map { state.tokens.family($0) } ?? TokenTable.Ended(tokens: [token.digest])
    }
    if !ended.isEmpty { try end(ended, .tokenEnded, "key \(holder.key.id)", caller) }
    return .done
  }

  private func end(
    _ ended: TokenTable.Ended, _ kind: AuditEvent.Kind, _ subject: String, _ caller: Caller
  ) throws(AccessError) {
    try save(ended.rows, caller.event(kind, subject))
    state.withLock { $0.tokens.remove(ended) }
    grantsChanged()
  }

  // MARK: Rows

  /// Keeps a token, and forgets those that are over, once a minute.
  private func save(_ token: Token, _ family: TokenFamily?, _ caller: Caller) throws(AccessError) {
    let (expired, count) = state.withLock { state -> (TokenTable.Ended, Int) in
      let count = state.tokens.count(of: token.key)
      guard caller.now - state.swept >= 60_000 || count >= TokenTable.keyCountMax else { return (.none, count) }
      state.swept = caller.now
      let expired = state.tokens.expired(at: caller.now)
      return (expired, count - expired.tokens.count { state.tokens.tokens[$0]?.key == token.key })
    }
    guard count < TokenTable.keyCountMax else {
      throw AccessError(.limit, "the key has \(count) tokens that are good: use one until it expires")
    }
    var rows = expired.rows
    rows.append(.put(.tokens, key: Array(token.digest.utf8), value: encodeRow(token)))
    if let family { rows.append(.put(.tokenFamilies, key: Array(family.id.utf8), value: encodeRow(family))) }
    do throws(StoreError) { try catalog.apply(rows) } catch { throw AccessError(error) }
    state.withLock { state in
      state.tokens.remove(expired)
      state.tokens.set(token)
      if let family { state.tokens.set(family) }
    }
    audit.note(caller.event(.tokenIssued, "key \(token.key)" + (token.application.map { ", application \($0)" } ?? "")))
  }

  private func record(_ token: Token, _ family: TokenFamily? = nil) -> TokenRecord {
    TokenRecord(
      key: token.key, person: state.withLock { $0.ring.keys[token.key]?.content.person ?? 0 }, scope: token.scope.text,
      created: token.created, expires: token.expires, refreshExpires: family?.expires, application: token.application,
      secondFactor: token.secondFactor)
  }
}
