/// Whose documents they are.
public struct Tenant: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The library that every tenant may read and fork from.
  public static let platform = Tenant(rawValue: 0)
}

/// A document whatever its environment: what versions and tags belong to.
public struct DocumentID: Hashable, Sendable {
  public var tenant: Tenant
  public var kind: DocumentKind
  public var name: DocumentName

  public init(_ tenant: Tenant, _ kind: DocumentKind, _ name: DocumentName) {
    self.tenant = tenant
    self.kind = kind
    self.name = name
  }

  /// As the same document in an environment.
  public func reference(in environment: Slug) -> Reference { Reference(self, in: environment) }
}

/// A document in an environment (`sandbox`, `live`): what is moved from version to version.
public struct Reference: Hashable, Sendable {
  public var document: DocumentID
  public var environment: Slug

  public init(_ document: DocumentID, in environment: Slug) {
    self.document = document
    self.environment = environment
  }

  public var tenant: Tenant { document.tenant }
}

extension DocumentID: CustomStringConvertible {
  /// `7/template/villa`.
  public var description: String { "\(tenant.rawValue)/\(kind)/\(name)" }
}

extension Reference: CustomStringConvertible {
  /// `7/template/villa@live`.
  public var description: String { "\(document)@\(environment)" }
}
