import Testing

@testable import Wire

@Suite struct AssemblerTests {
  struct Seen: Equatable {
    var header: FrameHeader
    var body: [UInt8]
  }

  /// A stream of random valid frames, and what should be seen of it.
  private func stream(seed: UInt64, frameCount: Int) -> (bytes: [UInt8], frames: [Seen]) {
    var random = SeededGenerator(seed: seed)
    var bytes: [UInt8] = []
    var frames: [Seen] = []
    for request in 0..<frameCount {
      var frame = plainFrame(FrameKind.allCases.randomElement(using: &random)!)
      for index in 64..<frame.count { frame[index] = random.value() }
      frame.put(UInt64(request), at: 48)
      frame.reseal()
      frames.append(Seen(header: try! decodeHeader(frame).get(), body: Array(frame[64...])))
      bytes += frame
    }
    return (bytes, frames)
  }

  private func feed(
    _ assembler: inout FrameAssembler, _ bytes: some Sequence<UInt8>, into seen: inout [Seen], stopsAfter: Int = .max
  ) -> FrameError? {
    let bytes = Array(bytes)
    do throws(FrameError) {
      try assembler.feed(bytes.span.bytes) { header, body in
        seen.append(Seen(header: header, body: (0..<body.byteCount).map { body.load(at: $0) }))
        return seen.count < stopsAfter
      }
      return nil
    } catch {
      return error
    }
  }

  /// The testing macros take no noncopyable values.
  private func expectBetweenFrames(
    _ assembler: borrowing FrameAssembler, _ expected: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let isEmpty = assembler.isEmpty
    #expect(isEmpty == expected, sourceLocation: sourceLocation)
  }

  @Test(arguments: 0..<20 as Range<UInt64>) func wholeByteByByteAndAllAtOnceSeeTheSame(seed: UInt64) {
    let (bytes, frames) = stream(seed: seed, frameCount: 12)
    var allAtOnce: [Seen] = []
    var assembler = FrameAssembler()
    #expect(feed(&assembler, bytes, into: &allAtOnce) == nil)
    #expect(allAtOnce == frames)
    expectBetweenFrames(assembler)

    var whole: [Seen] = []
    var offset = 0
    for frame in frames {
      let end = offset + frame.header.frameByteCount
      #expect(feed(&assembler, bytes[offset..<end], into: &whole) == nil)
      expectBetweenFrames(assembler)
      offset = end
    }
    #expect(whole == frames)

    var byteByByte: [Seen] = []
    for byte in bytes { #expect(feed(&assembler, [byte], into: &byteByByte) == nil) }
    #expect(byteByByte == frames)
    expectBetweenFrames(assembler)
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func anyCutSeesTheSame(seed: UInt64) {
    let (bytes, frames) = stream(seed: seed, frameCount: 8)
    var random = SeededGenerator(seed: seed &+ 1_000)
    var seen: [Seen] = []
    var assembler = FrameAssembler()
    var offset = 0
    while offset < bytes.count {
      let end = min(bytes.count, offset + Int.random(in: 0...200, using: &random))
      #expect(feed(&assembler, bytes[offset..<end], into: &seen) == nil)
      offset = end
    }
    #expect(seen == frames)
  }

  /// Two frames, cut at every place into three pieces.
  @Test func everyPairOfCutsOfTwoFrames() {
    let frames = [plainFrame(.pong), plainFrame(.ping)]
    let bytes = frames.flatMap { $0 }
    for first in 0...bytes.count {
      for second in first...bytes.count {
        var seen: [Seen] = []
        var assembler = FrameAssembler()
        for piece in [bytes[..<first], bytes[first..<second], bytes[second...]] {
          #expect(feed(&assembler, piece, into: &seen) == nil)
        }
        #expect(seen.map(\.header.kind) == [.pong, .ping])
        expectBetweenFrames(assembler)
      }
    }
  }

  @Test func anyPrefixOfAFrameIsQuietlyKept() {
    let frame = plainFrame(.submit)
    for end in 0..<frame.count {
      var seen: [Seen] = []
      var assembler = FrameAssembler()
      #expect(feed(&assembler, frame[..<end], into: &seen) == nil)
      #expect(seen.isEmpty)
      expectBetweenFrames(assembler, end == 0)
      #expect(feed(&assembler, frame[end...], into: &seen) == nil)
      #expect(seen.count == 1)
    }
  }

  @Test(arguments: [false, true]) func aFaultIsFoundHoweverItArrives(byteByByte: Bool) {
    let good = plainFrame(.ping)
    var badBody = plainFrame(.pong)
    badBody[70] ^= 1
    var badHeader = plainFrame(.ping)
    badHeader[20] ^= 1
    var tooLong = encodeFrame(FrameHeader(.submit, count: 8_190))
    tooLong.put(UInt32.max - 63, at: 8)
    tooLong.reseal()
    let rows: [([UInt8], ErrorReason)] = [
      (badBody, .bodyChecksum), (badHeader, .headerChecksum), (tooLong, .badLength),
      (Array("GET / HTTP/1.1\r\nHost: somewhere.example\r\nAccept: everything and more\r\n\r\n".utf8), .badMagic),
    ]
    for (bad, reason) in rows {
      var seen: [Seen] = []
      var fault: FrameError?
      var assembler = FrameAssembler()
      if byteByByte {
        for byte in good + bad where fault == nil { fault = feed(&assembler, [byte], into: &seen) }
      } else {
        fault = feed(&assembler, good + bad, into: &seen)
      }
      #expect(fault?.reason == reason)
      #expect(seen.map(\.header.kind) == [.ping])
    }
  }

  /// The length is checked before memory is taken for it.
  @Test func aForgedLengthTakesNoMemory() {
    var limits = Limits()
    limits.frameByteCountMax = 1_000
    var seen: [Seen] = []
    var assembler = FrameAssembler(limits: limits)
    let frame = encodeFrame(FrameHeader(.submit, count: 16), bodyByteCount: 1_024)
    #expect(feed(&assembler, frame[..<64], into: &seen)?.reason == .badLength)
  }

  @Test func aVisitorCanStop() {
    let frame = plainFrame(.ping)
    var seen: [Seen] = []
    var assembler = FrameAssembler()
    #expect(feed(&assembler, frame + frame + frame, into: &seen, stopsAfter: 2) == nil)
    #expect(seen.count == 2)
    var later: [Seen] = []
    var partial = FrameAssembler()
    #expect(feed(&partial, frame[..<10], into: &later) == nil)
    #expect(feed(&partial, frame[10...] + frame, into: &later, stopsAfter: 1) == nil)
    #expect(later.count == 1)
  }

  /// Random bytes, and random bytes behind a good magic and version, are refused or waited for, never taken.
  @Test(arguments: 0..<300 as Range<UInt64>) func noiseIsRefused(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var noise = random.bytes(Int.random(in: 1...400, using: &random))
    if seed % 2 == 0 {
      noise.replaceSubrange(0..<min(5, noise.count), with: [0x4D, 0x50, 0x53, 0x54, 1].prefix(noise.count))
    }
    var seen: [Seen] = []
    var assembler = FrameAssembler()
    let fault = feed(&assembler, noise, into: &seen)
    #expect(seen.isEmpty)
    #expect((fault != nil) == (noise.count >= 64))
  }
}
