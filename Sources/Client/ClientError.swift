public import Wire

/// Why the client could not do what was asked. Result codes of operations are not errors.
public enum ClientError: Error, Sendable, Hashable {
  /// No connection could be made in time; nothing was sent. The text is the last attempt's.
  case unreachable(String)
  /// The configuration cannot be used: a file that cannot be read, a key or certificate that the server does not take.
  case badConfiguration(String)
  /// The server refused for good, for example a broken limit. Nothing of a refused request was applied.
  case refused(ErrorBody)
  /// The server sent what is no frame of this protocol.
  case badReply(FrameError)
  /// The connection was lost and could not be resumed: whether the request was applied cannot be told from here.
  /// Send it again with the same operation ids, or read the records. The text is the reason.
  case outcomeUnknown(String)
  /// The batch is empty, or has more operations or bytes than the server's limits.
  case badBatch
  /// A read was answered with something else than `ok`.
  case readStatus(ReadStatus)
  /// The subscription ended.
  case subscriptionEnded(EventsEnd)
  /// The client was closed.
  case closed
}

extension ClientError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let text): "unreachable: \(text)"
    case .badConfiguration(let text): text
    case .refused(let error): "refused by the server: \(error)"
    case .badReply(let fault): "the server's answer is malformed: \(fault)"
    case .outcomeUnknown(let text): "connection lost, outcome unknown: \(text)"
    case .badBatch: "the batch is empty or larger than the server takes"
    case .readStatus(let status): "read: \(status)"
    case .subscriptionEnded(let end): "subscription ended: \(end.reason)"
    case .closed: "the client is closed"
    }
  }
}
