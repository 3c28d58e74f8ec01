import Formats
import Store
import Wire

/// A place in the log that a reader has come to, under a name, kept for it.
struct EventCursor: Sendable, Equatable {
  var tenant: UInt32
  var name: String
  /// Grows with every change, from 1.
  var version: UInt32 = 1
  /// The last event that is done with.
  var after: EventPosition
  /// Milliseconds since 1970.
  var created: Int64
  var changed: Int64

  static let namePattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
  /// Cursors of a tenant.
  static let countMax = 100

  static func isName(_ text: some StringProtocol) -> Bool {
    let bytes = text.utf8
    return (1...64).contains(bytes.count)
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
      && bytes.first.map { isAlphanumeric($0) } ?? false
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("tenant", string: String(tenant))
      writer.member("name", string: name)
      writer.member("version", Int64(version))
      writer.member("after", string: EventName.text(after))
      writer.member("created", string: RFC3339.text(created))
      writer.member("changed", string: RFC3339.text(changed))
    }
  }

  static let schema = Schema.object([
    .init("tenant", .number32), .init("name", .string(pattern: namePattern)), .init("version", .version),
    .init("after", .described(.string(pattern: EventName.pattern), "The last event that is done with")),
    .init("created", .instant), .init("changed", .instant),
  ])
}

// MARK: Rows

extension CatalogTable {
  /// Cursors of readers. Key: tenant u32 big-endian and the name. Value: an `EventCursor`.
  static let eventCursors = CatalogTable(rawValue: 72)
}

extension EventCursor {
  static func key(_ tenant: UInt32, _ name: String) -> [UInt8] { tenant.catalogKey + Array(name.utf8) }

  var bytes: [UInt8] {
    RowDocument.bytes { writer in
      writer.member("tenant", Int64(tenant))
      writer.member("name", string: name)
      writer.member("changes", Int64(version))
      writer.member("after", string: EventName.text(after))
      writer.member("created", created)
      writer.member("changed", changed)
    }
  }

  /// - Returns: nil when it is no such row, or of a newer version.
  init?(_ bytes: [UInt8]) {
    guard let row = RowDocument(bytes), let tenant = row.integer("tenant").flatMap({ UInt32(exactly: $0) }),
      let name = row.text("name"), let version = row.integer("changes").flatMap({ UInt32(exactly: $0) }),
      let after = row.position("after"), let created = row.integer("created"), let changed = row.integer("changed")
    else { return nil }
    self.init(tenant: tenant, name: name, version: version, after: after, created: created, changed: changed)
  }
}
