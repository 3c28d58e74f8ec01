import Store

/// The header `Retry-After`: seconds, or a date of HTTP (RFC 9110, sections 10.2.3 and 5.6.7, the form that is not obsolete).
enum RetryAfter {
  /// Milliseconds to wait; nil when it is neither. A date in the past is no pause.
  static func milliseconds(_ text: String, now: Int64) -> Int64? {
    if let seconds = Identifier.decimal(text, Int64.self) {
      return min(seconds, RetryLadder.askedPauseMax / 1_000) * 1_000
    }
    return date(text).map { max(0, min($0 - now, RetryLadder.askedPauseMax)) }
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `Sun, 06 Nov 1994 08:49:37 GMT` as milliseconds since 1970. The weekday is not compared.
  private static func date(_ text: String) -> Int64? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].utf8.count == 4, parts[0].hasSuffix(","), parts[5] == "GMT",
      let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return RFC3339.milliseconds("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
  }
}
