/// The secret keys under which operation ids are digested (SipHash): drawn once when a store is made.
public struct DigestKeys: Hashable, Sendable {
  /// First half.
  public var k0: UInt64
  /// Second half.
  public var k1: UInt64

  /// Keys from their halves.
  public init(k0: UInt64, k1: UInt64) {
    self.k0 = k0
    self.k1 = k1
  }
}

/// What a store is created with and never changes.
///
/// Lies in the file `MANIFEST` as text, so that a person can read it, and a program of any later version at least the
/// first line:
/// ```
/// milepost-store 1
/// shards 64
/// digest-keys 00112233445566778899aabbccddeeff
/// created 1767225600000
/// checksum 1a2b3c4d
/// ```
/// The checksum is CRC-32C, in hex, of all bytes before its line.
public struct StoreManifest: Hashable, Sendable {
  /// The format of everything in the directory.
  public static let formatVersion: UInt64 = 1

  /// How many shards: a power of two, 1 to 4096.
  public var shardCount: Int
  /// Keys of the id digests.
  public var digestKeys: DigestKeys
  /// When it was made, milliseconds since 1970.
  public var creationMilliseconds: Int64

  /// A manifest from its parts.
  public init(shardCount: Int, digestKeys: DigestKeys, creationMilliseconds: Int64) {
    self.shardCount = shardCount
    self.digestKeys = digestKeys
    self.creationMilliseconds = creationMilliseconds
  }

  static let name = "milepost-store"
  static let byteCountMax = 4096

  /// Whether a number of shards is one that a store can have.
  static func isValid(shardCount: Int) -> Bool { (1...4096).contains(shardCount) && shardCount.nonzeroBitCount == 1 }

  /// The file's bytes.
  var fileBytes: [UInt8] {
    let lines = """
      \(Self.name) \(Self.formatVersion)
      shards \(shardCount)
      digest-keys \(hex(digestKeys.k0))\(hex(digestKeys.k1))
      created \(creationMilliseconds)

      """
    let bytes = [UInt8](lines.utf8)
    let checksum = bytes.withRawSpan { crc32c($0) }
    return bytes + [UInt8]("checksum \(hex(checksum))\n".utf8)
  }

  /// Reads the file's bytes; `path` is named in errors.
  init(fileBytes: [UInt8], at path: String) throws(StoreError) {
    let lines = String(decoding: fileBytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let head = lines.first?.split(separator: " ") ?? []
    guard head.count == 2, head[0] == Self.name, let version = UInt64(head[1]) else {
      throw StoreError(.notAStore, at: path, "the file does not begin with \"\(Self.name)\" and a version")
    }
    guard version == Self.formatVersion else {
      throw StoreError(
        .otherFormatVersion(found: version, supported: Self.formatVersion), at: path,
        "the store has format version \(version), this program reads \(Self.formatVersion)")
    }
    guard let manifest = Self(lines: lines), manifest.fileBytes == fileBytes else {
      throw StoreError(.damaged, at: path, "the manifest does not match its checksum")
    }
    self = manifest
  }

  private init?(lines: [Substring]) {
    func value(_ index: Int, _ name: String) -> Substring? {
      guard index < lines.count, lines[index].hasPrefix(name + " ") else { return nil }
      return lines[index].dropFirst(name.utf8.count + 1)
    }
    guard let shards = value(1, "shards").flatMap({ Int($0) }), Self.isValid(shardCount: shards),
      let keys = value(2, "digest-keys"), keys.utf8.count == 32, let k0 = UInt64(keys.prefix(16), radix: 16),
      let k1 = UInt64(keys.suffix(16), radix: 16), let created = value(3, "created").flatMap({ Int64($0) })
    else { return nil }
    self.init(shardCount: shards, digestKeys: DigestKeys(k0: k0, k1: k1), creationMilliseconds: created)
  }
}

/// An integer in hex, with leading zeros.
package func hex<T: FixedWidthInteger>(_ value: T) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: T.bitWidth / 4 - digits.utf8.count) + digits
}
