import Documents

/// Fields of an `application/x-www-form-urlencoded` body, each once. Queries are written in the same way.
struct Form: Sendable {
  private var fields: [String: String] = [:]

  static let fieldCountMax = 32

  /// - Returns: nil when it is none: a field comes twice, what is escaped is no UTF-8, there are too many.
  init?(_ bytes: some Collection<UInt8>) {
    for part in bytes.split(separator: 0x26) {
      let pair = part.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
      guard fields.count < Self.fieldCountMax, let name = Self.field(pair[0]),
        let value = Self.field(pair.count > 1 ? pair[1] : pair[0][..<pair[0].startIndex]),
        fields.updateValue(value, forKey: name) == nil
      else { return nil }
    }
  }

  /// A field's text; nil when it is not there, or empty (RFC 6749, 3.1: the same).
  subscript(_ name: String) -> String? {
    guard let text = fields[name], !text.isEmpty else { return nil }
    return text
  }

  /// A name or value without its escapes; nil when it is none.
  static func field(_ escaped: some Collection<UInt8>) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(escaped)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case 0x2B: bytes.append(0x20)
      case 0x25:
        guard rest.count >= 2, let high = Hexadecimal.digit(rest.removeFirst()),
          let low = Hexadecimal.digit(rest.removeFirst())
        else {
          return nil
        }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    // A zero is in no text that is meant.
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else { return nil }
    return text
  }

  /// Text as it may stand in a query.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        escaped.unicodeScalars.append(UnicodeScalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        escaped += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return escaped
  }
}
