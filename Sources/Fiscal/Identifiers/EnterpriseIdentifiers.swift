/// Udyam registration number of a micro, small or medium enterprise: `UDYAM-MH-01-0123456`.
public struct Udyam: Identifier {
  public let text: String

  /// - Throws: `length`, `character`.
  public init(_ text: String) throws(IdentifierFault) {
    let bytes = try IdentifierBytes(text, count: 19)
    // The fixed word has an A of its own, so only the rest is matched by pattern.
    for (index, expected) in "UDYAM-".utf8.enumerated() where bytes.bytes[index] != expected {
      throw .character(at: index + 1)
    }
    try bytes.match("******AA-99-9999999", from: 6)
    self.text = bytes.text()
  }

  /// Two letters of the State, as the registration writes them.
  public var state: Substring { text.dropFirst(6).prefix(2) }
}

/// Postal index number: six digits, the first not zero.
public struct PINCode: Identifier {
  public let text: String

  /// - Throws: `length`, `character`.
  public init(_ text: String) throws(IdentifierFault) {
    let bytes = try IdentifierBytes(text, count: 6)
    try bytes.match("999999")
    guard bytes.bytes[0] != UInt8(ascii: "0") else { throw .character(at: 1) }
    self.text = bytes.text()
  }
}
