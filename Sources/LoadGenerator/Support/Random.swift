/// The wyrand generator: 64 bits a step from one multiplication. Seeded, so a run can be repeated.
///
/// Source: Wang Yi, wyhash final version 4 (`wyrand`). Not for secrets.
struct Random {
  private var state: UInt64

  init(seed: UInt64) { state = mix(seed &+ 0x9E37_79B9_7F4A_7C15) }

  // Wrapping arithmetic is the generator's definition.
  @inline(__always)
  mutating func next() -> UInt64 {
    state &+= 0xA076_1D64_78BD_642F
    let product = state.multipliedFullWidth(by: state ^ 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low
  }

  /// A number in 0..<bound, near enough uniform for bounds far below 2^32.
  @inline(__always)
  mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(truncatingIfNeeded: bound)).high)
  }
}

/// One random word, spent bit by bit: several decisions cost one step of the generator. Of a word of ones nothing ever hits.
struct Dice {
  private var bits: UInt64

  @inline(__always)
  init(_ bits: UInt64) { self.bits = bits }

  /// True once in 2^`power` rolls, 1...63; uses up `power` of the 64 bits. Bits beyond are those of the beginning again.
  @inline(__always)
  mutating func oneIn(_ power: UInt64) -> Bool {
    let hit = bits & ((1 << power) &- 1) == 0
    bits = bits >> power | bits << (64 - power)
    return hit
  }
}

/// A bijection of 64-bit words whose images look random (the finaliser of SplitMix64), so distinct
/// counters give distinct ids and references.
@inline(__always)
func mix(_ value: UInt64) -> UInt64 {
  var z = value
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}
