import Store

/// What a token is for. Raw values are part of the catalog.
public enum TokenKind: String, Codable, CaseIterable, Sendable {
  /// Opens sessions, for minutes.
  case access
  /// Is exchanged for tokens, once.
  case code

  /// What its text begins with, so that a scanner of files finds what should not be there.
  var prefix: String {
    switch self {
    case .access: "mpa_"
    case .code: "mpc_"
    }
  }
}

/// The text of a token: a prefix and 64 hexadecimal digits, 256 random bits. It is made where it is shown, and servers keep its digest, as
/// with the secret of a key.
public struct TokenText: Sendable {
  /// Never log it.
  public let text: String

  /// A new one.
  public init(_ kind: TokenKind) { text = kind.prefix + randomHex(wordCount: 4) }

  /// An access token from its text.
  /// - Returns: nil when it has another form; the text is in no error then.
  public init?(text: String) {
    let digits = text.utf8.dropFirst(TokenKind.access.prefix.utf8.count)
    guard text.hasPrefix(TokenKind.access.prefix), digits.count == 64, digits.allSatisfy(isHexDigit) else { return nil }
    self.text = text
  }

  /// What a server keeps of it.
  public var digest: String { Self.digest(of: text) }

  /// What a server would keep of a text.
  public static func digest(of text: String) -> String { hexDigest(Array(text.utf8)) }
}

/// The text of a refresh token: `mpr_`, 32 hexadecimal digits for its family, 64 of its own. Whoever shows one with a known family and a digest
/// that is not the newest had a token of that family once.
public struct RefreshText: Sendable {
  /// Never log it.
  public let text: String
  /// SHA-256 of the family's digits, in hexadecimal.
  let family: String

  private static let prefix = "mpr_"
  private static let familyCount = 32

  /// The first one of a new family.
  public init() { self.init(familyDigits: randomHex(wordCount: 2)) }

  /// The next one of the same family.
  public var next: RefreshText { RefreshText(familyDigits: String(text.dropFirst(4).prefix(Self.familyCount))) }

  /// A token from its text.
  /// - Returns: nil when it has another form; the text is in no error then.
  public init?(text: String) { self.init(bytes: Array(text.utf8)) }

  init?(bytes: [UInt8]) {
    let digits = bytes.dropFirst(Self.prefix.utf8.count)
    guard bytes.starts(with: Self.prefix.utf8), digits.count == Self.familyCount + 64,
      digits.allSatisfy(isHexDigit)
    else { return nil }
    text = String(decoding: bytes, as: UTF8.self)
    family = hexDigest(Array(digits.prefix(Self.familyCount)))
  }

  private init(familyDigits: String) {
    text = Self.prefix + familyDigits + randomHex(wordCount: 4)
    family = hexDigest(Array(familyDigits.utf8))
  }

  /// What a server keeps of it.
  public var grant: RefreshGrant { RefreshGrant(family: family, digest: hexDigest(Array(text.utf8))) }
}

/// What a server is told of a refresh token that somebody is to have.
public struct RefreshGrant: Codable, Hashable, Sendable {
  /// SHA-256 of what all tokens of a family have in common, and of the whole text; lower-case hexadecimal.
  public var family: String
  public var digest: String
}

/// Words of 64 random bits as lower-case hexadecimal digits.
public func randomHex(wordCount: Int) -> String {
  var generator = SystemRandomNumberGenerator()
  return (0..<wordCount).map { _ in hex(generator.next() as UInt64) }.joined()
}

/// Whether it is a lower-case hexadecimal digit.
func isHexDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
