import Glibc
import Kernel

/// Which operation of a group goes to which shard, in arrays that are made once and reused.
///
/// Frames are added one after the other, then `sort` orders their operations by shard (counting sort, stable, so the
/// order inside a shard is that of the frames). The same plan is made at replay from the same slots, so nothing about
/// routing is in the log but refusals. One thread at a time uses a plan; submits guard it by their queue's submit
/// lock.
@safe final class GroupPlan: @unchecked Sendable {
  let shardCount: Int
  /// Room for operations, and for slots.
  let capacity: Int

  private(set) var operationCount = 0
  private(set) var slotCount = 0
  private(set) var refusedCount = 0
  /// Shards with operations in this group, ascending. Valid after `sort`.
  private(set) var shards: [UInt16] = []

  // Owned memory, freed in deinit, indexed below `capacity` (operations) and `shardCount`.
  private let shardOfOperation: UnsafeMutablePointer<UInt16>
  /// Slot and result of each operation, from the group's first.
  private let places: UnsafeMutablePointer<BatchEntry>
  private let entries: UnsafeMutablePointer<BatchEntry>
  /// Operations by shard; after `sort` the end of each shard's entries.
  private let counts: UnsafeMutablePointer<UInt32>
  /// Milestone records that the operations of each shard may take.
  private let needs: UnsafeMutablePointer<MilestoneNeed>
  /// Operations by code, 0 for unknown codes, and answers by result code, for the metrics.
  private let codes: UnsafeMutablePointer<UInt32>
  private let answers: UnsafeMutablePointer<UInt32>

  private static let refused = UInt16.max
  static let codeCount = OperationCode.allCases.count + 1
  static let answerCount = 128

  init(shardCount: Int, capacity: Int) {
    self.shardCount = shardCount
    self.capacity = capacity
    unsafe shardOfOperation = .allocate(capacity: capacity)
    unsafe places = .allocate(capacity: capacity)
    unsafe entries = .allocate(capacity: capacity)
    unsafe counts = .allocate(capacity: shardCount)
    unsafe counts.initialize(repeating: 0, count: shardCount)
    unsafe needs = .allocate(capacity: shardCount)
    unsafe needs.initialize(repeating: MilestoneNeed(), count: shardCount)
    unsafe codes = .allocate(capacity: Self.codeCount)
    unsafe codes.initialize(repeating: 0, count: Self.codeCount)
    unsafe answers = .allocate(capacity: Self.answerCount)
    unsafe answers.initialize(repeating: 0, count: Self.answerCount)
    shards.reserveCapacity(shardCount)
  }

  deinit {
    unsafe shardOfOperation.deallocate()
    unsafe places.deallocate()
    unsafe entries.deallocate()
    unsafe counts.deallocate()
    unsafe needs.deallocate()
    unsafe codes.deallocate()
    unsafe answers.deallocate()
  }

  func removeAll() {
    operationCount = 0
    slotCount = 0
    refusedCount = 0
    shards.removeAll(keepingCapacity: true)
    unsafe counts.update(repeating: 0, count: shardCount)
    unsafe needs.update(repeating: MilestoneNeed(), count: shardCount)
    unsafe codes.update(repeating: 0, count: Self.codeCount)
    unsafe answers.update(repeating: 0, count: Self.answerCount)
  }

  /// What a frame's slots hold.
  struct FrameShape {
    var operationCount: Int
    /// The last operation is linked to one that is not there.
    var endsInChain: Bool
  }

  /// The shape of `slots`, or nil when the last operation announces an extension that is not there.
  static func shape(of slots: UnsafeRawPointer, slotCount: Int) -> FrameShape? {
    var slot = 0
    var count = 0
    var flags: UInt8 = 0
    func flagsAt(_ slot: Int) -> UInt8 {
      unsafe slots.load(fromByteOffset: slot * Operation.byteCount + Field.flags, as: UInt8.self)
    }
    while slot < slotCount {
      // Few operations have an extension: of four that have none, none waits for where the one before it ends.
      if slot + 4 <= slotCount,
        (flagsAt(slot) | flagsAt(slot + 1) | flagsAt(slot + 2) | flagsAt(slot + 3)) & 2 == 0
      {
        flags = flagsAt(slot + 3)
        slot += 4
        count += 4
        continue
      }
      flags = flagsAt(slot)
      slot += flags & 2 != 0 ? 2 : 1
      count += 1
    }
    return slot == slotCount ? FrameShape(operationCount: count, endsInChain: flags & 1 != 0) : nil
  }

  /// Where the fields lie that routing looks at. Source: `Operation`.
  private enum Field {
    static let tenant = 48
    static let ordinal = 56
    static let code = 58
    static let flags = 59
  }

  /// Adds a frame of `count` operations in whole slots, whose slots and results lie behind those of the frame before.
  /// - Precondition: as below.
  func add(_ slots: UnsafeRawPointer, slotCount frameSlots: Int, operationCount count: Int) {
    unsafe add(
      slots, slotCount: frameSlots, operationCount: count,
      first: BatchEntry(slot: UInt32(slotCount), result: UInt32(operationCount)))
  }

