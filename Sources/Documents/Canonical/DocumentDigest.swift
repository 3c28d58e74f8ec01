import Crypto

/// What a document is known by: SHA-256 (FIPS 180-4) of its canonical text. Texts of one meaning share it.
public struct DocumentDigest: Hashable, Sendable {
  public static let byteCount = 32

  /// 32 of them.
  public let bytes: [UInt8]

  /// - Returns: nil for another number of bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Reads 64 lower-case hexadecimal digits.
  public init?(hex: String) {
    guard hex.utf8.count == 2 * Self.byteCount, let bytes = Hexadecimal.bytes(hex) else { return nil }
    self.bytes = bytes
  }

  public init(of value: JSONValue) { self.init(canonical: value.canonicalBytes) }

  public init(of document: Document) { self.init(canonical: document.canonicalBytes) }

  /// - Parameter canonical: a text in canonical form; nothing checks it.
  public init(canonical: [UInt8]) { bytes = Array(SHA256.hash(data: canonical)) }

  /// 64 lower-case hexadecimal digits.
  public var hex: String { Hexadecimal.text(bytes) }
}

extension DocumentDigest: CustomStringConvertible {
  public var description: String { hex }
}
