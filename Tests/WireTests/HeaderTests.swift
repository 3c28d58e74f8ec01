import Kernel
import Testing

@testable import Wire

@Suite struct HeaderTests {
  @Test(arguments: FrameKind.allCases) func aPlainFrameDecodes(kind: FrameKind) throws {
    let frame = plainFrame(kind)
    let header = try decodeHeader(frame).get()
    #expect(header.kind == kind)
    #expect(header.frameByteCount == frame.count)
    try header.check(body: frame.span.bytes.extracting(64..<frame.count))
  }

  @Test func anyHeaderSurvivesTheRoundTrip() throws {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<2_000 {
      let kind = FrameKind.allCases.randomElement(using: &random)!
      let plain = try decodeHeader(plainFrame(kind)).get()
      var header = FrameHeader(
        // Events have no flags, and what has one has no events.
        kind, flags: kind == .events ? [] : FrameFlags(rawValue: kind.allowedFlags.rawValue & random.value()),
        count: plain.count,
        session: random.value(), trace: random.value(), request: random.value())
      // An end of events has another body than events.
      header.bodyByteCount = plain.bodyByteCount
      header.bodyChecksum = random.value()
      var bytes = [UInt8](repeating: 0xAA, count: 64)
      bytes.withUnsafeMutableBytes { raw in
        var span = raw.mutableBytes
        header.store(into: &span)
      }
      #expect(try decodeHeader(bytes).get() == header)
    }
  }

  /// Each row breaks one thing, resealed where the checksums are not the point; the fault must name it and its place.
  @Test func everyFaultIsNamedWithItsPlace() {
    typealias Row = (name: String, kind: FrameKind, reseals: Bool, fault: FrameError, change: (inout [UInt8]) -> Void)
    let rows: [Row] = [
      ("magic", .ping, true, FrameError(.badMagic, place: 0, value: 0x5453_5000), { $0[0] = 0 }),
      ("version 0", .ping, true, FrameError(.badVersion, place: 4, value: 1), { $0[4] = 0 }),
      ("version 2", .ping, true, FrameError(.badVersion, place: 4, value: 1), { $0[4] = 2 }),
      ("kind 0", .ping, true, FrameError(.badKind, place: 5, value: 0), { $0[5] = 0 }),
      ("kind 17", .ping, true, FrameError(.badKind, place: 5, value: 17), { $0[5] = 17 }),
      ("flag", .submit, true, FrameError(.badFlags, place: 6, value: 1), { $0[6] = 1 }),
      ("high flag", .result, true, FrameError(.badFlags, place: 6, value: 0x8000), { $0[7] = 0x80 }),
      ("ping with body", .ping, true, FrameError(.badLength, place: 8, value: 1), { $0.put(UInt32(1), at: 8) }),
      ("short hello", .hello, true, FrameError(.badLength, place: 8, value: 63), { $0.put(UInt32(63), at: 8) }),
      (
        "long hello", .hello, true, FrameError(.badLength, place: 8, value: 4_161), { $0.put(UInt32(4_161), at: 8) }
      ),
      (
        "4 GiB", .submit, true, FrameError(.badLength, place: 8, value: 0xFFFF_FFC0),
        { $0.put(UInt32(0xFFFF_FFC0), at: 8) }
      ),
      (
        "half a slot", .submit, true, FrameError(.badLength, place: 8, value: 96), { $0.put(UInt32(96), at: 8) }
      ),
      ("no operations", .submit, true, FrameError(.emptySubmit, place: 12, value: 0), { $0.put(UInt32(0), at: 12) }),
      (
        "more operations than slots", .submit, true, FrameError(.countMismatch, place: 12, value: 4),
        { $0.put(UInt32(4), at: 12) }
      ),
      (
        "more slots than operations can have", .submit, true, FrameError(.countMismatch, place: 12, value: 1),
        { $0.put(UInt32(1), at: 12) }
      ),
      (
        "events, and an end", .events, true, FrameError(.countMismatch, place: 12, value: 1), { $0[6] = 2 }
      ),
      (
        "events, and a place", .events, true, FrameError(.countMismatch, place: 12, value: 1), { $0[6] = 16 }
      ),
      (
        "an end and a place", .events, true, FrameError(.badFlags, place: 6, value: 18), { $0[6] = 18 }
      ),
      (
        "no events, and nothing else", .events, true, FrameError(.countMismatch, place: 12, value: 0),
        {
          $0.put(UInt32(0), at: 12)
          $0.put(UInt32(16), at: 8)
        }
      ),
      (
        "a result too many", .result, true, FrameError(.countMismatch, place: 12, value: 2),
        { $0.put(UInt32(2), at: 12) }
      ),
      ("ping counts", .ping, true, FrameError(.countMismatch, place: 12, value: 1), { $0.put(UInt32(1), at: 12) }),
      (
        "header checksum", .ping, false, FrameError(.headerChecksum, place: 60, value: 0), { $0.put(UInt32(0), at: 60) }
      ),
    ]
    for row in rows {
      var frame = plainFrame(row.kind)
      row.change(&frame)
      if row.reseals { frame.reseal() }
      #expect(decodeHeader(frame) == .failure(row.fault), "\(row.name)")
    }
  }

