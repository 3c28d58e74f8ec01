import Client
import HTTPTypes
import Logging
import NIOConcurrencyHelpers
import NIOCore
import Store
import Wire

/// Sends events of the log to the endpoints of tenants, each at least once.
///
/// Nothing is kept of an event when it happens: the log is there already. Each endpoint has a cursor in it; one follower of the head serves those
/// that are up to date, a few readers catch up the others.
final class WebhookService: Sendable {
  let context: WebhookContext
  let log: KernelLog
  let head: HeadFollower
  let journal: WebhookJournal
  private let queue: CatchUpQueue
  private let registry: EndpointRegistry
  private let tasks: [Task<Void, Never>]
  private let isStopped = NIOLockedValueBox(false)

  /// Between two transactions of the journal.
  private static let pause = Duration.milliseconds(250)
  /// Of so many transactions one has the cursors that only moved because the log grew.
  private static let idleInterval = 20

  /// Reads what is kept, and begins.
  ///
  /// - Throws: `GatewayError` when the gateway's own key is not good enough, or what is kept cannot be read.
  init(
    _ configuration: GatewayConfiguration, catalog: any Catalog, traces: TraceStore, group: any EventLoopGroup,
    logger: Logger, now: @escaping @Sendable () -> Int64
  ) async throws(GatewayError) {
    let log = KernelLog(configuration, group: group)
    if configuration.ownKey != nil { try await Self.check(log) }
    let (queue, registry) = (CatchUpQueue(), EndpointRegistry())
    let context = WebhookContext(
      configuration.webhooks, catalog: catalog, traces: traces, group: group, logger: logger, now: now)
    let head = HeadFollower(log, logger: logger) { queue.append($0) }
    let journal = WebhookJournal(catalog, head: { head.position }, endpoints: { registry.all })
    (self.context, self.log, self.head, self.journal) = (context, log, head, journal)
    (self.queue, self.registry) = (queue, registry)
    let readers = CatchUpReaders(log, head: head, queue: queue, logger: logger)
    do throws(StoreError) {
      try registry.load(context, Self.owner(queue, head))
    } catch {
      await log.close()
      await journal.stop()
      await context.stop()
      throw GatewayError("cannot read the endpoints of webhooks: \(error)")
    }
    tasks = [
      Task { await head.run() }, Task { await readers.run() },
      Task { await Self.keepJournal(journal, registry, log, context) },
    ]
    for worker in registry.all where worker.isEnabled { begin(worker) }
  }

  private static func check(_ log: KernelLog) async throws(GatewayError) {
    do throws(Problem) { _ = try await log.client() } catch {
      // A server that is not there yet is waited for.
      guard error.code == KernelLog.unavailable else { return }
      await log.close()
      throw GatewayError("webhooks: \(error.detail)")
    }
  }

  private static func owner(_ queue: CatchUpQueue, _ head: HeadFollower) -> EndpointWorker.Owner {
    EndpointWorker.Owner(
      wantsReader: { queue.append($0) },
      wasDisabled: { worker, _ in head.want(worker.tenant, -1) })
  }

  /// Writes what there is, until it is cancelled or the disk fails.
  private static func keepJournal(
    _ journal: WebhookJournal, _ registry: EndpointRegistry, _ log: KernelLog, _ context: WebhookContext
  ) async {
    var count = 0
    while true {
      do { try await Task.sleep(for: pause) } catch { return }
      let workers = registry.all
      guard !workers.isEmpty else {
        context.metrics.set(WebhookMetrics.Sums())
        continue
      }
      count += 1
      do throws(StoreError) {
        try await journal.write(isIdleWritten: count.isMultiple(of: idleInterval))
      } catch {
        registry.fail()
        context.logger.error("webhooks stop: what they remember cannot be written", metadata: ["error": "\(error)"])
        return
      }
      // Without it the lag is not known, and the rest is.
      let newest = try? await log.newestCommit()
      var sums = WebhookMetrics.Sums()
      for worker in workers { worker.add(to: &sums, newest: newest) }
      context.metrics.set(sums)
    }
  }

