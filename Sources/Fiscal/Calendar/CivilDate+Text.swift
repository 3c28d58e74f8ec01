extension CivilDate: CustomStringConvertible {
  /// Reads `2026-04-01` (ISO 8601 extended, ten characters), nothing else. Nil for other text and for a day that does
  /// not exist.
  public init?(_ text: String) {
    var numbers: [3 of Int] = [0, 0, 0]
    var index = 0
    var field = 0
    for byte in text.utf8 {
      guard index < 10 else { return nil }
      if index == 4 || index == 7 {
        guard byte == UInt8(ascii: "-") else { return nil }
        field += 1
      } else {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        numbers[field] = numbers[field] * 10 + Int(byte - UInt8(ascii: "0"))
      }
      index += 1
    }
    guard index == 10 else { return nil }
    self.init(year: numbers[0], month: numbers[1], day: numbers[2])
  }

  /// `2026-04-01`.
  public var description: String {
    let (year, month, day) = parts
    func digits(_ value: Int, _ count: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: count - text.utf8.count) + text
    }
    return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
  }
}
