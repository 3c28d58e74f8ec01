internal import Store

extension Repository {
  /// Of one version.
  public static let signatureCountMax = 16

  /// A signature of a version with who made it.
  public struct Signed: Hashable, Sendable {
    public let publisher: Publisher
    public let signature: Signature
    /// Whether the signature is still that of the publisher's key over the version's id.
    public let isValid: Bool
  }

  /// Adds a publisher's signature to a version. A publisher is kept with the first one, and signs with no other key and
  /// under no other name.
  ///
  /// - Parameters:
  ///   - bytes: Ed25519 over the version's id, 64 bytes: `Signature.bytes(of:by:)`.
  ///   - publisher: of the tenant whose version it is.
  /// - Throws: `badSignature`, `otherKey`, `tooMany`; `alreadyThere` when it has signed; `invalid` for another tenant's
  ///   publisher.
  public func sign(
    _ version: VersionID, _ bytes: [UInt8], by publisher: Publisher, caller: Caller
  ) throws(RepositoryError) -> Signature {
    let document = try rows.version(version, as: caller.viewer).document
    guard publisher.tenant == document.tenant else { throw .invalid(.publisher) }
    guard Signature.isValid(bytes, of: version, by: publisher) else { throw .badSignature }
    return try change(document.tenant, by: caller) { set throws(RepositoryError) in
      let known = try rows.value(Publisher.self, .publishers, publisher.key)
      guard known == nil || known?.publicKey == publisher.publicKey else { throw .otherKey }
      let key = version.bytes + publisher.key
      let others = try rows.list(
        Signature.self, .signatures, prefix: version.bytes, countMax: Self.signatureCountMax + 1)
      guard !others.contains(where: { $0.key == key }) else { throw .alreadyThere }
      guard others.count < Self.signatureCountMax else { throw .tooMany(.signatures) }
      let signature = Signature(publisher: publisher.id, bytes: bytes, time: caller.time)
      if known == nil { set.put(.publishers, publisher.key, publisher) }
      set.put(.signatures, key, signature)
      set.log(.signed, document, in: nil, version, publisher.id.text)
      return signature
    }
  }

  /// The signatures of a version, each looked at again, by publisher.
  public func signatures(of version: VersionID, as viewer: Viewer) throws(RepositoryError) -> [Signed] {
    _ = try rows.version(version, as: viewer)
    let found = try rows.list(Signature.self, .signatures, prefix: version.bytes, countMax: Self.signatureCountMax)
    return try found.map { row throws(RepositoryError) in
      let key = Array(row.key.dropFirst(VersionID.byteCount))
      guard let publisher = try rows.value(Publisher.self, .publishers, key) else { throw .damaged(.publishers) }
      return Signed(
        publisher: publisher, signature: row.value,
        isValid: Signature.isValid(row.value.bytes, of: version, by: publisher))
    }
  }

  /// - Throws: `notFound` also when it is not for the viewer.
  public func publisher(
    _ id: Slug, of tenant: Tenant, as viewer: Viewer
  ) throws(RepositoryError) -> Publisher {
    guard viewer.sees(tenant),
      let publisher = try rows.value(Publisher.self, .publishers, Publisher.key(tenant, id))
    else { throw .notFound(.publisher) }
    return publisher
  }
}

extension Publisher {
  package var key: [UInt8] { Self.key(tenant, id) }

  package static func key(_ tenant: Tenant, _ id: Slug) -> [UInt8] { tenant.rawValue.catalogKey + Array(id.text.utf8) }
}
