/// What the first passes found out about an operation.
struct LookAhead: BitwiseCopyable {
  var hash: UInt64 = 0
  /// The contract's slot, or -1 when the index did not have it yet.
  var slot = -1

  /// Operations looked at ahead: enough to hide memory latency, few enough to stay in the first cache.
  static let window = 32
}

extension Shard {
  /// Applies the operations of a frame that belong to this shard, in order, all at `stamp`.
  ///
  /// Passes over a window: hash and prefetch index lines; probe and prefetch records; prefetch
  /// milestones; apply.
  /// - Parameters:
  ///   - slots: first 64-byte slot of the frame; at least 8-byte aligned, valid during the call.
  ///   - entries: the shard's operations in frame order; an announced extension lies right behind its slot.
  ///   - stamp: time of the frame, at least `lastStamp`, else every operation answers `timestamp_regression`
  ///     (timers have stamps of their own).
  ///   - results: the frame's answers, written at each entry's `result`.
  public mutating func apply(
    slots: UnsafeRawPointer, entries: UnsafeBufferPointer<BatchEntry>, stamp: Instant,
    results: UnsafeMutablePointer<OperationResult>
  ) {
    let frame = unsafe Frame(slots: slots, entries: entries, results: results)
    let count = frame.count
    operationCount += UInt64(count)
    if count == 0 { return noteStamp(stamp) }
    let isTimer = frame.operation(0).isTimer
    if stamp < lastStamp && !isTimer {
      for index in 0..<count {
        let operation = frame.operation(index)
        let slot = findContract(tenant: operation.tenant, contract: operation.contract) ?? -1
        frame.answer(index, refusal(.timestampRegression, operation, slot))
      }
      return
    }
    noteStamp(stamp)
    var index = 0
    while index < count {
      let end = min(index + LookAhead.window, count)
      look(frame, index..<end)
      let start = index
      while index < end {
        let operation = frame.operation(index)
        if operation.isLinked {
          index = applyChain(frame, from: index, stamp: stamp)
          continue
        }
        let ahead = lookAhead[index - start]
        let result = perform(operation, frame, index, hash: ahead.hash, hint: ahead.slot, stamp: stamp)
        frame.answer(index, result)
        index += 1
      }
    }
  }

  /// A stamp counts as time even when nothing it carries is accepted.
  mutating func noteStamp(_ stamp: Instant) { lastStamp = max(lastStamp, stamp) }

  /// The passes ahead of application.
  private mutating func look(_ frame: Frame, _ window: Range<Int>) {
    for index in window {
      let key = frame.key(index)
      let hash = mixer.contractHash(tenant: key.tenant, contract: key.contract)
      lookAhead[index - window.lowerBound].hash = hash
      contractIndex.prefetch(hash)
    }
    for index in window {
      let place = index - window.lowerBound
      // The tag is all but unique, so the record is only confirmed when it is used.
      let slot = contractIndex.find(lookAhead[place].hash) { _ in true } ?? -1
      lookAhead[place].slot = slot
      if slot >= 0 { contracts.prefetch(slot, lineCount: ContractRecord.hotLineCount + (frame.isBill(index) ? 1 : 0)) }
      if frame.carriesReference(index) { references.prefetch(frame.operation(index)) }
    }
    for index in window {
      let place = index - window.lowerBound
      let slot = lookAhead[place].slot
      if slot < 0 { continue }
      let ordinal = frame.ordinal(index)
      if ordinal > 0 { milestones.slab.prefetch(Int(contracts[slot].milestoneBase) + Int(ordinal) - 1, lineCount: 3) }
    }
  }
}

/// A frame as the shard sees it: pointers that `apply` was given, read by index.
@safe
struct Frame {
  private let slots: UnsafeRawPointer
  private let entries: UnsafeBufferPointer<BatchEntry>
  private let results: UnsafeMutablePointer<OperationResult>

  init(
    slots: UnsafeRawPointer, entries: UnsafeBufferPointer<BatchEntry>, results: UnsafeMutablePointer<OperationResult>
  ) {
    unsafe self.slots = slots
    unsafe self.entries = entries
    unsafe self.results = results
  }

  var count: Int { unsafe entries.count }

  // All reads below stay inside the frame: the caller of `apply` answers for the entries.

  @inline(__always)
  private func slot(_ index: Int) -> UnsafeRawPointer {
    unsafe slots + Int(entries[index].slot) * Operation.byteCount
  }

  @inline(__always)
  func operation(_ index: Int) -> Operation { unsafe slot(index).loadUnaligned(as: Operation.self) }

  @inline(__always)
  func key(_ index: Int) -> (tenant: UInt32, contract: UInt128) {
    let slot = unsafe slot(index)
    return unsafe (
      slot.loadUnaligned(fromByteOffset: 48, as: UInt32.self), slot.loadUnaligned(as: UInt128.self)
    )
  }

  @inline(__always)
  func ordinal(_ index: Int) -> UInt16 { unsafe slot(index).loadUnaligned(fromByteOffset: 56, as: UInt16.self) }

  /// A release, which computes deductions.
  @inline(__always)
  func isBill(_ index: Int) -> Bool {
    let code = unsafe slot(index).loadUnaligned(fromByteOffset: 58, as: UInt8.self)
    return code == OperationCode.release.rawValue
  }

  /// Deposits and payout results, which look a bank reference up: the common ones.
  @inline(__always)
  func carriesReference(_ index: Int) -> Bool {
    let code = unsafe slot(index).loadUnaligned(fromByteOffset: 58, as: UInt8.self)
    return code == OperationCode.payoutResult.rawValue || code == OperationCode.deposit.rawValue
  }

  /// The extension behind an operation that announces one.
  @inline(__always)
  func loadExtension<Extension: BitwiseCopyable>(_ index: Int, as: Extension.Type) -> Extension {
    unsafe (slot(index) + Operation.byteCount).loadUnaligned(as: Extension.self)
  }

  @inline(__always)
  func answer(_ index: Int, _ result: OperationResult) { unsafe results[Int(entries[index].result)] = result }

  func answer(_ index: Int) -> OperationResult { unsafe results[Int(entries[index].result)] }
}
