import Store

/// Tokens, families and applications at one moment, and the codes that wait.
struct TokenTable: Sendable {
  private(set) var tokens: [String: Token] = [:]
  private(set) var families: [String: TokenFamily] = [:]
  /// By id.
  var applications: [String: Application] = [:]
  /// By digest.
  var codes: [String: AuthorizationCode] = [:]
  private var countByKey: [UInt32: Int] = [:]

  /// Live tokens of a key, families of a key, and codes that wait: who asks for one with every request is to learn that it need not.
  static let keyCountMax = 1_000
  static let codeCountMax = 10_000

  mutating func set(_ token: Token) {
    if tokens.updateValue(token, forKey: token.digest) == nil { countByKey[token.key, default: 0] += 1 }
  }

  mutating func set(_ family: TokenFamily) { families[family.id] = family }

  /// Live tokens of a key.
  func count(of key: UInt32) -> Int { countByKey[key] ?? 0 }
  func familyCount(of key: UInt32) -> Int { families.values.count { $0.key == key } }

  // MARK: What ends together

  /// Tokens, families and codes, by digest and id.
  struct Ended {
    var tokens: [String] = []
    var families: [String] = []
    var codes: [String] = []

    static let none = Ended()

    var isEmpty: Bool { tokens.isEmpty && families.isEmpty && codes.isEmpty }

    var rows: [CatalogChange] {
      tokens.map { .delete(.tokens, key: Array($0.utf8)) }
        + families.map { .delete(.tokenFamilies, key: Array($0.utf8)) }
    }
  }

  mutating func remove(_ ended: Ended) {
    for digest in ended.tokens {
      guard let token = tokens.removeValue(forKey: digest) else { continue }
      let left = count(of: token.key) - 1
      countByKey[token.key] = left > 0 ? left : nil
    }
    for id in ended.families { families[id] = nil }
    for digest in ended.codes { codes[digest] = nil }
  }

  func family(_ id: String) -> Ended {
    all {
      $0.family == id
    } families: {
      $0.id == id
    } codes: {
      $0.family == id
    }
  }

  func all(of key: UInt32) -> Ended {
    all {
      $0.key == key
    } families: {
      $0.key == key
    } codes: {
      $0.key == key
    }
  }

  func all(of application: String) -> Ended {
    all {
      $0.application == application
    } families: {
      $0.application == application
    } codes: {
      $0.application == application
    }
  }

  /// What is over at an instant.
  func expired(at now: Int64) -> Ended {
    all {
      now >= $0.expires
    } families: {
      now >= $0.expires
    } codes: {
      now >= $0.expires
    }
  }

  private func all(
    tokens isTokenEnded: (Token) -> Bool, families isFamilyEnded: (TokenFamily) -> Bool,
    codes isCodeEnded: (AuthorizationCode) -> Bool
  ) -> Ended {
    Ended(
      tokens: tokens.values.filter(isTokenEnded).map(\.digest),
      families: families.values.filter(isFamilyEnded).map(\.id),
      codes: codes.filter { isCodeEnded($0.value) }.map(\.key))
  }
}
