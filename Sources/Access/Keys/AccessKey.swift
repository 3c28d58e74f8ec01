public import Engine
import Kernel

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
    /// Documented names of the operations that it may send, as `RELEASE`, of those that its roles allow; nil for all of them.
    public var operations: [String]?
    /// Largest sum of one operation, minor units; nil for any.
    public var amountMax: Int64?
    /// What needs a second factor; nil for nothing.
    public var stepUp: StepUp?

    public init(
      name: String, tenants: [UInt32]?, roles: [Role], person: UInt32 = 0, expires: Int64? = nil,
      operations: [String]? = nil, amountMax: Int64? = nil, stepUp: StepUp? = nil
    ) {
      self.name = name
      self.tenants = tenants
      self.roles = roles
      self.person = person
      self.expires = expires
      self.operations = operations
      self.amountMax = amountMax
      self.stepUp = stepUp
    }
  }

  /// Something that proves the key.
  public struct Credential: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Sendable {
      /// The text that was shown once.
      case secret
      /// The client's TLS certificate.
      case certificate
      /// A subject of an outside issuer, who signs for it.
      case subject
    }
    public var kind: Kind
    /// SHA-256 in lower-case hexadecimal: of the secret's text, of the certificate's DER form, or of issuer and subject.
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

  /// What it may do; less what it may do with a second factor only.
  public var authority: Authority {
    var authority = Authority(
      scope: .all, asPerson: content.roles.reduce([]) { $0.union($1.asPerson) },
      asOperator: content.roles.reduce([]) { $0.union($1.asOperator) }, person: content.person)
    if let tenants = content.tenants { authority.scope = tenants.count == 1 ? .one(tenants[0]) : .some(tenants) }
    if let operations = content.operations {
      let named = OperationSet(operations.compactMap { OperationCode(name: $0) })
      authority.asPerson.formIntersection(named)
      authority.asOperator.formIntersection(named)
    }
    authority.amountMax = content.amountMax ?? .max
    if let stepUp = content.stepUp {
      authority.stepUp = OperationSet(stepUp.operations.compactMap { OperationCode(name: $0) })
      authority.stepUpAbove = stepUp.above
    }
    return authority
  }
}

extension AccessKey.Credential {
  /// The credential of a subject that an issuer signs for.
  public static func subject(_ subject: String, of issuer: String) -> AccessKey.Credential {
    // Neither can hold a zero.
    .init(.subject, digest: hexDigest(Array("\(issuer)\0\(subject)".utf8)))
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
    if let operations { content.operations = try Self.checked(operations) }
    guard operations?.isEmpty != true else {
      throw AccessError(.invalid, "a key names operations, or has all of its roles")
    }
    if let amountMax, amountMax < 0 { throw AccessError(.invalid, "the largest sum of a key is 0 or more") }
    if let stepUp {
      guard stepUp.above >= 0 else {
        throw AccessError(.invalid, "a second factor is asked for above a sum of 0 or more")
      }
      content.stepUp?.operations = try Self.checked(stepUp.operations)
    }
    if let expires, expires <= now { throw AccessError(.invalid, "the key would have expired already") }
    return content
  }

  /// Names of operations, sorted and without repeats.
  private static func checked(_ names: [String]) throws(AccessError) -> [String] {
    guard names.allSatisfy({ OperationCode(name: $0) != nil }) else {
      throw AccessError(.invalid, "operations are named as RELEASE or FUND are")
    }
    return Set(names).sorted()
  }
}

extension AccessKey.Credential {
  /// - Throws: `invalid`.
  func check() throws(AccessError) {
    guard digest.utf8.count == 64, digest.utf8.allSatisfy(isHexDigit)
    else { throw AccessError(.invalid, "a credential's digest is 64 lower-case hexadecimal digits") }
  }
}
