/// Permanent account number of income tax: five letters, four digits, a letter. The rule of the last letter is not
/// published, so it is not checked.
public struct PAN: Identifier {
  public let text: String
  public let holder: Holder

  /// What the fourth letter says of the holder.
  public enum Holder: Character, Sendable, CaseIterable {
    case associationOfPersons = "A"
    case bodyOfIndividuals = "B"
    case company = "C"
    case firm = "F"
    case government = "G"
    case undividedFamily = "H"
    case artificialJuridicalPerson = "J"
    case localAuthority = "L"
    case person = "P"
    case trust = "T"

    init?(_ byte: UInt8) { self.init(rawValue: Character(UnicodeScalar(byte))) }
  }

  /// - Throws: `length`, `character`, `part(.holder)`, `part(.serial)` for the number 0000.
  public init(_ text: String) throws(IdentifierFault) {
    try self.init(IdentifierBytes(text, count: 10))
  }

  init(_ bytes: IdentifierBytes, at offset: Int = 0) throws(IdentifierFault) {
    if offset == 0 { try bytes.match("AAAAA9999A") }
    guard let holder = Holder(bytes.bytes[offset + 3]) else { throw .part(.holder) }
    guard bytes.number(offset + 5..<offset + 9) > 0 else { throw .part(.serial) }
    self.holder = holder
    text = bytes.text(offset..<offset + 10)
  }

  /// Individuals and Hindu undivided families, for whom some rates of tax deducted at source are lower.
  public var isIndividualOrFamily: Bool { holder == .person || holder == .undividedFamily }
}

/// Tax deduction and collection account number: four letters, five digits, a letter.
public struct TAN: Identifier {
  public let text: String

  /// - Throws: `length`, `character`.
  public init(_ text: String) throws(IdentifierFault) {
    let bytes = try IdentifierBytes(text, count: 10)
    try bytes.match("AAAA99999A")
    self.text = bytes.text()
  }
}
