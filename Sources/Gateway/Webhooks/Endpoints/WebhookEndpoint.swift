import Wire

/// Where a tenant wants events to be sent, and how.
struct WebhookEndpoint: Sendable, Equatable {
  var id: UInt128
  var tenant: UInt32
  /// Grows with every change, from 1.
  var version: UInt32 = 1
  var url: WebhookURL
  /// For people.
  var summary = ""
  var filter = WebhookFilter()
  /// Events of one record come in order, one at a time.
  var isOrdered = false
  /// Most deliveries a second; nil for no limit.
  var ratePerSecond: Int?
  /// The newest first.
  var secrets: [WebhookSecret]
  var created: Int64
  /// Why it gets nothing; nil while it does.
  var disabled: Disabling?

  struct Disabling: Sendable, Equatable {
    var reason: Reason
    /// Since when.
    var time: Int64
  }

  enum Reason: Sendable, Equatable {
    /// Its owner said so.
    case owner
    /// It answered 410.
    case gone
    /// It failed for days without one success.
    case failing
    /// The log no longer has what it should get next: nothing between the two places can be had.
    case gap(from: EventPosition, until: EventPosition)
    /// The log ends before the place that it had reached: it is another log, or an older copy.
    case ahead(EventPosition)

    var name: String {
      switch self {
      case .owner: "owner"
      case .gone: "gone"
      case .failing: "failing"
      case .gap: "gap"
      case .ahead: "ahead"
      }
    }
  }

  /// Secrets at once: the newest, and those that it replaces.
  static let secretCountMax = 3
  static let rates = 1...10_000
  static let summaryByteCountMax = 256
}
