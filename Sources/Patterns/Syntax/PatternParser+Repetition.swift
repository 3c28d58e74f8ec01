extension PatternParser {
  /// Counts above this all mean the same: too large.
  private static let countMax = 1_000_000
  /// RE2's own limit.
  private static let re2CountMax = 1_000

  /// Reads the quantifier behind `atom`, if there is one.
  mutating func repeated(_ atom: PatternNode, isGroup: Bool) throws(PatternFault) -> PatternNode {
    guard !isQuoting else { return atom }
    let start = position
    guard let (min, max) = try quantifier() else { return atom }
    // Lazy or greedy: the answer is the same.
    _ = take("?")
    if case .assertion = atom, !isGroup {
      guard dialect == .re2 else { throw fault(.nothingToRepeat, at: start) }
    }
    if let max, max < min { throw fault(.repetitionOutOfOrder, at: start) }
    if dialect == .re2, Swift.max(min, max ?? min) > Self.re2CountMax { throw fault(.repetitionTooLarge, at: start) }
    return .repetition(atom, min: min, max: max)
  }

  private mutating func quantifier() throws(PatternFault) -> (min: Int, max: Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    guard peek() == UInt32(UInt8(ascii: "{")) else { return nil }
    guard let counts = try counts() else {
      guard dialect == .re2 else { throw fault(.loneBracket) }
      return nil
    }
    position += counts.length
    return (counts.min, counts.max)
  }

  /// The counts in braces that come next, without taking them; nil when the braces hold something else.
  func counts() throws(PatternFault) -> (min: Int, max: Int?, length: Int)? {
    var ahead = 1
    guard let min = number(&ahead) else { return nil }
    var max: Int? = min
    if peek(ahead) == UInt32(UInt8(ascii: ",")) {
      ahead += 1
      max = number(&ahead)
    }
    guard peek(ahead) == UInt32(UInt8(ascii: "}")) else { return nil }
    return (min, max, ahead + 1)
  }

  private func number(_ ahead: inout Int) -> Int? {
    let start = ahead
    var value = 0
    while let digit = peek(ahead).flatMap({ Self.digitValue($0, radix: 10) }) {
      value = Swift.min(value * 10 + Int(digit), Self.countMax)
      ahead += 1
    }
    return ahead == start ? nil : value
  }

  static func digitValue(_ scalar: UInt32, radix: UInt32) -> UInt32? {
    let value: UInt32
    switch scalar {
    case 0x30...0x39: value = scalar - 0x30
    case 0x41...0x46: value = scalar - 0x41 + 10
    case 0x61...0x66: value = scalar - 0x61 + 10
    default: return nil
    }
    return value < radix ? value : nil
  }
}
