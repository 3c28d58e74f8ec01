import Kernel

/// The frame in the making: slots and predicted answers are written where they are sent from and compared, and what does not fit waits in an
/// overflow.
///
/// All pointer work of the generator's writing side is here. A step may write at most `overflowSlotCount` slots past the frame's limits.
/// Not thread-safe: one clerk owns it.
@safe
struct Sheet: ~Copyable {
  /// The longest step (closing a contract and setting up its successor with 64 milestones) stays below.
  static let overflowSlotCount = 512

  // Allocated in `init`, freed in `deinit`.
  private let overflowSlots: UnsafeMutablePointer<Operation>
  private let overflowAnswers: UnsafeMutablePointer<OperationResult>

  // Where operations are written now: the frame's memory, which outlives its filling, or the overflow's once the frame is finished. All
  // accesses lie below `capacity` slots: it is checked before each is written, and an operation has at least one slot.
  private var slots: UnsafeMutablePointer<Operation>
  private var answers: UnsafeMutablePointer<OperationResult>
  private var capacity = Self.overflowSlotCount
  private var slotCount = 0
  private var count = 0
  /// Operations before the first one there.
  private var earlierCount: UInt64 = 0

  private var operationLimit = 0
  private var slotLimit = 0
  private(set) var isFull = true
  /// What the last full frame holds.
  private(set) var extent = FrameExtent(first: 0, slotCount: 0, operationCount: 0)

  init() {
    unsafe overflowSlots = UnsafeMutableRawPointer.allocate(
      byteCount: Self.overflowSlotCount * MemoryLayout<Operation>.stride, alignment: 64
    ).bindMemory(to: Operation.self, capacity: Self.overflowSlotCount)
    unsafe overflowAnswers = .allocate(capacity: Self.overflowSlotCount)
    unsafe (slots, answers) = (overflowSlots, overflowAnswers)
  }

  deinit {
    unsafe UnsafeMutableRawPointer(overflowSlots).deallocate()
    unsafe overflowAnswers.deallocate()
  }

  func hasRoom(_ operations: Int, slots needed: Int) -> Bool {
    !isFull && count + operations <= operationLimit && slotCount + needed <= slotLimit
  }

  /// Operations ever written, overflow included.
  var writtenCount: UInt64 { earlierCount + UInt64(count) }

  /// Operations behind the finished frame.
  var overflowCount: Int { isFull ? count : 0 }

  /// Starts a frame in `room`: what waits comes first. What is appended goes there until the frame is full.
  ///
  /// - Precondition: the frame before is full. `room` stays until this one is.
  mutating func begin(_ room: FrameRoom) {
    precondition(isFull, "one frame after the other")
    operationLimit = unsafe room.answers.count
    slotLimit = unsafe room.slots.count / Operation.byteCount
    guard operationLimit >= 1, slotLimit >= 2, let slotBase = unsafe room.slots.baseAddress,
      let answerBase = unsafe room.answers.baseAddress
    else { preconditionFailure("a frame holds at least one extended operation") }
    // A long overflow may fill the frame already.
    var (taken, takenSlots) = (0, 0)
    while taken < min(count, operationLimit) {
      let next = unsafe takenSlots + (overflowSlots[takenSlots].hasExtension ? 2 : 1)
      if next > slotLimit { break }
      (taken, takenSlots) = (taken + 1, next)
    }
    let (left, leftSlots) = (count - taken, slotCount - takenSlots)
    unsafe slots = slotBase.bindMemory(to: Operation.self, capacity: slotLimit)
    unsafe answers = answerBase
    unsafe slots.update(from: overflowSlots, count: takenSlots)
    unsafe answers.update(from: overflowAnswers, count: taken)
    (count, slotCount, capacity, isFull) = (taken, takenSlots, slotLimit, false)
    if taken == operationLimit || left > 0 { finish() }
    guard left > 0 else { return }
    // It moves down: `update` allows overlap.
    unsafe overflowSlots.update(from: overflowSlots + takenSlots, count: leftSlots)
    unsafe overflowAnswers.update(from: overflowAnswers + taken, count: left)
    (count, slotCount) = (left, leftSlots)
  }

  /// What comes from now on waits for the next frame.
  private mutating func finish() {
    extent = FrameExtent(first: earlierCount, slotCount: slotCount, operationCount: count)
    earlierCount += UInt64(count)
    unsafe (slots, answers) = (overflowSlots, overflowAnswers)
    (count, slotCount, capacity, isFull) = (0, 0, Self.overflowSlotCount, true)
  }

  @inline(__always)
  mutating func append(_ operation: Operation, _ answer: OperationResult) {
    if !isFull && slotCount == slotLimit { finish() }
    precondition(slotCount < capacity, "a step wrote more than the overflow holds")
    unsafe slots[slotCount] = operation
    unsafe answers[count] = answer
    slotCount += 1
    count += 1
    if !isFull && count == operationLimit { finish() }
  }

  mutating func append<Extension: BitwiseCopyable>(
    _ operation: Operation, extension slot: Extension, _ answer: OperationResult
  ) {
    precondition(MemoryLayout<Extension>.size == Operation.byteCount, "an extension has 64 bytes")
    if !isFull && slotCount + 2 > slotLimit { finish() }
    precondition(slotCount + 1 < capacity, "a step wrote more than the overflow holds")
    unsafe slots[slotCount] = operation
    unsafe UnsafeMutableRawPointer(slots + (slotCount + 1)).storeBytes(of: slot, as: Extension.self)
    unsafe answers[count] = answer
    slotCount += 2
    count += 1
    if !isFull && count == operationLimit { finish() }
  }
}

/// Where a frame is written, and with it its limits: as many operations as `answers` has places, in as many slots as fit `slots`.
@unsafe
struct FrameRoom {
  let slots: UnsafeMutableRawBufferPointer
  let answers: UnsafeMutableBufferPointer<OperationResult>

  /// - Parameters:
  ///   - slots: 64 bytes each, extensions included; at least two.
  ///   - answers: for the answer that each operation must get; at least one.
  init(slots: UnsafeMutableRawBufferPointer, answers: UnsafeMutableBufferPointer<OperationResult>) {
    unsafe (self.slots, self.answers) = (slots, answers)
  }
}

/// What a frame holds.
struct FrameExtent: Sendable {
  /// Operations of all frames before.
  let first: UInt64
  /// Extensions included.
  let slotCount: Int
  let operationCount: Int
}
