extension Exposition {
  /// The content type to answer a scrape with.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// The whole scrape as text, version 0.0.4.
  ///
  /// Source: Prometheus documentation, "Exposition formats". Lines end in a line feed, also the last one.
  func text() -> String {
    var text = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      text += "# HELP \(name) \(Self.escapedHelp(family.help))\n# TYPE \(name) \(family.kind.rawValue)\n"
      for (labels, sample) in family.series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        switch sample {
        case .integer(let value): text += "\(name)\(Self.labelText(labels)) \(value)\n"
        case .real(let value): text += "\(name)\(Self.labelText(labels)) \(Self.number(value))\n"
        case .buckets(let histogram): Self.write(histogram, name, labels, to: &text)
        }
      }
    }
    return text
  }

  private static func write(
    _ histogram: HistogramSnapshot, _ name: String, _ labels: [MetricLabel], to text: inout String
  ) {
    // Buckets are cumulative in the text, `le` counts as the last label, and +Inf equals the count.
    var cumulative: UInt64 = 0
    for (bound, count) in zip(histogram.upperBounds + [.infinity], histogram.counts) {
      cumulative += count
      text += "\(name)_bucket\(labelText(labels + [MetricLabel("le", number(bound))])) \(cumulative)\n"
    }
    text += "\(name)_sum\(labelText(labels)) \(number(histogram.sum))\n"
    text += "\(name)_count\(labelText(labels)) \(cumulative)\n"
  }

  private static func labelText(_ labels: [MetricLabel]) -> String {
    guard !labels.isEmpty else { return "" }
    return "{" + labels.map { "\($0.name)=\"\(escapedLabel($0.value))\"" }.joined(separator: ",") + "}"
  }

  /// Floating-point text as Go's parser reads it.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    // Whole numbers without ".0": `le="1"` is what people write in queries.
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return value.description
  }

  /// Help text: backslash and line feed are escaped.
  static func escapedHelp(_ text: String) -> String { escaped(text, quotes: false) }

  /// Label values: backslash, line feed and double quote are escaped.
  static func escapedLabel(_ text: String) -> String { escaped(text, quotes: true) }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
