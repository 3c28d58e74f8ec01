/// Who does something: a person or a program. Whether they may is decided before.
public struct Actor: Hashable, Sendable {
  public enum Kind: UInt8, Sendable {
    case person = 0
    case program = 1
  }

  public static let idByteCountMax = 128

  public let kind: Kind
  public let id: String

  /// - Returns: nil unless the id has 1 to 128 bytes, none of them of a control character.
  public init?(_ kind: Kind, _ id: String) {
    guard 1...Self.idByteCountMax ~= id.utf8.count, id.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
    self.kind = kind
    self.id = id
  }
}

extension Actor: CustomStringConvertible {
  /// `person:anita`.
  public var description: String { "\(kind):\(id)" }
}

/// How much a reader sees. What they do not see is for them not there.
public enum Viewer: Hashable, Sendable {
  /// Their own documents, to read and to change, and those of the platform, to read.
  case tenant(Tenant)
  /// All: the program itself, never somebody outside.
  case everything

  package func sees(_ tenant: Tenant) -> Bool { tenant == .platform || mayChange(tenant) }

  package func mayChange(_ tenant: Tenant) -> Bool {
    switch self {
    case .tenant(let own): own == tenant
    case .everything: true
    }
  }
}

/// Who changes something, for whom, and when.
public struct Caller: Hashable, Sendable {
  public var viewer: Viewer
  public var actor: Actor
  /// Milliseconds since 1970, not negative. Nothing here has a clock.
  public var time: Int64

  public init(_ actor: Actor, as viewer: Viewer, at time: Int64) {
    self.actor = actor
    self.viewer = viewer
    self.time = time
  }
}
