public import Kernel

import Glibc

/// One frame on its way through the engine: its operations, then its results, in memory made once.
///
/// The owner fills slots, sets the fields below, passes the object to `Engine.submit` and gets it back from the
/// `CompletionQueue` it submitted through. In between the engine owns every field and all memory; the owner must
/// not touch them. Objects are meant to be pooled: `reset()` makes one ready for its next frame.
///
/// ```
/// fill -> submit -> [applied -> in the ring -> durable] -> drained from the queue -> read results -> reset
/// ```
///
/// Not for many small one-off calls from async code: `Engine.submit(_: OperationBatch)` is simpler there.
@safe public final class Submission: @unchecked Sendable {
  // Guarded by hand-over: owner until `submit`, engine until it comes out of the queue, owner again.

  /// Most 64-byte slots (operations plus extensions) that fit.
  public let slotCapacity: Int
  /// The slots' memory: 64-byte aligned, `slotCapacity * 64` bytes. A socket reader may fill it directly.
  public let slots: UnsafeMutableRawBufferPointer
  private let resultMemory: UnsafeMutableBufferPointer<OperationResult>

  /// Slots in use, set by whoever filled them.
  public var slotCount = 0
  /// The session whose request this is; nil gives up exactly-once resend.
  public var session: Session?
  /// Number of the request in its session, from 1. Ignored without a session.
  public var request: UInt64 = 0
  /// Passed through to the log and the reply.
  public var traceID: UInt64 = 0
  public var authority = Authority.full
  /// The owner's own data, for example the connection.
  public var context: AnyObject?
  /// The owner's own numbers, for example when the frame came.
  public var tag: UInt64 = 0

  /// How it ended; `pending` while the engine has it.
  public internal(set) var outcome = SubmissionOutcome.pending
  /// Operations found in the slots (0 until submitted) and results in `results` (once committed or repeated).
  public internal(set) var operationCount = 0
  /// Operations that its authority did not allow: refused with `tenant_mismatch` or `not_authorised`.
  public internal(set) var refusalCount = 0
  /// The stamp that all operations got.
  public internal(set) var stamp: Instant = 0
  /// The commit that holds it.
  public internal(set) var commit: UInt64 = 0

  /// Why, when the outcome is `failed` and there is more to say.
  public internal(set) var failure: EngineError?

  /// Next in the list that the object is in: a ring ticket's, or a completion queue's.
  var next: Submission?
  /// Ring position of its group, and its place there.
  var groupStart: UInt64 = 0
  var frameIndex: UInt32 = 0
  /// Its last operation is linked to one that is not there.
  var endsInChain = false

  /// Makes an empty submission. Memory is address space until it is filled.
  public init(slotCapacity: Int) {
    precondition(slotCapacity > 0, "a submission holds at least one slot")
    self.slotCapacity = slotCapacity
    unsafe slots = .allocate(byteCount: slotCapacity * Operation.byteCount, alignment: 64)
    // Results of a group are counted from its first, wherever each frame has its own.
    unsafe resultMemory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: slotCapacity * OperationResult.byteCount, alignment: OperationResult.byteCount
    ).bindMemory(to: OperationResult.self)
  }

  deinit {
    unsafe slots.deallocate()
    unsafe resultMemory.deallocate()
  }

  /// Results in the order of the operations. Valid once the submission came back, until `reset()`.
  public var results: UnsafeBufferPointer<OperationResult> {
    unsafe UnsafeBufferPointer(start: resultMemory.baseAddress, count: outcome.hasResults ? operationCount : 0)
  }

  /// Where the engine writes results.
  var resultBase: UnsafeMutablePointer<OperationResult> {
    // The capacity is at least one, so there is a base address.
    unsafe resultMemory.baseAddress.unsafelyUnwrapped
  }

  var slotBase: UnsafeMutableRawPointer {
    // The capacity is at least one, so there is a base address.
    unsafe slots.baseAddress.unsafelyUnwrapped
  }

  /// Adds an operation without an extension.
  /// - Returns: false when there is no room.
  @discardableResult
  public func append(_ operation: Operation) -> Bool {
    guard slotCount < slotCapacity else { return false }
    unsafe slotBase.storeBytes(of: operation, toByteOffset: slotCount * Operation.byteCount, as: Operation.self)
    slotCount += 1
    return true
  }

  /// Adds an operation and the 64-byte extension that its flags announce.
  /// - Returns: false when there is no room for both; nothing is added then.
  /// - Precondition: `Extension` is 64 bytes long.
  @discardableResult
  public func append<Extension: BitwiseCopyable>(_ operation: Operation, extension content: Extension) -> Bool {
    precondition(MemoryLayout<Extension>.size == Operation.byteCount, "an extension is one slot")
    guard slotCount + 2 <= slotCapacity else { return false }
    var operation = operation
    operation.flags |= 2
    append(operation)
    unsafe slotBase.storeBytes(of: content, toByteOffset: slotCount * Operation.byteCount, as: Extension.self)
    slotCount += 1
    return true
  }

  /// Empties it for the next frame. Only the owner may call this, never between `submit` and completion.
  public func reset() {
    slotCount = 0
    session = nil
    request = 0
    traceID = 0
    context = nil
    tag = 0
    outcome = .pending
    operationCount = 0
    refusalCount = 0
    stamp = 0
    commit = 0
    failure = nil
    next = nil
  }
}

extension SubmissionOutcome {
  /// Whether there is a result for each operation.
  public var hasResults: Bool { self == .committed || self == .repeated }
}
