import Kernel

@testable import Wire

/// Frames of the wire: a stream is cut into frames as the server does it, and every body is decoded.
///
/// Input: a byte whose bit 0 asks for right checksums, a byte for the size of pieces, the stream.
/// It gives the same frames and the same fault however it is cut, and what was decoded encodes to the bytes it came from.
enum WireFrames {
  private struct Frame: Equatable {
    var header: FrameHeader
    var body: [UInt8]
  }

  private struct Reading: Equatable {
    var frames: [Frame] = []
    var fault: FrameError?
  }

  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = Input(bytes)
    let repairs = input.byte() & 1 != 0
    let pieceByteCount = Int(input.byte()) + 1
    var stream = input.rest()
    if repairs { repair(&stream) }
    let whole = read(stream, pieceByteCount: max(1, stream.count))
    try must(whole == read(stream, pieceByteCount: pieceByteCount), "a stream in pieces gives other frames")
    var encoded: [UInt8] = []
    for frame in whole.frames {
      encoded += encodeFrame(frame.header, bodyByteCount: frame.body.count) { body in
        for (index, byte) in frame.body.enumerated() { body.store(byte, at: index) }
      }
      try check(frame)
    }
    try must(stream.starts(with: encoded), "a frame's header encodes to other bytes")
  }

  /// Gives the frames of a stream a right magic, version, length and checksums, so that what lies behind is reached.
  static func repair(_ stream: inout [UInt8]) {
    var offset = 0
    while stream.count - offset >= FrameHeader.byteCount {
      let rest = stream.count - offset - FrameHeader.byteCount
      let bodyByteCount = min(Int(stream.integer(UInt32.self, at: offset + 8)), rest)
      let end = offset + FrameHeader.byteCount + bodyByteCount
      stream.put(FrameHeader.magic, at: offset)
      stream[offset + 4] = FrameHeader.version
      stream.put(UInt32(bodyByteCount), at: offset + 8)
      stream.put(checksum(stream, (offset + FrameHeader.byteCount)..<end), at: offset + 56)
      stream.put(checksum(stream, offset..<(offset + 60)), at: offset + 60)
      offset = end
    }
  }

  private static func checksum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    let part = [UInt8](bytes[range])
    return unsafe part.span.bytes.checksum
  }

  private static func read(_ stream: [UInt8], pieceByteCount: Int) -> Reading {
    var reading = Reading()
    var assembler = FrameAssembler()
    var offset = 0
    do throws(FrameError) {
      while offset < stream.count {
        let piece = [UInt8](stream[offset..<min(offset + pieceByteCount, stream.count)])
        try unsafe assembler.feed(piece.span.bytes) { header, body in
          reading.frames.append(Frame(header: header, body: body.copied))
          return true
        }
        offset += piece.count
      }
    } catch { reading.fault = error }
    return reading
  }

  private static func check(_ frame: Frame) throws(Finding) {
    let again: [UInt8]
    do throws(FrameError) { again = try encodedAgain(frame) } catch { return }
    try must(again == frame.body, "a body of kind \(frame.header.kind) encodes to other bytes")
    guard frame.header.kind == .submit else { return }
    let count = unsafe frame.body.withUnsafeBytes { unsafe BatchLayout.operationCount(slots: $0) }
    try must(count == Int(frame.header.count), "wire and kernel count the operations of a submit differently")
  }

  /// A body decoded and encoded again; what has no decoder comes back as it is.
  private static func encodedAgain(_ frame: Frame) throws(FrameError) -> [UInt8] {
    let header = frame.header
    let source = frame.body
    let body = unsafe source.span.bytes
    switch header.kind {
    case .hello:
      let hello = try HelloBody(decoding: body)
      return encoded(hello.encodedByteCount) { hello.store(into: &$0) }
    case .welcome:
      let welcome = try WelcomeBody(decoding: body)
      return encoded(WelcomeBody.byteCount) { welcome.store(into: &$0) }
    case .submit:
      try SubmitBody.check(body, header: header)
      return source
    case .result:
      let results = ResultBody.results(body)
      return encoded(16 * results.count) { target in
        for (index, result) in results.enumerated() { target.store(result, at: 16 * index) }
      }
    case .read:
      let read = try ReadBody(decoding: body)
      return encoded(ReadBody.byteCount) { read.store(into: &$0) }
    case .readReply: return try readReply(header, source)
    case .subscribe:
      let subscribe = try SubscribeBody(decoding: body)
      return encoded(SubscribeBody.byteCount) { subscribe.store(into: &$0) }
    case .events: return try events(header, source)
    case .pong:
      let pong = PongBody(decoding: body)
      return encoded(PongBody.byteCount) { pong.store(into: &$0) }
    case .busy:
      let busy = try BusyBody(decoding: body)
      return encoded(BusyBody.byteCount) { busy.store(into: &$0) }
    case .error:
      let error = try ErrorBody(decoding: body)
      let again = encoded(error.encodedByteCount) { error.store(into: &$0) }
      // Text that is not UTF-8 is for people all the same: it is mended, and does not come back byte for byte.
      return String(validating: source.dropFirst(ErrorBody.byteCount), as: UTF8.self) == nil ? source : again
    case .credit, .ping, .goodbye, .manage, .managed: return source
    }
  }

  private static func readReply(_ header: FrameHeader, _ source: [UInt8]) throws(FrameError) -> [UInt8] {
    let body = unsafe source.span.bytes
    let head = try ReadReplyHead(decoding: body, count: header.count)
    var contracts: [ContractRecord] = []
    var milestones: [MilestoneRecord] = []
    var totals: [TotalsRecord] = []
    for index in 0..<Int(header.count) {
      switch head.query {
      case .contract, .contractsByState: contracts.append(ContractRecord(decoding: body, at: index))
      case .totals: totals.append(TotalsRecord(decoding: body, at: index))
      default: milestones.append(MilestoneRecord(decoding: body, at: index))
      }
    }
    return encoded(ReadReplyHead.byteCount + Int(header.count) * head.query.itemByteCount) { target in
      head.store(into: &target)
      for (index, record) in contracts.enumerated() { record.store(into: &target, at: index) }
      for (index, record) in milestones.enumerated() { record.store(into: &target, at: index) }
      for (index, record) in totals.enumerated() { record.store(into: &target, at: index) }
    }
  }

  private static func events(_ header: FrameHeader, _ source: [UInt8]) throws(FrameError) -> [UInt8] {
    let body = unsafe source.span.bytes
    if header.flags.contains(.progress) {
      let progress = try EventsProgress(decoding: body)
      return encoded(EventsProgress.byteCount) { progress.store(into: &$0) }
    }
    if header.count == 0 {
      let end = try EventsEnd(decoding: body)
      return encoded(EventsEnd.byteCount) { end.store(into: &$0) }
    }
    var records: [(offset: Int, record: EventRecord)] = []
    var offset = 0
    for _ in 0..<header.count {
      let record = try EventRecord(decoding: body, at: offset)
      records.append((offset, record))
      offset += record.encodedByteCount
    }
    // A client refuses events that do not fill their body.
    guard offset == source.count else { throw FrameError(.countMismatch, place: 0) }
    var again = encoded(offset) { target in
      for (offset, record) in records { record.store(into: &target, at: offset) }
    }
    for (offset, record) in records where record.operation.hasExtension {
      let content = (offset + EventRecord.byteCount)..<(offset + record.encodedByteCount)
      again.replaceSubrange(content, with: source[content])
    }
    return again
  }

  /// Bytes that `write` has to fill: what it leaves out stays visible.
  private static func encoded(_ byteCount: Int, _ write: (inout MutableRawSpan) -> Void) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xA5, count: byteCount)
    unsafe bytes.withUnsafeMutableBytes { buffer in
      // The span is used up before the array can change.
      var span = unsafe buffer.mutableBytes
      write(&span)
    }
    return bytes
  }
}