  @Test func anEarlierFaultHidesALaterOne() {
    var frame = plainFrame(.submit)
    frame.put(UInt32(0), at: 12)
    #expect(reason(frame) == .headerChecksum)
    frame.reseal()
    #expect(reason(frame) == .emptySubmit)
    frame.put(UInt32(0xFFFF_FFC0), at: 8)
    frame.reseal()
    #expect(reason(frame) == .badLength)
    frame[6] = 1
    frame.reseal()
    #expect(reason(frame) == .badFlags)
    frame[5] = 99
    frame.reseal()
    #expect(reason(frame) == .badKind)
    frame[60] ^= 1
    #expect(reason(frame) == .headerChecksum)
    frame[4] = 9
    #expect(reason(frame) == .badVersion)
    frame[1] = 9
    #expect(reason(frame) == .badMagic)
  }

  private func reason(_ frame: [UInt8]) -> ErrorReason? {
    if case .failure(let fault) = decodeHeader(frame) { return fault.reason }
    return nil
  }

  @Test func anyFlippedBitOfAFrameIsFound() throws {
    for kind in FrameKind.allCases {
      let frame = plainFrame(kind)
      for bit in 0..<frame.count * 8 {
        var changed = frame
        changed[bit / 8] ^= 1 << (bit % 8)
        switch decodeHeader(changed) {
        case .failure(let fault): #expect(bit < 64 * 8, "\(fault)")
        case .success(let header):
          #expect(bit >= 64 * 8)
          #expect(throws: FrameError.self) { try header.check(body: changed.span.bytes.extracting(64..<changed.count)) }
        }
      }
    }
  }

  /// All kinds, counts 0...4 and body lengths 0...320: a length is taken exactly when Protocol.md allows it.
  @Test func exhaustsSmallLengthsAndCounts() {
    for kind in FrameKind.allCases {
      for count in 0...4 {
        for length in 0...320 {
          let allowed: Bool
          switch kind {
          case .hello: allowed = count == 0 && length >= 64
          case .welcome: allowed = count == 0 && length == 128
          case .submit: allowed = count > 0 && length % 64 == 0 && (count...2 * count).contains(length / 64)
          case .result: allowed = length == 16 * count
          case .read: allowed = count == 0 && length == 64
          case .readReply: allowed = length >= 32 && length % 16 == 0
          case .subscribe: allowed = count == 0 && length == 32
          case .events:
            let slots = length / 64
            allowed = count == 0 ? length == 16 : length % 64 == 0 && (2 * count...3 * count).contains(slots)
          case .credit: allowed = length == 0
          case .ping, .goodbye: allowed = length == 0 && count == 0
          case .pong, .busy: allowed = length == 16 && count == 0
          case .error: allowed = length >= 16 && count == 0
          case .manage, .managed: allowed = length > 0 && count == 0
          }
          let fault = kind.lengthFault(bodyByteCount: length, count: count)
          #expect((fault == nil) == allowed, "\(kind) \(count) \(length)")
        }
      }
    }
  }

  @Test func limitsAreEnforced() {
    var limits = Limits()
    limits.operationCountMax = 2
    let two = encodeFrame(FrameHeader(.submit, count: 2), bodyByteCount: 128)
    let three = encodeFrame(FrameHeader(.submit, count: 3), bodyByteCount: 192)
    #expect((try? decodeHeader(two, limits: limits).get()) != nil)
    #expect(decodeHeader(three, limits: limits) == .failure(FrameError(.tooManyOperations, place: 12, value: 3)))
    limits.frameByteCountMax = 191
    #expect(decodeHeader(two, limits: limits) == .failure(FrameError(.badLength, place: 8, value: 128)))
  }

  @Test func aFaultReadsAsAPlace() {
    #expect("\(FrameError(.badKind, place: 5, value: 77))" == "badKind at byte 5, value 77")
  }
}
