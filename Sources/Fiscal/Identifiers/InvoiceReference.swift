internal import Crypto

/// Invoice reference number (IRN): SHA-256 over supplier, fiscal year, kind and number of a document, 64 hexadecimal
/// digits in lower case.
public struct InvoiceReference: Identifier {
  public let text: String

  /// Kinds of documents, as they are hashed.
  public enum DocumentKind: String, Sendable, CaseIterable {
    case invoice = "INV"
    case creditNote = "CRN"
    case debitNote = "DBN"
  }

  /// Reads a number that is given. - Throws: `length`, `character`.
  public init(_ text: String) throws(IdentifierFault) {
    let bytes = try IdentifierBytes(text, count: 64)
    for (index, byte) in bytes.bytes.enumerated()
    where !IdentifierBytes.isDigit(byte) && !(UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte) {
      throw .character(at: index + 1)
    }
    self.text = bytes.text().lowercased()
  }

  /// The number of a document. Source: DOMAIN 7.1.
  public init(supplier: GSTIN, year: FiscalYear, kind: DocumentKind, number: DocumentNumber) {
    self.init(hashing: Self.hashedText(supplier.text, year, kind, number))
  }

  /// What is hashed, for example `01AAAAA9999A19N2019-20INVABC01234`.
  static func hashedText(
    _ supplier: String, _ year: FiscalYear, _ kind: DocumentKind, _ number: DocumentNumber
  ) -> String {
    "\(supplier)\(year)\(kind.rawValue)\(number)"
  }

  init(hashing text: String) {
    let digits = Array("0123456789abcdef".utf8)
    var hex: [UInt8] = []
    for byte in SHA256.hash(data: Array(text.utf8)) { hex += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    self.text = String(decoding: hex, as: UTF8.self)
  }
}
