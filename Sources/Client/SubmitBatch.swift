public import Kernel
import NIOCore
import Wire

/// Operations to submit, encoded as the body of one frame, with room for its header in front.
///
/// Reuse one for many submits: `removeAll` keeps the memory. A value type; a copy shares memory until one of the two changes.
public struct SubmitBatch: Sendable {
  /// Operations, extensions not counted.
  public private(set) var count = 0
  /// 64 bytes for the header, then the slots.
  var frame: ByteBuffer

  /// - Parameter slotCapacity: 64-byte slots to make room for; more are made as needed.
  public init(slotCapacity: Int = 16) {
    frame = ByteBufferAllocator().buffer(capacity: FrameHeader.byteCount + slotCapacity * Operation.byteCount)
    frame.writeRepeatingByte(0, count: FrameHeader.byteCount)
  }

  public var isEmpty: Bool { count == 0 }
  /// 64-byte slots: operations and extensions.
  public var slotCount: Int { frame.readableBytes / Operation.byteCount - 1 }

  /// Empties the batch and keeps its memory.
  public mutating func removeAll() {
    count = 0
    frame.moveWriterIndex(to: frame.readerIndex + FrameHeader.byteCount)
  }

  /// Adds an operation without extension. Its extension flag must be clear.
  public mutating func append(_ operation: Operation) {
    precondition(!operation.hasExtension, "an operation that announces an extension comes with one")
    store(operation)
    count += 1
  }

  /// Adds CREATE_CONTRACT with its terms; sets the extension flag.
  public mutating func append(_ operation: Operation, _ terms: ContractTerms) { append(operation, extension: terms) }
  /// Adds SET_POLICY with its policy; sets the extension flag.
  public mutating func append(_ operation: Operation, _ policy: ApproverPolicy) { append(operation, extension: policy) }
  /// Adds ADD_MILESTONE with predecessors; sets the extension flag.
  public mutating func append(_ operation: Operation, _ predecessors: Predecessors) {
    append(operation, extension: predecessors)
  }
  /// Adds RELEASE with explicit lines; sets the extension flag.
  public mutating func append(_ operation: Operation, _ lines: ReleaseLines) { append(operation, extension: lines) }

  /// Adds slots that `body` writes itself: the fastest way, for operations that lie ready.
  ///
  /// - Parameters:
  ///   - slotCountMax: slots that `body` may write.
  ///   - body: gets the memory; returns how many slots and operations it wrote. They are not checked here; the server does.
  public mutating func appendSlots(
    slotCountMax: Int, _ body: (UnsafeMutableRawBufferPointer) -> (slotCount: Int, operationCount: Int)
  ) {
    var written = (slotCount: 0, operationCount: 0)
    // The memory is the buffer's own, used inside the call only.
    unsafe frame.writeWithUnsafeMutableBytes(minimumWritableBytes: slotCountMax * Operation.byteCount) { bytes in
      written = unsafe body(UnsafeMutableRawBufferPointer(rebasing: bytes[..<(slotCountMax * Operation.byteCount)]))
      precondition(written.slotCount <= slotCountMax, "more slots than there is room for")
      return written.slotCount * Operation.byteCount
    }
    count += written.operationCount
  }

  /// Its operations in order, without their extensions.
  public var operations: [Operation] {
    var operations: [Operation] = []
    operations.reserveCapacity(count)
    let bytes = frame.readableBytesSpan
    var place = FrameHeader.byteCount
    while place < bytes.byteCount {
      // Operations have no padding and no values that are none.
      let operation = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: place, as: Operation.self)
      operations.append(operation)
      place += (operation.hasExtension ? 2 : 1) * Operation.byteCount
    }
    return operations
  }

  /// Makes the frame complete, header and checksums included.
  mutating func complete(_ header: inout FrameHeader) {
    var span = frame.mutableReadableBytesSpan
    header.complete(&span)
  }

  private mutating func append<Extension: BitwiseCopyable>(_ operation: Operation, extension slot: Extension) {
    var operation = operation
    operation.flags |= 2
    store(operation)
    store(slot)
    count += 1
  }

  /// Writes 64 bytes as they lie in memory: operations and extensions have no padding.
  @inline(__always)
  private mutating func store<Slot: BitwiseCopyable>(_ slot: Slot) {
    // The pointer is valid for the 64 bytes that were asked for, and stays inside the call.
    unsafe frame.writeWithUnsafeMutableBytes(minimumWritableBytes: Operation.byteCount) { bytes in
      unsafe bytes.storeBytes(of: slot, as: Slot.self)
      return Operation.byteCount
    }
  }
}
