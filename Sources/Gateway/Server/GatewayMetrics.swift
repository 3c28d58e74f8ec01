import CoreMetrics
import NIOConcurrencyHelpers

/// Requests by route and status, and how long they took, through swift-metrics.
final class GatewayMetrics: Sendable {
  private struct Outcome: Hashable {
    var route: String
    var status: Int
  }
  // Looked up once each: a handle of the library is found by its name and dimensions.
  private let counters = NIOLockedValueBox<[Outcome: Counter]>([:])
  private let timers: [String: Timer]

  init(_ table: RouteTable) {
    timers = Dictionary(
      uniqueKeysWithValues: table.routes.map {
        ($0.name, Timer(label: "milepost_http_request", dimensions: [("route", $0.name)]))
      })
  }

  /// Counts an answer. For a stream the time is that until it began.
  ///
  /// - Parameter route: nil for a path that leads nowhere.
  func count(_ route: String?, status: Int, nanoseconds: Int64) {
    let outcome = Outcome(route: route ?? "none", status: status)
    let counter = counters.withLockedValue { counters in
      if let known = counters[outcome] { return known }
      let counter = Counter(
        label: "milepost_http_requests", dimensions: [("route", outcome.route), ("status", String(status))])
      counters[outcome] = counter
      return counter
    }
    counter.increment()
    if let route { timers[route]?.recordNanoseconds(nanoseconds) }
  }
}
