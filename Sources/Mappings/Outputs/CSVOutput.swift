import Documents

/// CSV (RFC 4180): a header, then a row for each object, lines that end with CR LF.
///
/// A spreadsheet takes a cell that begins with one of a few characters for a formula, which may send away what stands beside it. Such texts
/// get a `'` in front, which spreadsheets do not show; numbers are left alone. Who reads with a program and not a spreadsheet says
/// `guards_formulas: false`.
struct CSVOutput {
  let separator: UInt8
  let guardsFormulas: Bool

  func bytes(of value: JSONValue, _ columns: [String]) throws(OutputFault) -> [UInt8] {
    guard case .array(let rows) = value else { throw OutputFault("output.nested") }
    var bytes: [UInt8] = []
    for (index, column) in columns.enumerated() { write(column, at: index, to: &bytes) }
    bytes += [0x0D, 0x0A]
    for row in rows {
      for (index, column) in columns.enumerated() {
        write(try OutputText.scalar(row[column] ?? .null), at: index, to: &bytes)
      }
      bytes += [0x0D, 0x0A]
      guard bytes.count <= MappingLimits.outputByteCountMax else { throw .tooLarge }
    }
    return bytes
  }

  private func write(_ cell: String, at index: Int, to bytes: inout [UInt8]) {
    if index > 0 { bytes.append(separator) }
    let isFormula = guardsFormulas && Self.isFormula(cell)
    let needsQuotes =
      cell.utf8.contains { $0 == 0x22 || $0 == separator || $0 == 0x0A || $0 == 0x0D }
      || cell.utf8.first == 0x20 || cell.utf8.last == 0x20
    guard needsQuotes || isFormula else { return bytes.append(contentsOf: cell.utf8) }
    bytes.append(0x22)
    if isFormula { bytes.append(0x27) }
    for byte in cell.utf8 {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }

  /// Whether a spreadsheet may take the cell for a formula: by its first character that is no blank, wide forms included.
  static func isFormula(_ cell: String) -> Bool {
    guard let first = cell.unicodeScalars.first(where: { $0 != " " }) else { return false }
    switch first {
    case "=", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}", "\u{2212}": return true
    case "+", "-": return !isNumber(cell)
    default: return false
    }
  }

  /// A sign, digits, and a point and digits: what no spreadsheet computes with.
  private static func isNumber(_ cell: String) -> Bool {
    let parts = cell.utf8.dropFirst().split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
    return parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }
  }
}