  // MARK: Endpoints

  /// An enabled endpoint begins to get events.
  func begin(_ worker: EndpointWorker) {
    head.want(worker.tenant, 1)
    queue.append(worker)
    worker.pump()
  }

  /// An endpoint that is enabled already is to be read for.
  func requeue(_ worker: EndpointWorker) {
    queue.append(worker)
    worker.pump()
  }

  /// The endpoints of a tenant, by id.
  func endpoints(of tenant: UInt32) -> [EndpointWorker] { registry.endpoints(of: tenant) }

  /// - Throws: `Problem` when there is none, or it is another tenant's.
  func endpoint(_ id: UInt128, of tenant: UInt32) throws(Problem) -> EndpointWorker {
    guard let worker = registry.endpoint(id), worker.tenant == tenant else { throw .notFound("webhook") }
    return worker
  }

  /// - Throws: `Problem` when what webhooks remember cannot be written any more.
  func checkStore() throws(Problem) { if registry.hasFailed { throw Self.storeFailed } }

  /// Writes what there is, and `more` behind it; durable on return.
  func write(
    _ more: @escaping @Sendable () throws(StoreError) -> [CatalogChange] = { [] }
  ) async throws(Problem) {
    try checkStore()
    do throws(StoreError) { try await journal.write(more) } catch { throw Self.storeFailed }
  }

  private static let storeFailed = Problem(
    .serviceUnavailable, "store", "what webhooks remember cannot be written")

  /// A new endpoint, which gets what is behind `cursor`.
  func add(_ endpoint: WebhookEndpoint, cursor: EventPosition) async throws(Problem) -> EndpointWorker {
    let worker = EndpointWorker(
      endpoint, EndpointStanding(cursor: cursor), context: context, owner: Self.owner(queue, head))
    worker.markNew()
    try registry.add(worker, context.configuration)
    do throws(Problem) { try await write() } catch {
      registry.remove(worker)
      throw error
    }
    begin(worker)
    return worker
  }

  /// An endpoint and everything that is kept of it is gone.
  func remove(_ worker: EndpointWorker) async throws(Problem) {
    guard registry.remove(worker) else { throw .notFound("webhook") }
    let wasEnabled = worker.end()
    head.leave(worker)
    if wasEnabled { head.want(worker.tenant, -1) }
    let (catalog, endpoint) = (context.catalog, worker.endpoint)
    try await write { () throws(StoreError) in
      var changes: [CatalogChange] = [
        .delete(.webhookEndpoints, key: WebhookKey.endpoint(endpoint)),
        .delete(.webhookStandings, key: endpoint.id.catalogKey),
      ]
      for table in [CatalogTable.webhookRetries, .webhookDeadLetters, .webhookDeliveries] {
        try catalog.visit(table, of: endpoint.id) { key, _ in
          changes.append(.delete(table, key: key))
          return .next
        }
      }
      return changes
    }
    // What is on its way may take its time.
    Task { await worker.close() }
  }

  // MARK: The end

  /// Lets deliveries that are on their way end, for `seconds` at most, and writes how far each endpoint is. Idempotent.
  func stop(drainSeconds seconds: Int64) async {
    let wasStopped = isStopped.withLockedValue { isStopped in
      defer { isStopped = true }
      return isStopped
    }
    guard !wasStopped else { return }
    head.stop()
    queue.close()
    let deadline = NIODeadline.now() + .seconds(seconds)
    let workers = registry.all
    for worker in workers { worker.drain(before: deadline) }
    for worker in workers { await worker.drained() }
    tasks[2].cancel()
    await log.close()
    for task in tasks { await task.value }
    if !registry.hasFailed {
      do throws(StoreError) { try await journal.write(isIdleWritten: true) } catch {
        // They are sent again after the next start.
        context.logger.error("how far webhooks are could not be written", metadata: ["error": "\(error)"])
      }
    }
    for worker in workers { await worker.close() }
    await journal.stop()
    await context.stop()
  }
}
