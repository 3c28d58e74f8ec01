/// All keys at one moment, by id and by what proves them.
struct KeyRing: Sendable {
  private(set) var keys: [UInt32: AccessKey] = [:]
  private var owners: [AccessKey.Credential.Identity: UInt32] = [:]

  init() {}

  var isEmpty: Bool { keys.isEmpty }
  var nextID: UInt32 { (keys.keys.max() ?? 0) + 1 }
  var sorted: [AccessKey] { keys.values.sorted { $0.id < $1.id } }

  /// Whether a credential is somebody's.
  func knows(_ credential: AccessKey.Credential) -> Bool { owners[credential.identity] != nil }

  mutating func set(_ key: AccessKey) {
    for old in keys[key.id]?.credentials ?? [] { owners[old.identity] = nil }
    keys[key.id] = key
    for credential in key.credentials { owners[credential.identity] = key.id }
  }

  /// The key that a credential proves at an instant; nil for all reasons alike.
  func key(proving identity: AccessKey.Credential.Identity, at now: Int64) -> AccessKey? {
    guard let id = owners[identity], let key = keys[id], key.isGood(at: now),
      let credential = key.credentials.first(where: { $0.identity == identity }),
      credential.expires.map({ now < $0 }) ?? true
    else { return nil }
    return key
  }

  /// Administrators that are good at an instant.
  func administrators(at now: Int64) -> [AccessKey] {
    keys.values.filter { $0.isAdministrator && $0.isGood(at: now) }
  }
}

extension AccessKey.Credential {
  /// What a client presents, digested.
  public struct Identity: Hashable, Sendable {
    public var kind: Kind
    public var digest: String

    public init(_ kind: Kind, digest: String) {
      self.kind = kind
      self.digest = digest
    }
  }

  /// What proves it, when it is presented.
  public var identity: Identity { Identity(kind, digest: digest) }
}
