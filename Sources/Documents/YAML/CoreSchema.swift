/// What an unquoted scalar means by the core schema of YAML 1.2 (section 10.3.2).
///
/// `no`, `on`, `12:30` and `1_000` are texts there, and `010` is ten; readers of version 1.1 see something else.
enum CoreSchema {
  enum Meaning: Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A decimal that is no integer, in a form that `JSONNumber` reads.
    case number
    case string
    /// Infinity or not-a-number: a value of YAML, but none of ours.
    case notFinite
    /// A number, but outside the bounds.
    case outOfBounds
  }

  static func meaning(of text: Span<UInt8>) -> Meaning {
    // No other meaning begins otherwise: most scalars are done here.
    guard text.count > 0 else { return .null }
    switch text[0] {
    case 0x30...0x39, 0x2B, 0x2D, 0x2E: return number(text)
    case 0x7E, 0x4E, 0x6E: return isOne(of: ["~", "null", "Null", "NULL"], text) ? .null : .string
    case 0x54, 0x74: return isOne(of: ["true", "True", "TRUE"], text) ? .bool(true) : .string
    case 0x46, 0x66: return isOne(of: ["false", "False", "FALSE"], text) ? .bool(false) : .string
    default: return .string
    }
  }

  private static func number(_ text: Span<UInt8>) -> Meaning {
    if text.count > 2, text[0] == 0x30, text[1] == 0x78 { return integer(text, radix: 16) }
    if text.count > 2, text[0] == 0x30, text[1] == 0x6F { return integer(text, radix: 8) }
    if isOne(of: [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"], text) { return .notFinite }
    if isOne(of: ["+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"], text) { return .notFinite }
    guard isDecimal(text) else { return .string }
    guard let number = JSONNumber(text) else { return .outOfBounds }
    return number.integer.map { .integer($0) } ?? .number
  }

  /// Digits behind `0x` or `0o`; without a sign, by the schema.
  private static func integer(_ text: Span<UInt8>, radix: Int64) -> Meaning {
    var value: Int64? = 0
    for index in 2..<text.count {
      guard let digit = Percent.hexDigit(text[index]), digit < radix else { return .string }
      let (product, isOver) = (value ?? 0).multipliedReportingOverflow(by: radix)
      let (sum, isOverToo) = product.addingReportingOverflow(Int64(digit))
      value = value == nil || isOver || isOverToo ? nil : sum
    }
    return value.map { .integer($0) } ?? .outOfBounds
  }

  /// Sign, digits with a point among or before them, exponent.
  private static func isDecimal(_ text: Span<UInt8>) -> Bool {
    var index = 0
    func next() -> UInt8? { index < text.count ? text[index] : nil }
    func takeDigits() -> Int {
      let start = index
      while let byte = next(), 0x30...0x39 ~= byte { index += 1 }
      return index - start
    }
    func takeSign() { if let byte = next(), byte == 0x2B || byte == 0x2D { index += 1 } }
    takeSign()
    var digitCount = takeDigits()
    if next() == 0x2E {
      index += 1
      digitCount += takeDigits()
    }
    guard digitCount > 0 else { return false }
    if let byte = next(), byte | 0x20 == 0x65 {
      index += 1
      takeSign()
      guard takeDigits() > 0 else { return false }
    }
    return index == text.count
  }

  private static func isOne(of words: [StaticString], _ text: Span<UInt8>) -> Bool {
    words.contains { word in
      guard word.utf8CodeUnitCount == text.count else { return false }
      // A static string's bytes live for ever.
      for index in text.indices { guard unsafe word.utf8Start[index] == text[index] else { return false } }
      return true
    }
  }
}
