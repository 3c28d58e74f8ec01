import Client
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Store
import Wire

/// One endpoint at work: its queue, its receiver, and how it fares. Its lock guards all of that; deliveries start and end on its event loop.
final class EndpointWorker: Sendable {
  let id: UInt128
  let tenant: UInt32
  let context: WebhookContext
  let loop: any EventLoop
  let state: NIOLockedValueBox<State>
  private let owner: Owner

  /// Who is told, without a lock.
  struct Owner: Sendable {
    /// The endpoint can be read on for.
    var wantsReader: @Sendable (EndpointWorker) -> Void
    /// It gets nothing any more, for this reason.
    var wasDisabled: @Sendable (EndpointWorker, WebhookEndpoint.Reason) -> Void
  }

  /// Who hands it events.
  enum Reading: Sendable, Equatable {
    /// The follower of the log's head.
    case head
    /// A reader that catches up, by the number of its turn.
    case reader(Int)
    /// Nobody: it waits for such a reader.
    case queued
    /// Nobody: it has enough to do.
    case full
    /// Nobody: it is disabled, or gone.
    case off
  }

  init(
    _ endpoint: WebhookEndpoint, _ standing: EndpointStanding, rows: [WaitingRow] = [], deadLetterCount: Int = 0,
    context: WebhookContext, owner: Owner
  ) {
    id = endpoint.id
    tenant = endpoint.tenant
    self.context = context
    self.owner = owner
    loop = context.group.next()
    let configuration = context.configuration
    let queue = DeliveryQueue(
      isOrdered: endpoint.isOrdered,
      limits: .init(windowCount: configuration.windowCountMax, rowCount: configuration.retryCountMax),
      cursor: standing.cursor, rows: rows)
    let sender = WebhookSender(
      endpoint.url, configuration: configuration, resolver: context.resolver, loop: loop)
    state = NIOLockedValueBox(
      State(
        endpoint: endpoint, signer: WebhookSigner(endpoint.secrets),
        pace: endpoint.ratePerSecond.map { PaceKeeper(perSecond: $0) }, sender: sender, queue: queue,
        standing: standing, reading: endpoint.disabled == nil ? .queued : .off, deadLetterCount: deadLetterCount))
  }

  // MARK: Sending

  /// Sends what can be sent now. From any thread.
  func pump() { if loop.inEventLoop { pumpOnLoop() } else { loop.execute { self.pumpOnLoop() } } }

  private enum Step {
    case send(DeliveryQueue.Delivery, generation: Int)
    /// Nothing before then. Milliseconds.
    case wait(Int64?)
    /// Something else will call.
    case none
  }

  private func pumpOnLoop() {
    // An answer may come inside the call that sends: the loop below goes on then, and nothing nests.
    let isNested = state.withLockedValue { state in
      defer { state.isPumping = true }
      return state.isPumping
    }
    guard !isNested else { return }
    while true {
      switch state.withLockedValue({ step(&$0) }) {
      case .send(let delivery, let generation): start(delivery, generation)
      case .wait(let milliseconds): return arm(after: milliseconds)
      case .none: return
      }
    }
  }

  private func step(_ state: inout State) -> Step {
    let now = context.now()
    let count = state.queue.inFlightCount
    guard !state.isStopped, state.endpoint.disabled == nil, state.staleCount == 0, count < state.concurrency else {
      state.isPumping = false
      return .none
    }
    if now < state.restsUntil {
      state.isPumping = false
      return .wait(state.restsUntil - now)
    }
    guard let delivery = state.queue.take(at: now) else {
      state.isPumping = false
      return .wait(state.queue.nextDue.map { $0 - now })
    }
    if let wait = state.pace?.admit(at: now), wait > 0 {
      state.queue.putBack(delivery)
      state.isPumping = false
      return .wait(wait)
    }
    guard context.budget.takeDelivery(own: count) else {
      // One of its own is on its way, and will end.
      state.queue.putBack(delivery)
      state.isPumping = false
      return .none
    }
    return .send(delivery, generation: state.generation)
  }

  private func arm(after milliseconds: Int64?) {
    let timer = milliseconds.map { milliseconds in
      loop.scheduleTask(in: .milliseconds(max(1, milliseconds))) { self.pumpOnLoop() }
    }
    let old = state.withLockedValue { state in
      defer { state.timer = timer }
      return state.timer
    }
    old?.cancel()
  }

  private func start(_ delivery: DeliveryQueue.Delivery, _ generation: Int) {
    if let event = delivery.event { return send(delivery, event, generation) }
    let (catalog, id) = (context.catalog, id)
    context.reads.runIfActive(eventLoop: loop) {
      guard let bytes = try catalog.value(.webhookRetries, key: WebhookKey.event(id, delivery.position)),
        let row = WaitingRow(bytes)
      else { throw StoreError(.damaged, at: "catalog", "a row of a webhook that waits") }
      return row.event
    }.whenComplete { result in
      switch result {
      case .success(let event): self.send(delivery, event, generation)
      case .failure(let error): self.stopReading(error, delivery, generation)
      }
    }
  }

  private func send(_ delivery: DeliveryQueue.Delivery, _ event: WebhookEvent, _ generation: Int) {
    let sender = state.withLockedValue { $0.sender }
    var message = message(id: event.id, event.body, at: context.now())
    message.trace = event.trace?.child
    sender.send(message) { answer in
      self.context.budget.giveDelivery()
      self.ended(delivery, event, answer, generation)
    }
  }

  /// A row that cannot be read: the disk is not what it was. The endpoint rests until the gateway is started again.
  private func stopReading(_ error: any Error, _ delivery: DeliveryQueue.Delivery, _ generation: Int) {
    context.budget.giveDelivery()
    let isCurrent = state.withLockedValue { state in
      guard state.generation == generation else {
        // The endpoint was taken away, or begins anew: it may be gone by right.
        state.staleCount -= 1
        return false
      }
      state.queue.putBack(delivery)
      state.isStopped = true
      return true
    }
    finishDraining()
    guard isCurrent else { return pumpOnLoop() }
    context.logger.error(
      "a webhook endpoint stops", metadata: ["endpoint": "\(Identifier.text(id))", "error": "\(error)"])
  }

  private func ended(
    _ delivery: DeliveryQueue.Delivery, _ event: WebhookEvent, _ answer: DeliveryAnswer, _ generation: Int
  ) {
    let (disabling, wantsReader) = state.withLockedValue { state -> (WebhookEndpoint.Reason?, Bool) in
      let disabling = settle(delivery, event, answer, generation, &state)
      return (disabling, state.takeTurn(context.budget))
    }
    if let disabling { report(disabling) }
    if wantsReader { owner.wantsReader(self) }
    pumpOnLoop()
    finishDraining()
  }

  /// The owner's operator learns it from the log; the endpoint's document has it as well.
  func report(_ reason: WebhookEndpoint.Reason) {
    context.logger.error(
      "a webhook endpoint is disabled",
      metadata: ["endpoint": "\(Identifier.text(id))", "tenant": "\(tenant)", "reason": "\(reason.name)"])
    owner.wasDisabled(self, reason)
  }
}
