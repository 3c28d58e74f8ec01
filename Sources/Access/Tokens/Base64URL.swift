import FoundationEssentials

/// RFC 4648, section 5, without padding.
public enum Base64URL {
  public static func text(_ bytes: [UInt8]) -> String {
    var text = Data(bytes).base64EncodedString()
    while text.last == "=" { text.removeLast() }
    return String(text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
  }

  /// - Returns: nil for other characters, padding, and bits that are left over and not zero.
  public static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    guard !text.contains(where: { "+/=".contains($0) }) else { return nil }
    let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    let padded = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }) + padding
    guard let bytes = bytes(standard: padded), Self.text(bytes) == text else { return nil }
    return bytes
  }

  /// The bytes of section 4's alphabet, padded.
  public static func bytes(standard text: some StringProtocol) -> [UInt8]? {
    Data(base64Encoded: String(text)).map { Array($0) }
  }
}
