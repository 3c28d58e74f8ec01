import Client
import Formats
import Wire

/// An event on its way to receivers: written once, shared by all endpoints that want it.
struct WebhookEvent: Sendable {
  /// Place in the log. Its name is the event's id and the header `webhook-id`, the same for every try.
  var position: EventPosition
  var type: String
  /// What events are in order by: the record.
  var key: String
  /// When it happened. Milliseconds.
  var time: Int64
  /// The CloudEvents document.
  var body: [UInt8]
  /// That of the request that caused it.
  var trace: TraceContext?

  var id: String { EventName.text(position) }

  init(
    position: EventPosition, type: String, key: String, time: Int64, body: [UInt8], trace: TraceContext? = nil
  ) {
    self.position = position
    self.type = type
    self.key = key
    self.time = time
    self.body = body
    self.trace = trace
  }

  init(_ event: Event, trace: TraceContext? = nil) {
    var writer = JSONWriter()
    CloudEvent.write(event, trace: trace, to: &writer)
    self.init(
      position: event.position, type: CloudEvent.type(event),
      key: CloudEvent.partitionKey(event.record.operation), time: event.record.stamp, body: writer.bytes, trace: trace)
  }
}

extension EventPosition {
  /// The place behind it.
  var next: EventPosition { EventPosition(commit: commit, index: index + 1) }
}
