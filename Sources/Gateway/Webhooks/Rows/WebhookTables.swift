import Client
import Store
import Wire

extension CatalogTable {
  /// Endpoints of webhooks. Key: tenant u32 and id u128, big-endian. Value: a `WebhookEndpoint`, secrets included.
  static let webhookEndpoints = CatalogTable(rawValue: 66)
  /// How far each is. Key: the endpoint's id. Value: an `EndpointStanding`.
  static let webhookStandings = CatalogTable(rawValue: 67)
  /// Events that wait for another try. Key: the endpoint's id, commit u64 and index u32, big-endian. Value: a `WaitingRow`.
  static let webhookRetries = CatalogTable(rawValue: 68)
  /// Events that were given up. Key: as above. Value: a `DeadLetter`.
  static let webhookDeadLetters = CatalogTable(rawValue: 69)
  /// The newest attempts of each endpoint, a ring. Key: the endpoint's id, and the attempt's number modulo 1,000, u32 big-endian. Value: a
  /// `DeliveryRow`.
  static let webhookDeliveries = CatalogTable(rawValue: 70)
}

/// Keys of the tables of webhooks.
enum WebhookKey {
  static func endpoint(_ endpoint: WebhookEndpoint) -> [UInt8] { endpoint.tenant.catalogKey + endpoint.id.catalogKey }

  static func event(_ id: UInt128, _ position: EventPosition) -> [UInt8] {
    id.catalogKey + position.commit.catalogKey + position.index.catalogKey
  }

  /// The place in such a key; nil when it is of another endpoint.
  static func position(_ key: [UInt8], of id: UInt128) -> EventPosition? {
    guard key.starts(with: id.catalogKey), let commit = UInt64(catalogKey: key.dropFirst(16).prefix(8)),
      let index = UInt32(catalogKey: key.dropFirst(24))
    else { return nil }
    return EventPosition(commit: commit, index: index)
  }

  static func delivery(_ id: UInt128, number: UInt64) -> [UInt8] {
    id.catalogKey + UInt32(number % DeliveryRow.countMax).catalogKey
  }
}

extension Catalog {
  /// Visits the rows of one endpoint from a key on, in key order, in bounded reads.
  func visit(
    _ table: CatalogTable, of id: UInt128, from start: [UInt8]? = nil,
    _ body: (_ key: [UInt8], _ value: [UInt8]) -> ReadStep
  ) throws(StoreError) {
    let prefix = id.catalogKey
    var next: [UInt8]? = start ?? prefix
    while let from = next {
      var isOver = false
      next = try scan(table, from: from, countMax: 1_024) { key, value in
        guard key.starts(with: prefix), body(key, unsafe value.withUnsafeBytes { unsafe Array($0) }) == .next else {
          isOver = true
          return .stop
        }
        return .next
      }
      if isOver { return }
    }
  }
}
