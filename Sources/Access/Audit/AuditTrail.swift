public import Store

/// The audit trail: rows of the catalog, numbered and chained (see `TrailChain`); of decisions, and of what clients caused, the newest `rowCountMax` each.
///
/// What clients cause is counted in memory and written by `flush`, equal events in one row, so that a flood of refusals
/// costs neither the disk nor the loop that refuses. Between two flushes `pendingCountMax` different events have room, three quarters of them for what
/// whoever likes can cause; more are counted as `notListed`. A crash loses what was not flushed, a second at most; the operations themselves are
/// in the log.
public final class AuditTrail: Sendable {
  static let pendingCountMax = 1_024
  public static let rowCountMax = 100_000

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
    /// Numbers of the rows on disk, oldest first.
    var decisions: Deque
    var caused: Deque
    /// Digests of the newest rows, by whether a list is that of decisions.
    var chains: [Bool: String] = [:]
  }

  /// Numbers that are added at the end and taken from the front.
  private struct Deque {
    private var numbers: [UInt64] = []
    private var first = 0
    var count: Int { numbers.count - first }
    var last: UInt64 { numbers.last ?? 0 }

    mutating func append(_ number: UInt64) { numbers.append(number) }

    mutating func takeFirst() -> UInt64 {
      first += 1
      let number = numbers[first - 1]
      if first > 4_096 {
        numbers.removeFirst(first)
        first = 0
      }
      return number
    }
  }
  private let catalog: any Catalog
  private let tables: Tables
  private let rowCountMax: Int
  private let state: Locked<State>
  /// Held while rows are numbered and written, so that numbers follow the order on disk.
  private let writing = Locked(())

  /// Where the rows of a trail are.
  public struct Tables: Sendable {
    var decisions: CatalogTable
    var caused: CatalogTable

    public init(decisions: CatalogTable, caused: CatalogTable) {
      self.decisions = decisions
      self.caused = caused
    }

    /// Those of a server.
    public static let server = Tables(decisions: .decisions, caused: .audit)
  }

  /// Reads where the rows of a catalog end.
  ///
  /// - Parameter rowCountMax: how many rows of each list are kept.
  /// - Throws: `store`.
  public init(
    catalog: any Catalog, tables: Tables = .server, rowCountMax: Int = AuditTrail.rowCountMax
  ) throws(AccessError) {
    self.catalog = catalog
    self.tables = tables
    self.rowCountMax = rowCountMax
    var (decisions, caused) = (Deque(), Deque())
    do throws(StoreError) {
      // The numbers alone, of up to as many rows as are kept.
      try catalog.visit(tables.decisions) { key, _ in decisions.append(UInt64(catalogKey: key) ?? 0) }
      try catalog.visit(tables.caused) { key, _ in caused.append(UInt64(catalogKey: key) ?? 0) }
    } catch { throw AccessError(error) }
    var state = State(next: max(decisions.last, caused.last) + 1, decisions: decisions, caused: caused)
    for (table, last) in [(tables.decisions, decisions.last), (tables.caused, caused.last)] {
      let row = try catalog.rows(AuditEvent.self, in: table, from: last.catalogKey, countMax: 1).first
      state.chains[table == tables.decisions] = row?.chain
    }
    self.state = Locked(state)
  }

  /// Counts an event that a client caused.
  public func note(_ event: AuditEvent) {
    let topic = Topic(kind: event.kind, key: event.key, address: event.address, subject: event.subject)
    state.withLock { state in
      if state.pending[topic] != nil {
        state.pending[topic]?.count += event.count
      } else if state.pending.count < (event.isDecision ? Self.pendingCountMax : Self.pendingCountMax / 4 * 3) {
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
      var after = state.withLock { $0 }
      var changes = changes
      for event in events {
        var row = event
        row.number = after.next
        row.chain = TrailChain.digest(of: row, behind: after.chains[row.isDecision])
        after.chains[row.isDecision] = row.chain
        changes.append(
          .put(row.isDecision ? tables.decisions : tables.caused, key: row.number.catalogKey, value: encodeRow(row)))
        if row.isDecision { after.decisions.append(row.number) } else { after.caused.append(row.number) }
        after.next += 1
      }
      while after.decisions.count > rowCountMax {
        changes.append(.delete(tables.decisions, key: after.decisions.takeFirst().catalogKey))
      }
      while after.caused.count > rowCountMax {
        changes.append(.delete(tables.caused, key: after.caused.takeFirst().catalogKey))
      }
      do throws(StoreError) { try catalog.apply(changes) } catch { return .failure(AccessError(error)) }
      state.withLock { state in
        (state.next, state.decisions, state.caused) = (after.next, after.decisions, after.caused)
        state.chains = after.chains
      }
      return .success(())
    }
    try result.get()
  }

  /// Rows behind a number, oldest first.
  public func events(after number: UInt64, limit: Int) throws(AccessError) -> [AuditEvent] {
    guard number < .max else { return [] }
    let start = (number + 1).catalogKey
    let decisions = try catalog.rows(AuditEvent.self, in: tables.decisions, from: start, countMax: limit)
    let caused = try catalog.rows(AuditEvent.self, in: tables.caused, from: start, countMax: limit)
    return Array((decisions + caused).sorted { $0.number < $1.number }.prefix(limit))
  }
}
