internal import Documents

/// One thing that was done. Each entry has the digest of the one before, so that none can be changed, taken out or put
/// in without all later ones being written anew.
public struct LogEntry: Hashable, Sendable {
  public enum Action: String, CaseIterable, Sendable {
    case saved, merged, forked, reverted, promoted, tagged, signed
    case checked, approved, scheduled, activated, retired
    // Of documents that tenants offer each other.
    case offered, edited, deprecated, installed, updated, uninstalled, counted, rated, unrated
    case verified, unverified, reported, settled, takedownProposed, takenDown, putBack
  }

  /// From 1, without gaps.
  public let sequence: UInt64
  /// Milliseconds since 1970, as the caller said.
  public let time: Int64
  public let actor: Actor
  public let action: Action
  public let document: DocumentID
  /// None where it is about a version in all environments: a tag, a signature.
  public let environment: Slug?
  public let version: VersionID
  /// What else there is to say: the tag, the publisher, the digest of a checker's report, a time, another version.
  public let detail: String
  /// The digest of the line before; nil of the first.
  public let previous: ByteDigest?

  /// As it is kept, digested and exported: one canonical JSON object.
  public var line: [UInt8] {
    var object: [(String, JSONValue)] = [
      ("sequence", .integer(Int64(clamping: sequence))), ("time", .integer(time)),
      ("actor", .string(actor.description)), ("action", .string(action.rawValue)),
      ("tenant", .integer(Int64(document.tenant.rawValue))), ("kind", .string(document.kind.slug.text)),
      ("name", .string(document.name.text)), ("version", .string(version.description)),
    ]
    if let environment { object.append(("environment", .string(environment.text))) }
    if !detail.isEmpty { object.append(("detail", .string(detail))) }
    if let previous { object.append(("previous", .string(previous.description))) }
    var members = JSONObject()
    for (name, value) in object { members[name] = value }
    return JSONValue.object(members).canonicalBytes
  }
}

extension LogEntry {
  /// - Returns: nil unless it is the line of an entry, byte for byte.
  public init?(line: [UInt8]) {
    let read = try? Document(json: line, limits: DocumentLimits(byteCountMax: Self.lineByteCountMax, depthMax: 1))
    guard let root = read?.root,
      let sequence = root.member("sequence")?.integer.flatMap({ UInt64(exactly: $0) }),
      let time = root.member("time")?.integer, let actor = root.member("actor")?.string.flatMap({ Actor(text: $0) }),
      let action = root.member("action")?.string.flatMap({ Action(rawValue: $0) }),
      let tenant = root.member("tenant")?.integer.flatMap({ UInt32(exactly: $0) }),
      let kind = root.member("kind")?.string.flatMap({ Slug($0) }),
      let name = root.member("name")?.string.flatMap({ DocumentName($0) }),
      let version = root.member("version")?.string.flatMap({ ByteDigest(hex: $0) })
    else { return nil }
    self.init(
      sequence: sequence, time: time, actor: actor, action: action,
      document: DocumentID(Tenant(rawValue: tenant), DocumentKind(kind), name),
      environment: root.member("environment")?.string.flatMap { Slug($0) }, version: VersionID(version),
      detail: root.member("detail")?.string ?? "",
      previous: root.member("previous")?.string.flatMap { ByteDigest(hex: $0) })
    guard self.line == line else { return nil }
  }

  private static let lineByteCountMax = 4_096
}

extension Actor {
  /// Reads the form that `description` has.
  init?(text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    switch parts[0] {
    case "person": self.init(.person, String(parts[1]))
    case "program": self.init(.program, String(parts[1]))
    default: return nil
    }
  }
}
