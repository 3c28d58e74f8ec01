import Access
import Engine
import NIOCore
import NIOSSL
import Telemetry
import Wire

/// What one event loop does between its sockets and the engine.
///
/// ```
/// sockets -> Connection (frames) -> queue -> round: Engine.submit -> ... -> completion queue -> replies -> sockets
/// ```
///
/// Frames that are complete and checked wait in `queue`, each client's in the order of their arrival. Once a loop round,
/// behind all reads of the round, at most `operationsPerRoundMax` of them are applied as one group; then sockets are read
/// again. So reading runs ahead of applying, up to the bounds of bytes in flight, where reading stops.
// Everything is confined to `loop`, except what is immutable.
final class LoopWorker: @unchecked Sendable {
  let loop: any EventLoop
  /// For callbacks from other threads.
  let door: LoopDoor
  let engine: Engine
  let configuration: ServerConfiguration
  let metrics: ServerMetrics
  let directory: SessionDirectory
  let diskPool: DiskPool
  /// For commands about keys, which do not wait behind subscribers' reading.
  let accessPool: DiskPool
  let access: AccessControl
  let places: ConnectionPlaces
  /// Encrypts its connections; nil for none.
  let tls: NIOSSLContext?
  /// Where replies for this loop arrive.
  let completions: CompletionQueue

  var connections: [UInt64: Connection] = [:]
  var isDraining = false
  var pool: RequestPool

  var queue = FairQueue()
  /// Flows of keys, while they have connections.
  var flowsOfKeys: [UInt32: Flow] = [:]
  /// Flows that are not read: see `Flow.isPaused`.
  var pausedFlows: [Flow] = []
  /// Handed to the engine next; not empty between rounds only when the ring was full.
  var group: [Submission] = []
  var groupOperationCount = 0
  var groupByteCount = 0
  var isRingFull = false
  var isRoundScheduled = false
  /// Has the loop look at its sockets and then call `ticked`. Set before the first connection comes.
  var requestTick: (() -> Void)?
  var isFlushScheduled = false
  /// Connections with bytes to write, each once.
  var unflushed: [Connection] = []
  var isReadingPaused = false
  /// Keys as the connections' grants were last compared with them.
  var accessRevision: UInt64 = 0
  var grantsChecked = NIODeadline.uptimeNanoseconds(0)
  /// Connections whose deadlines the sweep under way has not looked at.
  var sweepOrder: [UInt64] = []
  var idleAction: (() -> Void)?
  var whenEmpty: (() -> Void)?
  /// Reads that the engine has not answered yet.
  var readsInFlight = 0

  /// When the current round began; one clock reading a round.
  var now = NIODeadline.now()
  /// Milliseconds a request took lately: what `busy` gives as a hint.
  var recentMilliseconds: Int64 = 1

  // Counted here, published once a round.
  var bytesInFlight = 0
  /// Of them those of whole frames: the rest is still being received.
  var bytesAccepted = 0
  /// Of them those handed to the engine.
  var bytesApplied = 0
  /// Those that are being received.
  var halves = HalfFrames()
  /// Bytes of answers that sockets have not taken, as last looked at.
  var bytesBuffered = 0
  var operationsInFlight = 0
  var operationsInFlightPeak = 0
  var operationsQueued = 0
  var published = Published()
  var counts = RoundCounts()

  /// This loop's share of the server's bound.
  let bytesInFlightMax: Int

  init(
    loop: any EventLoop, engine: Engine, configuration: ServerConfiguration, metrics: ServerMetrics,
    directory: SessionDirectory, diskPool: DiskPool, accessPool: DiskPool, access: AccessControl,
    places: ConnectionPlaces, tls: NIOSSLContext?
  ) {
    self.loop = loop
    self.engine = engine
    self.configuration = configuration
    self.metrics = metrics
    self.directory = directory
    self.diskPool = diskPool
    self.accessPool = accessPool
    self.access = access
    self.places = places
    self.tls = tls
    pool = RequestPool(byteCountMax: configuration.pooledByteCountMax / configuration.loopCount)
    bytesInFlightMax = Int(clamping: configuration.limits.bytesInFlightMax) / configuration.loopCount
    door = LoopDoor(loop)
    let wake = WakeTarget(door: door)
    completions = CompletionQueue { wake.wake() }
    wake.worker = self
  }

  /// Bytes of answers that one connection may leave untaken: as many as are left for all of them, which is as much as may be in flight, and
  /// always one mebibyte (dynamic thresholds, as for what is in flight).
  var bufferedByteCountLeft: Int { max(1 << 20, bytesInFlightMax - bytesBuffered) }

  /// Bytes in flight at which reading stops. The rest up to the bound is for what is on its way already.
  var pauseByteCount: Int { bytesInFlightMax - bytesInFlightMax / 8 }
  /// Bytes in flight at which reading goes on.
  var resumeByteCount: Int { bytesInFlightMax - bytesInFlightMax / 4 }
  /// Bytes that bodies may have that are being received. The rest is for whole frames, whatever clients begin and do not end.
  var halfByteCountMax: Int { bytesInFlightMax / 2 }
}

