import Testing

@testable import Compression

@Suite("Gzip")
struct GzipTests {
  @Test("what is compressed comes back", arguments: [0, 1, 2, 100, 65_536, 1_000_000])
  func roundTrip(_ count: Int) throws {
    var state: UInt64 = 9
    for isText in [true, false] {
      let bytes = (0..<count).map { index -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return isText ? UInt8(0x61 + index % 7) : UInt8(truncatingIfNeeded: state >> 33)
      }
      let compressed = try #require(Gzip.compressed(bytes))
      #expect(compressed.starts(with: [0x1F, 0x8B]))
      if isText, count >= 100 { #expect(compressed.count < count / 2) }
      #expect(try Gzip.inflated(compressed, byteCountMax: count) == bytes)
      if count > 0 {
        #expect(throws: Gzip.Fault.tooLarge) { try Gzip.inflated(compressed, byteCountMax: count - 1) }
      }
    }
  }

  @Test("what is no gzip, is cut off, changed, or goes on is refused, and nothing traps")
  func broken() throws {
    let bytes = Array(String(repeating: "milestone ", count: 50).utf8)
    let good = try #require(Gzip.compressed(bytes))
    for count in 0..<good.count {
      #expect(throws: Gzip.Fault.broken) { try Gzip.inflated(Array(good[..<count]), byteCountMax: 10_000) }
    }
    #expect(throws: Gzip.Fault.broken) { try Gzip.inflated(good + [0], byteCountMax: 10_000) }
    #expect(throws: Gzip.Fault.broken) { try Gzip.inflated(good + good, byteCountMax: 10_000) }
    #expect(throws: Gzip.Fault.broken) { try Gzip.inflated(bytes, byteCountMax: 10_000) }
    for place in good.indices {
      for bit in 0..<8 {
        var changed = good
        changed[place] ^= 1 << bit
        // The header has fields that mean nothing: then the same comes out. Nothing else does.
        if let inflated = try? Gzip.inflated(changed, byteCountMax: 10_000) { #expect(inflated == bytes) }
      }
    }
  }

  @Test("a small text that stands for a large one is stopped at the bound")
  func bomb() throws {
    let bomb = try #require(Gzip.compressed([UInt8](repeating: 0, count: 64 << 20)))
    #expect(bomb.count < 1 << 20)
    #expect(throws: Gzip.Fault.tooLarge) { try Gzip.inflated(bomb, byteCountMax: 64 << 10) }
  }
}
