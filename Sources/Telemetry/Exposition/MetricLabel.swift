/// One name and value that tell series of a family apart, for example `code="ok"`.
public struct MetricLabel: Sendable, Hashable, Comparable {
  /// Letters, digits and underscores, not starting with a digit.
  public var name: String
  /// Any text; it is escaped when written.
  public var value: String

  /// A label.
  ///
  /// - Precondition: `name` is a valid Prometheus label name.
  public init(_ name: String, _ value: String) {
    precondition(MetricName.isLabel(name), "not a valid label name")
    self.name = name
    self.value = value
  }

  public static func < (a: MetricLabel, b: MetricLabel) -> Bool {
    (a.name, a.value) < (b.name, b.value)
  }
}

/// What names may look like. Source: Prometheus data model, "Metric names and labels".
public enum MetricName {
  /// Whether `name` may name a family: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
  public static func isMetric(_ name: String) -> Bool { isName(name, colons: true) }

  /// Whether `name` may name a label: `[a-zA-Z_][a-zA-Z0-9_]*`.
  public static func isLabel(_ name: String) -> Bool { isName(name, colons: false) }

  /// A valid family name close to `name`: what is not allowed becomes an underscore.
  public static func metric(from name: String) -> String { sanitised(name, colons: true) }

  /// A valid label name close to `name`.
  public static func label(from name: String) -> String { sanitised(name, colons: false) }

  private static func isName(_ name: String, colons: Bool) -> Bool {
    guard let first = name.utf8.first, isAllowed(first, colons: colons, first: true) else { return false }
    return name.utf8.allSatisfy { isAllowed($0, colons: colons, first: false) }
  }

  private static func sanitised(_ name: String, colons: Bool) -> String {
    var bytes = name.utf8.map { isAllowed($0, colons: colons, first: false) ? $0 : UInt8(ascii: "_") }
    if bytes.first.map({ isAllowed($0, colons: colons, first: true) }) != true {
      bytes.insert(UInt8(ascii: "_"), at: 0)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isAllowed(_ byte: UInt8, colons: Bool, first: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): !first
    case UInt8(ascii: ":"): colons
    default: false
    }
  }
}
