import Client
import Formats
import Wire

/// A row of webhooks or traces as it is read: a JSON object of a version that is known.
struct RowDocument {
  private let members: [JSONMember]
  /// Version of all of them.
  private static let version: Int64 = 1

  /// - Returns: nil when it is no such row, or of a newer version.
  init?(_ bytes: [UInt8]) {
    // What is no JSON is no such row, whatever the reason.
    guard case .object(let members)? = try? JSONValue(reading: bytes.span),
      members.first == JSONMember(name: "version", value: .integer(Self.version))
    else { return nil }
    self.members = members
  }

  init(_ members: [JSONMember]) { self.members = members }

  func value(_ name: String) -> JSONValue? { members.first { $0.name == name }?.value }

  func integer(_ name: String) -> Int64? { if case .integer(let number)? = value(name) { number } else { nil } }

  func text(_ name: String) -> String? { if case .string(let text)? = value(name) { text } else { nil } }

  func isTrue(_ name: String) -> Bool { value(name) == .bool(true) }

  func position(_ name: String) -> EventPosition? { text(name).flatMap(EventName.position) }

  func object(_ name: String) -> RowDocument? {
    if case .object(let members)? = value(name) { RowDocument(members) } else { nil }
  }

  func objects(_ name: String) -> [RowDocument] {
    guard case .array(let elements)? = value(name) else { return [] }
    return elements.compactMap { if case .object(let members) = $0 { RowDocument(members) } else { nil } }
  }

  /// The bytes of a row.
  static func bytes(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("version", version)
      body(&writer)
    }
    return writer.bytes
  }
}

extension JSONWriter {
  mutating func member(_ name: String, isTrue: Bool) {
    key(name)
    bool(isTrue)
  }

  mutating func member(_ name: String, optional number: Int64?) { if let number { member(name, number) } }

  mutating func member(_ name: String, optional text: String?) { if let text { member(name, string: text) } }
}
