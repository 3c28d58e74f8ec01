import Client
import Kernel
import Logging
import NIOConcurrencyHelpers
import Wire

/// Follows the head of the log once for all endpoints that are up to date.
///
/// An endpoint that has no room leaves, and costs the others nothing from then on: readers of its own catch it up, until it joins again.
final class HeadFollower: Sendable {
  private let log: KernelLog
  private let logger: Logger
  /// Called without a lock for endpoints that need a reader.
  private let enqueue: @Sendable (EndpointWorker) -> Void
  private let state = NIOLockedValueBox(State())
  private let wakes = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

  /// Events that are handed out at a time.
  private static let countMax = 1_024
  /// Milliseconds before the log is asked again when it could not be followed.
  private static let pause: Int64 = 500

  private struct State {
    /// Everything before it was offered to who is here; nil while it is not followed.
    var position: EventPosition?
    /// What is followed.
    var covered: TenantScope?
    var subscription: EventSubscription?
    /// Who is up to date, by tenant.
    var members: [UInt32: [EndpointWorker]] = [:]
    /// Endpoints that are not disabled, by tenant.
    var wanted: [UInt32: Int] = [:]
    var isStopped = false

    /// What is to be followed.
    var scope: TenantScope? {
      switch wanted.count {
      case 0: nil
      case 1: wanted.keys.first.map { .one($0) }
      default: .all
      }
    }
    /// Whether something else is followed than what is wanted.
    var isStale: Bool { isStopped || scope == nil || (covered != .all && covered != scope) }

    /// - Returns: whether it was there.
    mutating func remove(_ worker: EndpointWorker) -> Bool {
      guard let place = members[worker.tenant]?.firstIndex(where: { $0 === worker }) else { return false }
      members[worker.tenant]?.remove(at: place)
      if members[worker.tenant]?.isEmpty ?? false { members[worker.tenant] = nil }
      return true
    }
  }

  init(_ log: KernelLog, logger: Logger, enqueue: @escaping @Sendable (EndpointWorker) -> Void) {
    self.log = log
    self.logger = logger
    self.enqueue = enqueue
  }

  // MARK: Who is there

  /// Endpoints of a tenant are enabled, or disabled.
  func want(_ tenant: UInt32, _ difference: Int) {
    let stale = state.withLockedValue { state -> EventSubscription? in
      let count = (state.wanted[tenant] ?? 0) + difference
      state.wanted[tenant] = count == 0 ? nil : count
      return state.isStale ? state.subscription : nil
    }
    stale?.cancel()
    wakes.continuation.yield()
  }

  /// An endpoint for which everything before `position` was read, if that is as far as the head itself is.
  func join(_ worker: EndpointWorker, _ turn: EndpointWorker.Reading, at position: EventPosition) -> Bool {
    state.withLockedValue { state in
      guard let head = state.position, position >= head, state.covered == .all || state.covered == .one(worker.tenant),
        worker.joinHead(turn)
      else { return false }
      // It may have been here before, and been disabled meanwhile.
      _ = state.remove(worker)
      state.members[worker.tenant, default: []].append(worker)
      return true
    }
  }

  /// An endpoint that is not to get anything from here any more.
  func leave(_ worker: EndpointWorker) {
    let isQueued = state.withLockedValue { state in
      guard state.remove(worker), let position = state.position else { return false }
      return worker.leaveHead(at: position, isFull: false)
    }
    if isQueued { enqueue(worker) }
  }

  /// How far the head is; nil while it is not followed.
  var position: EventPosition? { state.withLockedValue { $0.position } }

  // MARK: Following

  /// Follows until `stop`.
  func run() async {
    for await _ in wakes.stream {
      while let scope = state.withLockedValue({ $0.isStopped ? nil : $0.scope }) {
        do throws(Problem) { try await follow(scope) } catch {
          dismissAll()
          logger.error("webhooks cannot follow the log", metadata: ["error": "\(error.code): \(error.detail)"])
          // Only cancelled, which ends the loop.
          try? await Task.sleep(for: .milliseconds(Self.pause))
        }
      }
      dismissAll()
      if state.withLockedValue({ $0.isStopped }) { return }
    }
  }

  private func follow(_ scope: TenantScope) async throws(Problem) {
    let client = try await log.client()
    do throws(ClientError) {
      let newest = EventPosition(commit: try await client.ping().commit + 1)
      let from = state.withLockedValue { state in
        if state.members.isEmpty || state.position == nil { state.position = newest }
        return state.position ?? newest
      }
      let subscription = try await client.subscribe(from: from, scope: scope, reportsProgress: true)
      defer { subscription.cancel() }
      let isStale = state.withLockedValue { state in
        (state.covered, state.subscription) = (scope, subscription)
        return state.isStale
      }
      guard !isStale else { return }
      while let arrival = try await subscription.next(countMax: Self.countMax) {
        hand(out: arrival.events, progress: subscription.progress)
      }
    } catch {
      if case .subscriptionEnded = error {} else { await log.lost(client) }
      throw Problem(error)
    }
  }

  private func hand(out events: [Event], progress: EventPosition?) {
    var (touched, queued): ([EndpointWorker], [EndpointWorker]) = ([], [])
    state.withLockedValue { state in
      for event in events {
        state.position = event.position.next
        guard let members = state.members[event.record.operation.tenant] else { continue }
        var document: WebhookEvent?
        for worker in members {
          switch worker.offer(event, by: .head, &document) {
          case .taken:
            if touched.last !== worker { touched.append(worker) }
          case .full, .moved:
            _ = state.remove(worker)
            if worker.leaveHead(at: event.position, isFull: true) { queued.append(worker) }
          }
        }
      }
      if let progress { state.position = max(state.position ?? progress, progress) }
    }
    for worker in queued { enqueue(worker) }
    for worker in touched { worker.pump() }
  }

  /// Everybody has to catch up.
  private func dismissAll() {
    let queued = state.withLockedValue { state in
      defer { (state.members, state.covered, state.subscription, state.position) = ([:], nil, nil, nil) }
      guard let position = state.position else { return [EndpointWorker]() }
      return state.members.values.joined().filter { $0.leaveHead(at: position, isFull: false) }
    }
    for worker in queued { enqueue(worker) }
  }

  func stop() {
    state.withLockedValue { state in
      state.isStopped = true
      return state.subscription
    }?.cancel()
    wakes.continuation.yield()
    wakes.continuation.finish()
  }
}
