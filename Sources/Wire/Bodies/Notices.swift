/// The body of `pong`: 16 bytes.
///
/// ```
/// 0 now 8 | 8 commit 8
/// ```
public struct PongBody: Sendable, Hashable {
  /// The sender's clock, milliseconds since 1970 UTC.
  public var now: Int64
  /// The newest durable commit of a server; 0 from a client.
  public var commit: UInt64

  public static let byteCount = 16

  public init(now: Int64, commit: UInt64) {
    self.now = now
    self.commit = commit
  }

  public init(decoding body: RawSpan) {
    now = body.load(at: 0)
    commit = body.load(at: 8)
  }

  /// Writes 16 bytes.
  public func store(into body: inout MutableRawSpan) {
    body.store(now, at: 0)
    body.store(commit, at: 8)
  }
}

/// The body of `busy`: 16 bytes. The request that was not taken stands in the header.
///
/// ```
/// 0 retryMilliseconds 4 | 4 reserved 4 | 8 lastRequest 8
/// ```
public struct BusyBody: Sendable, Hashable {
  /// How long to wait before sending it again.
  public var retryMilliseconds: UInt32
  /// The session's last taken request: the resend starts behind it.
  public var lastRequest: UInt64

  public static let byteCount = 16

  public init(retryMilliseconds: UInt32, lastRequest: UInt64) {
    self.retryMilliseconds = retryMilliseconds
    self.lastRequest = lastRequest
  }

  /// - Throws: `reservedBits`.
  public init(decoding body: RawSpan) throws(FrameError) {
    retryMilliseconds = body.load(at: 0)
    try body.requireZero(4..<8)
    lastRequest = body.load(at: 8)
  }

  /// Writes 16 bytes.
  public func store(into body: inout MutableRawSpan) {
    body.zero(0..<Self.byteCount)
    body.store(retryMilliseconds, at: 0)
    body.store(lastRequest, at: 8)
  }
}

/// The body of `error`: 16 bytes, then text. The request at fault, if any, stands in the header.
///
/// ```
/// 0 reason 2 | 2 textByteCount 2 | 4 place 4 | 8 value 8 | 16 text
/// ```
public struct ErrorBody: Sendable, Hashable {
  public var reason: ErrorReason
  /// Byte offset of the fault in the frame that was refused; `ErrorBody.noPlace` when it is not in a byte.
  public var place: UInt32
  /// What was found, expected or allowed; see `ErrorReason`.
  public var value: UInt64
  /// UTF-8, at most 1,024 bytes, for people.
  public var text: String

  /// Bytes without the text.
  public static let byteCount = 16
  public static let noPlace = UInt32.max

  public init(_ reason: ErrorReason, place: UInt32 = Self.noPlace, value: UInt64 = 0, text: String = "") {
    self.reason = reason
    self.place = place
    self.value = value
    self.text = text
    while self.text.utf8.count > Limits.errorTextByteCountMax { self.text.removeLast() }
  }

  public init(_ fault: FrameError) {
    self.init(fault.reason, place: fault.place, value: fault.value, text: fault.description)
  }

  public var encodedByteCount: Int { Self.byteCount + text.utf8.count }

  /// - Throws: `reservedBits` (unknown reason), `badLength` (the text is not what is left of the body).
  public init(decoding body: RawSpan) throws(FrameError) {
    let raw = body.load(at: 0, as: UInt16.self)
    guard let reason = ErrorReason(rawValue: raw) else { throw .reserved(0, UInt64(raw)) }
    let textByteCount = Int(body.load(at: 2, as: UInt16.self))
    guard textByteCount == body.byteCount - Self.byteCount else {
      throw FrameError(.badLength, place: FrameHeader.byteCount + 2, value: UInt64(textByteCount))
    }
    self.reason = reason
    place = body.load(at: 4)
    value = body.load(at: 8)
    let bytes = (Self.byteCount..<body.byteCount).map { body.load(at: $0, as: UInt8.self) }
    text = String(decoding: bytes, as: UTF8.self)
  }

  /// Writes `encodedByteCount` bytes.
  public func store(into body: inout MutableRawSpan) {
    body.store(reason.rawValue, at: 0)
    body.store(UInt16(text.utf8.count), at: 2)
    body.store(place, at: 4)
    body.store(value, at: 8)
    for (index, byte) in text.utf8.enumerated() { body.store(byte, at: Self.byteCount + index) }
  }
}

extension ErrorBody: CustomStringConvertible {
  public var description: String { text.isEmpty ? "\(reason)" : "\(reason): \(text)" }
}
