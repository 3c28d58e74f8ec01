import Store

/// The audit trail: rows of the catalog, numbered, the newest `rowCountMax` of them.
///
/// What clients cause is counted in memory and written by `flush`, equal events in one row, so that a flood of refusals
/// costs neither the disk nor the loop that refuses. Between two flushes `pendingCountMax` different events have room;
/// more are counted as `notListed`. A crash loses what was not flushed, a second at most; the operations themselves are
/// in the log.
public final class AuditTrail: Sendable {
  static let pendingCountMax = 1_024
  public static let rowCountMax: UInt64 = 100_000

  private struct Topic: Hashable {
    var kind: AuditEvent.Kind
    var key: UInt32?
    var address: String?
    var subject: String
  }
  private struct State {
    var pending: [Topic: AuditEvent] = [:]
    var notListed: AuditEvent?
    var next: UInt64
    var oldest: UInt64
  }
  private let catalog: any Catalog
  private let rowCountMax: UInt64
  private let state: Locked<State>
  /// Held while rows are numbered and written, so that numbers follow the order on disk.
  private let writing = Locked(())

  init(catalog: any Catalog, rowCountMax: UInt64) throws(AccessError) {
    self.catalog = catalog
    self.rowCountMax = rowCountMax
    var last: UInt64 = 0
    var oldest: UInt64?
    do throws(StoreError) {
      // The number alone, of up to as many rows as are kept.
      try catalog.visit(.audit) { key, _ in
        last = UInt64(catalogKey: key) ?? last
        oldest = oldest ?? last
      }
    } catch { throw AccessError(error) }
    state = Locked(State(next: last + 1, oldest: oldest ?? last + 1))
  }

  /// Counts an event that a client caused.
  public func note(_ event: AuditEvent) {
    let topic = Topic(kind: event.kind, key: event.key, address: event.address, subject: event.subject)
    state.withLock { state in
      if state.pending[topic] != nil {
        state.pending[topic]?.count += event.count
      } else if state.pending.count < Self.pendingCountMax {
        state.pending[topic] = event
      } else {
        state.notListed = state.notListed ?? AuditEvent(.notListed, at: event.at, key: nil, count: 0)
        state.notListed?.count += event.count
      }
    }
  }

  /// Whether `flush` has something to write.
  public var isPending: Bool { state.withLock { !$0.pending.isEmpty } }

  /// Writes what was counted. Waits for the disk: not for an event loop.
  ///
  /// - Throws: `store`; what was counted is lost from the trail then, and the store takes no further writes.
  public func flush() throws(AccessError) {
    let events = state.withLock { state in
      defer {
        state.pending = [:]
        state.notListed = nil
      }
      return state.pending.values.sorted { ($0.at, $0.subject) < ($1.at, $1.subject) }
        + (state.notListed.map { [$0] } ?? [])
    }
    if !events.isEmpty { try write(events, with: []) }
  }

  /// Writes rows together with the changes that they tell of, in one transaction, and forgets the oldest rows.
  func write(_ events: [AuditEvent], with changes: [CatalogChange]) throws(AccessError) {
    let result: Result<Void, AccessError> = writing.withLock { _ in
      var (next, oldest) = state.withLock { ($0.next, $0.oldest) }
      var changes = changes
      for event in events {
        var row = event
        row.number = next
        changes.append(.put(.audit, key: next.catalogKey, value: encodeRow(row)))
        next += 1
      }
      while next - oldest > rowCountMax {
        changes.append(.delete(.audit, key: oldest.catalogKey))
        oldest += 1
      }
      do throws(StoreError) { try catalog.apply(changes) } catch { return .failure(AccessError(error)) }
      state.withLock { state in
        state.next = next
        state.oldest = oldest
      }
      return .success(())
    }
    try result.get()
  }

  /// Rows behind a number, oldest first.
  public func events(after number: UInt64, limit: Int) throws(AccessError) -> [AuditEvent] {
    try catalog.rows(AuditEvent.self, in: .audit, from: (number + 1).catalogKey, countMax: limit)
  }
}
