import Kernel
import Testing

@testable import Wire

/// Deterministic random numbers (SplitMix64; Steele, Lea, Flood 2014), so that a printed seed reproduces a failure.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) } }
  mutating func value<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T { .random(in: T.min...T.max, using: &self) }
}

extension [UInt8] {
  var hex: String {
    let digits = [Character]("0123456789abcdef")
    return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  init?(hex: String) {
    let digits = hex.compactMap(\.hexDigitValue)
    guard digits.count == hex.count, digits.count % 2 == 0 else { return nil }
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  /// Replaces what lies at `offset`, little-endian.
  mutating func put<T: FixedWidthInteger>(_ value: T, at offset: Int) {
    for index in 0..<MemoryLayout<T>.size { self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
  }

  /// Makes the checksums of a frame right again after its bytes were changed.
  mutating func reseal() {
    put(Array(self[64...]).span.bytes.checksum, at: 56)
    put(Array(self[0..<60]).span.bytes.checksum, at: 60)
  }
}

/// Decodes the header of `frame`, as a value to compare.
func decodeHeader(_ frame: [UInt8], limits: Limits = Limits()) -> Result<FrameHeader, FrameError> {
  do throws(FrameError) {
    return .success(try FrameHeader(decoding: frame.span.bytes, limits: limits))
  } catch {
    return .failure(error)
  }
}

/// A frame of `kind` with a body of zeroes of some size that the kind can have.
func plainFrame(_ kind: FrameKind) -> [UInt8] {
  let count: Int
  let bodyByteCount: Int
  switch kind {
  case .hello: (count, bodyByteCount) = (0, 64)
  case .welcome: (count, bodyByteCount) = (0, 128)
  case .submit: (count, bodyByteCount) = (2, 192)
  case .result: (count, bodyByteCount) = (3, 48)
  case .read: (count, bodyByteCount) = (0, 64)
  case .readReply: (count, bodyByteCount) = (1, 160)
  case .subscribe: (count, bodyByteCount) = (0, 32)
  case .events: (count, bodyByteCount) = (1, 192)
  case .credit: (count, bodyByteCount) = (9, 0)
  case .ping, .goodbye: (count, bodyByteCount) = (0, 0)
  case .pong, .busy: (count, bodyByteCount) = (0, 16)
  case .error: (count, bodyByteCount) = (0, 20)
  case .manage, .managed: (count, bodyByteCount) = (0, 2)
  }
  return encodeFrame(FrameHeader(kind, count: UInt32(count), session: 1, request: 2), bodyByteCount: bodyByteCount)
}
