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
  private let traces: UnsafeMutablePointer<OperationTrace>
  private let capacity: Int
  private(set) var count = 0
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
    unsafe traces = .allocate(capacity: operationCount)
  }

  deinit {
    unsafe predicted.deallocate()
    unsafe traces.deallocate()
  }

  /// Keeps what is needed to judge the answers of a frame that is about to be sent.
  func keep(_ frame: FrameView) {
    let answers = unsafe frame.answers
    precondition(answers.count <= capacity, "a frame is never larger than the batch")
    count = answers.count
    first = unsafe frame.first
    isOpen = true
    // Different allocations of at least `count` elements each.
    if let base = answers.baseAddress { unsafe predicted.update(from: base, count: count) }
    if let base = unsafe frame.traces.baseAddress { unsafe traces.update(from: base, count: count) }
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

  /// What the operation at `index` is.
  func trace(_ index: Int) -> OperationTrace {
    precondition(index >= 0 && index < count, "index out of range")
    return unsafe traces[index]
  }

  /// Adds the answers to counts by raw code.
  func addCodes(to codes: inout FlatArray<Int>) {
    for index in 0..<count { codes[Int(unsafe predicted[index].code)] &+= 1 }
  }
}
