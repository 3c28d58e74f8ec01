import Client
import Formats
import Wire

/// An event that waits for another try, or, in an ordered endpoint, for those of its record before it.
///
/// The document is kept with it: the log may be pruned long before the last try.
struct WaitingRow: Sendable {
  var event: WebhookEvent
  /// Tries so far.
  var attempts: Int
  /// When to try again. Milliseconds.
  var due: Int64
  /// What the last try was answered.
  var status: Int?
  var error: String?

  var bytes: [UInt8] {
    RowDocument.bytes { writer in
      event.writeRow(to: &writer)
      writer.member("attempts", Int64(attempts))
      writer.member("due", due)
      writer.member("status", optional: status.map { Int64($0) })
      writer.member("error", optional: error)
    }
  }

  init(event: WebhookEvent, attempts: Int = 0, due: Int64, status: Int? = nil, error: String? = nil) {
    self.event = event
    self.attempts = attempts
    self.due = due
    self.status = status
    self.error = error
  }

  /// - Returns: nil when it is no such row, or of a newer version.
  init?(_ bytes: [UInt8]) {
    guard let row = RowDocument(bytes), let event = WebhookEvent(row), let attempts = row.integer("attempts"),
      let due = row.integer("due")
    else { return nil }
    self.init(
      event: event, attempts: Int(attempts), due: due, status: row.integer("status").map { Int($0) },
      error: row.text("error"))
  }
}

/// An event that was given up after its last try.
struct DeadLetter: Sendable {
  var event: WebhookEvent
  var attempts: Int
  /// When it was given up. Milliseconds.
  var time: Int64
  var status: Int?
  var error: String?

  var bytes: [UInt8] {
    RowDocument.bytes { writer in
      event.writeRow(to: &writer)
      writer.member("attempts", Int64(attempts))
      writer.member("died", time)
      writer.member("status", optional: status.map { Int64($0) })
      writer.member("error", optional: error)
    }
  }

  init(event: WebhookEvent, attempts: Int, time: Int64, status: Int? = nil, error: String? = nil) {
    self.event = event
    self.attempts = attempts
    self.time = time
    self.status = status
    self.error = error
  }

  /// - Returns: nil when it is no such row, or of a newer version.
  init?(_ bytes: [UInt8]) {
    guard let row = RowDocument(bytes), let event = WebhookEvent(row), let attempts = row.integer("attempts"),
      let time = row.integer("died")
    else { return nil }
    self.init(
      event: event, attempts: Int(attempts), time: time, status: row.integer("status").map { Int($0) },
      error: row.text("error"))
  }
}

/// A line of an endpoint's delivery log.
struct DeliveryRow: Sendable, Equatable {
  /// Number of the attempt among all of its endpoint, from 1.
  var number: UInt64
  var attempt: DeliveryAttempt

  /// Attempts that are kept.
  static let countMax: UInt64 = 1_000

  var bytes: [UInt8] {
    RowDocument.bytes { writer in
      writer.member("number", string: String(number))
      writer.member("event", string: EventName.text(attempt.position))
      writer.member("time", attempt.time)
      writer.member("attempt", Int64(attempt.number))
      writer.member("status", optional: attempt.status.map { Int64($0) })
      writer.member("error", optional: attempt.error)
      writer.member("milliseconds", attempt.milliseconds)
    }
  }

  init(number: UInt64, attempt: DeliveryAttempt) {
    self.number = number
    self.attempt = attempt
  }

  /// - Returns: nil when it is no such row, or of a newer version.
  init?(_ bytes: [UInt8]) {
    guard let row = RowDocument(bytes), let number = row.text("number").flatMap({ UInt64($0) }),
      let position = row.position("event"), let time = row.integer("time"), let attempt = row.integer("attempt"),
      let milliseconds = row.integer("milliseconds")
    else { return nil }
    self.init(
      number: number,
      attempt: DeliveryAttempt(
        position: position, time: time, number: Int(attempt), status: row.integer("status").map { Int($0) },
        error: row.text("error"), milliseconds: milliseconds))
  }
}

extension WebhookEvent {
  fileprivate func writeRow(to writer: inout JSONWriter) {
    writer.member("event", string: id)
    writer.member("type", string: type)
    writer.member("key", string: key)
    writer.member("time", time)
    writer.member("body", string: String(decoding: body, as: UTF8.self))
    writer.write(trace)
  }

  fileprivate init?(_ row: RowDocument) {
    guard let position = row.position("event"), let type = row.text("type"), let key = row.text("key"),
      let time = row.integer("time"), let body = row.text("body")
    else { return nil }
    self.init(position: position, type: type, key: key, time: time, body: Array(body.utf8), trace: row.trace)
  }
}
