import Access
import Telemetry
import Wire

/// The server's own instruments, looked up once.
///
/// Loops count locally and publish once a round, so the hot path touches no shared cache line per frame.
final class ServerMetrics: Sendable {
  let connections: MetricGauge
  let connectionsAccepted: MetricCounter
  let operationsInFlight: MetricGauge
  let operationsInFlightMax: MetricGauge
  let bytesInFlight: MetricGauge
  let operationsQueued: MetricGauge
  let framesReceived: [MetricCounter]
  let operationsReceived: MetricCounter
  let bytesReceived: MetricCounter
  let bytesSent: MetricCounter
  let readingPauses: MetricCounter
  let clientPauses: MetricCounter
  let busyReplies: MetricCounter
  let framesCut: MetricCounter
  let framesGivenUp: MetricCounter
  let submitOperations: MetricHistogram
  let requestSeconds: MetricHistogram
  let rounds: MetricCounter
  private let registry: MetricsRegistry

  init(registry: MetricsRegistry) {
    self.registry = registry
    connections = registry.gauge("milepost_connections", help: "Open client connections.")
    connectionsAccepted = registry.counter(
      "milepost_connections_accepted_total", help: "Client connections accepted.")
    operationsInFlight = registry.gauge(
      "milepost_operations_in_flight", help: "Operations parsed, checksummed and not yet answered.")
    operationsInFlightMax = registry.gauge(
      "milepost_operations_in_flight_max", help: "Most operations in flight at one moment since the start.")
    bytesInFlight = registry.gauge(
      "milepost_bytes_in_flight", help: "Bytes of submit bodies accepted or being received, and not yet answered.")
    operationsQueued = registry.gauge(
      "milepost_operations_queued", help: "Operations accepted and not yet applied.")
    framesReceived = FrameKind.allCases.map { kind in
      registry.counter(
        "milepost_frames_received_total", help: "Whole frames received, by kind.",
        labels: [MetricLabel("kind", "\(kind)")])
    }
    operationsReceived = registry.counter(
      "milepost_operations_received_total", help: "Operations in the submit frames accepted.")
    bytesReceived = registry.counter("milepost_bytes_received_total", help: "Bytes received from clients.")
    bytesSent = registry.counter("milepost_bytes_sent_total", help: "Bytes handed to the sockets of clients.")
    readingPauses = registry.counter(
      "milepost_reading_pauses_total", help: "Times that reading stopped at the bound of bytes in flight.")
    clientPauses = registry.counter(
      "milepost_client_pauses_total",
      help: "Times that reading from one client stopped, with as much in flight as is left for everybody.")
    busyReplies = registry.counter("milepost_busy_replies_total", help: "Submits answered with busy.")
    framesCut = registry.counter(
      "milepost_frames_cut_total", help: "Frames dropped because the connection ended in their middle.")
    framesGivenUp = registry.counter(
      "milepost_frames_given_up_total",
      help: "Submits half received and given up, the oldest first, because too much was half received; busy follows.")
    submitOperations = registry.histogram(
      "milepost_submit_operations", help: "Operations of a submit frame.", upperBounds: MetricHistogram.countBounds)
    requestSeconds = registry.histogram(
      "milepost_request_seconds", help: "Time from the whole submit frame to its durable reply.",
      upperBounds: MetricHistogram.secondsBounds)
    rounds = registry.counter("milepost_loop_rounds_total", help: "Event loop rounds that applied something.")
  }

  /// Counts the end of a connection. Rare, so looked up by reason.
  func countClosed(_ reason: String) {
    registry.counter(
      "milepost_connections_closed_total", help: "Client connections closed, by reason.",
      labels: [MetricLabel("reason", reason)]
    ).add()
  }

  /// Counts an error frame sent. Rare, so looked up by reason.
  func countError(_ reason: ErrorReason) {
    registry.counter(
      "milepost_errors_total", help: "Error frames sent, by reason.", labels: [MetricLabel("reason", "\(reason)")]
    ).add()
  }

  /// Counts what goes into the audit trail. Rare, so looked up by kind.
  func count(_ kind: AuditEvent.Kind, times: Int) {
    registry.counter(
      "milepost_audit_events_total", help: "Events for the audit trail, refusals among them, by kind.",
      labels: [MetricLabel("kind", kind.rawValue)]
    ).add(times)
  }
}
