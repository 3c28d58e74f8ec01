internal import Documents

/// SHA-256 (FIPS 180-4) of bytes as they are: of a text as it was written, of a checker's report, of a log's entry.
public struct ByteDigest: Hashable, Sendable {
  public static let byteCount = 32

  /// The same function; what it is said of differs.
  private let digest: DocumentDigest

  public init(of bytes: [UInt8]) { digest = DocumentDigest(canonical: bytes) }

  /// - Returns: nil for another number of bytes.
  public init?(bytes: [UInt8]) {
    guard let digest = DocumentDigest(bytes: bytes) else { return nil }
    self.digest = digest
  }

  /// Reads 64 lower-case hexadecimal digits.
  public init?(hex: String) {
    guard let digest = DocumentDigest(hex: hex) else { return nil }
    self.digest = digest
  }

  /// 32 of them.
  public var bytes: [UInt8] { digest.bytes }
}

extension ByteDigest: CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public var description: String { digest.hex }
}

/// What a version is known by: the digest of its record, which names its content, its parents and all else of it.
public struct VersionID: Hashable, Sendable {
  static let byteCount = ByteDigest.byteCount

  public let digest: ByteDigest

  public init(_ digest: ByteDigest) { self.digest = digest }

  /// 32 of them.
  public var bytes: [UInt8] { digest.bytes }
}

extension VersionID: CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public var description: String { digest.description }
}
