/// A code of goods (HSN: 2, 4, 6 or 8 digits) or services (SAC: 99 and 2 or 4 more digits).
///
/// Codes are numbers of fixed length, so that a prefix is a division; see `GSTRateTable`.
public struct CommodityCode: Identifier {
  /// The digits as a number, and how many there are: 0101 and 101 are not the same.
  public let digits: UInt32
  public let digitCount: Int

  /// - Throws: `length`, `character`, `part(.chapter)` for chapter 00 or 77, which is reserved.
  public init(_ text: String) throws(IdentifierFault) {
    let bytes = try IdentifierBytes(text, count: 2...8)
    for (index, byte) in bytes.bytes.enumerated() where !IdentifierBytes.isDigit(byte) {
      throw .character(at: index + 1)
    }
    let count = bytes.bytes.count
    let chapter = bytes.number(0..<2)
    guard count % 2 == 0 else { throw .length(2...8) }
    guard chapter != 0, chapter != 77 else { throw .part(.chapter) }
    guard chapter != 99 || count <= 6 else { throw .length(2...6) }
    digits = UInt32(bytes.number(0..<count))
    digitCount = count
  }

  private init(digits: UInt32, digitCount: Int) {
    self.digits = digits
    self.digitCount = digitCount
  }

  public var isService: Bool { chapter == 99 }
  public var chapter: Int {
    var rest = digits
    for _ in 2..<max(digitCount, 2) { rest /= 10 }
    return Int(rest)
  }

  public var text: String {
    let text = String(digits)
    return String(repeating: "0", count: digitCount - text.utf8.count) + text
  }

  /// The code without its last digit, down to one digit; nil then. Prefixes in tables may have odd counts.
  var shorter: CommodityCode? {
    digitCount > 1 ? CommodityCode(digits: digits / 10, digitCount: digitCount - 1) : nil
  }

  /// A prefix of codes, 1...8 digits, as tables have them. Nil for other text.
  static func prefix(_ text: String) -> CommodityCode? {
    let bytes = Array(text.utf8.prefix(9))
    guard (1...8).contains(bytes.count), bytes.allSatisfy(IdentifierBytes.isDigit) else { return nil }
    return CommodityCode(
      digits: bytes.reduce(0) { $0 * 10 + UInt32($1 - 0x30) }, digitCount: bytes.count)
  }

  /// Whether an invoice of a seller of this turnover may carry it: four digits up to the limit, six above. Services
  /// have six digits always.
  public func isLongEnough(turnover: Paise, limit: Paise) -> Bool {
    digitCount >= (isService || turnover > limit ? 6 : 4)
  }
}
