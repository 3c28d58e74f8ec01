public import Crypto

/// Who signs: known by the public half of a key. The other half is never here.
public struct Publisher: Hashable, Sendable {
  public static let keyByteCount = 32
  public static let nameByteCountMax = 200

  /// Whose publisher it is; ids are a tenant's own.
  public let tenant: Tenant
  public let id: Slug
  /// Ed25519 (RFC 8032), 32 bytes.
  public let publicKey: [UInt8]
  /// For people.
  public let name: String

  /// - Returns: nil for another number of bytes, or a name of more than 200.
  public init?(_ tenant: Tenant, _ id: Slug, publicKey: [UInt8], name: String) {
    guard publicKey.count == Self.keyByteCount, name.utf8.count <= Self.nameByteCountMax else { return nil }
    self.tenant = tenant
    self.id = id
    self.publicKey = publicKey
    self.name = name
  }
}

/// That a publisher stands by a version: Ed25519 over the 32 bytes of its id.
public struct Signature: Hashable, Sendable {
  public static let byteCount = 64

  public let publisher: Slug
  public let bytes: [UInt8]
  /// Milliseconds since 1970, when it came here.
  public let time: Int64

  /// The bytes of a signature, made where the key is.
  /// - Throws: `badSignature` when the key makes none.
  public static func bytes(
    of version: VersionID, by key: Curve25519.Signing.PrivateKey
  ) throws(RepositoryError) -> [UInt8] {
    guard let signature = try? key.signature(for: version.bytes) else { throw .badSignature }
    return Array(signature)
  }

  /// - Returns: false also when the key is none.
  static func isValid(_ bytes: [UInt8], of version: VersionID, by publisher: Publisher) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publisher.publicKey) else { return false }
    return bytes.count == byteCount && key.isValidSignature(bytes, for: version.bytes)
  }
}

extension Publisher: Row {
  package static let format: UInt8 = 1

  package func write(to row: inout RowWriter) {
    row.integer(tenant.rawValue)
    row.shortText(id.text)
    row.bytes += publicKey
    row.shortText(name)
  }

  package init(from row: inout RowReader) throws(RowFault) {
    tenant = Tenant(rawValue: try row.integer(UInt32.self))
    id = try row.slug()
    publicKey = try row.take(Self.keyByteCount)
    name = try row.shortText()
  }
}

extension Signature: Row {
  package static let format: UInt8 = 1

  package func write(to row: inout RowWriter) {
    row.shortText(publisher.text)
    row.bytes += bytes
    row.integer(time)
  }

  package init(from row: inout RowReader) throws(RowFault) {
    publisher = try row.slug()
    bytes = try row.take(Self.byteCount)
    time = try row.integer(Int64.self)
  }
}
