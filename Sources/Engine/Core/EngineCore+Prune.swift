import Kernel
import Store

extension EngineCore {
  /// Prunes contracts of one shard, those that are over, and logs it as operations of the engine's own.
  ///
  /// Whatever is due in the shard by then is fired before, as it is before client's operations.
  /// - Parameter names: at most 64.
  /// - Returns: how many were pruned.
  /// - Throws: `limit` when the shard has no room to bring them back for it; what ended the engine.
  func prune(
    _ names: some Collection<ContractName>, in cell: ShardCell, _ loader: ArchiveLoader, _ firings: TimerFirings
  ) throws(EngineError) -> Int {
    let operations = names.map { Operation.pruning($0) }
    let byteCountMax = TimerFirings.byteCountMax(count: configuration.timersPerStepMax + operations.count, shards: 2)
    defer { loader.removeAll() }
    while true {
      guard holdOrMakeRoom(byteCountMax) else { throw refusal() }
      firings.removeAll()
      // Whoever must see memory and archive as one sees a contract before or after.
      leavingLock.acquire()
      cell.lock.acquire()
      let outcome = prune(operations, in: cell, loader, firings)
      loader.release(counters)
      let place = firings.isEmpty ? nil : reserveRing(firings.byteCount, promised: byteCountMax)
      if let place { cell.lastRingEnd = place.end }
      cell.lock.release()
      leavingLock.release()
      if let place { writeTimers(firings, place) } else { ringLock.withLock { ring.giveBack(byteCountMax) } }
      commitOrWake(owner: nil)
      switch outcome {
      case .done(let count):
        counters.pruned(count)
        return count
      case .late: continue
      case .archived: try loader.fetch(from: store.archive, counters)
      case .refused(let reason): throw reason
      }
    }
  }

  private enum Pruning {
    case done(Int)
    /// More deadlines are due than fit.
    case late
    /// The contracts are in the archive: they are fetched without the lock.
    case archived
    case refused(EngineError)
  }

  /// Applies them; the shard's lock is held.
  private func prune(
    _ operations: [Operation], in cell: ShardCell, _ loader: ArchiveLoader, _ firings: TimerFirings
  ) -> Pruning {
    let stamp = max(clock.now(), cell.shard.lastStamp)
    if configuration.firesTimers {
      guard firings.fire(&cell.shard, index: cell.index, by: stamp, limit: configuration.timersPerStepMax) else {
        return .late
      }
    }
    let entries = operations.indices.map { BatchEntry(slot: UInt32($0), result: UInt32($0)) }
    var results = [OperationResult](repeating: OperationResult(code: .ok), count: operations.count)
    // Three arrays of this call, all alive until the closures return.
    return unsafe operations.withUnsafeBytes { slots in
      unsafe entries.withUnsafeBufferPointer { entries in
        guard let base = slots.baseAddress else { return .done(0) }
        unsafe cell.shard.look(slots: base, entries: entries)
        guard loader.note(cell, store.archive) else { return .archived }
        do throws(EngineError) {
          guard try loader.insert(into: cell), cell.shard.hasRoom(for: operations.count) else {
            return .refused(
              EngineError(.limit, "shard \(cell.index) has no room for more records: its configured limits are reached")
            )
          }
        } catch { return .refused(error) }
        let firstSequence = cell.shard.operationCount
        unsafe results.withUnsafeMutableBufferPointer { results in
          guard let results = results.baseAddress else { return }
          unsafe cell.shard.apply(slots: base, entries: entries, stamp: stamp, results: results, isLookedAt: true)
        }
        firings.add(operations, results, to: cell.index, firstSequence: firstSequence, at: stamp)
        return .done(results.count { $0.isAccepted })
      }
    }
  }
}

extension Operation {
  /// PRUNE by the engine itself: with an id that is not remembered, as a timer's.
  fileprivate static func pruning(_ name: ContractName) -> Operation {
    Operation(.prune, tenant: name.tenant, contract: name.contract, id: UInt128(UInt64.max) << 64)
  }
}
