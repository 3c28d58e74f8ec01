/// Every limit of the protocol. The values here are the defaults; a server may lower them, and says so in `welcome`.
///
/// A client that breaks one gets an `error` frame that names the limit, then the connection is closed. Nobody
/// else notices.
public struct Limits: Sendable, Hashable {
  /// Most bytes of a frame, header included. Holds 8,190 operations that all carry an extension.
  public var frameByteCountMax: UInt32 = 64 + 2 * 8_190 * 64
  /// Most operations of a submit frame, extensions not counted.
  public var operationCountMax: UInt32 = 8_190
  /// Most submits and reads of a connection sent and unanswered; also how many of a session's latest replies are kept.
  public var requestWindow: UInt32 = 256
  /// Most connections of a server.
  public var connectionCountMax: UInt32 = 1_024
  /// Most submit bytes of a server accepted and unanswered. Past it the server stops reading, or says `busy`.
  public var bytesInFlightMax: UInt64 = 1 << 29
  /// A connection that sends nothing for so long is closed; a ping counts. Milliseconds.
  public var idleMilliseconds: UInt32 = 60_000
  /// Time from connecting to a complete hello. Milliseconds.
  public var handshakeMilliseconds: UInt32 = 5_000
  /// Most records of a read reply.
  public var readItemCountMax: UInt32 = 4_096
  /// Most events that a subscription may be owed at once.
  public var eventCreditMax: UInt32 = 65_536
  /// Most subscriptions of a connection.
  public var subscriptionCountMax: UInt32 = 16
  /// Most sessions a server remembers. One more evicts the session that was idle longest.
  public var sessionCountMax: UInt32 = 65_536
  /// Most reply bytes waiting for a connection that does not read. Past it the connection is closed (`slowReader`).
  public var replyByteCountMax: UInt64 = 1 << 26

  public init() {}
}

extension Limits {
  /// Most bytes of the key or proof in a hello.
  public static let credentialByteCountMax = 4_096
  /// Most bytes of a command's text.
  public static let commandByteCountMax = 65_536
  /// Most bytes of the text in an error.
  public static let errorTextByteCountMax = 1_024
}
