public import Engine

/// A key: who holds it, for which tenants, in which roles, until when. Its secret is not here, only a digest of it.
public struct AccessKey: Codable, Hashable, Sendable {
  /// Given once and never again; audit rows and sessions name it.
  public var id: UInt32
  public var content: Content
  /// What proves it: one, or two while the secret is being rotated.
  public var credentials: [Credential]
  /// Instant at which it was made.
  public var created: Int64
  /// Instant at which it was revoked; nil while it is good.
  public var revoked: Int64?

  /// What an administrator decides about a key.
  public struct Content: Codable, Hashable, Sendable {
    /// For people: 1...64 printable ASCII characters.
    public var name: String
    /// Tenants that it may name, 1...1,024 of them; nil for all.
    public var tenants: [UInt32]?
    public var roles: [Role]
    /// The only person in whose name it may act; 0 for any. Administrators are persons.
    public var person: UInt32
    /// Instant from which it is not accepted; nil for never.
    public var expires: Int64?

    public init(name: String, tenants: [UInt32]?, roles: [Role], person: UInt32 = 0, expires: Int64? = nil) {
      self.name = name
      self.tenants = tenants
      self.roles = roles
      self.person = person
      self.expires = expires
    }
  }

  /// Something that proves the key.
  public struct Credential: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Sendable {
      /// The text that was shown once.
      case secret
      /// The client's TLS certificate.
      case certificate
    }
    public var kind: Kind
    /// SHA-256 in lower-case hexadecimal: of the secret's text, or of the certificate's DER form.
    public var digest: String
    /// Instant from which it is not accepted, for one that was replaced; nil as long as the key.
    public var expires: Int64?

    public init(_ kind: Kind, digest: String, expires: Int64? = nil) {
      self.kind = kind
      self.digest = digest
      self.expires = expires
    }
  }

  public var isAdministrator: Bool { content.roles.contains(.admin) }

  /// Whether it is accepted at an instant, with a credential that it has.
  func isGood(at now: Int64) -> Bool {
    revoked == nil && content.expires.map { now < $0 } ?? true
  }

  /// What it may do.
  public var authority: Authority {
    var authority = Authority(
      scope: .all, asPerson: content.roles.reduce([]) { $0.union($1.asPerson) },
      asOperator: content.roles.reduce([]) { $0.union($1.asOperator) }, person: content.person)
    if let tenants = content.tenants { authority.scope = tenants.count == 1 ? .one(tenants[0]) : .some(tenants) }
    return authority
  }
}

extension AccessKey.Content {
  static let tenantCountMax = 1_024

  /// The same with tenants and roles sorted and without repeats.
  ///
  /// - Throws: `invalid`, with the field at fault.
  func checked(at now: Int64) throws(AccessError) -> AccessKey.Content {
    var content = self
    guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw AccessError(.invalid, "a key's name has 1 to 64 printable ASCII characters")
    }
    content.roles = Role.allCases.filter(roles.contains)
    guard !content.roles.isEmpty else { throw AccessError(.invalid, "a key has at least one role") }
    if let tenants {
      content.tenants = Array(Set(tenants)).sorted()
      guard (1...Self.tenantCountMax).contains(tenants.count) else {
        throw AccessError(.invalid, "a key names 1 to \(Self.tenantCountMax) tenants, or all")
      }
    }
    if content.roles.contains(.admin) {
      guard content.roles.count == 1 else {
        throw AccessError(.invalid, "an administrator's key moves no money: it has no other role")
      }
      guard person != 0 else {
        throw AccessError(.invalid, "an administrator's key names its person, so that two can be told apart")
      }
      guard tenants == nil else { throw AccessError(.invalid, "an administrator's key is for all tenants") }
    }
    if let expires, expires <= now { throw AccessError(.invalid, "the key would have expired already") }
    return content
  }
}

extension AccessKey.Credential {
  /// - Throws: `invalid`.
  func check() throws(AccessError) {
    guard digest.utf8.count == 64, digest.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { throw AccessError(.invalid, "a credential's digest is 64 lower-case hexadecimal digits") }
  }
}
