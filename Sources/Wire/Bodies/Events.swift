public import Kernel

/// A place in the log: an operation of a commit. Also the stable id of the event.
public struct EventPosition: Sendable, Hashable, Comparable {
  /// Commit number, from 1.
  public var commit: UInt64
  /// Index of the operation inside the commit, from 0.
  public var index: UInt32

  public init(commit: UInt64, index: UInt32 = 0) {
    self.commit = commit
    self.index = index
  }

  public static func < (a: Self, b: Self) -> Bool { (a.commit, a.index) < (b.commit, b.index) }
}

/// The body of `subscribe`: 32 bytes. The header's request number names the subscription in the connection.
///
/// ```
/// 0 commit 8 | 8 index 4 | 12 credit 4 | 16 scope 1 | 17 acceptedOnly 1 | 18 reportsProgress 1 | 19 reserved 1 | 20 tenant 4
/// 24 reserved 8
/// ```
public struct SubscribeBody: Sendable, Hashable {
  /// The first event wanted. Commit 0 is the oldest there is; the newest + 1 waits for what comes.
  public var from: EventPosition
  /// Events that may be sent before more credit, 0...eventCreditMax.
  public var credit: UInt32
  public var scope: TenantScope = .all
  /// Leaves out refused operations.
  public var acceptedOnly = false
  /// Asks for a frame with the flag `progress` whenever the end of the log is reached.
  public var reportsProgress = false

  public static let byteCount = 32

  public init(from: EventPosition, credit: UInt32) {
    self.from = from
    self.credit = credit
  }

  /// - Throws: `creditOverflow`, `reservedBits`.
  public init(decoding body: RawSpan, limits: Limits = Limits()) throws(FrameError) {
    from = EventPosition(commit: body.load(at: 0), index: body.load(at: 8))
    credit = body.load(at: 12)
    scope = try TenantScope(decoding: body, at: 16, tenantAt: 20)
    let accepted = body.load(at: 17, as: UInt8.self)
    guard accepted <= 1 else { throw .reserved(17, UInt64(accepted)) }
    acceptedOnly = accepted == 1
    let reports = body.load(at: 18, as: UInt8.self)
    guard reports <= 1 else { throw .reserved(18, UInt64(reports)) }
    reportsProgress = reports == 1
    try body.requireZero(19..<20)
    try body.requireZero(24..<32)
    guard credit <= limits.eventCreditMax else {
      throw FrameError(.creditOverflow, place: FrameHeader.byteCount + 12, value: UInt64(credit))
    }
  }

  /// Writes 32 bytes.
  public func store(into body: inout MutableRawSpan) {
    body.zero(0..<Self.byteCount)
    body.store(from.commit, at: 0)
    body.store(from.index, at: 8)
    body.store(credit, at: 12)
    body.store(scope.rawKind, at: 16)
    body.store(acceptedOnly ? 1 : 0 as UInt8, at: 17)
    body.store(reportsProgress ? 1 : 0 as UInt8, at: 18)
    body.store(scope.rawTenant, at: 20)
  }
}

/// One event: 64 bytes of its own, the operation's slot, and the operation's extension where it has one.
///
/// ```
///  0 commit 8 | 8 stamp 8 | 16 sequence 8 | 24 index 4 | 28 shard 2 | 30 reserved 2 | 32 result 16 | 48 reserved 16
/// 64 operation 64 | 128 extension 64, where the operation's flags announce it
/// ```
public struct EventRecord: BitwiseCopyable, Sendable {
  public let commit: UInt64
  /// When it was applied, milliseconds since 1970 UTC.
  public let stamp: Instant
  /// The shard's sequence number of the operation.
  public let sequence: UInt64
  public let index: UInt32
  public let shard: UInt16
  let reserved0: UInt16
  public let result: OperationResult
  let reserved1: UInt64
  let reserved2: UInt64
  public let operation: Operation

  /// Bytes without the extension.
  public static let byteCount = 128

  public var position: EventPosition { EventPosition(commit: commit, index: index) }
  /// Bytes with the extension.
  public var encodedByteCount: Int { Self.byteCount + (operation.hasExtension ? Operation.byteCount : 0) }

  public init(
    position: EventPosition, stamp: Instant, sequence: UInt64, shard: UInt16, result: OperationResult,
    operation: Operation
  ) {
    commit = position.commit
    self.stamp = stamp
    self.sequence = sequence
    index = position.index
    self.shard = shard
    reserved0 = 0
    self.result = result
    reserved1 = 0
    reserved2 = 0
    self.operation = operation
  }

  /// The event at byte `offset` of an events body; the next one lies `encodedByteCount` further.
  ///
  /// - Throws: `badLength` when the body ends inside the event.
  public init(decoding body: RawSpan, at offset: Int) throws(FrameError) {
    guard body.byteCount - offset >= Self.byteCount else {
      throw FrameError(.badLength, place: FrameHeader.byteCount + offset, value: UInt64(body.byteCount))
    }
    self = body.load(at: offset)
    guard body.byteCount - offset >= encodedByteCount else {
      throw FrameError(.badLength, place: FrameHeader.byteCount + offset, value: UInt64(body.byteCount))
    }
  }

  /// Writes 128 bytes at `offset`; the caller puts the extension, if any, behind them.
  public func store(into body: inout MutableRawSpan, at offset: Int) {
    body.store(self, at: offset)
  }
}

/// The body of an `events` frame with the flag `ended`: 16 bytes.
///
/// ```
/// 0 reason 2 | 2 reserved 6 | 8 value 8
/// ```
public struct EventsEnd: Sendable, Hashable {
  /// `positionTooOld`, `positionAhead`, `badSubscription`, `tenantScope`, `creditOverflow` or `cancelled`.
  public var reason: ErrorReason
  /// `positionTooOld`: the oldest commit there is; `positionAhead`: the newest; else 0.
  public var value: UInt64

  public static let byteCount = 16

  public init(_ reason: ErrorReason, value: UInt64 = 0) {
    self.reason = reason
    self.value = value
  }

  /// - Throws: `reservedBits`.
  public init(decoding body: RawSpan) throws(FrameError) {
    let raw = body.load(at: 0, as: UInt16.self)
    guard let reason = ErrorReason(rawValue: raw) else { throw .reserved(0, UInt64(raw)) }
    self.reason = reason
    try body.requireZero(2..<8)
    value = body.load(at: 8)
  }

  /// Writes 16 bytes.
  public func store(into body: inout MutableRawSpan) {
    body.zero(0..<Self.byteCount)
    body.store(reason.rawValue, at: 0)
    body.store(value, at: 8)
  }
}

/// The body of an `events` frame with the flag `progress`: 16 bytes.
///
/// ```
/// 0 commit 8 | 8 index 4 | 12 reserved 4
/// ```
public struct EventsProgress: Sendable, Hashable {
  /// Everything before it that the subscription wants was sent, and it is the end of the durable log.
  public var next: EventPosition

  public static let byteCount = 16

  public init(next: EventPosition) { self.next = next }

  /// - Throws: `reservedBits`.
  public init(decoding body: RawSpan) throws(FrameError) {
    next = EventPosition(commit: body.load(at: 0), index: body.load(at: 8))
    try body.requireZero(12..<16)
  }

  /// Writes 16 bytes.
  public func store(into body: inout MutableRawSpan) {
    body.zero(0..<Self.byteCount)
    body.store(next.commit, at: 0)
    body.store(next.index, at: 8)
  }
}
