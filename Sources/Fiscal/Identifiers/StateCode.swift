/// The number of a State or Union Territory in GST identifiers: 1...38, 97 (other territory), 99 (centre).
///
/// Which of them is in force on a day, and what it is called, says `ReferenceData.states`.
public struct StateCode: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let number: UInt8

  /// Nil for a number that no State ever had.
  public init?(_ number: Int) {
    guard (1...38).contains(number) || number == 97 || number == 99 else { return nil }
    self.number = UInt8(number)
  }

  /// Reads two digits. Nil for other text.
  public init?(_ text: String) {
    let bytes = Array(text.utf8.prefix(3))
    guard bytes.count == 2, bytes.allSatisfy(IdentifierBytes.isDigit) else { return nil }
    self.init(Int(bytes[0] - 0x30) * 10 + Int(bytes[1] - 0x30))
  }

  /// Two digits.
  public var description: String { number < 10 ? "0\(number)" : "\(number)" }

  public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}
