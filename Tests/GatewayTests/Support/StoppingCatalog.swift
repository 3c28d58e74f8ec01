import Store
import Synchronization

/// A catalog that writes up to a call, as for a process that ends there: afterwards nothing is written any more. Reads go on.
final class StoppingCatalog: Catalog {
  enum Fault: CaseIterable {
    /// The call throws, and nothing was written.
    case failed
    /// It throws, and all was written.
    case failedLate
    /// It returns, and nothing was written: the machine stopped before.
    case dropped
  }

  private let catalog: any Catalog
  private let fault: Fault
  /// Calls of `apply` before the one that goes wrong; below zero behind it.
  private let callsLeft: Mutex<Int>

  /// - Parameter call: the one that goes wrong, from 1.
  init(_ catalog: any Catalog, at call: Int, _ fault: Fault) {
    (self.catalog, self.fault) = (catalog, fault)
    callsLeft = Mutex(call - 1)
  }

  var hasStopped: Bool { callsLeft.withLock { $0 < 0 } }

  func apply(_ changes: [CatalogChange]) throws(StoreError) {
    let left = callsLeft.withLock { left in
      defer { left = max(left - 1, -1) }
      return left
    }
    let failure = StoreError(.inputOutput, at: "stopped", "told to")
    if left < 0 { throw failure }
    if left > 0 || fault == .failedLate { try catalog.apply(changes) }
    if left == 0, fault != .dropped { throw failure }
  }

  func value(_ table: CatalogTable, key: [UInt8]) throws(StoreError) -> [UInt8]? {
    try catalog.value(table, key: key)
  }

  func scan(
    _ table: CatalogTable, from start: [UInt8]?, countMax: Int, _ visit: ([UInt8], RawSpan) -> ReadStep
  ) throws(StoreError) -> [UInt8]? {
    try catalog.scan(table, from: start, countMax: countMax, visit)
  }

  func usage() throws(StoreError) -> StoreUsage { try catalog.usage() }
}
