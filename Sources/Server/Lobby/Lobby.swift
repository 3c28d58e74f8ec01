import Glibc
import NIOCore
import NIOPosix
import Telemetry
import Wire

/// Where clients are until they have said hello: an event loop and a thread of their own.
///
/// ```
/// listener -> Visitor -- first message is whole --> LoopWorker.admit -> Connection
/// ```
///
/// To accept, to time out and to close thousands of connections that say nothing takes the time of thousands of operations,
/// in bursts; here it keeps nobody waiting who is in. The thread gives way to the others: those who are in come first.
// Everything is confined to `loop`, except what is immutable or atomic.
final class Lobby: @unchecked Sendable {
  /// A socket that goes to a worker.
  struct Admission: Sendable {
    /// Tells connections apart inside this process.
    let number: UInt64
    let descriptor: CInt
    /// Where it comes from: a socket whose peer is gone already does not say so any more.
    let address: String?
    /// What was read from it.
    let received: ByteBuffer
    /// When its session must have begun.
    let deadline: NIODeadline
  }

  let metrics: ServerMetrics
  let firstMessage: FirstMessage
  /// How long somebody may wait here.
  let patience: TimeAmount

  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let loop: any EventLoop
  private let workers: [LoopWorker]
  private var listener: (any Channel)?

  /// Those waiting, the longest one first. All wait for the same time, so this is the order of deadlines, too.
  private var waiting = CircularBuffer<Visitor>()
  private var waitingCount = 0
  /// Those refused who may still read why, the first one first.
  private var lingering = CircularBuffer<Visitor>()
  private var isSweepScheduled = false
  private var isDraining = false
  private var nextWorker = 0
  private var newestNumber: UInt64 = 0

  private let places: ConnectionPlaces

  /// Most that linger at a time: more would be a way to have connections beyond the limit.
  private static let lingeringCountMax = 256
  /// Overdue visitors closed between two looks at the sockets.
  private static let closesPerTurn = 32

  init(workers: [LoopWorker], places: ConnectionPlaces, configuration: ServerConfiguration, metrics: ServerMetrics) {
    loop = group.next()
    self.workers = workers
    self.places = places
    self.metrics = metrics
    firstMessage = configuration.tls == nil ? .hello(configuration.limits) : .encrypted
    patience = .milliseconds(Int64(configuration.limits.handshakeMilliseconds))
  }

  /// Listens.
  ///
  /// - Throws: what the system says against the address.
  /// - Returns: where.
  func open(_ address: SocketAddress, backlog: Int32) async throws -> SocketAddress? {
    let listener = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      // So that nothing is read behind the bytes that make somebody leave.
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 2_048))
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Visitor(lobby: self))
        }
      }
      .bind(to: address).get()
    try await loop.submit {
      self.listener = listener
      // Of this thread; to step back is always allowed.
      _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
      self.loop.scheduleRepeatedTask(initialDelay: .milliseconds(50), delay: .milliseconds(50)) { _ in
        if !self.isSweepScheduled { self.closeOverdue() }
      }
    }.get()
    return listener.localAddress
  }

  /// A copy of a descriptor, closed on exec.
  ///
  /// - Throws: when there are none left.
  static func duplicate(_ descriptor: CInt) throws -> CInt {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw IOError(errnoCode: errno, reason: "fcntl") }
    return copy
  }

  // MARK: Visitors

  /// Somebody has come. When there are too many connections, the one without a session who has waited longest goes, here or
  /// behind: so those who come and say nothing, or only begin to, keep nobody out.
  func enter(_ visitor: Visitor) {
    metrics.connections.add(1)
    metrics.connectionsAccepted.add()
    waiting.append(visitor)
    waitingCount += 1
    // Those who left behind one who stays.
    if waiting.count > 2 * waitingCount + 64 { waiting.removeAll { $0.phase != .waiting } }
    guard !isDraining else { return visitor.fail(ErrorBody(.draining)) }
    guard waitingCount + places.count > places.countMax, let first = firstWaiting else { return }
    if let newcomer = places.takeOldestNewcomer(before: first.deadline) {
      let worker = workers[newcomer.worker]
      worker.loop.execute { worker.makeRoom(newcomer.connection) }
    } else {
      first.fail(ErrorBody(.tooManyConnections, value: UInt64(places.countMax)))
    }
  }

  /// The visitor who has waited longest.
  private var firstWaiting: Visitor? {
    while let visitor = waiting.first, visitor.phase != .waiting { waiting.removeFirst() }
    return waiting.first
  }

  /// The first message is whole.
  func admit(_ descriptor: CInt, address: String?, received: ByteBuffer, deadline: NIODeadline) {
    waitingCount -= 1
    newestNumber += 1
    let admission = Admission(
      number: newestNumber, descriptor: descriptor, address: address, received: received, deadline: deadline)
    places.admit(ConnectionPlaces.Newcomer(worker: nextWorker, connection: newestNumber, deadline: deadline))
    let worker = workers[nextWorker]
    nextWorker = (nextWorker + 1) % workers.count
    worker.loop.execute { worker.admit(admission) }
  }

  /// Somebody who waited is refused.
  func linger(_ visitor: Visitor) {
    waitingCount -= 1
    lingering.append(visitor)
    guard lingering.count > Self.lingeringCountMax else { return }
    lingering.removeAll { $0.phase == .gone }
    while lingering.count > Self.lingeringCountMax { lingering.removeFirst().close(reason: "aborted") }
  }

  /// A visitor is gone.
  func leave(_ phase: Visitor.Phase) {
    if phase == .waiting { waitingCount -= 1 }
    metrics.connections.add(-1)
  }

  private func closeOverdue() {
    isSweepScheduled = false
    let now = NIODeadline.now()
    while let visitor = lingering.first, visitor.phase == .gone || visitor.deadline <= now {
      lingering.removeFirst()
      visitor.close(reason: "aborted")
    }
    for _ in 0..<Self.closesPerTurn {
      guard let visitor = firstWaiting, visitor.deadline <= now else { return }
      visitor.fail(ErrorBody(.handshakeTimeout, value: UInt64(patience.nanoseconds / 1_000_000)))
    }
    isSweepScheduled = true
    loop.scheduleTask(in: .milliseconds(1)) { self.closeOverdue() }
  }

  // MARK: Ends

  /// The engine failed: every visitor is told, then closed.
  func failAll(_ reason: String) {
    loop.execute { self.refuseAll(ErrorBody(.serverFailure, text: reason)) }
  }

  private func refuseAll(_ body: ErrorBody) {
    for visitor in waiting { visitor.fail(body) }
  }

  /// Lets nobody in any more and refuses those who wait. Who was admitted before is on its worker's loop.
  func close() async {
    // A listener that is closed already is what we want.
    try? await loop.flatSubmit {
      self.isDraining = true
      self.refuseAll(ErrorBody(.draining))
      // They know the lobby.
      self.waiting.removeAll()
      self.lingering.removeAll()
      defer { self.listener = nil }
      return self.listener?.close() ?? self.loop.makeSucceededVoidFuture()
    }.get()
  }

  /// Closes who still lingers.
  func stop() async {
    // To shut down twice is the only failure, and it is shut down here only.
    try? await group.shutdownGracefully()
  }
}
