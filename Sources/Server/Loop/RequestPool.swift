import Engine
import Kernel

/// Requests for reuse, by capacity: powers of two of slots. Memory that was touched stays warm.
///
/// Confined to its event loop. Bounded: past `byteCountMax` kept bytes a returned request is freed.
struct RequestPool {
  /// Most bytes kept.
  let byteCountMax: Int
  private(set) var keptByteCount = 0
  private var free: [[Request]] = Array(repeating: [], count: Int.bitWidth)

  init(byteCountMax: Int) {
    self.byteCountMax = byteCountMax
  }

  /// A request with room for `bodyByteCount` bytes, reset.
  ///
  /// - Precondition: a positive multiple of the slot size.
  mutating func take(bodyByteCount: Int) -> Request {
    precondition(bodyByteCount > 0 && bodyByteCount % Operation.byteCount == 0, "whole slots")
    let order = Self.order(slotCount: bodyByteCount / Operation.byteCount)
    let request: Request
    if let kept = free[order].popLast() {
      keptByteCount -= Self.byteCount(order: order)
      request = kept
    } else {
      request = Request(slotCapacity: 1 << order)
    }
    request.bodyByteCount = bodyByteCount
    request.filledByteCount = 0
    return request
  }

  /// Takes a request back that nobody uses any more.
  mutating func recycle(_ request: Request) {
    request.connection = nil
    request.submission.reset()
    let order = Self.order(slotCount: request.submission.slotCapacity)
    let byteCount = Self.byteCount(order: order)
    guard keptByteCount + byteCount <= byteCountMax else { return }
    keptByteCount += byteCount
    free[order].append(request)
  }

  /// The exponent of the smallest power of two that holds `slotCount`.
  static func order(slotCount: Int) -> Int {
    Int.bitWidth - (slotCount - 1).leadingZeroBitCount
  }

  /// Slots and results of a request of that order.
  static func byteCount(order: Int) -> Int {
    (Operation.byteCount + OperationResult.byteCount) << order
  }
}
