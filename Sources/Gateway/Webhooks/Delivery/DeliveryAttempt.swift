import Wire

/// One try to deliver an event, and how it ended.
struct DeliveryAttempt: Sendable, Equatable {
  var position: EventPosition
  /// When it ended. Milliseconds.
  var time: Int64
  /// Which try of this event, from 1.
  var number: Int
  /// The receiver's answer; nil when there was none.
  var status: Int?
  /// Stable word for what went wrong without an answer.
  var error: String?
  var milliseconds: Int64

  var isAccepted: Bool { DeliveryAnswer(status: status).isAccepted }
}

/// What a receiver said to a request, or why there is no answer.
struct DeliveryAnswer: Sendable, Equatable {
  var status: Int?
  var error: String?
  /// The header `Retry-After`, as it was.
  var retryAfter: String?
  var milliseconds: Int64 = 0

  /// Any answer of 200 to 299.
  var isAccepted: Bool { status.map { (200..<300).contains($0) } ?? false }

  /// The receiver wants nothing any more.
  static let gone = 410
  /// The receiver has too much to do: what it asks for with `Retry-After` is meant for all deliveries.
  static let tooMuch: [Int?] = [429, 503]
}
