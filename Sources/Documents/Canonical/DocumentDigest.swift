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
    let digits = hex.utf8.compactMap { 0x41...0x46 ~= $0 ? nil : Percent.hexDigit($0) }
    guard digits.count == 2 * Self.byteCount, hex.utf8.count == digits.count else { return nil }
    bytes = (0..<Self.byteCount).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] }
  }

  public init(of value: JSONValue) { self.init(canonical: value.canonicalBytes) }

  public init(of document: Document) { self.init(canonical: document.canonicalBytes) }

  /// - Parameter canonical: a text in canonical form; nothing checks it.
  public init(canonical: [UInt8]) { bytes = Array(SHA256.hash(data: canonical)) }

  /// 64 lower-case hexadecimal digits.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension DocumentDigest: CustomStringConvertible {
  public var description: String { hex }
}