  /// Adds a frame of `count` operations in whole slots.
  ///
  /// A chain goes whole to the shard of its first member's tenant: there the kernel refuses it by name when it spans
  /// tenants.
  /// - Parameter first: where its first slot and result lie, in slots and results from the group's.
  /// - Precondition: `shape` gave `count`, and there is room.
  func add(_ slots: UnsafeRawPointer, slotCount frameSlots: Int, operationCount count: Int, first: BatchEntry) {
    precondition(operationCount + count <= capacity && slotCount + frameSlots <= capacity, "the group is full")
    var slot = 0
    var isInChain = false
    var shard: UInt16 = 0
    var result = first.result
    // Read once: each look at a static value asks whether it is there yet.
    let codeCount = Self.codeCount
    for operation in operationCount..<operationCount + count {
      // The frame has `frameSlots` slots, and `shape` found every operation inside them.
      let base = unsafe slots + slot * 64
      let flags = unsafe base.load(fromByteOffset: Field.flags, as: UInt8.self)
      if !isInChain {
        let tenant = unsafe base.load(fromByteOffset: Field.tenant, as: UInt32.self)
        shard = UInt16(truncatingIfNeeded: BatchLayout.shardIndex(tenant: tenant, shardCount: shardCount))
      }
      isInChain = flags & 1 != 0
      unsafe shardOfOperation[operation] = shard
      unsafe places[operation] = BatchEntry(slot: first.slot &+ UInt32(truncatingIfNeeded: slot), result: result)
      result &+= 1
      unsafe counts[Int(shard)] += 1
      let code = unsafe Int(base.load(fromByteOffset: Field.code, as: UInt8.self))
      unsafe codes[code < codeCount ? code : 0] += 1
      if code == Int(OperationCode.addMilestone.rawValue) {
        let ordinal = unsafe base.load(fromByteOffset: Field.ordinal, as: UInt16.self)
        unsafe needs[Int(shard)].add(code: UInt8(truncatingIfNeeded: code), ordinal: ordinal)
      }
      slot += flags & 2 != 0 ? 2 : 1
    }
    operationCount += count
    slotCount += frameSlots
  }

  /// Takes an operation that was added out of its shard: it was refused before it could reach one.
  /// - Parameter slots: the group's first slot.
  func refuse(_ operation: Int, slots: UnsafeRawPointer) {
    guard unsafe shardOfOperation[operation] != Self.refused else { return }
    let shard = unsafe Int(shardOfOperation[operation])
    unsafe counts[shard] -= 1
    // The plan holds only operations that lie inside the group.
    let base = unsafe slots + slot(of: operation) * Operation.byteCount
    unsafe needs[shard].remove(
      code: base.load(fromByteOffset: Field.code, as: UInt8.self),
      ordinal: base.load(fromByteOffset: Field.ordinal, as: UInt16.self))
    unsafe shardOfOperation[operation] = Self.refused
    refusedCount += 1
  }

  func isRefused(_ operation: Int) -> Bool { unsafe shardOfOperation[operation] == Self.refused }

  /// The slot of an operation, from the group's first.
  func slot(of operation: Int) -> Int { unsafe Int(places[operation].slot) }

  /// The result of an operation, from the group's first.
  func result(of operation: Int) -> Int { unsafe Int(places[operation].result) }

  /// Orders the entries by shard.
  func sort() {
    var start: UInt32 = 0
    for shard in 0..<shardCount {
      let count = unsafe counts[shard]
      if count > 0 { shards.append(UInt16(shard)) }
      unsafe counts[shard] = start
      start += count
    }
    for operation in 0..<operationCount {
      let shard = unsafe shardOfOperation[operation]
      guard shard != Self.refused else { continue }
      let place = unsafe counts[Int(shard)]
      unsafe counts[Int(shard)] = place + 1
      unsafe entries[Int(place)] = places[operation]
    }
  }

  /// The entries of the shard at `index` of `shards`, in order. Valid until the plan changes.
  func entries(at index: Int) -> UnsafeBufferPointer<BatchEntry> {
    let end = unsafe Int(counts[Int(shards[index])])
    let start = unsafe index == 0 ? 0 : Int(counts[Int(shards[index - 1])])
    return unsafe UnsafeBufferPointer(start: entries + start, count: end - start)
  }

  /// Operations by code, 0 for unknown codes. Valid until the plan changes.
  var countsByCode: UnsafeBufferPointer<UInt32> { unsafe UnsafeBufferPointer(start: codes, count: Self.codeCount) }

  /// Answers by result code, once `countResults` has seen them. Valid until the plan changes.
  var countsByResult: UnsafeBufferPointer<UInt32> {
    unsafe UnsafeBufferPointer(start: answers, count: Self.answerCount)
  }

  /// Milestone records that the operations of the shard at `index` of `shards` may take.
  func milestoneNeed(at index: Int) -> MilestoneNeed { unsafe needs[Int(shards[index])] }

  /// Counts the answers of a frame of the group for the metrics.
  func countResults(_ results: UnsafePointer<OperationResult>, count: Int) {
    // Nearly all are accepted: a sum in memory that each adds to would be waited for by the next.
    var acceptedCount: UInt32 = 0
    for operation in 0..<count {
      // The frame has a result for each operation; a code is below 128.
      let code = unsafe Int(results[operation].code & 127)
      if code == 0 { acceptedCount += 1 } else { unsafe answers[code] += 1 }
    }
    unsafe answers[0] += acceptedCount
  }
}