/// Something that was accepted and waits for its turn, in the order of its client.
enum QueuedWork {
  case submit(Request)
  /// Waits behind the submits that came before it, so that a connection reads its own writes.
  case read(Connection, request: UInt64, trace: UInt128, ReadBody)

  /// What it costs of a turn.
  var operationCount: Int {
    switch self {
    case .submit(let request): request.operationCount
    case .read: 1
    }
  }
}

/// Counts of the round so far, by loops, before they are published.
struct RoundCounts {
  var bytesReceived = 0
  var bytesSent = 0
  var frames = [Int](repeating: 0, count: FrameKind.allCases.count)
  var operations = 0
}

struct Published {
  var bytes = 0
  var operations = 0
  var queued = 0
}

/// Breaks the cycle between a worker and the wake-up that its queue holds.
// `worker` is set once, before the queue is used, and read on the loop.
private final class WakeTarget: @unchecked Sendable {
  let door: LoopDoor
  weak var worker: LoopWorker?

  init(door: LoopDoor) { self.door = door }

  func wake() {
    door.execute { self.worker?.completionsArrived() }
  }
}

// MARK: - Taking work

extension LoopWorker {
  /// Bytes of a body that begins to be received.
  ///
  /// - Returns: false when that would pass the bound, or the share of a client that has more bodies half received than are left
  ///   for everybody; the frame must be refused.
  func reserve(byteCount: Int, for flow: Flow) -> Bool {
    guard bytesInFlight + byteCount <= bytesInFlightMax else { return false }
    let half = flow.bytesInFlight - flow.bytesAccepted
    guard half == 0 || half + byteCount <= bytesLeft else { return false }
    bytesInFlight += byteCount
    flow.bytesInFlight += byteCount
    pauseIfNeeded(flow)
    return true
  }

  /// Bytes of a body that never became complete, or is answered.
  private func release(byteCount: Int, of flow: Flow) {
    bytesInFlight -= byteCount
    flow.bytesInFlight -= byteCount
    forgetIfUnused(flow)
  }

  /// A request was answered.
  func release(_ request: Request) {
    bytesApplied -= request.bodyByteCount
    bytesAccepted -= request.bodyByteCount
    request.flow.bytesAccepted -= request.bodyByteCount
    release(byteCount: request.bodyByteCount, of: request.flow)
  }

  /// More of a body has come, and not all. Where too much is half received, the oldest frames are given up: whoever sends the rest of one
  /// is told busy then.
  func waits(for request: Request, of connection: Connection) {
    guard request.halfNumber == 0 else { return }
    request.halfNumber = halves.append(
      HalfFrames.Frame(connection: connection.number, byteCount: request.bodyByteCount))
    while halves.byteCount > halfByteCountMax, halves.count > 1, let oldest = halves.oldest {
      guard let holder = connections[oldest] else { preconditionFailure("who goes takes its frame along") }
      holder.giveUpFrame()
      metrics.framesGivenUp.add()
    }
  }

  /// A body is whole, or will never be.
  private func received(_ request: Request) {
    guard request.halfNumber != 0 else { return }
    halves.remove(request.halfNumber)
    request.halfNumber = 0
  }

  /// Gives back what was reserved for a frame that never became complete, or is refused.
  func abandon(_ request: Request) {
    received(request)
    release(byteCount: request.bodyByteCount, of: request.flow)
    pool.recycle(request)
    resumeReadingIfPossible()
  }

  /// Queues a complete, checked frame.
  func accept(_ request: Request) {
    received(request)
    request.arrival = now
    bytesAccepted += request.bodyByteCount
    request.flow.bytesAccepted += request.bodyByteCount
    pauseIfNeeded(request.flow)
    operationsInFlight += request.operationCount
    operationsInFlightPeak = max(operationsInFlightPeak, operationsInFlight)
    operationsQueued += request.operationCount
    counts.operations += request.operationCount
    metrics.submitOperations.observe(Double(request.operationCount))
    queue.append(.submit(request), to: request.flow)
    scheduleRound()
  }

  /// Queues a question behind the submits that came before it.
  func accept(_ connection: Connection, request: UInt64, trace: UInt128, _ read: ReadBody) {
    queue.append(.read(connection, request: request, trace: trace, read), to: connection.flow)
    scheduleRound()
  }

  /// Called at the first read of a loop round: takes the time for everything that arrives in it.
  func readingBegins() {
    if !isRoundScheduled { now = .now() }
    scheduleRound()
  }

  /// A read goes to the engine; `readEnds` follows.
  func readBegins() { readsInFlight += 1 }

  func readEnds() {
    readsInFlight -= 1
    notifyIfIdle()
  }

  /// Runs `body` as soon as nothing is queued, applied or unanswered.
  func whenIdle(_ body: @escaping () -> Void) {
    idleAction = body
    notifyIfIdle()
  }

  /// Nothing is queued, applied or unanswered.
  var isIdle: Bool { operationsInFlight == 0 && readsInFlight == 0 && queue.isEmpty }

  func notifyIfIdle() {
    guard isIdle, let body = idleAction else { return }
    idleAction = nil
    body()
  }
}
