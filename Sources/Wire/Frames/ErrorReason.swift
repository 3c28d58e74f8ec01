/// Why a connection (or a subscription) ends. Numbers are part of the protocol: add, never reuse.
public enum ErrorReason: UInt16, CaseIterable, Sendable {
  // What a frame's bytes can get wrong. `value`: what was found.
  /// The first four bytes are not the magic: not our protocol, or out of step.
  case badMagic = 1
  /// A version that is not spoken here. `value`: the newest that is.
  case badVersion = 2
  /// A kind that does not exist, or that this side never receives.
  case badKind = 3
  /// Header flags that the kind does not have.
  case badFlags = 4
  /// A body length that the kind cannot have, or a frame over the limit.
  case badLength = 5
  /// The header does not match its checksum.
  case headerChecksum = 6
  /// The body does not match its checksum.
  case bodyChecksum = 7
  /// Reserved bytes or bits of a body are not zero, or an enumeration has an unknown value.
  case reservedBits = 8
  /// The count of the header is not what the body holds.
  case countMismatch = 9
  /// More operations than the limit.
  case tooManyOperations = 10
  /// A submit without operations.
  case emptySubmit = 11
  /// The last operation announces an extension that is not there.
  case missingExtension = 12

  // Sessions. `value`: the request number that was expected, where there is one.
  /// Something before hello.
  case notHelloFirst = 20
  /// A second hello on one connection.
  case helloTwice = 21
  /// A session that never existed here.
  case sessionUnknown = 22
  /// A session that was forgotten: whether its unanswered requests were applied cannot be told any more.
  case sessionEvicted = 23
  /// Another connection resumed this session; this one is closed.
  case sessionTaken = 24
  /// A frame names another session than its connection's.
  case wrongSession = 25
  /// A request number was left out.
  case requestGap = 26
  /// A request that is older than the kept replies, or more submits and reads unanswered than the window.
  case requestOutOfWindow = 27
  /// A resent request has other content than the first time.
  case requestDiffers = 28

  // Who may do what.
  /// A hello or subscription asks for a tenant that the credential does not allow. (Operations answer result code 20.)
  case tenantScope = 30
  /// The credential does not allow it. (Operations answer result code 32.)
  case notAuthorised = 31
  /// The server does not know, or does not accept, this method of authentication.
  case authenticationMethod = 32
  /// The key or proof is wrong.
  case authenticationFailed = 33

  // The server.
  /// It is shutting down and takes no new sessions.
  case draining = 40
  /// It met a failure of its own (disk, memory) and stops.
  case serverFailure = 41
  /// The limit of connections is reached.
  case tooManyConnections = 42
  /// Hello did not come in time.
  case handshakeTimeout = 43
  /// Nothing came for too long.
  case idleTimeout = 44
  /// Replies are not being read.
  case slowReader = 45

  // Reads and subscriptions.
  /// A question of an unknown kind or with fields that do not fit it.
  case badQuery = 50
  /// A cursor that the server did not give.
  case badCursor = 51
  /// The log no longer reaches back so far. `value`: the oldest commit it has.
  case positionTooOld = 52
  /// A commit that does not exist yet. `value`: the newest that does.
  case positionAhead = 53
  /// A subscription number that is in use, or is not, or one subscription too many.
  case badSubscription = 54
  /// More credit than the limit.
  case creditOverflow = 55
  /// The subscriber asked for the end.
  case cancelled = 56
}

/// What is wrong with bytes that should be a frame, and where.
public struct FrameError: Error, Sendable, Hashable {
  public var reason: ErrorReason
  /// Byte offset from the frame's first byte.
  public var place: UInt32
  /// What was found there; for `badVersion` what is spoken here.
  public var value: UInt64

  public init(_ reason: ErrorReason, place: Int, value: UInt64 = 0) {
    self.reason = reason
    self.place = UInt32(truncatingIfNeeded: place)
    self.value = value
  }
}

extension FrameError: CustomStringConvertible {
  /// For example `badKind at byte 5, value 17`.
  public var description: String { "\(reason) at byte \(place), value \(value)" }
}
