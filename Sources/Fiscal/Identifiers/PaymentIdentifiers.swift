/// Virtual payment address of UPI: `name@handle`. Kept as given; compared without case.
public struct VPA: Identifier {
  public let text: String

  /// - Throws: `length` outside 5...320; `character`; `part(.handle)` without exactly one `@` and a handle of a letter
  ///   and 1...63 letters or digits; `part(.holder)` when the name has not 2...256 characters.
  public init(_ text: String) throws(IdentifierFault) {
    let bytes = try IdentifierBytes(text, count: 5...321, keepsCase: true).bytes
    guard let mark = bytes.firstIndex(of: UInt8(ascii: "@")) else { throw .part(.handle) }
    for index in 0..<bytes.count where index != mark {
      let isAllowed = Self.isAlphanumeric(bytes[index]) || index < mark && Self.nameMarks.contains(bytes[index])
      guard isAllowed else { throw .character(at: index + 1) }
    }
    guard (2...256).contains(mark) else { throw .part(.holder) }
    let handle = bytes[(mark + 1)...]
    guard (2...64).contains(handle.count), let first = handle.first, !IdentifierBytes.isDigit(first) else {
      throw .part(.handle)
    }
    self.text = String(decoding: bytes, as: UTF8.self)
  }

  private static let nameMarks: [UInt8] = [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")]

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    IdentifierBytes.isDigit(byte) || IdentifierBytes.isLetter(byte & 0xDF)
  }

  public static func == (a: Self, b: Self) -> Bool { a.text.lowercased() == b.text.lowercased() }
  public func hash(into hasher: inout Hasher) { hasher.combine(text.lowercased()) }
}

/// The unique transaction reference that a bank gives a payment; its shape depends on the rail.
public struct UTR: Identifier {
  public let text: String
  public let rail: Rail

  /// 16 characters are of NEFT, 22 of RTGS, 12 digits of IMPS or UPI.
  /// - Throws: as `init(_:rail:)`; `length(12...22)` for any other count.
  public init(_ text: String) throws(IdentifierFault) {
    switch text.utf8.prefix(23).count {
    case 12: try self.init(text, rail: .upi)
    case 16: try self.init(text, rail: .neft)
    case 22: try self.init(text, rail: .rtgs)
    default: throw .length(12...22)
    }
  }

  /// - Throws: `length`, `character`. NEFT and RTGS references begin with the four letters of the bank.
  public init(_ text: String, rail: Rail) throws(IdentifierFault) {
    let count =
      switch rail {
      case .neft: 16
      case .rtgs: 22
      case .imps, .upi: 12
      }
    let bytes = try IdentifierBytes(text, count: count)
    switch rail {
    case .neft: try bytes.match("AAAA************")
    case .rtgs: try bytes.match("AAAA******************")
    case .imps, .upi: try bytes.match("999999999999")
    }
    self.text = bytes.text()
    self.rail = rail
  }
}

/// A way of moving money between banks.
public enum Rail: String, Sendable, CaseIterable {
  case upi, imps, neft, rtgs
}
