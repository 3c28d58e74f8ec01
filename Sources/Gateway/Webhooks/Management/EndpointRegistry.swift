import HTTPTypes
import NIOConcurrencyHelpers
import Store

/// All endpoints that there are.
final class EndpointRegistry: Sendable {
  private let state = NIOLockedValueBox<(workers: [UInt128: EndpointWorker], hasFailed: Bool)>(([:], false))

  var all: [EndpointWorker] { state.withLockedValue { Array($0.workers.values) } }

  /// Those of a tenant, by id.
  func endpoints(of tenant: UInt32) -> [EndpointWorker] {
    state.withLockedValue { $0.workers.values.filter { $0.tenant == tenant } }.sorted { $0.id < $1.id }
  }

  func endpoint(_ id: UInt128) -> EndpointWorker? { state.withLockedValue { $0.workers[id] } }

  /// - Throws: `Problem` when there are too many.
  func add(_ worker: EndpointWorker, _ configuration: WebhookConfiguration) throws(Problem) {
    let isTaken = state.withLockedValue { state in
      let own = state.workers.values.count { $0.tenant == worker.tenant }
      guard state.workers.count < configuration.endpointCountMax, own < configuration.tenantEndpointCountMax else {
        return false
      }
      state.workers[worker.id] = worker
      return true
    }
    guard isTaken else {
      throw Problem(
        .conflict, "too_many_webhooks",
        "a tenant has at most \(configuration.tenantEndpointCountMax) endpoints, all together \(configuration.endpointCountMax)"
      )
    }
  }

  /// - Returns: whether it was there.
  @discardableResult
  func remove(_ worker: EndpointWorker) -> Bool {
    state.withLockedValue { $0.workers.removeValue(forKey: worker.id) != nil }
  }

  // MARK: The disk

  /// What webhooks remember cannot be written any more.
  var hasFailed: Bool { state.withLockedValue { $0.hasFailed } }

  /// Nothing is sent any more: it could not be remembered.
  func fail() {
    let workers = state.withLockedValue { state in
      state.hasFailed = true
      return Array(state.workers.values)
    }
    for worker in workers { _ = worker.end() }
  }

  /// Reads what is kept.
  ///
  /// - Throws: what the catalog throws; `damaged` for a row that is none, or of a newer version.
  func load(_ context: WebhookContext, _ owner: EndpointWorker.Owner) throws(StoreError) {
    let catalog = context.catalog
    var (endpoints, damage): ([WebhookEndpoint], StoreError?) = ([], nil)
    try catalog.visit(.webhookEndpoints) { _, value in
      if let endpoint = WebhookEndpoint(value) {
        endpoints.append(endpoint)
      } else {
        damage = Self.damaged("an endpoint")
      }
    }
    for endpoint in endpoints {
      guard let bytes = try catalog.value(.webhookStandings, key: endpoint.id.catalogKey),
        let standing = EndpointStanding(bytes)
      else { throw Self.damaged("how far an endpoint is") }
      var rows: [WaitingRow] = []
      try catalog.visit(.webhookRetries, of: endpoint.id) { _, value in
        if let row = WaitingRow(value) { rows.append(row) } else { damage = Self.damaged("an event that waits") }
        return .next
      }
      var deadLetterCount = 0
      try catalog.visit(.webhookDeadLetters, of: endpoint.id) { _, _ in
        deadLetterCount += 1
        return .next
      }
      if let damage { throw damage }
      let worker = EndpointWorker(
        endpoint, standing, rows: rows, deadLetterCount: deadLetterCount, context: context, owner: owner)
      state.withLockedValue { $0.workers[worker.id] = worker }
    }
    if let damage { throw damage }
  }

  private static func damaged(_ what: String) -> StoreError {
    StoreError(.damaged, at: "catalog", "the row of \(what) of a webhook")
  }
}
