public import Documents
import Patterns

/// Formats by name, each a question that a value answers with yes or no.
public struct FormatRegistry: Sendable {
  /// Must be quick, and must not depend on anything but its argument.
  public typealias TextRule = @Sendable (Span<UInt8>) -> Bool
  public typealias ValueRule = @Sendable (DocumentNode) -> Bool

  enum Rule: Sendable {
    case text(TextRule)
    case value(ValueRule)
  }

  private var rules: [String: Rule] = [:]

  /// A registry without formats.
  public init() {}

  /// A format of texts, by their bytes in UTF-8. Values of other kinds always fit.
  public mutating func addText(_ name: String, _ rule: @escaping TextRule) { rules[name] = .text(rule) }

  /// A format that looks at values of any kind.
  public mutating func addValue(_ name: String, _ rule: @escaping ValueRule) { rules[name] = .value(rule) }

  subscript(name: String) -> Rule? { rules[name] }

  public var names: [String] { rules.keys.sorted() }
}

extension FormatRegistry {
  /// The formats of the standard that are exact here: dates and times (RFC 3339), durations, UUIDs (RFC 9562), e-mail
  /// addresses (RFC 5321), host names (RFC 1123), IP addresses, URIs (RFC 3986), JSON Pointers (RFC 6901) and regular
  /// expressions in linear time.
  public static let standard: FormatRegistry = {
    var registry = FormatRegistry()
    for (name, pattern) in FormatPatterns.whole { registry.addText(name) { pattern.matches($0) } }
    registry.addText("date") { DateFormat.isDate($0) }
    registry.addText("time") { DateFormat.isTime($0) }
    registry.addText("date-time") { DateFormat.isDateTime($0) }
    // RFC 1035, section 2.3.4, without the two bytes of the wire's form.
    registry.addText("hostname") { $0.count <= 253 && FormatPatterns.hostname.matches($0) }
    registry.addText("regex") { FormatPatterns.isPattern($0) }
    return registry
  }()
}
