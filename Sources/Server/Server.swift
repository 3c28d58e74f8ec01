import Access
public import Engine
import NIOCore
import NIOPosix
import NIOSSL
public import Telemetry
import Wire

/// Serves an engine over TCP: the binary protocol of the `Wire` target.
///
/// ```swift
/// let server = try await Server.start(ServerConfiguration(), engine: engine, registry: registry, status: status)
/// ...
/// await server.drain()
/// try engine.close()
/// ```
///
/// The engine is the caller's: the server neither opens nor closes it. All methods may be called from any task.
public final class Server: Sendable {
  /// Where it listens, with the port that the system chose.
  public let host: String
  /// Where it listens.
  public let port: Int

  private let group: MultiThreadedEventLoopGroup
  private let lobby: Lobby
  private let workers: [LoopWorker]
  private let sweeps: [RepeatedTask]
  private let diskPool: DiskPool
  private let accessPool: DiskPool
  private let access: AccessControl
  private let status: ServerStatus
  private let configuration: ServerConfiguration

  private init(
    address: SocketAddress, group: MultiThreadedEventLoopGroup, lobby: Lobby, workers: [LoopWorker],
    sweeps: [RepeatedTask], diskPool: DiskPool, accessPool: DiskPool,
    access: AccessControl, status: ServerStatus,
    configuration: ServerConfiguration
  ) {
    host = address.ipAddress ?? configuration.host
    port = address.port ?? configuration.port
    self.group = group
    self.lobby = lobby
    self.workers = workers
    self.sweeps = sweeps
    self.diskPool = diskPool
    self.accessPool = accessPool
    self.access = access
    self.status = status
    self.configuration = configuration
  }

  /// Listens and serves; `status` becomes `serving`.
  ///
  /// - Parameters:
  ///   - registry: gets the server's and the engine's metrics.
  ///   - onFailure: called once, from any thread, when the engine fails; `status` is `failed` then. All clients
  ///     were told; what remains is to `drain()` and to exit.
  /// - Throws: `ServerError` when the address is unknown, taken, or not loopback while there are no keys or no TLS; when
  ///   a file of the TLS configuration, or the catalog, cannot be read.
  public static func start(
    _ configuration: ServerConfiguration, engine: Engine, registry: MetricsRegistry, status: ServerStatus,
    onFailure: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws(ServerError) -> Server {
    precondition(configuration.loopCount > 0, "a server has at least one event loop")
    let access: AccessControl
    do throws(AccessError) {
      access = try AccessControl(
        catalog: engine.catalog, manifest: engine.storeManifest, clock: { WallClock.milliseconds() })
    } catch { throw ServerError("\(error)") }
    let address = try ListenAddress.resolve(
      host: configuration.host, port: configuration.port,
      loopbackOnly: access.requiresKeys ? noEncryption(configuration) : "the store has no keys")
    let tls = try configuration.tls?.context()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.loopCount)
    let (diskPool, accessPool) = (DiskPool(), DiskPool())
    let directory = SessionDirectory()
    let places = ConnectionPlaces(countMax: Int(configuration.limits.connectionCountMax))
    let metrics = ServerMetrics(registry: registry)
    let workers = group.makeIterator().map { loop in
      LoopWorker(
        loop: loop, engine: engine, configuration: configuration, metrics: metrics, directory: directory,
        diskPool: diskPool, accessPool: accessPool, access: access, places: places, tls: tls)
    }
    let lobby = Lobby(workers: workers, places: places, configuration: configuration, metrics: metrics)
    let listening: SocketAddress?
    do {
      for worker in workers {
        let ticker = try await LoopTicker.start(on: worker.loop) { [unowned worker] in worker.ticked() }
        worker.requestTick = { ticker.tick() }
      }
      listening = try await lobby.open(address, backlog: configuration.backlog)
    } catch {
      await lobby.stop()
      await stop(group, [diskPool, accessPool])
      throw ServerError("cannot listen on \(configuration.host):\(configuration.port): \(error)")
    }
    engine.addMetrics(to: registry)
    let auditor = Auditor(access.audit)
    let sweeps = workers.map { worker in
      worker.loop.scheduleRepeatedTask(initialDelay: .milliseconds(100), delay: .milliseconds(100)) { _ in
        worker.sweep()
        auditor.writeSoon(on: accessPool)
        guard let failure = engine.failure?.message ?? auditor.failure else { return }
        worker.failAll(failure)
        lobby.failAll(failure)
        if status.advance(to: .failed(failure)) { onFailure(failure) }
      }
    }
    status.advance(to: .serving)
    return Server(
      address: listening ?? address, group: group, lobby: lobby, workers: workers, sweeps: sweeps,
      diskPool: diskPool, accessPool: accessPool, access: access, status: status, configuration: configuration)
  }

  /// What can be told of a configuration before the store is open: whether its address may be served without keys or
  /// with them, and whether its files can be read. Whether the address is free shows `start`.
  ///
  /// - Throws: `ServerError`.
  public static func check(_ configuration: ServerConfiguration) throws(ServerError) {
    _ = try ListenAddress.resolve(
      host: configuration.host, port: configuration.port, loopbackOnly: noEncryption(configuration))
    _ = try configuration.tls?.context()
  }

  /// Why a server with keys must stay on loopback; nil when it need not.
  private static func noEncryption(_ configuration: ServerConfiguration) -> String? {
    configuration.tls == nil ? "there is no TLS certificate" : nil
  }

  /// Stops accepting, says goodbye, finishes what was accepted, and closes when clients have their replies, at the
  /// latest after `drainMilliseconds`. Call it once.
  public func drain() async {
    status.advance(to: .draining)
    await lobby.close()
    await withTaskGroup(of: Void.self) { tasks in
      for worker in workers {
        tasks.addTask { await self.drain(worker) }
      }
    }
    for sweep in sweeps { sweep.cancel() }
    for worker in workers { worker.door.shut() }
    await flushAudit()
    await lobby.stop()
    await Self.stop(group, [diskPool, accessPool])
    status.advance(to: .stopped)
  }

  private func drain(_ worker: LoopWorker) async {
    let done = worker.loop.makePromise(of: Void.self)
    worker.loop.flatSubmit { worker.drain() }.cascade(to: done)
    let deadline = worker.loop.scheduleTask(in: .milliseconds(Int64(configuration.drainMilliseconds))) {
      worker.closeAll()
      done.succeed()
    }
    // Both ways to complete succeed.
    try? await done.futureResult.get()
    deadline.cancel()
  }

  /// Writes the last rows of the audit trail.
  private func flushAudit() async {
    do {
      let audit = access.audit
      try await accessPool.threads.runIfActive { try audit.flush() }
    } catch {
      // A store that takes no writes any more has said so before: the engine has failed.
      status.advance(to: .failed("the audit trail could not be written: \(error)"))
    }
  }

  private static func stop(_ group: MultiThreadedEventLoopGroup, _ pools: [DiskPool]) async {
    // To shut down twice is the only failure, and all are shut down here only.
    for pool in pools { try? await pool.threads.shutdownGracefully() }
    try? await group.shutdownGracefully()
  }
}
