/// What a local time is ahead of UTC by: `Z`, or `+05:30` and the like.
struct ClockZone: Sendable, Hashable {
  let milliseconds: Int64

  /// India has one, without daylight saving.
  static let india = ClockZone(milliseconds: 19_800_000)

  private init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// - Returns: nil for what is no offset of at most 14 hours.
  init?(_ text: some StringProtocol) {
    if text == "Z" {
      milliseconds = 0
      return
    }
    let bytes = Array(text.utf8)
    func number(_ place: Int) -> Int64? {
      let digits = bytes[place..<place + 2]
      return digits.allSatisfy { (0x30...0x39).contains($0) } ? digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) } : nil
    }
    guard bytes.count == 6, bytes[0] == 0x2B || bytes[0] == 0x2D, bytes[3] == 0x3A, let hours = number(1),
      let minutes = number(4), hours <= 14, minutes < 60
    else { return nil }
    milliseconds = (bytes[0] == 0x2D ? -1 : 1) * (hours * 60 + minutes) * 60_000
  }
}

/// Instants as RFC 3339 writes them.
enum InstantText {
  private static let pattern = DatePattern("yyyy-MM-dd'T'HH:mm:ss")

  /// `2026-04-01T09:30:00.000Z`; nil before 1970 and past 9999.
  static func text(_ milliseconds: Int64) -> String? {
    guard milliseconds >= 0, let text = pattern?.text(of: milliseconds) else { return nil }
    return "\(text).\(DatePattern.digits(Int(milliseconds % 1_000), 3))Z"
  }

  /// Milliseconds since 1970 UTC; digits behind the third are dropped. Nil for what is no instant.
  static func milliseconds(_ text: String) -> Int64? {
    guard text.utf8.count <= 40, let local = pattern?.milliseconds(of: String(text.prefix(19))) else { return nil }
    var rest = text.dropFirst(19)
    var fraction: Int64 = 0
    if rest.utf8.first == 0x2E {
      let digits = rest.dropFirst().utf8.prefix { (0x30...0x39).contains($0) }
      guard !digits.isEmpty else { return nil }
      for place in 0..<3 {
        fraction = fraction * 10 + Int64(Array(digits).dropFirst(place).first.map { $0 - 0x30 } ?? 0)
      }
      rest = rest.dropFirst(1 + digits.count)
    }
    guard let zone = ClockZone(rest) else { return nil }
    return local + fraction - zone.milliseconds
  }
}
