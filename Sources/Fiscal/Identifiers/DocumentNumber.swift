/// The number of a tax invoice, credit or debit note: rule 46(b) of the CGST Rules.
///
/// One to sixteen letters, digits, `-` and `/`, unique in a fiscal year for a GSTIN. Letters are kept in upper case, as
/// the invoice portal hashes them.
public struct DocumentNumber: Identifier {
  public let text: String

  /// - Throws: `length`, `character`.
  public init(_ text: String) throws(IdentifierFault) {
    let bytes = try IdentifierBytes(text, count: 1...16)
    for (index, byte) in bytes.bytes.enumerated()
    where !IdentifierBytes.isLetter(byte) && !IdentifierBytes.isDigit(byte) && !Self.isMark(byte) {
      throw .character(at: index + 1)
    }
    self.text = bytes.text()
  }

  private static func isMark(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") }

  /// Whether the invoice portal takes it: it must not begin with `0`, `/` or `-`.
  public var isFitForEInvoice: Bool {
    guard let first = text.utf8.first else { return false }
    return first != UInt8(ascii: "0") && !Self.isMark(first)
  }
}
