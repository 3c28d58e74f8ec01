/// Whether a caller wants gzip, by `Accept-Encoding` (RFC 9110, section 12.5.3).
enum AcceptEncoding {
  /// It does where gzip, or everything, may be had, and is not less wanted than the plain text.
  ///
  /// - Parameter header: nil for none: then nothing is said of gzip, and old callers say nothing who cannot read it.
  static func takesGzip(_ header: String?) -> Bool {
    guard let header, header.utf8.count <= 1_024 else { return false }
    var (gzip, identity, any): (Int?, Int?, Int?)
    for member in header.split(separator: ",") {
      let parts = member.split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
      guard parts.count <= 2, let weight = parts.count == 2 ? weight(parts[1]) : 1_000 else { continue }
      switch parts[0].lowercased() {
      case "gzip", "x-gzip": gzip = max(gzip ?? 0, weight)
      case "identity": identity = weight
      case "*": any = weight
      default: break
      }
    }
    guard let wanted = gzip ?? any, wanted > 0 else { return false }
    return wanted >= identity ?? 0
  }

  /// Thousandths of a `q=0.8`; nil for what is none.
  private static func weight(_ text: Substring) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 3, bytes.count <= 7, bytes[0] | 0x20 == 0x71, bytes[1] == 0x3D,
      bytes[2] == 0x30 || bytes[2] == 0x31,
      bytes.count == 3 || bytes[3] == 0x2E, bytes.dropFirst(4).allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    let digits = bytes.dropFirst(4) + repeatElement(0x30, count: max(0, 3 - max(0, bytes.count - 4)))
    let weight = Int(bytes[2] - 0x30) * 1_000 + digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return weight <= 1_000 ? weight : nil
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
