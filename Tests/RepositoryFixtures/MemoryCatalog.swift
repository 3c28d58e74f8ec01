package import Store

/// A catalog in memory that fails as it is told.
package final class MemoryCatalog: Catalog {
  /// What goes wrong with one call of `apply`, counted from 1.
  package enum Fault: CaseIterable {
    /// It throws, and nothing was written.
    case failed
    /// It throws, and all was written.
    case failedLate
    /// It returns, and nothing was written: the machine stopped before.
    case dropped
  }

  private struct State {
    var tables: [UInt8: SortedTable] = [:]
    var applyCount = 0
    var faultAt: Int?
    var fault: Fault = .failed
    /// Once something went wrong nothing is written any more.
    var isStopped = false
  }

  private let state: Locked<State>

  package init(_ tables: [UInt8: SortedTable] = [:]) { state = Locked(State(tables: tables)) }

  package func fail(at call: Int, _ fault: Fault) { state.withLock { ($0.faultAt, $0.fault) = (call, fault) } }

  /// Writes again after a fault.
  package func goOn() { state.withLock { ($0.isStopped, $0.faultAt) = (false, nil) } }

  package var tables: [UInt8: SortedTable] { state.withLock { $0.tables } }

  package var applyCount: Int { state.withLock { $0.applyCount } }

  package func change(_ table: UInt8, _ key: [UInt8], _ value: [UInt8]?) {
    state.withLock { $0.tables[table, default: .init()][key] = value }
  }

  package func apply(_ changes: [CatalogChange]) throws(StoreError) {
    try state.withLock { state throws(StoreError) in
      state.applyCount += 1
      let failure = StoreError(.inputOutput, at: "memory", "told to")
      guard !state.isStopped else { throw failure }
      let fault = state.applyCount == state.faultAt ? state.fault : nil
      state.isStopped = fault != nil
      if fault == .failed { throw failure }
      if fault == .dropped { return }
      for change in changes {
        switch change {
        case .put(let table, let key, let value):
          precondition(1...catalogKeyByteCountMax ~= key.count)
          state.tables[table.rawValue, default: .init()][key] = value
        case .delete(let table, let key): state.tables[table.rawValue, default: .init()][key] = nil
        }
      }
      if fault == .failedLate { throw failure }
    }
  }

  package func value(_ table: CatalogTable, key: [UInt8]) throws(StoreError) -> [UInt8]? {
    state.withLock { $0.tables[table.rawValue]?[key] }
  }

  package func scan(
    _ table: CatalogTable, from start: [UInt8]?, countMax: Int, _ visit: ([UInt8], RawSpan) -> ReadStep
  ) throws(StoreError) -> [UInt8]? {
    let table = state.withLock { $0.tables[table.rawValue] } ?? .init()
    var position = table.position(of: start ?? [])
    for _ in 0..<countMax {
      guard position < table.keys.count else { return nil }
      let key = table.keys[position]
      position += 1
      let value = table[key] ?? []
      if visit(key, value.span.bytes) == .stop { break }
    }
    return position < table.keys.count ? table.keys[position] : nil
  }

  package func usage() throws(StoreError) -> StoreUsage { throw StoreError(.inputOutput, at: "memory", "has none") }
}

/// Keys and values in the order of the keys.
package struct SortedTable: Hashable {
  package private(set) var keys: [[UInt8]] = []
  private var values: [[UInt8]: [UInt8]] = [:]

  package init() {}

  /// Of the first key that is not before this one.
  package func position(of key: [UInt8]) -> Int {
    var (low, high) = (0, keys.count)
    while low < high {
      let middle = (low + high) / 2
      if keys[middle].lexicographicallyPrecedes(key) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  package subscript(key: [UInt8]) -> [UInt8]? {
    get { values[key] }
    set {
      let position = position(of: key)
      if values[key] == nil, newValue != nil { keys.insert(key, at: position) }
      if values[key] != nil, newValue == nil { keys.remove(at: position) }
      values[key] = newValue
    }
  }
}
