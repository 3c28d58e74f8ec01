import Foundation
import Kernel
import Testing

@testable import Wire

/// The test vectors that other clients are checked against, in both directions.
///
/// `Vectors/frames.json` is written by `generate.py`, an encoder of its own.
@Suite struct VectorTests {
  struct Vector: Sendable, Decodable, CustomTestStringConvertible {
    var name: String
    /// The case name of a `FrameKind`.
    var kind: String
    var header: Fields
    var body: Fields
    var hex: String
    var testDescription: String { name }
    var frameKind: FrameKind { FrameKind.allCases.first { "\($0)" == kind }! }
    var frame: [UInt8] { [UInt8](hex: hex)! }
  }

  static let all: [Vector] = {
    let url = Bundle.module.url(forResource: "frames", withExtension: "json", subdirectory: "Vectors")!
    return try! JSONDecoder().decode([Vector].self, from: Data(contentsOf: url))
  }()

  @Test func everyKindHasAVector() {
    #expect(Set(Self.all.map(\.frameKind)) == Set(FrameKind.allCases))
  }

  @Test(arguments: all) func fieldsBecomeTheBytes(vector: Vector) {
    let body = VectorCoder.encode(vector.frameKind, vector.body)
    let header = FrameHeader(
      vector.frameKind, flags: FrameFlags(rawValue: vector.header.int("flags")), count: vector.header.int("count"),
      session: vector.header.wide("session"), trace: vector.header.wide("trace"), request: vector.header.int("request"))
    let frame = encodeFrame(header, bodyByteCount: body.count) { span in
      for (index, byte) in body.enumerated() { span.store(byte, at: index) }
    }
    #expect(frame.hex == vector.hex)
  }

  @Test(arguments: all) func bytesBecomeTheFields(vector: Vector) throws {
    let frame = vector.frame
    let header = try FrameHeader(decoding: frame.span.bytes)
    #expect(header.kind == vector.frameKind)
    #expect(header.flags.rawValue == vector.header.int("flags"))
    #expect(header.count == vector.header.int("count"))
    #expect(header.session == vector.header.wide("session"))
    #expect(header.trace == vector.header.wide("trace"))
    #expect(header.request == vector.header.int("request"))
    let body = frame.span.bytes.extracting(64..<frame.count)
    try header.check(body: body)
    #expect(try VectorCoder.decode(header, body) == vector.body)
  }
}
