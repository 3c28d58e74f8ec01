import Kernel
import Store

extension EngineCore {
  /// How it went with contracts to prune.
  enum PruneOutcome {
    /// Pruned; or left alone, since they are in memory in another state, which gets a row of its own.
    case done
    /// The ring is full: commits come first.
    case noRing
    /// The shard has no room to bring them back for it.
    case full
  }

  /// Prunes archived contracts of one shard, and logs it as operations of the engine's own.
  ///
  /// Whatever is due in the shard by then is fired before, as it is before clients' operations.
  /// - Parameter records: of at most 64, as they are archived; nothing has replaced them.
  /// - Throws: what ended the engine; `corrupt` when one of them cannot be pruned.
  func prune(
    _ records: [(name: ContractName, bytes: [UInt8])], in cell: ShardCell, _ loader: ArchiveLoader,
    _ firings: TimerFirings
  ) throws(EngineError) -> PruneOutcome {
    let timerCountMax = min(configuration.timersPerStepMax, 256)
    let byteCountMax = TimerFirings.byteCountMax(count: timerCountMax + records.count, shards: 2)
    defer { loader.removeAll() }
    try loader.prepare(records, cell, store.archive)
    while true {
      // Whoever must see memory and archive as one sees a contract before or after.
      leavingLock.acquire()
      guard ringLock.withLock({ ring.hold(byteCountMax) }) else {
        leavingLock.release()
        return .noRing
      }
      firings.removeAll()
      cell.lock.acquireBehindOthers()
      let names = records.map(\.name).filter {
        // What is in memory in another state gets a row of its own.
        !cell.shard.holds($0) || loader.contract($0).map { cell.shard.holds($0) } ?? false
      }
      let step = prune(names, in: cell, timerCountMax, loader, firings)
      loader.release(counters)
      let place = firings.isEmpty ? nil : reserveRing(firings.byteCount, promised: byteCountMax)
      if let place { cell.lastRingEnd = place.end }
      cell.lock.release()
      leavingLock.release()
      if let place { writeTimers(firings, place) } else { giveBack(byteCountMax) }
      commitOrWake(owner: nil)
      switch step {
      case .done(let count):
        counters.pruned(count)
        return .done
      case .late: continue
      case .archived: try loader.fetch(from: store.archive, counters)
      case .full: return .full
      case .refused(let reason): throw reason
      }
    }
  }

  private enum PruneStep {
    case done(Int)
    /// More deadlines are due than fit.
    case late
    /// The contracts are in the archive: they are fetched without the lock.
    case archived
    case full
    case refused(EngineError)
  }

  /// Applies them; the shard's lock is held.
  private func prune(
    _ names: [ContractName], in cell: ShardCell, _ timerCountMax: Int, _ loader: ArchiveLoader,
    _ firings: TimerFirings
  ) -> PruneStep {
    let stamp = max(clock.now(), cell.shard.lastStamp)
    if configuration.firesTimers {
      guard firings.fire(&cell.shard, index: cell.index, by: stamp, limit: timerCountMax) else { return .late }
    }
    let operations = names.map { Operation.pruning($0) }
    let entries = operations.indices.map { BatchEntry(slot: UInt32($0), result: UInt32($0)) }
    var results = [OperationResult](repeating: OperationResult(code: .ok), count: operations.count)
    // Three arrays of this call, all alive until the closures return.
    return unsafe operations.withUnsafeBytes { slots in
      unsafe entries.withUnsafeBufferPointer { entries in
        guard let base = slots.baseAddress, !operations.isEmpty else { return .done(0) }
        unsafe cell.shard.look(slots: base, entries: entries)
        guard loader.note(cell, store.archive) else { return .archived }
        do throws(EngineError) {
          guard try loader.insert(into: cell), cell.shard.hasRoom(for: operations.count, milestoneNeed: MilestoneNeed())
          else {
            return .full
          }
        } catch { return .refused(error) }
        let firstSequence = cell.shard.operationCount
        unsafe results.withUnsafeMutableBufferPointer { results in
          guard let results = results.baseAddress else { return }
          unsafe cell.shard.apply(slots: base, entries: entries, stamp: stamp, results: results, isLookedAt: true)
        }
        firings.add(operations, results, to: cell.index, firstSequence: firstSequence, at: stamp)
        // Its row is dropped afterwards, so a contract that is left over would be lost.
        for (name, result) in zip(names, results)
        where !result.isAccepted && result.code != ResultCode.contractPruned.rawValue {
          return .refused(
            EngineError(
              .corrupt,
              "archive: contract \(name.contract) of tenant \(name.tenant) answers \(result.code) when it is pruned"))
        }
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
