import CIntrinsics
import Testing

@testable import Wire

@Suite struct ChecksumTests {
  /// RFC 3720 appendix B.4, and the check value of the CRC catalogue.
  static let known: [(bytes: [UInt8], checksum: UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    ([UInt8](0..<32), 0x46DD_794E),
    ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
    (
      [UInt8](
        hex: "01c00000000000000000000000000000140000000000040000000014000000182800000000000000" + "0200000000000000")!,
      0xD996_3A56
    ),
    (Array("123456789".utf8), 0xE306_9283),
    ([], 0),
  ]

  @Test(arguments: known.indices) func knownAnswers(index: Int) {
    let (bytes, checksum) = Self.known[index]
    #expect(milepost_crc32c(0, bytes, bytes.count) == checksum)
    #expect(milepost_crc32c_portable(0, bytes, bytes.count) == checksum)
    #expect(bytes.span.bytes.checksum == checksum)
  }

  @Test func instructionAndTableAgreeForAllLengthsAndAlignments() {
    var random = SeededGenerator(seed: 1)
    let bytes = random.bytes(400)
    bytes.withUnsafeBytes { bytes in
      for offset in 0..<9 {
        for count in 0...(bytes.count - offset) {
          let start = bytes.baseAddress! + offset
          let seed = UInt32(truncatingIfNeeded: random.next())
          #expect(milepost_crc32c(seed, start, count) == milepost_crc32c_portable(seed, start, count))
        }
      }
    }
  }

  /// Long inputs may be computed in several lanes: every length near a lane's, and some far beyond.
  @Test func instructionAndTableAgreeForLongInputs() {
    var random = SeededGenerator(seed: 6)
    let bytes = random.bytes(70_000)
    let lengths =
      Array(700...900) + Array(1_500...1_560) + Array(6_000...6_300)
      + (0..<200).map { _ in
        Int.random(in: 6_300...bytes.count, using: &random)
      }
    for length in lengths {
      #expect(milepost_crc32c(7, bytes, length) == milepost_crc32c_portable(7, bytes, length))
    }
  }

  @Test func aChecksumContinuesFromItsSeed() {
    var random = SeededGenerator(seed: 2)
    let bytes = random.bytes(97)
    for cut in 0...bytes.count {
      let first = milepost_crc32c(0, bytes, cut)
      let both = Array(bytes[cut...]).withUnsafeBufferPointer { rest in
        rest.isEmpty ? first : milepost_crc32c(first, rest.baseAddress!, rest.count)
      }
      #expect(both == milepost_crc32c(0, bytes, bytes.count))
    }
  }
}
