/// What a frame is. Numbers are part of the protocol: add, never reuse.
public enum FrameKind: UInt8, CaseIterable, Sendable {
  /// Client: first frame of a connection.
  case hello = 1
  /// Server: answer to hello.
  case welcome = 2
  /// Client: operations to apply.
  case submit = 3
  /// Server: their results, durable.
  case result = 4
  /// Client: a question.
  case read = 5
  /// Server: its answer.
  case readReply = 6
  /// Client: send me the log from a position.
  case subscribe = 7
  /// Server: part of the log.
  case events = 8
  /// Client: more events may come, or no more are wanted.
  case credit = 9
  /// Either side: are you there?
  case ping = 10
  /// Answer to ping.
  case pong = 11
  /// Server: a submit was not taken; send it again later.
  case busy = 12
  /// Server: what went wrong; the connection closes behind it.
  case error = 13
  /// Either side: nothing more will be asked.
  case goodbye = 14
  /// Client: a command about keys, quotas or the audit trail.
  case manage = 15
  /// Server: its answer.
  case managed = 16

  /// The flags that a frame of this kind may carry.
  var allowedFlags: FrameFlags {
    switch self {
    case .result: [.replayed]
    case .events: [.ended, .progress]
    case .credit: [.cancels]
    case .goodbye: [.endsSession]
    default: []
    }
  }

  /// Whether `bodyByteCount` and `count` can belong together in a frame of this kind.
  ///
  /// Only what the header alone can tell; bodies check the rest.
  func lengthFault(bodyByteCount: Int, count: Int) -> ErrorReason? {
    switch self {
    case .hello:
      return bodyByteCount >= HelloBody.byteCount
        && bodyByteCount <= HelloBody.byteCount + Limits.credentialByteCountMax
        ? Self.zero(count) : .badLength
    case .welcome: return bodyByteCount == WelcomeBody.byteCount ? Self.zero(count) : .badLength
    case .submit:
      if bodyByteCount % 64 != 0 { return .badLength }
      if count == 0 { return .emptySubmit }
      return count * 64 <= bodyByteCount && bodyByteCount <= count * 128 ? nil : .countMismatch
    case .result: return bodyByteCount == count * 16 ? nil : .countMismatch
    case .read: return bodyByteCount == ReadBody.byteCount ? Self.zero(count) : .badLength
    case .readReply: return bodyByteCount >= ReadReplyHead.byteCount && bodyByteCount % 16 == 0 ? nil : .badLength
    case .subscribe: return bodyByteCount == SubscribeBody.byteCount ? Self.zero(count) : .badLength
    case .events:
      if count == 0 { return bodyByteCount == EventsEnd.byteCount ? nil : .badLength }
      if bodyByteCount % 64 != 0 { return .badLength }
      return count * 128 <= bodyByteCount && bodyByteCount <= count * 192 ? nil : .countMismatch
    case .credit: return bodyByteCount == 0 ? nil : .badLength
    case .ping, .goodbye: return bodyByteCount == 0 ? Self.zero(count) : .badLength
    case .pong: return bodyByteCount == PongBody.byteCount ? Self.zero(count) : .badLength
    case .busy: return bodyByteCount == BusyBody.byteCount ? Self.zero(count) : .badLength
    case .error:
      let textByteCount = bodyByteCount - ErrorBody.byteCount
      return (0...Limits.errorTextByteCountMax).contains(textByteCount) ? Self.zero(count) : .badLength
    case .manage: return (1...Limits.commandByteCountMax).contains(bodyByteCount) ? Self.zero(count) : .badLength
    case .managed: return bodyByteCount > 0 ? Self.zero(count) : .badLength
    }
  }

  private static func zero(_ count: Int) -> ErrorReason? { count == 0 ? nil : .countMismatch }
}

/// Bits of a frame header. What a kind does not use is zero.
public struct FrameFlags: OptionSet, BitwiseCopyable, Sendable, Hashable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }
  /// result: the request had been applied before; this is its kept reply.
  public static let replayed = FrameFlags(rawValue: 1 << 0)
  /// events: the subscription is over; the body is an `EventsEnd`.
  public static let ended = FrameFlags(rawValue: 1 << 1)
  /// credit: the subscription is to end.
  public static let cancels = FrameFlags(rawValue: 1 << 2)
  /// goodbye of a client: the session will not be resumed and may be forgotten.
  public static let endsSession = FrameFlags(rawValue: 1 << 3)
  /// events: nothing more is there now; the body is an `EventsProgress`.
  public static let progress = FrameFlags(rawValue: 1 << 4)
}
