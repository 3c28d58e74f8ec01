public import Wire

/// How a client connects, says who it is, and behaves when the connection breaks.
public struct ClientConfiguration: Sendable {
  /// Who the client is.
  public enum Authentication: Sendable {
    /// For a server without keys.
    case none
    /// The secret of a key, as it was shown when it was made. Over `plaintext` for loopback only.
    case key(String)
    /// The certificate of `transport`.
    case certificate
  }

  /// How bytes travel.
  public enum Transport: Sendable {
    /// For loopback.
    case plaintext
    case tls(ClientTLS)
  }

  public var authentication: Authentication = .none
  public var transport: Transport = .plaintext
  /// Asks for a session that may name these tenants only.
  public var scope: TenantScope = .all
  /// A session to go on with, from `MilepostClient.session`; 0 makes a new one. Its next request number comes from the server.
  public var session: UInt128 = 0
  /// Most submits and reads unanswered at once, 1...65,536; the server's own limit holds when it is lower.
  public var requestWindow = 256
  public var connectMilliseconds: Int64 = 5_000
  /// A ping is sent when nothing came for so long; after twice that long the connection counts as broken. At least 1.
  public var keepAliveMilliseconds: Int64 = 10_000
  public var reconnect = Reconnect()
  /// Events a subscription may hold that its reader has not taken. 1...eventCreditMax of the server.
  public var eventCredit: UInt32 = 4_096

  public init() {}

  /// How often and how long a broken connection is tried again.
  public struct Reconnect: Sendable {
    /// First pause; each further one doubles, up to `pauseMillisecondsMax`, and is shortened by up to a half at random.
    public var pauseMilliseconds: Int64 = 20
    public var pauseMillisecondsMax: Int64 = 2_000
    /// After so long without a session the client gives up, and what is unanswered fails with `outcomeUnknown`.
    public var giveUpMilliseconds: Int64 = 30_000
    public init() {}
  }
}
