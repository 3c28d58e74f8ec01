/// The cells of one CSV record (RFC 4180): comma-separated, quotes doubled inside quoted cells.
package enum CSVCells {
  /// Calls `body` with each cell's index and content. The content of a quoted cell is that between the quotes; only
  /// cells with doubled quotes inside are copied.
  static func visit(_ record: Span<UInt8>, _ body: (Int, Span<UInt8>) -> Void) {
    var index = 0
    var position = 0
    while true {
      if position < record.count && record[position] == 0x22 {
        position = quoted(record, from: position + 1) { body(index, $0) }
      } else {
        let start = position
        while position < record.count && record[position] != 0x2C { position += 1 }
        body(index, record.extracting(start..<position))
      }
      index += 1
      guard position < record.count else { return }
      // On the comma.
      position += 1
    }
  }

  /// The cells as strings; bytes that are not UTF-8 are replaced.
  package static func strings(_ record: Span<UInt8>) -> [String] {
    var cells: [String] = []
    visit(record) { cells.append(text($1)) }
    return cells
  }

  static func text(_ cell: Span<UInt8>) -> String {
    // The span outlives the copy that is made here.
    unsafe cell.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// A cell, quoted where its content asks for it.
  package static func quote(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// Reads a quoted cell whose content starts at `start`; returns where its comma or the end is.
  private static func quoted(_ record: Span<UInt8>, from start: Int, _ body: (Span<UInt8>) -> Void) -> Int {
    var position = start
    var copy: [UInt8]?
    while position < record.count {
      if record[position] == 0x22 {
        guard position + 1 < record.count && record[position + 1] == 0x22 else { break }
        if copy == nil { copy = (start..<position).map { record[$0] } }
        position += 1
      }
      copy?.append(record[position])
      position += 1
    }
    if let copy {
      body(copy.span)
    } else {
      body(record.extracting(start..<min(position, record.count)))
    }
    while position < record.count && record[position] != 0x2C { position += 1 }
    return position
  }
}
