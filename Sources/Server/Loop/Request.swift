import Engine
import NIOCore

/// A submit frame on its way: its operations in an engine submission, and what the reply needs.
///
/// Pooled together with the submission's memory. Confined to its event loop; while the engine has the
/// submission, the loop does not touch the submission itself.
final class Request {
  let submission: Submission
  /// Nil once recycled. A connection that closed stays here until the engine is done.
  var connection: Connection?
  /// Echoed in the reply.
  var trace: UInt128 = 0
  /// From the header, checked against the slots before the frame counts as accepted.
  var operationCount = 0
  var bodyByteCount = 0
  /// Bytes of the body that have come.
  var filledByteCount = 0
  /// Its number among those that are half received; 0 for none.
  var halfNumber: UInt64 = 0
  /// When the loop round began that completed the frame.
  var arrival = NIODeadline.uptimeNanoseconds(0)

  /// Whose turn and memory it takes.
  var flow: Flow {
    guard let connection else { preconditionFailure("a request has its connection until it is recycled") }
    return connection.flow
  }

  init(slotCapacity: Int) {
    submission = Submission(slotCapacity: slotCapacity)
  }

  /// The body, once it is complete.
  var body: RawSpan {
    @_lifetime(borrow self)
    get {
      // The pool hands out capacities that hold the whole body; the memory lives as long as the submission.
      unsafe _overrideLifetime(
        RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: submission.slots[..<bodyByteCount])), borrowing: self)
    }
  }

  /// Takes as much of the body as `buffer` has.
  ///
  /// - Returns: whether the body is complete.
  func fill(from buffer: inout ByteBuffer) -> Bool {
    let byteCount = min(bodyByteCount - filledByteCount, buffer.readableBytes)
    unsafe buffer.readWithUnsafeReadableBytes { bytes in
      // Both ranges hold `byteCount` bytes: the capacity was chosen for the body, and the minimum was taken above.
      let target = unsafe UnsafeMutableRawBufferPointer(rebasing: submission.slots[filledByteCount...])
      unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<byteCount]))
      return byteCount
    }
    filledByteCount += byteCount
    return filledByteCount == bodyByteCount
  }
}
