internal import CIntrinsics

/// What a look ahead found out about an operation.
struct LookAhead: BitwiseCopyable {
  var hash: UInt64 = 0
  /// The contract's slot, or -1 when the index did not have it yet.
  var slot = -1

  /// Room for the operations that are looked at ahead; a power of two.
  static let window = 32
  /// How far ahead each stage runs, in operations: far enough to hide memory latency behind the work on those between,
  /// near enough that what was fetched is still in the first cache.
  static let slotDistance = 48
  static let indexDistance = 24
  static let contractDistance = 16
  static let milestoneDistance = 8
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
    var stages = Stages()
    var index = 0
    while index < count {
      look(frame, index, &stages)
      let operation = frame.operation(index)
      if operation.isLinked {
        index = applyChain(frame, from: index, stamp: stamp)
        continue
      }
      let ahead = lookAhead[index & (LookAhead.window - 1)]
      frame.answer(index, perform(operation, hash: ahead.hash, hint: ahead.slot, stamp: stamp))
      index += 1
    }
  }

  /// A stamp counts as time even when nothing it carries is accepted.
  mutating func noteStamp(_ stamp: Instant) { lastStamp = max(lastStamp, stamp) }

  /// The first operations that the stages have not looked at yet.
  private struct Stages {
    var index = 0
    var contract = 0
    var milestone = 0
  }

  /// Looks ahead of the operation at `index`: asks for index lines, then for contracts, then for milestones, each stage a
  /// few operations behind the one before, so that memory is fetched while other operations are applied.
  @inline(__always)
  private mutating func look(_ frame: Frame, _ index: Int, _ stages: inout Stages) {
    let mask = LookAhead.window - 1
    let count = frame.count
    // In a frame of many shards a shard's operations do not follow each other.
    frame.prefetch(index + LookAhead.slotDistance)
    // A chain may have been longer than the window: what it passed needs no look any more.
    stages.index = max(stages.index, index)
    while stages.index < min(count, index + LookAhead.indexDistance) {
      let operation = frame.operation(stages.index)
      let hash = mixer.contractHash(tenant: operation.tenant, contract: operation.contract)
      lookAhead[stages.index & mask].hash = hash
      contractIndex.prefetch(hash)
      stages.index += 1
    }
    stages.contract = max(stages.contract, index)
    while stages.contract < min(count, index + LookAhead.contractDistance) {
      let place = stages.contract & mask
      // The tag is all but unique, so the record is only confirmed when it is used.
      let slot = contractIndex.find(lookAhead[place].hash) { _ in true } ?? -1
      lookAhead[place].slot = slot
      let operation = frame.operation(stages.contract)
      if slot >= 0 { prefetch(contract: slot, CacheLines(operation)) }
      if let space = operation.referenceSpace { references.prefetch(references.key(space, operation)) }
      stages.contract += 1
    }
    stages.milestone = max(stages.milestone, index)
    while stages.milestone < min(count, index + LookAhead.milestoneDistance) {
      let slot = lookAhead[stages.milestone & mask].slot
      let operation = frame.operation(stages.milestone)
      if slot >= 0 && operation.ordinal > 0 {
        let m = Int(contracts[slot].milestoneBase) + Int(operation.ordinal) - 1
        for line in 0..<3 { milestones.slab.prefetch(m, line: line) }
        let lines = CacheLines(operation)
        let side = Int(contracts[slot].side)
        if side != 0 && lines.policy {
          sides.prefetch(side, line: 0)
          if lines.seats { for line in 1..<3 { sides.prefetch(side, line: line) } }
        }
      }
      stages.milestone += 1
    }
  }
}

/// The lines of a contract's records that an operation needs beside the first. Only hints, so a rare rule may need more.
private struct CacheLines {
  private let bit: UInt64
  private let isOnContract: Bool

  @inline(__always)
  init(_ operation: OperationView) {
    bit = 1 &<< UInt64(operation.code)
    isOnContract = operation.ordinal == 0
  }

  // Masks by code: what moves money, what moves it out or changes the value, what computes a bill.
  private static var balanceCodes: UInt64 { 0x1_7F18_0E00 }
  private static var outflowCodes: UInt64 { 1 << 11 | 1 << 20 | 1 << 24 | 1 << 26 | 1 << 28 | 1 << 29 | 1 << 30 }
  private static var billCodes: UInt64 { 1 << 11 | 1 << 19 | 1 << 24 | 1 << 26 }

  /// Policy and consents, and the seats behind them.
  private static var policyCodes: UInt64 {
    1 << 8 | 1 << 13 | 1 << 15 | 1 << 16 | 1 << 17 | 1 << 18 | 1 << 24 | 1 << 27 | 1 << 30 | 1 << 31 | 1 << 33
  }
  private static var seatCodes: UInt64 { 1 << 8 | 1 << 15 | 1 << 16 | 1 << 24 | 1 << 27 | 1 << 30 | 1 << 31 | 1 << 33 }

  var balances: Bool { isOnContract || bit & Self.balanceCodes != 0 }
  var outflows: Bool { bit & Self.outflowCodes != 0 }
  var bill: Bool { bit & Self.billCodes != 0 }
  var policy: Bool { bit & Self.policyCodes != 0 }
  var seats: Bool { bit & Self.seatCodes != 0 }
  /// Id memory of the contract.
  var memory: Bool { isOnContract }
}

extension Shard {
  @inline(__always)
  private func prefetch(contract slot: Int, _ lines: CacheLines) {
    contracts.prefetch(slot, line: 0)
    if lines.balances { contracts.prefetch(slot, line: 1) }
    if lines.outflows { contracts.prefetch(slot, line: 2) }
    if lines.bill { contracts.prefetch(slot, line: 3) }
    if lines.memory { contracts.prefetch(slot, line: 4) }
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
  func operation(_ index: Int) -> OperationView {
    unsafe OperationView(slots + Int(entries[index].slot) * Operation.byteCount)
  }

  /// Asks for an operation's line; one behind the last is as good.
  @inline(__always)
  func prefetch(_ index: Int) {
    let slot = unsafe entries[min(index, count - 1)].slot
    unsafe milepost_prefetch(slots + Int(slot) * Operation.byteCount)
  }

  @inline(__always)
  func answer(_ index: Int, _ result: OperationResult) { unsafe results[Int(entries[index].result)] = result }

  func answer(_ index: Int) -> OperationResult { unsafe results[Int(entries[index].result)] }
}

extension OperationView {
  /// Where the bank reference in the argument must be new, if there is one.
  @inline(__always)
  fileprivate var referenceSpace: ReferenceSet.Space? {
    switch code {
    case OperationCode.deposit.rawValue: .deposit
    case OperationCode.payoutResult.rawValue: mode == 0 ? .utr : mode == 2 ? .deposit : nil
    case OperationCode.remit.rawValue: mode == 0 ? .challan : .utr
    case OperationCode.refundResult.rawValue: mode == 0 ? .utr : nil
    case OperationCode.advance.rawValue: mode == 1 ? .deposit : nil
    default: nil
    }
  }
}
