/// Identifiers that are the same for the same text on every machine: FNV-1a, 128 and 64 bits.
///
/// Not secret and not against an adversary: they name public records.
enum Identity {
  /// Of 128 bits, never zero.
  static func wide(_ text: String) -> UInt128 {
    var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
    for byte in text.utf8 {
      hash ^= UInt128(byte)
      hash &*= 0x0000_0000_0100_0000_0000_0000_0000_013B
    }
    return hash == 0 ? 1 : hash
  }

  /// Of 64 bits, never zero: digests of references, evidence and reasons.
  static func short(_ text: String) -> UInt64 {
    let wide = wide(text)
    let folded = UInt64(truncatingIfNeeded: wide >> 64) ^ UInt64(truncatingIfNeeded: wide)
    return folded == 0 ? 1 : folded
  }
}
