/// Turns a stream of bytes into frames, however the stream was cut.
///
/// Whole frames inside one piece are visited where they lie; only a frame that spans pieces is copied, once.
/// Not for several threads: the owner of the connection guards it.
public struct FrameAssembler: ~Copyable {
  /// Told to a peer, or told by it.
  public var limits: Limits

  // The beginning of a frame whose end has not come. Its header, once whole, is decoded and kept.
  private var partial: [UInt8] = []
  private var header: FrameHeader?

  public init(limits: Limits = Limits()) { self.limits = limits }

  /// Whether the stream stands between two frames.
  public var isEmpty: Bool { partial.isEmpty }

  /// Takes the next bytes of the stream and visits each frame that is now whole, in order.
  ///
  /// `visit` gets the header and the body, checked against length limits and both checksums. The body is only
  /// valid inside the call and has no particular alignment. Returns false to stop; the assembler must then not be used
  /// again, as the rest of `bytes` is not kept.
  ///
  /// - Throws: the first fault. The stream is then out of step for good: answer, and close.
  public mutating func feed(_ bytes: RawSpan, _ visit: (FrameHeader, RawSpan) -> Bool) throws(FrameError) {
    var offset = 0
    while true {
      if !partial.isEmpty {
        offset += try fill(bytes.extracting(offset..<bytes.byteCount))
        guard let header, partial.count == header.frameByteCount else { return }
        let goesOn = try deliver(header, visit)
        partial.removeAll(keepingCapacity: true)
        self.header = nil
        if !goesOn { return }
        continue
      }
      let rest = bytes.byteCount - offset
      if rest == 0 { return }
      if rest >= FrameHeader.byteCount {
        let header = try FrameHeader(
          decoding: bytes.extracting(offset..<offset + FrameHeader.byteCount), limits: limits)
        if rest >= header.frameByteCount {
          let body = bytes.extracting(offset + FrameHeader.byteCount..<offset + header.frameByteCount)
          try header.check(body: body)
          offset += header.frameByteCount
          let goesOn = visit(header, body)
          if !goesOn { return }
          continue
        }
        self.header = header
        partial.reserveCapacity(header.frameByteCount)
      }
      append(bytes.extracting(offset..<bytes.byteCount))
      return
    }
  }

  /// Adds to the partial frame what it still misses; returns how many bytes were taken.
  private mutating func fill(_ bytes: RawSpan) throws(FrameError) -> Int {
    var taken = 0
    if header == nil {
      taken = min(FrameHeader.byteCount - partial.count, bytes.byteCount)
      append(bytes.extracting(0..<taken))
      guard partial.count == FrameHeader.byteCount else { return taken }
      // As above.
      let decoded = try unsafe FrameHeader(decoding: partial.span.bytes, limits: limits)
      header = decoded
      partial.reserveCapacity(decoded.frameByteCount)
    }
    guard let header else { return taken }
    let more = min(header.frameByteCount - partial.count, bytes.byteCount - taken)
    append(bytes.extracting(taken..<taken + more))
    return taken + more
  }

  /// Visits the partial frame, which is whole.
  private func deliver(_ header: FrameHeader, _ visit: (FrameHeader, RawSpan) -> Bool) throws(FrameError) -> Bool {
    // Bytes of bytes: no padding that could be read.
    let frame = unsafe partial.span.bytes
    let body = frame.extracting(FrameHeader.byteCount..<frame.byteCount)
    try header.check(body: body)
    return visit(header, body)
  }

  private mutating func append(_ bytes: RawSpan) {
    // The array copies before the span's owner can change; the pointer does not leave the closure.
    unsafe bytes.withUnsafeBytes { unsafe partial.append(contentsOf: $0) }
  }
}
