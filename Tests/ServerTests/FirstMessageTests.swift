import NIOCore
import Testing
import Wire

@testable import Server

@Suite struct FirstMessageTests {
  @Test func aHelloIsCompleteWithItsLastByte() throws {
    var hello = HelloBody()
    hello.authentication = .key
    hello.credential = [1, 2, 3]
    let bytes = encodeFrame(FrameHeader(.hello), bodyByteCount: hello.encodedByteCount) { hello.store(into: &$0) }
    for count in 0..<bytes.count {
      #expect(try !FirstMessage.hello(Limits()).isComplete(ByteBuffer(bytes: bytes[..<count])))
    }
    #expect(try FirstMessage.hello(Limits()).isComplete(ByteBuffer(bytes: bytes)))
    #expect(try FirstMessage.hello(Limits()).isComplete(ByteBuffer(bytes: bytes + [0])))
  }

  @Test func anythingElseIsToldAsSoonAsItCanBe() {
    let ping = encodeFrame(FrameHeader(.ping), bodyByteCount: 0) { _ in }
    for (bytes, reason) in [
      ([UInt8]("GET ".utf8), ErrorReason.badMagic), (ping, .notHelloFirst),
      (Array(ping[..<63]) + [ping[63] ^ 1], .headerChecksum),
    ] {
      #expect {
        try FirstMessage.hello(Limits()).isComplete(ByteBuffer(bytes: bytes))
      } throws: { ($0 as? FrameError)?.reason == reason }
    }
  }

  @Test func aRecordOfAHandshakeIsCompleteWithItsLength() throws {
    let record: [UInt8] = [22, 3, 1, 1, 2, 1] + [UInt8](repeating: 7, count: 257)
    for count in 0..<record.count {
      #expect(try !FirstMessage.encrypted.isComplete(ByteBuffer(bytes: record[..<count])))
    }
    #expect(try FirstMessage.encrypted.isComplete(ByteBuffer(bytes: record)))
    for (bytes, reason) in [
      ([UInt8]("MPST".utf8), ErrorReason.badMagic), ([22, 2], .badMagic), ([22, 3, 1, 1, 2, 2], .badMagic),
      ([22, 3, 1, 0, 3, 1], .badLength), ([22, 3, 1, 0x40, 1, 1], .badLength),
    ] {
      #expect {
        try FirstMessage.encrypted.isComplete(ByteBuffer(bytes: bytes))
      } throws: { ($0 as? FrameError)?.reason == reason }
    }
  }
}
