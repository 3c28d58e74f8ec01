internal import CIntrinsics

/// What a look ahead found out about an operation.
struct LookAhead: BitwiseCopyable {
  var hash: UInt64 = 0
  /// The contract's slot, or -1 when it was not in memory yet.
  var slot = -1

  /// How far ahead each stage runs, in operations: far enough to hide memory latency behind the work on those between,
  /// near enough that what was fetched is still in the first cache.
  static let slotDistance = 48
  static let indexDistance = 24
  static let contractDistance = 20
  static let milestoneDistance = 8
  static let probeDistance = 12

  /// How many operations each stage takes at a time. Every line lies on a page of its own: what takes longest is to
  /// translate its address, and the processor does that for several only where they are asked for close together.
  static let burst = 8
}

extension Shard {
  /// Finds the contracts that a group's operations name: hints for `apply`, and in `missing` those not in memory.
  ///
  /// An owner with an archive calls it before `apply`, and brings what is missing back when the archive has it. What is
  /// created by the group itself is missing, too.
  /// - Parameters: as for `apply`.
  public mutating func look(slots: UnsafeRawPointer, entries: UnsafeBufferPointer<BatchEntry>) {
    look(unsafe Frame(slots: slots, entries: entries, results: nil))
  }

  /// Asks for index lines, then for contracts, then confirms these, each stage a few operations behind the one before.
  private mutating func look(_ frame: Frame) {
    let count = frame.count
    lookAhead.prepare(count)
    if !missing.isEmpty { missing.removeAll(keepingCapacity: true) }
    var hashed = 0
    var probed = 0
    var index = 0
    while index < count {
      let end = min(count, index + LookAhead.burst)
      // In a frame of many shards a shard's operations do not follow each other.
      for near in index..<end { frame.prefetch(near + LookAhead.slotDistance) }
      while hashed < min(count, end + LookAhead.indexDistance) {
        let operation = frame.operation(hashed)
        let hash = mixer.contractHash(tenant: operation.tenant, contract: operation.contract)
        lookAhead[hashed].hash = hash
        contractIndex.prefetch(hash)
        hashed += 1
      }
      while probed < min(count, end + LookAhead.probeDistance) {
        // The tag is all but unique: the record is looked at when it has come.
        let slot = contractIndex.find(lookAhead[probed].hash) { _ in true } ?? -1
        lookAhead[probed].slot = slot
        if slot >= 0 { contracts.prefetch(slot, line: 0) }
        probed += 1
      }
      while index < end {
        confirm(index, frame.operation(index))
        index += 1
      }
    }
  }

  /// Whether the contract lies where its tag says.
  @inline(__always)
  private mutating func confirm(_ index: Int, _ operation: OperationView) {
    let slot = lookAhead[index].slot
    if slot >= 0 && contracts[slot].id == operation.contract && contracts[slot].tenant == operation.tenant { return }
    lookElsewhere(index, ContractName(tenant: operation.tenant, contract: operation.contract))
  }

  /// The contract is not where its tag says: behind another one with the same tag, or nowhere.
  @inline(never)
  private mutating func lookElsewhere(_ index: Int, _ name: ContractName) {
    if lookAhead[index].slot >= 0,
      let slot = locate(tenant: name.tenant, contract: name.contract, hash: lookAhead[index].hash)
    {
      lookAhead[index].slot = slot
      return
    }
    lookAhead[index].slot = -1
    // The operations that set a contract up come one after the other.
    if missing.last != name { missing.append(name) }
  }

  /// Applies the operations of a frame that belong to this shard, in order, all at `stamp`.
  ///
  /// - Parameters:
  ///   - slots: first 64-byte slot of the frame; at least 8-byte aligned, valid during the call.
  ///   - entries: the shard's operations in frame order; an announced extension lies right behind its slot.
  ///   - stamp: time of the frame, at least `lastStamp`, else every operation answers `timestamp_regression`
  ///     (timers have stamps of their own).
  ///   - results: the frame's answers, written at each entry's `result`.
  ///   - isLookedAt: whether the last call was `look` with the same slots and entries, but for contracts inserted since.
  public mutating func apply(
    slots: UnsafeRawPointer, entries: UnsafeBufferPointer<BatchEntry>, stamp: Instant,
    results: UnsafeMutablePointer<OperationResult>, isLookedAt: Bool = false
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
    if !isLookedAt { look(frame) }
    precondition(lookAhead.count == count, "operations that were not looked at")
    var stages = Stages()
    var index = 0
    while index < count {
      if index >= stages.next { prefetch(frame, index, &stages) }
      let operation = frame.operation(index)
      if operation.isLinked {
        index = applyChain(frame, from: index, stamp: stamp)
        continue
      }
      let ahead = lookAhead[index]
      frame.answer(index, perform(operation, hash: ahead.hash, hint: ahead.slot, stamp: stamp))
      index += 1
    }
  }

  /// A stamp counts as time even when nothing it carries is accepted.
  mutating func noteStamp(_ stamp: Instant) { lastStamp = max(lastStamp, stamp) }

  /// The first operations whose memory was not asked for yet, the one that the next burst comes before, and what it asks for.
  private struct Stages {
    var next = 0
    var contract = 0
    var milestone = 0
    var isForMilestones = false
  }

