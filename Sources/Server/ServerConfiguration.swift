public import Access
public import Wire

/// How a server is set up. The protocol's limits are `Limits`; what only concerns this process is here.
public struct ServerConfiguration: Sendable {
  /// Address to listen on; only loopback addresses are served without keys in the store and without `tls`.
  public var host: String
  /// Port to listen on; 0 lets the system choose one.
  public var port: Int
  /// Encrypts connections; nil for loopback only.
  public var tls: ServerTLS?
  /// Tells what outside issuers' signed statements are worth; nil when none are taken.
  public var assertions: (any AssertionVerifier)?
  /// Told to clients in `welcome`, and enforced.
  public var limits = Limits()
  /// Event loops, each a thread. One carries more than ten million operations a second in large batches.
  public var loopCount = 1
  /// Most operations that are applied in one loop round before sockets are read again. Small enough that
  /// reading runs ahead of applying, large enough that a round's fixed cost does not count: two of the largest frames.
  public var operationsPerRoundMax = 16_380
  /// The same while several clients have work. A frame is never divided, so up to two of the largest go in a round.
  public var operationsPerContestedRoundMax = 8_192
  /// Bytes of operations applied and not yet durable at which others wait in their queues instead: what is in the log's
  /// ring already is one line, in which a small client stands behind a large one. Two of the engine's largest commits: one
  /// is written while the next one fills.
  public var appliedByteCountMax = 8 << 20
  /// Bytes that one read takes from a socket at most. Half a level-two cache: the bytes are copied while warm.
  public var receiveByteCount = 256 << 10
  /// Reads in a row from one socket before the next one has its turn.
  public var readsPerTurnMax = 8
  /// Bytes of request memory that are kept for reuse, and so stay warm.
  public var pooledByteCountMax = 192 << 20
  /// Connections that the system may hold before the server accepts them.
  public var backlog: Int32 = 1_024
  /// Longest time that `drain()` waits for clients to take their last replies.
  public var drainMilliseconds = 10_000

  /// A configuration with the protocol's default limits.
  public init(host: String = "127.0.0.1", port: Int = 0) {
    self.host = host
    self.port = port
  }
}

/// Why a server could not start.
public struct ServerError: Error, Sendable, CustomStringConvertible {
  /// A sentence for the operator, with the address or value at fault.
  public let description: String

  init(_ description: String) { self.description = description }
}
