import NIOCore
import Wire

// Frames are written where they leave from: the header goes in front of the body once its checksum is known.

extension ByteBuffer {
  /// Appends a frame whose body is written by `body`, which must fill all `bodyByteCount` bytes.
  mutating func writeFrame(_ header: FrameHeader, bodyByteCount: Int, _ body: (inout MutableRawSpan) -> Void) {
    let byteCount = FrameHeader.byteCount + bodyByteCount
    unsafe writeWithUnsafeMutableBytes(minimumWritableBytes: byteCount) { bytes in
      // The buffer guarantees the minimum, and the span does not leave the closure.
      var frame = unsafe MutableRawSpan(_unsafeBytes: UnsafeMutableRawBufferPointer(rebasing: bytes[..<byteCount]))
      var rest = frame._mutatingExtracting(FrameHeader.byteCount..<byteCount)
      body(&rest)
      var header = header
      header.complete(&frame)
      return byteCount
    }
  }

  /// Appends a frame with a copy of `body`.
  mutating func writeFrame(_ header: FrameHeader, copying body: UnsafeRawBufferPointer) {
    writeFrame(header, bodyByteCount: body.count) { rest in
      // Both are `body.count` bytes long.
      unsafe rest.withUnsafeMutableBytes { unsafe $0.copyMemory(from: body) }
    }
  }
}
