import Client
import HTTPTypes
import NIOCore
import Store
import Wire

extension WebhookService {
  /// Changes what an owner may change.
  ///
  /// - Parameter version: refuse unless the endpoint has it; nil for any.
  /// - Throws: `Problem`, also what `body` throws; nothing is changed then.
  func change(
    _ worker: EndpointWorker, version: UInt32?, _ body: (inout WebhookEndpoint) throws(Problem) -> Void
  ) async throws(Problem) {
    let old = try worker.change(version: version, body)
    try await write()
    // What is on its way to the old address is cut off, and goes to the new one.
    await old?.stop()
    worker.pump()
  }

  /// Another secret, the newest. The others sign as well for so long.
  ///
  /// - Parameter overlap: milliseconds.
  func rotate(_ worker: EndpointWorker, version: UInt32?, overlap: Int64) async throws(Problem) -> WebhookSecret {
    let now = context.now()
    let secret = WebhookSecret(at: now)
    try await change(worker, version: version) { endpoint throws(Problem) in
      var old = endpoint.secrets.filter { $0.isGood(at: now) }
      guard overlap == 0 || old.count < WebhookEndpoint.secretCountMax else {
        throw Problem(
          .conflict, "rotation_running",
          "\(WebhookEndpoint.secretCountMax) secrets are good already: wait until one expires, or rotate without overlap"
        )
      }
      for index in old.indices { old[index].expires = min(old[index].expires ?? .max, now + overlap) }
      endpoint.secrets = [secret] + (overlap == 0 ? [] : old)
    }
    return secret
  }

  /// It gets nothing until it is enabled. No change where it is so already.
  func disable(_ worker: EndpointWorker, version: UInt32?) async throws(Problem) {
    let wasEnabled = try worker.disable(version: version)
    if wasEnabled {
      head.leave(worker)
      head.want(worker.tenant, -1)
    }
    try await write()
  }

  /// It goes on where it was; behind a gap, where the log begins again. No change where it is enabled already.
  func enable(_ worker: EndpointWorker, version: UInt32?) async throws(Problem) {
    let newest = try await log.newestCommit()
    let wasDisabled = try worker.enable(version: version, newest: newest)
    try await write()
    if wasDisabled { begin(worker) }
  }

  /// Whether an address may be sent to today. A name that leads nowhere yet is no fault: it is looked up again for each connection.
  func checkAddress(of url: WebhookURL) async throws(Problem) {
    let addresses: [SocketAddress]
    do {
      addresses = try await context.resolver.addresses(of: url.host, port: url.port, on: context.group.next()).get()
    } catch { return }
    let rules = AddressRules(context.configuration)
    for address in addresses {
      do throws(WebhookURL.Fault) { try rules.check(address, isEncrypted: url.isEncrypted) } catch {
        throw Problem(MemberFaults("url", error.detail))
      }
    }
  }

  // MARK: Again

  /// Sends the log again, from behind `after` up to and with `until`, and goes on then where it was.
  ///
  /// - Throws: `Problem`: the log does not reach back so far, or the endpoint has not come so far.
  func replayLog(
    _ worker: EndpointWorker, after: EventPosition, until: EventPosition?
  ) async throws(Problem) {
    try await checkReach(after.next, of: worker.tenant)
    try worker.replay(from: after.next, end: until?.next)
    head.leave(worker)
    let catalog = context.catalog
    let filter = worker.endpoint.filter
    // Dead letters of that range come again with it, so they are none any more.
    try await write { () throws(StoreError) in
      var changes: [CatalogChange] = []
      let start = WebhookKey.event(worker.id, after.next)
      try catalog.visit(.webhookDeadLetters, of: worker.id, from: start) { key, value in
        guard let letter = DeadLetter(value) else { return .next }
        if let until, letter.event.position > until { return .stop }
        if filter.passes(letter) { changes.append(.delete(.webhookDeadLetters, key: key)) }
        return .next
      }
      worker.forgetDeadLetters(changes.count)
      return changes
    }
    requeue(worker)
  }

  /// Whether the log has a place, or lies behind it.
  func checkReach(_ position: EventPosition, of tenant: UInt32) async throws(Problem) {
    let client = try await log.client()
    do throws(ClientError) {
      let subscription = try await client.subscribe(
        from: position, scope: .one(tenant), acceptedOnly: true, reportsProgress: true)
      defer { subscription.cancel() }
      if case .timedOut = try await subscription.next(countMax: 1, within: 5_000) { throw .closed }
    } catch { throw Problem(error) }
  }

  /// Dead letters that live again, and how many more there are that fit.
  struct Revival: Sendable {
    var count = 0
    var remaining = 0
  }

  /// Sends dead letters again, the oldest first, as many as may wait.
  ///
  /// - Parameter isWanted: of those that there are.
  func revive(
    _ worker: EndpointWorker, _ isWanted: (DeadLetter) -> Bool
  ) async throws(Problem) -> Revival {
    try worker.beginReplaying()
    defer { worker.endReplaying() }
    // Those that died just now are on disk then, and those that live again are not.
    try await write()
    var letters: [DeadLetter] = []
    var revival = Revival()
    let room = worker.freeRowCount
    try reading { () throws(StoreError) in
      try context.catalog.visit(.webhookDeadLetters, of: worker.id) { _, value in
        guard let letter = DeadLetter(value), isWanted(letter) else { return .next }
        if letters.count < room { letters.append(letter) } else { revival.remaining += 1 }
        return .next
      }
    }
    revival.count = letters.count
    worker.revive(letters.map(\.event))
    try await write()
    worker.pump()
    return revival
  }

  // MARK: A test

  /// Sends an event that is none of the log, once, and tells what became of it.
  func test(_ worker: EndpointWorker) async throws(Problem) -> (id: String, answer: DeliveryAnswer) {
    let now = context.now()
    let id = "test-\(Identifier.text(Identifier.new(at: now)))"
    let message = worker.message(id: id, TestEvent.document(id: id, tenant: worker.tenant, at: now), at: now)
    guard context.budget.takeDelivery(own: 1) else { throw .busy }
    let answer = await withCheckedContinuation { continuation in
      worker.sendNow(message) { continuation.resume(returning: $0) }
    }
    context.budget.giveDelivery()
    return (id, answer)
  }

  // MARK: What is kept

  /// Reads rows.
  func reading<Value>(_ body: () throws(StoreError) -> Value) throws(Problem) -> Value {
    do throws(StoreError) { return try body() } catch {
      throw Problem(.serviceUnavailable, "store", "what webhooks remember cannot be read")
    }
  }
}
