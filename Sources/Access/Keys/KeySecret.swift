import Crypto
import Store

/// The secret text of a key, as its holder keeps it: `mpk_` and 64 hexadecimal digits, 256 random bits.
///
/// It is made where it is shown, once. Servers keep its digest. The bits are drawn evenly, so a plain SHA-256 is
/// enough: there is nothing to guess that a slower hash would protect.
public struct KeySecret: Sendable {
  /// What goes into a hello. Never log it.
  public let text: String

  /// A new secret.
  public init() {
    var generator = SystemRandomNumberGenerator()
    text = Self.prefix + (0..<4).map { _ in hex(generator.next() as UInt64) }.joined()
  }

  /// A secret from its text.
  /// - Returns: nil when it has another form; the text is in no error then.
  public init?(text: String) {
    let digits = text.utf8.dropFirst(Self.prefix.utf8.count)
    guard text.hasPrefix(Self.prefix), digits.count == 64,
      digits.allSatisfy(isHexDigit)
    else { return nil }
    self.text = text
  }

  static let prefix = "mpk_"

  /// What a server keeps of it.
  public var credential: AccessKey.Credential { .init(.secret, digest: hexDigest(Array(text.utf8))) }
}

/// SHA-256 in hexadecimal: how credentials are looked up.
///
/// A look-up by digest may take longer for one digest than for another, but who cannot choose the digest of a secret
/// that is not known learns nothing from that.
public func hexDigest(_ bytes: [UInt8]) -> String {
  SHA256.hash(data: bytes).map { hex($0) }.joined()
}
