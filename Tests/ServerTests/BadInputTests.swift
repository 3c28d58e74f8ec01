import Kernel
import Testing
import Wire

@testable import Server

/// What a broken or hostile client can send. Each time: it is told what and where, it is closed, and a second
/// connection that was open all the while is served as before.
@Suite(.timeLimit(.minutes(1)))
struct BadInputTests {
  /// A way to spoil a frame that was right, and what the server says to it.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let reason: ErrorReason
    let place: UInt32
    let spoil: @Sendable (inout [UInt8]) -> Void

    init(_ name: String, _ reason: ErrorReason, _ place: UInt32, _ spoil: @escaping @Sendable (inout [UInt8]) -> Void) {
      testDescription = name
      self.reason = reason
      self.place = place
      self.spoil = spoil
    }
  }

  static let cases: [Case] = [
    Case("magic", .badMagic, 0) { $0[0] ^= 1 },
    Case("version", .badVersion, 4) { $0[4] = 9 },
    Case("unknown kind", .badKind, 5) {
      $0[5] = 99; reseal(&$0)
    },
    Case("a kind that only servers send", .badKind, 5) {
      $0 = encodeFrame(FrameHeader(.result, count: 1, session: sessionOf($0), request: 1), bodyByteCount: 16) { _ in }
    },
    Case("flags", .badFlags, 6) {
      $0[6] = 1; reseal(&$0)
    },
    Case("length over the limit", .badLength, 8) {
      $0[11] = 0xFF; reseal(&$0)
    },
    Case("length not of whole slots", .badLength, 8) {
      $0[8] &+= 1; reseal(&$0)
    },
    Case("header checksum", .headerChecksum, 60) { $0[60] ^= 1 },
    Case("body checksum", .bodyChecksum, 56) { $0[70] ^= 1 },
    Case("more operations counted than there are", .countMismatch, 12) {
      $0[12] = 2; reseal(&$0)
    },
    Case("no operations", .emptySubmit, 12) {
      $0 = encodeFrame(FrameHeader(.submit, session: sessionOf($0), request: 1), bodyByteCount: 0) { _ in }
    },
    Case("missing extension", .missingExtension, 128) {
      $0 = encodeFrame(FrameHeader(.submit, count: 1, session: sessionOf($0), request: 1), bodyByteCount: 64) {
        $0.storeBytes(of: Sample.creation(of: 1), as: Operation.self)
      }
    },
    Case("batch over the limit", .tooManyOperations, 12) {
      $0 = Sample.refused(count: 65, session: sessionOf($0), request: 1)
    },
    Case("another session", .wrongSession, 16) {
      $0[16] ^= 0x55; reseal(&$0)
    },
    Case("hello again", .helloTwice, 5) {
      let hello = HelloBody()
      $0 = encodeFrame(FrameHeader(.hello, session: sessionOf($0)), bodyByteCount: HelloBody.byteCount) {
        hello.store(into: &$0)
      }
    },
    Case("reserved bits of a question", .reservedBits, 64 + 12) {
      let read = ReadBody(.totals, tenant: 1)
      $0 = encodeFrame(FrameHeader(.read, session: sessionOf($0)), bodyByteCount: ReadBody.byteCount) {
        read.store(into: &$0)
        $0.storeBytes(of: 1, toByteOffset: 12, as: UInt8.self)
      }
    },
    Case("unknown question", .badQuery, 64) {
      let read = ReadBody(.totals, tenant: 1)
      $0 = encodeFrame(FrameHeader(.read, session: sessionOf($0)), bodyByteCount: ReadBody.byteCount) {
        read.store(into: &$0)
        $0.storeBytes(of: 200, toByteOffset: 0, as: UInt8.self)
      }
    },
  ]

  private static func sessionOf(_ frame: [UInt8]) -> UInt128 {
    frame.span.bytes.unsafeLoadUnaligned(fromByteOffset: 16, as: UInt128.self)
  }

  /// Makes the header's checksum right again, so that the fault behind it is met.
  private static func reseal(_ frame: inout [UInt8]) {
    let checksum = crc32c(frame[..<60])
    withUnsafeBytes(of: checksum.littleEndian) { frame.replaceSubrange(60..<64, with: $0) }
  }

  @Test(arguments: cases) func isAnsweredThenClosedAndHurtsNobody(_ bad: Case) async throws {
    try await withServer {
      $0.limits.operationCountMax = 64
    } _: { fixture in
      let bystander = try await RawClient(port: fixture.port)
      let bystanderSession = try await bystander.hello().session
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      var frame = Sample.refused(count: 1, session: session, request: 1)
      bad.spoil(&frame)
      try await client.send(frame)
      let error = try await client.expectError()
      #expect(error.reason == bad.reason)
      #expect(error.place == bad.place)
      #expect(try await client.frame() == nil)
      try await bystander.send(Sample.create(1...1, session: bystanderSession, request: 1))
      #expect(try await bystander.expect(.result).results.map(\.code) == [ResultCode.ok.rawValue])
      #expect(fixture.metric("milepost_errors_total{reason=\"\(bad.reason)\"}") == 1)
    }
  }

  @Test func submitBeforeHelloIsRefused() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      try await client.send(Sample.refused(count: 1, session: 1, request: 1))
      #expect(try await client.expectError().reason == .notHelloFirst)
    }
  }

  @Test func anotherProtocolIsToldAtOnce() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      try await client.send(Array("GET /".utf8))
      #expect(try await client.expectError().reason == .badMagic)
    }
  }

  @Test func unknownOperationCodeIsAnOutcomeNotAnError() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(
        encodeFrame(FrameHeader(.submit, count: 1, session: session, request: 1), bodyByteCount: 64) {
          var operation = Operation(.deposit, tenant: 1, contract: 1, id: 1)
          operation.code = 200
          $0.storeBytes(of: operation, as: Operation.self)
        })
      #expect(try await client.expect(.result).results.map(\.code) == [ResultCode.badOperation.rawValue])
    }
  }

  @Test(arguments: [1, 63, 64, 65, 127]) func frameCutInTheMiddleCountsForNothing(_ byteCount: Int) async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(Array(Sample.refused(count: 1, session: session, request: 1)[..<byteCount]))
      await client.close()
      try await fixture.eventually { fixture.metric("milepost_connections") == 0 }
      #expect(fixture.metric("milepost_frames_cut_total") == 1)
      try await fixture.eventually { fixture.metric("milepost_bytes_in_flight") == 0 }
      let again = try await RawClient(port: fixture.port)
      #expect(try await again.hello(session: session).body.lastRequest == 0)
    }
  }

  @Test func framesMayComeByteByByte() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      for byte in Sample.create(1...2, session: session, request: 1) { try await client.send([byte]) }
      #expect(try await client.expect(.result).results.count == 2)
    }
  }

  @Test func requestsPastTheWindowAreRefused() async throws {
    try await withServer {
      $0.limits.requestWindow = 4
    } _: { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      // One write: the server reads all before it answers any.
      try await client.send((1...40).flatMap { Sample.refused(count: 8, session: session, request: $0) })
      var frame = try await client.frame()
      while let answer = frame, answer.header.kind == .result { frame = try await client.frame() }
      let last = try #require(frame)
      let error = try ErrorBody(decoding: last.body.span.bytes)
      #expect(error.reason == .requestOutOfWindow)
    }
  }

  @Test func slowReaderIsClosedAndHurtsNobody() async throws {
    try await withServer {
      $0.limits.replyByteCountMax = 64 << 10
    } _: { fixture in
      let slow = try await RawClient(port: fixture.port)
      let session = try await slow.hello().session
      try await slow.stopReading()
      for request in 1...200 {
        slow.post(Sample.refused(count: 8_190, session: session, request: UInt64(request)))
      }
      try await fixture.eventually {
        fixture.metric("milepost_connections_closed_total{reason=\"slowReader\"}") == 1
      }
      let other = try await RawClient(port: fixture.port)
      let otherSession = try await other.hello().session
      try await other.send(Sample.create(1...1, session: otherSession, request: 1))
      #expect(try await other.expect(.result).results.count == 1)
      await slow.close()
    }
  }
}

/// CRC-32C bit by bit, for frames that are spoiled on purpose. Source: RFC 3720 appendix B.4.
private func crc32c(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  var value = UInt32.max
  for byte in bytes {
    value ^= UInt32(byte)
    for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
  }
  return ~value
}
