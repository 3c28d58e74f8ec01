/// Goods and services tax identification number, 15 characters.
///
/// ```
/// regular, deductor, collector: state 2 | PAN 10 | entity 1 | kind 1 (Z, D, C) | check digit 1
/// UN body:                      state 2 | year 2 | country 3 | serial 5 | U or O, N | check digit 1
/// non-resident, online service: state 2 | year 2 | country 3 | serial 5 | N, R or O, S | check digit 1
/// ```
/// A department or deductor without PAN has its TAN in place of it, which has a digit where a PAN has its fifth letter.
public struct GSTIN: Identifier {
  public let text: String
  public let state: StateCode
  public let kind: Kind

  public enum Kind: Sendable {
    case taxpayer, deductor, collector, unitedNations, nonResident, onlineServices
  }

  /// - Throws: `length`, `character`, `part` of state, holder, serial, entity or kind, then `checkDigit`.
  public init(_ text: String) throws(IdentifierFault) {
    let bytes = try IdentifierBytes(text, count: 15)
    let isSpecial = IdentifierBytes.isDigit(bytes.bytes[2])
    // Place 7 (from 1) is a letter in a PAN and a digit in a TAN.
    try bytes.match(isSpecial ? "9999AAA99999AA*" : "99AAAA*9999A***")
    guard let state = StateCode(bytes.number(0..<2)) else { throw .part(.state) }
    kind = isSpecial ? try Self.specialKind(bytes) : try Self.panKind(bytes)
    let expected = Self.checkDigit(bytes.bytes[0..<14])
    guard bytes.bytes[14] == expected else { throw .checkDigit(expected: Character(UnicodeScalar(expected))) }
    self.state = state
    self.text = bytes.text()
  }

  private static func panKind(_ bytes: IdentifierBytes) throws(IdentifierFault) -> Kind {
    let kind: Kind? =
      switch bytes.bytes[13] {
      case UInt8(ascii: "Z"): .taxpayer
      case UInt8(ascii: "D"): .deductor
      case UInt8(ascii: "C"): .collector
      default: nil
      }
    let hasTAN = IdentifierBytes.isDigit(bytes.bytes[6])
    guard !hasTAN || kind != .collector else { throw .character(at: 7) }
    if !hasTAN { _ = try PAN(bytes, at: 2) }
    guard bytes.bytes[12] != UInt8(ascii: "0") else { throw .part(.entity) }
    guard let kind else { throw .part(.kind) }
    return kind
  }

  private static func specialKind(_ bytes: IdentifierBytes) throws(IdentifierFault) -> Kind {
    switch (bytes.bytes[12], bytes.bytes[13]) {
    case (UInt8(ascii: "U"), UInt8(ascii: "N")), (UInt8(ascii: "O"), UInt8(ascii: "N")): return .unitedNations
    case (UInt8(ascii: "N"), UInt8(ascii: "R")): return .nonResident
    case (UInt8(ascii: "O"), UInt8(ascii: "S")): return .onlineServices
    default: throw .part(.kind)
    }
  }

  /// The PAN in it; nil for kinds that have none, and for numbers with a TAN.
  public var pan: PAN? { try? PAN(String(text.dropFirst(2).prefix(10))) }

  /// The number of a PAN in a State.
  /// - Parameter entity: `1` for the first registration in the State, then `2`...`9`, `A`...`Z`.
  /// - Throws: `part(.entity)` for another character.
  public init(pan: PAN, state: StateCode, entity: Character = "1") throws(IdentifierFault) {
    guard let byte = entity.asciiValue, byte != UInt8(ascii: "0"),
      IdentifierBytes.isDigit(byte) || IdentifierBytes.isLetter(byte)
    else { throw .part(.entity) }
    let head = "\(state)\(pan.text)\(entity)Z"
    try self.init(head + String(UnicodeScalar(Self.checkDigit(Array(head.utf8)[...]))))
  }

  /// Characters count 0-9, A-Z as 0-35 and are multiplied by 1, 2, 1, 2 ... from the left; quotient and remainder of
  /// each product by 36 are added up; the digit brings the sum to a multiple of 36. Source: DOMAIN 9.
  static func checkDigit(_ head: ArraySlice<UInt8>) -> UInt8 {
    var sum = 0
    for (index, byte) in head.enumerated() {
      let value = IdentifierBytes.isDigit(byte) ? Int(byte) - 0x30 : Int(byte) - 0x41 + 10
      let product = value * (index % 2 + 1)
      sum += product / 36 + product % 36
    }
    let digit = UInt8((36 - sum % 36) % 36)
    return digit < 10 ? 0x30 + digit : 0x41 + digit - 10
  }
}
