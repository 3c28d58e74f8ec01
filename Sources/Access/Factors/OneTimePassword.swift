import Crypto
import Store

/// Time-based one-time passwords: RFC 6238 with HMAC-SHA-1, 30 seconds, 6 digits, as every authenticator has them.
enum OneTimePassword {
  static let stepSeconds: Int64 = 30
  static let digitCount = 6

  /// The step of an instant.
  static func step(at now: Int64) -> UInt64 { UInt64(max(0, now) / 1_000 / stepSeconds) }

  /// The digits of a step.
  static func code(secret: [UInt8], step: UInt64, digitCount: Int = digitCount) -> String {
    let mac = Array(
      HMAC<Insecure.SHA1>.authenticationCode(for: step.catalogKey, using: SymmetricKey(data: secret)))
    // RFC 4226, 5.3: the last four bits say where to take 31 bits.
    let offset = Int(mac[mac.count - 1] & 15)
    let word = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
    let bound = (0..<digitCount).reduce(UInt32(1)) { bound, _ in bound * 10 }
    let digits = String(word % bound)
    return String(repeating: "0", count: digitCount - digits.count) + digits
  }

  /// The step that a code belongs to: now, or one step to either side, and later than the last one that was used.
  static func step(proving code: String, secret: [UInt8], after last: UInt64?, at now: Int64) -> UInt64? {
    let current = step(at: now)
    var found: UInt64?
    for step in (current == 0 ? 0 : current - 1)...current + 1 where last.map({ step > $0 }) ?? true {
      // All are looked at, and each whole: what time it takes tells nothing.
      let own = Self.code(secret: secret, step: step)
      let difference = zip(own.utf8, code.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) }
      if difference == 0, own.utf8.count == code.utf8.count { found = step }
    }
    return found
  }
}

/// RFC 4648 base 32 without padding, as authenticators write secrets.
enum Base32 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    var (bits, count) = (0, 0)
    for byte in bytes {
      bits = bits << 8 | Int(byte)
      count += 8
      while count >= 5 {
        count -= 5
        text.append(alphabet[bits >> count & 31])
      }
      bits &= (1 << count) - 1
    }
    if count > 0 { text.append(alphabet[bits << (5 - count) & 31]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Returns: nil for other characters, and for bits that are left over and not zero.
  static func bytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var (bits, count) = (0, 0)
    for character in text.utf8 {
      guard let value = alphabet.firstIndex(of: character) else { return nil }
      bits = bits << 5 | value
      count += 5
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> count))
      bits &= (1 << count) - 1
    }
    return bits == 0 && count < 5 ? bytes : nil
  }
}
