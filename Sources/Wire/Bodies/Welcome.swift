/// What a session may do beyond reading and submitting for its parties. Numbers are part of the protocol.
public enum SessionClass: UInt8, CaseIterable, Sendable {
  /// May not name actor 0.
  case client = 0
  /// May name actor 0, the operator.
  case `operator` = 1
}

/// The body of `welcome`: 128 bytes. The session's id stands in the header.
///
/// ```
///   0 class 1 | 1 scope 1 | 2 resumed 1 | 3 reserved 1 | 4 tenant 4 | 8 lastRequest 8 | 16 now 8
///  24 commit 8 | 32 oldestCommit 8 | 40 frameByteCountMax 4 | 44 operationCountMax 4 | 48 requestWindow 4
///  52 connectionCountMax 4 | 56 bytesInFlightMax 8 | 64 idleMilliseconds 4 | 68 handshakeMilliseconds 4
///  72 readItemCountMax 4 | 76 eventCreditMax 4 | 80 subscriptionCountMax 4 | 84 sessionCountMax 4
///  88 replyByteCountMax 8 | 96 nonce 16 | 112 reserved 16
/// ```
public struct WelcomeBody: Sendable, Hashable {
  public var sessionClass: SessionClass = .operator
  /// The scope that was granted.
  public var scope: TenantScope = .all
  /// Whether the session existed before.
  public var resumed = false
  /// The number of the session's last applied request; 0 for none. The client goes on behind it.
  public var lastRequest: UInt64 = 0
  /// The server's clock, milliseconds since 1970 UTC.
  public var now: Int64 = 0
  /// The newest durable commit; 0 for none.
  public var commit: UInt64 = 0
  /// The oldest commit that a subscription can start from; 0 for none.
  public var oldestCommit: UInt64 = 0
  public var limits = Limits()
  /// Fresh random bytes of the server, for `proof`; else 0.
  public var nonce: UInt128 = 0

  public static let byteCount = 128

  public init() {}

  /// - Throws: `reservedBits`.
  public init(decoding body: RawSpan) throws(FrameError) {
    let classByte = body.load(at: 0, as: UInt8.self)
    guard let sessionClass = SessionClass(rawValue: classByte) else { throw .reserved(0, UInt64(classByte)) }
    self.sessionClass = sessionClass
    scope = try TenantScope(decoding: body, at: 1, tenantAt: 4)
    let resumedByte = body.load(at: 2, as: UInt8.self)
    guard resumedByte <= 1 else { throw .reserved(2, UInt64(resumedByte)) }
    resumed = resumedByte == 1
    try body.requireZero(3..<4)
    lastRequest = body.load(at: 8)
    now = body.load(at: 16)
    commit = body.load(at: 24)
    oldestCommit = body.load(at: 32)
    limits.frameByteCountMax = body.load(at: 40)
    limits.operationCountMax = body.load(at: 44)
    limits.requestWindow = body.load(at: 48)
    limits.connectionCountMax = body.load(at: 52)
    limits.bytesInFlightMax = body.load(at: 56)
    limits.idleMilliseconds = body.load(at: 64)
    limits.handshakeMilliseconds = body.load(at: 68)
    limits.readItemCountMax = body.load(at: 72)
    limits.eventCreditMax = body.load(at: 76)
    limits.subscriptionCountMax = body.load(at: 80)
    limits.sessionCountMax = body.load(at: 84)
    limits.replyByteCountMax = body.load(at: 88)
    nonce = body.load(at: 96)
    try body.requireZero(112..<128)
  }

  /// Writes 128 bytes.
  public func store(into body: inout MutableRawSpan) {
    body.zero(0..<Self.byteCount)
    body.store(sessionClass.rawValue, at: 0)
    body.store(scope.rawKind, at: 1)
    body.store(resumed ? 1 : 0 as UInt8, at: 2)
    body.store(scope.rawTenant, at: 4)
    body.store(lastRequest, at: 8)
    body.store(now, at: 16)
    body.store(commit, at: 24)
    body.store(oldestCommit, at: 32)
    body.store(limits.frameByteCountMax, at: 40)
    body.store(limits.operationCountMax, at: 44)
    body.store(limits.requestWindow, at: 48)
    body.store(limits.connectionCountMax, at: 52)
    body.store(limits.bytesInFlightMax, at: 56)
    body.store(limits.idleMilliseconds, at: 64)
    body.store(limits.handshakeMilliseconds, at: 68)
    body.store(limits.readItemCountMax, at: 72)
    body.store(limits.eventCreditMax, at: 76)
    body.store(limits.subscriptionCountMax, at: 80)
    body.store(limits.sessionCountMax, at: 84)
    body.store(limits.replyByteCountMax, at: 88)
    body.store(nonce, at: 96)
  }
}