  /// Asks for contracts, or half a burst later for milestones, of operations behind the one at `index`, each stage a few
  /// operations behind the one before, so that memory is fetched while other operations are applied. A processor has room for
  /// some two dozen lines on their way: both at once would wait for each other.
  @inline(never)
  private mutating func prefetch(_ frame: Frame, _ index: Int, _ stages: inout Stages) {
    stages.next = index + LookAhead.burst / 2
    if index == 0 || !stages.isForMilestones { prefetchContracts(frame, index, &stages) }
    if index == 0 || stages.isForMilestones { prefetchMilestones(frame, index, &stages) }
    stages.isForMilestones.toggle()
  }

  @inline(__always)
  private mutating func prefetchContracts(_ frame: Frame, _ index: Int, _ stages: inout Stages) {
    let end = index + LookAhead.burst
    // The look at the whole group has pushed what is read here out of the first cache.
    for near in index..<end { frame.prefetch(near + LookAhead.slotDistance) }
    // A chain passes over many: what it passed needs no look any more.
    stages.contract = max(stages.contract, index)
    while stages.contract < min(frame.count, end + LookAhead.contractDistance) {
      let slot = lookAhead[stages.contract].slot
      let operation = frame.operation(stages.contract)
      if slot >= 0 { prefetch(contract: slot, CacheLines(operation)) }
      if let space = operation.referenceSpace { references.prefetch(references.key(space, operation)) }
      stages.contract += 1
    }
  }

  @inline(__always)
  private mutating func prefetchMilestones(_ frame: Frame, _ index: Int, _ stages: inout Stages) {
    let end = index + LookAhead.burst
    stages.milestone = max(stages.milestone, index)
    while stages.milestone < min(frame.count, end + LookAhead.milestoneDistance) {
      let slot = lookAhead[stages.milestone].slot
      let operation = frame.operation(stages.milestone)
      if slot >= 0 && operation.ordinal > 0 {
        let m = Int(contracts[slot].milestoneBase) + Int(operation.ordinal) - 1
        for line in 0..<3 { milestones.slab.prefetch(m, line: line) }
        let lines = CacheLines(operation)
        if lines.dependsOnTerms { prefetchByTerms(operation, slot, m) }
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

extension Shard {
  /// A fee goes out with the release, and work that has a predecessor looks at it.
  @inline(__always)
  private mutating func prefetchByTerms(_ operation: OperationView, _ slot: Int, _ m: Int) {
    if operation.code == OperationCode.start.rawValue {
      if operation.ordinal > 1 { milestones.slab.prefetch(m - 1, line: 2) }
    } else if operation.mode == 1 || terms.slab[Int(contracts[slot].termsSlot)].feeBP != 0 {
      contracts.prefetch(slot, line: 2)
    }
  }
}

/// What was found out about the operations of a group, in memory that grows to the largest one and is used again.
@safe
struct LookAheads: ~Copyable {
  private var base: UnsafeMutablePointer<LookAhead>
  private var capacity = 64
  private(set) var count = 0

  init() {
    unsafe base = .allocate(capacity: capacity)
    unsafe base.initialize(repeating: LookAhead(), count: capacity)
  }

  deinit { unsafe base.deallocate() }

  /// Makes room for a group; what the places hold is left from another.
  mutating func prepare(_ newCount: Int) {
    if newCount > capacity { grow(to: newCount) }
    count = newCount
  }

  @inline(never)
  private mutating func grow(to least: Int) {
    unsafe base.deallocate()
    while capacity < least { capacity *= 2 }
    unsafe base = .allocate(capacity: capacity)
    unsafe base.initialize(repeating: LookAhead(), count: capacity)
  }

  subscript(index: Int) -> LookAhead {
    @inline(__always) _read {
      precondition(index < count, "an operation past the group's end")
      // In bounds: checked above, and the memory lives as long as this value.
      yield unsafe base[index]
    }
    @inline(__always) _modify {
      precondition(index < count, "an operation past the group's end")
      // In bounds, as above.
      yield unsafe &base[index]
    }
  }
}

/// The lines of a contract's records that an operation needs beside the first. Only hints, so a rare rule may need more.
private struct CacheLines {
  private let bit: UInt64
  private let isOnContract: Bool

  @inline(__always)
  init(_ operation: OperationView) {
    // What a chain may have to put back is saved whole.
    bit = operation.isLinked ? .max : 1 &<< UInt64(operation.code)
    isOnContract = operation.ordinal == 0 || operation.isLinked
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
  /// START and RELEASE: what else they need is only known when the contract has come.
  var dependsOnTerms: Bool { bit & (1 << 12 | 1 << 19) != 0 }
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
  /// nil while operations are only looked at.
  private let results: UnsafeMutablePointer<OperationResult>?

  init(
    slots: UnsafeRawPointer, entries: UnsafeBufferPointer<BatchEntry>, results: UnsafeMutablePointer<OperationResult>?
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
  func answer(_ index: Int, _ result: OperationResult) {
    guard let results = unsafe results else { preconditionFailure("an answer to what is only looked at") }
    unsafe results[Int(entries[index].result)] = result
  }

  func answer(_ index: Int) -> OperationResult {
    guard let results = unsafe results else { preconditionFailure("an answer to what is only looked at") }
    return unsafe results[Int(entries[index].result)]
  }
}
