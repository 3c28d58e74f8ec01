internal import Store

extension CatalogTable {
  /// Canonical texts. Key: their digest. Value: a `Blob`. Shared by all tenants.
  static let contents = CatalogTable(rawValue: 90)
  /// Texts as they were written. Key: their digest. Value: a `Blob`. Shared by all tenants.
  static let texts = CatalogTable(rawValue: 91)
  /// Key: the id. Value: a `Version`.
  static let versions = CatalogTable(rawValue: 92)
  /// Key: `Reference.key`. Value: a `ReferenceState`.
  static let documentReferences = CatalogTable(rawValue: 93)
  /// Key: that of the reference, 0, the version's id. Value: a `Lifecycle`.
  static let lifecycles = CatalogTable(rawValue: 94)
  /// What becomes active by itself. Key: time u64 big-endian, then that of the reference. Value: a `DueVersion`.
  static let due = CatalogTable(rawValue: 95)
  /// Key: `DocumentID.key`, 0, the tag. Value: a `Tag`.
  static let tags = CatalogTable(rawValue: 96)
  /// Key: tenant u32 big-endian and the publisher's id. Value: a `Publisher`.
  static let publishers = CatalogTable(rawValue: 97)
  /// Key: the version's id, then as in `publishers`. Value: a `Signature`.
  static let signatures = CatalogTable(rawValue: 98)
  /// Key: sequence u64 big-endian; value: a `Blob`, the entry as a line. Under 0 the `LogMark` of the last one.
  static let repositoryLog = CatalogTable(rawValue: 99)
}

// Parts of keys end with a zero, which no slug has and which sorts before all that one can have.

extension DocumentID {
  package var key: [UInt8] { tenant.rawValue.catalogKey + Array(kind.slug.text.utf8) + [0] + Array(name.text.utf8) }
}

extension Reference {
  var key: [UInt8] { Self.key(tenant, environment, document.kind) + Array(document.name.text.utf8) }

  /// The keys of all names of a kind begin with it.
  static func key(_ tenant: Tenant, _ environment: Slug, _ kind: DocumentKind) -> [UInt8] {
    tenant.rawValue.catalogKey + Array(environment.text.utf8) + [0] + Array(kind.slug.text.utf8) + [0]
  }

  func key(of version: VersionID) -> [UInt8] { key + [0] + version.bytes }
}
