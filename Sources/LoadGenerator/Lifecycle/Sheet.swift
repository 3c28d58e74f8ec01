package import Kernel

/// The slots of a frame in the making and their predicted answers, with an overflow for what did not fit.
///
/// All pointer work of the generator's writing side is here. Capacity is fixed: a step may write at most
/// `overflowSlotCount` slots past the frame's limits. Not thread-safe: one clerk owns it.
@safe
struct Sheet: ~Copyable {
  /// The longest step (closing a contract and setting up its successor with 64 milestones) stays below.
  static let overflowSlotCount = 512

  // Allocated in `init`, freed in `deinit`; `slotCount <= capacity` and `count <= slotCount` hold throughout,
  // so every access is in bounds.
  private let slots: UnsafeMutablePointer<Operation>
  private let answers: UnsafeMutablePointer<OperationResult>
  private let traces: UnsafeMutablePointer<OperationTrace>
  private let capacity: Int
  private var slotCount = 0
  private var count = 0
  /// Operations of all frames before this one.
  private(set) var sentCount: UInt64 = 0
  private var operationLimit = 0
  private var slotLimit = 0
  /// Where the frame ends; what lies behind is overflow. -1 while the frame takes more.
  private var frameCount = -1
  private var frameSlotCount = -1

  init(slotCount: Int) {
    capacity = slotCount + Self.overflowSlotCount
    unsafe slots = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * MemoryLayout<Operation>.stride, alignment: 64
    ).bindMemory(to: Operation.self, capacity: capacity)
    unsafe answers = .allocate(capacity: capacity)
    unsafe traces = .allocate(capacity: capacity)
  }

  deinit {
    unsafe UnsafeMutableRawPointer(slots).deallocate()
    unsafe answers.deallocate()
    unsafe traces.deallocate()
  }

  var isFull: Bool { frameCount >= 0 }

  func hasRoom(_ operations: Int, slots needed: Int) -> Bool {
    frameCount < 0 && count + operations <= operationLimit && slotCount + needed <= slotLimit
  }

  /// Forgets the finished frame, moves the overflow to the front and sets the next frame's limits.
  ///
  /// - Precondition: limits are at least one operation with its extension, and fit the capacity.
  mutating func begin(operationLimit: Int, slotLimit: Int) {
    precondition(operationLimit >= 1 && slotLimit >= 2, "a frame holds at least one extended operation")
    precondition(slotLimit <= capacity - Self.overflowSlotCount, "the sheet is too small for the frame")
    self.operationLimit = operationLimit
    self.slotLimit = slotLimit
    if frameCount >= 0 {
      // Overflow is short, and moves down: `update` allows overlap.
      let overflowSlots = slotCount - frameSlotCount
      let overflow = count - frameCount
      unsafe slots.update(from: slots + frameSlotCount, count: overflowSlots)
      unsafe answers.update(from: answers + frameCount, count: overflow)
      unsafe traces.update(from: traces + frameCount, count: overflow)
      sentCount += UInt64(frameCount)
      slotCount = overflowSlots
      count = overflow
    } else {
      precondition(count == 0, "a frame was begun and not filled")
    }
    frameCount = -1
    frameSlotCount = -1
    // A long overflow may fill the new frame already: find its end.
    var cutSlots = 0
    for index in 0..<count {
      let next = unsafe cutSlots + (slots[cutSlots].hasExtension ? 2 : 1)
      if index == operationLimit || next > slotLimit { return cut(index, cutSlots) }
      cutSlots = next
    }
    if count == operationLimit { cut(count, slotCount) }
  }

  private mutating func cut(_ operations: Int, _ slots: Int) {
    frameCount = operations
    frameSlotCount = slots
  }

  @inline(__always)
  mutating func append(_ operation: Operation, _ answer: OperationResult) {
    precondition(slotCount < capacity, "a step wrote more than the overflow holds")
    if frameCount < 0 && slotCount == slotLimit { cut(count, slotCount) }
    unsafe slots[slotCount] = operation
    unsafe answers[count] = answer
    unsafe traces[count] = OperationTrace(operation)
    slotCount += 1
    count += 1
    if frameCount < 0 && count == operationLimit { cut(count, slotCount) }
  }

  mutating func append<Extension: BitwiseCopyable>(
    _ operation: Operation, extension slot: Extension, _ answer: OperationResult
  ) {
    precondition(MemoryLayout<Extension>.size == Operation.byteCount, "an extension has 64 bytes")
    precondition(slotCount + 1 < capacity, "a step wrote more than the overflow holds")
    if frameCount < 0 && slotCount + 2 > slotLimit { cut(count, slotCount) }
    unsafe slots[slotCount] = operation
    unsafe UnsafeMutableRawPointer(slots + (slotCount + 1)).storeBytes(of: slot, as: Extension.self)
    unsafe answers[count] = answer
    unsafe traces[count] = OperationTrace(operation)
    slotCount += 2
    count += 1
    if frameCount < 0 && count == operationLimit { cut(count, slotCount) }
  }

  /// Operations ever written, overflow included.
  var writtenCount: UInt64 { sentCount + UInt64(count) }

  var overflowCount: Int { frameCount >= 0 ? count - frameCount : 0 }

  /// The finished frame, valid during `body`.
  func finished<R>(_ body: (FrameView) -> R) -> R {
    precondition(frameCount >= 0, "the frame is not finished")
    return unsafe body(
      FrameView(
        first: sentCount,
        slots: UnsafeRawBufferPointer(start: slots, count: frameSlotCount * Operation.byteCount),
        answers: UnsafeBufferPointer(start: answers, count: frameCount),
        traces: UnsafeBufferPointer(start: traces, count: frameCount)))
  }
}

/// A finished frame: valid only inside the call that hands it out.
@unsafe
package struct FrameView {
  /// Operations of all frames before.
  package let first: UInt64
  /// 64-byte slots, extensions included.
  package let slots: UnsafeRawBufferPointer
  /// The answer each operation must get.
  package let answers: UnsafeBufferPointer<OperationResult>
  /// What each operation is, for a message about its answer.
  package let traces: UnsafeBufferPointer<OperationTrace>
}

/// Enough of an operation to name it in a message: 16 bytes.
package struct OperationTrace: BitwiseCopyable, Sendable {
  package let contractLow: UInt64
  package let tenant: UInt32
  package let ordinal: UInt16
  package let code: UInt8
  package let flags: UInt8

  @inline(__always)
  init(_ operation: Operation) {
    contractLow = UInt64(truncatingIfNeeded: operation.contract)
    tenant = operation.tenant
    ordinal = operation.ordinal
    code = operation.code
    flags = operation.flags
  }
}
