import Kernel
import Store

/// Instants in documents: date-times of RFC 3339 from 1970 on.
enum Instants {
  /// - Returns: nil when it is none.
  static func read(_ text: String) -> Instant? {
    guard let instant = RFC3339.milliseconds(text), instant >= 0 else { return nil }
    return instant
  }
}
