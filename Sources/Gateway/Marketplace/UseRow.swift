import Documents
import Marketplace
import Repository
import Store

/// A contract of a tenant's own template: format 1, a byte; the version of the document, 32 bytes; 1 when it was counted as made, a byte; when it was
/// made, milliseconds since 1970.
struct UseRow: Equatable, Sendable {
  let version: VersionID
  let isCounted: Bool
  let time: Int64

  private static let format: UInt8 = 1

  init(_ version: VersionID, isCounted: Bool = false, at time: Int64) {
    (self.version, self.isCounted, self.time) = (version, isCounted, time)
  }

  /// - Returns: nil for what is no such row.
  init?(_ row: RawSpan) {
    guard row.byteCount == 42, row.byte(0) == Self.format, row.byte(33) <= 1,
      let digest = ByteDigest(bytes: (1..<33).map { row.byte($0) })
    else { return nil }
    version = VersionID(digest)
    isCounted = row.byte(33) == 1
    var time: UInt64 = 0
    for place in 34..<42 { time = time << 8 | UInt64(row.byte(place)) }
    self.time = Int64(bitPattern: time)
  }

  var bytes: [UInt8] {
    [Self.format] + version.bytes + [isCounted ? 1 : 0]
      + (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bitPattern: time) >> (56 - $0 * 8)) }
  }
}

/// What is being counted: the uses of one stretch, and what becomes of the rows that they are of. As a row: format 1, a byte, and a
/// document.
struct CountedStretch: Sendable {
  /// The marketplace's position behind it.
  let position: UInt64
  var uses: [Use] = []
  var changes: [CatalogChange] = []

  static let key: [UInt8] = [0xFF]
  private static let format: UInt8 = 1

  init(position: UInt64) { self.position = position }

  var row: [UInt8] {
    let document: Documents.JSONValue = [
      "position": .string(String(position)),
      "uses": .array(
        uses.map { use in
          [
            "tenant": .string(String(use.tenant.rawValue)), "listing": .string(MarketForms.text(use.listing)),
            "label": .string(use.label.text), "event": .integer(Int64(use.event.rawValue)),
            "count": .integer(Int64(use.count)), "day": .integer(Int64(use.day)),
          ]
        }),
      "changes": .array(
        changes.map { change in
          switch change {
          case .put(_, let key, let value):
            ["key": .string(Hexadecimal.text(key)), "value": .string(Hexadecimal.text(value))]
          case .delete(_, let key): ["key": .string(Hexadecimal.text(key))]
          }
        }),
    ]
    return [Self.format] + document.canonicalBytes
  }

  /// - Returns: nil for what is no such row.
  init?(_ row: [UInt8]) {
    guard row.first == Self.format, let root = try? Document(json: Array(row.dropFirst())).value,
      let position = root["position"]?.string.flatMap({ UInt64($0) }), position > 0, let uses = root["uses"]?.array,
      let changes = root["changes"]?.array
    else { return nil }
    self.position = position
    for use in uses {
      guard let tenant = use["tenant"]?.string.flatMap({ UInt32($0) }),
        let listing = use["listing"]?.string.flatMap({ MarketForms.listing($0) }),
        let label = use["label"]?.string.flatMap({ Label($0) }),
        let event = use["event"]?.integer.flatMap({ UInt8(exactly: $0) }).flatMap(Use.Event.init(rawValue:)),
        let count = use["count"]?.integer.flatMap({ UInt32(exactly: $0) }),
        let day = use["day"]?.integer.flatMap({ UInt32(exactly: $0) })
      else { return nil }
      self.uses.append(Use(of: Tenant(rawValue: tenant), listing, label, event, count: count, on: day))
    }
    for change in changes {
      guard let key = change["key"]?.string.flatMap(Hexadecimal.bytes) else { return nil }
      guard let text = change["value"] else {
        self.changes.append(.delete(.contractUses, key: key))
        continue
      }
      guard let value = text.string.flatMap(Hexadecimal.bytes) else { return nil }
      self.changes.append(.put(.contractUses, key: key, value: value))
    }
  }
}

extension RawSpan {
  fileprivate func byte(_ place: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: place, as: UInt8.self) }
}
