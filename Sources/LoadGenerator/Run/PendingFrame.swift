import Kernel
import Wire

/// One frame's place in a connection's window: the predicted answers, and when it was meant to leave.
///
/// A class, because an array of places must not move what answers are compared with; made once per place
/// and reused. Confined to the driver's event loop.
@safe
final class PendingFrame {
  // Allocated in `init`, freed in `deinit`; the first `count` are valid.
  private let predicted: UnsafeMutablePointer<OperationResult>
  private let capacity: Int
  private(set) var count = 0
  /// 64-byte slots of the frame.
  private(set) var slotCount = 0
  /// Operations of the connection before this frame.
  private(set) var first: UInt64 = 0
  /// Generated and not answered yet.
  private(set) var isOpen = false
  /// Monotonic nanoseconds; latency counts from here.
  var intendedAt: UInt64 = 0
  var isMeasured = false

  init(operationCount: Int) {
    capacity = operationCount
    unsafe predicted = .allocate(capacity: operationCount)
    // Touched before it is needed.
    unsafe predicted.initialize(repeating: OperationResult(code: .ok), count: operationCount)
  }

  deinit {
    unsafe predicted.deallocate()
  }

  /// Opens the place for a frame of at most `limit` operations, which `body` fills.
  ///
  /// - Parameter body: gets the memory for the predicted answers; valid inside the call.
  func open(limit: Int, _ body: (UnsafeMutableBufferPointer<OperationResult>) -> FrameExtent) {
    precondition(limit <= capacity, "a frame is never larger than its place")
    let extent = unsafe body(UnsafeMutableBufferPointer(start: predicted, count: limit))
    precondition(extent.operationCount <= limit, "more answers than there is room for")
    count = extent.operationCount
    slotCount = extent.slotCount
    first = extent.first
    isOpen = true
  }

  /// Its answers have come.
  func close() { isOpen = false }

  /// Whether the answers are, byte for byte, the predicted ones.
  func matches(_ results: RawSpan) -> Bool {
    guard results.byteCount == count * OperationResult.byteCount else { return false }
    // Both ends hold `count` answers: checked on the line above.
    return unsafe results.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return true }
      return unsafe areEqual(base, predicted, bytes.count)
    }
  }

  /// The predicted answer at `index`.
  func answer(_ index: Int) -> OperationResult {
    precondition(index >= 0 && index < count, "index out of range")
    return unsafe predicted[index]
  }

  /// Adds the answers to counts by raw code.
  func addCodes(to codes: inout FlatArray<Int>) {
    for index in 0..<count { codes[Int(unsafe predicted[index].code)] &+= 1 }
  }
}
