import Store

/// Why something about keys, quotas or the audit trail could not be done.
public struct AccessError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Raw values are part of the protocol.
  public enum Kind: String, Codable, Sendable {
    /// The request itself is wrong.
    case invalid
    /// The caller's key does not allow it.
    case notAllowed
    /// No such key, proposal or quota.
    case notFound
    /// A second person has to do this.
    case otherPerson
    /// The store has no keys, so there is nobody to ask as.
    case noKeys
    /// A bound is reached.
    case limit
    /// It would leave nobody to manage keys.
    case lastAdministrators
    /// A second factor has to be shown first.
    case secondFactor
    /// The code of the second factor is not good.
    case wrongCode
    /// A token, code or verifier is not good, or not any more.
    case badGrant
    /// The application is not known, or proves itself wrongly.
    case badClient
    /// The scope is more than the key has, or none.
    case badScope
    /// The catalog could not be read or written.
    case store
  }
  public var kind: Kind
  /// A sentence for the caller. No secret is ever in it.
  public var description: String

  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  init(_ error: StoreError) { self.init(.store, "\(error)") }
}
