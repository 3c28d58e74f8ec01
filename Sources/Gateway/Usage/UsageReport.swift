import Formats
import HTTPTypes
import Store

/// Usage of a span of hours, gathered by what somebody asks for.
struct UsageReport: Sendable {
  /// What requests are gathered by.
  enum Part: String, CaseIterable, Sendable { case hour, day, tenant, key, route }

  /// What they have in common; nil where they were not gathered by it, or have none.
  struct Group: Hashable, Comparable, Sendable {
    /// First hour.
    var start: UInt32?
    var tenant: UInt32?
    var key: UInt32?
    var route: String?

    static func < (a: Self, b: Self) -> Bool {
      // What has none comes first.
      func number(_ value: UInt32?) -> Int64 { value.map { Int64($0) } ?? -1 }
      return (number(a.start), number(a.tenant), number(a.key), a.route ?? "")
        < (number(b.start), number(b.tenant), number(b.key), b.route ?? "")
    }

    /// As a cursor.
    var text: String {
      let numbers = [start, tenant, key].map { $0.map { String($0) } ?? "-" }
      return (numbers + [route ?? "-"]).joined(separator: ".")
    }

    static let pattern: String = {
      let number = "(-|0|[1-9][0-9]{0,8}|[1-3][0-9]{9}|4[01][0-9]{8}|42[0-8][0-9]{7})"
      return #"^\#(number)\.\#(number)\.\#(number)\.(-|[a-z_0-9]{1,64})$"#
    }()

    init(start: UInt32?, tenant: UInt32?, key: UInt32?, route: String?) {
      (self.start, self.tenant, self.key, self.route) = (start, tenant, key, route)
    }

    /// - Returns: nil for what is no cursor.
    init?(_ text: String) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 4, !parts[3].isEmpty else { return nil }
      var numbers: [UInt32?] = []
      for part in parts[..<3] {
        guard part != "-" else {
          numbers.append(nil)
          continue
        }
        guard let number = Identifier.decimal(part, UInt32.self) else { return nil }
        numbers.append(number)
      }
      self.init(
        start: numbers[0], tenant: numbers[1], key: numbers[2], route: parts[3] == "-" ? nil : String(parts[3]))
    }
  }

  private let parts: Set<Part>
  private(set) var groups: [Group: UsageCounts] = [:]
  private var rowCount = 0

  /// Rows that one request looks at.
  static let rowCountMax = 1 << 16

  init(by parts: Set<Part>) { self.parts = parts }

  /// - Returns: false when there are more rows than one request may look at.
  mutating func add(_ row: UsageKey, _ counts: UsageCounts) -> Bool {
    rowCount += 1
    let start = parts.contains(.hour) ? row.hour : parts.contains(.day) ? row.hour - row.hour % 24 : nil
    let group = Group(
      start: start, tenant: parts.contains(.tenant) ? row.tenant : nil, key: parts.contains(.key) ? row.key : nil,
      route: parts.contains(.route) ? row.route : nil)
    groups[group, default: UsageCounts()] += counts
    return rowCount <= Self.rowCountMax
  }

  /// Whether `add` returned false.
  var isCut: Bool { rowCount > Self.rowCountMax }
}

extension JSONWriter {
  mutating func write(_ group: UsageReport.Group, _ counts: UsageCounts) {
    object { writer in
      writer.member(
        "start", optional: group.start.map { RFC3339.text(Int64($0) * UsageKey.hourMilliseconds) })
      writer.member("tenant", optional: group.tenant.map { String($0) })
      writer.member("key", optional: group.key.map { String($0) })
      writer.member("route", optional: group.route)
      writer.writeMembers(of: counts)
    }
  }

  mutating func writeMembers(of counts: UsageCounts) {
    member("requests", Int64(clamping: counts.requests))
    member("refused", Int64(clamping: counts.refused))
    member("failed", Int64(clamping: counts.failed))
    member("microseconds", Int64(clamping: counts.microseconds))
  }
}
