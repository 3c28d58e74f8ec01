import Documents

/// CSV with a header (RFC 4180), strictly: each row has the header's number of cells, a quote stands only around a cell or doubled in it.
///
/// Lines end with CR LF or LF. Lines without anything are passed over. A byte order mark in front is taken away, as spreadsheets write one.
struct CSVInput {
  private let text: [UInt8]
  private let separator: UInt8
  private var index: Int

  private struct Cell {
    var text: String
    var offset: Int
  }

  static func tree(of text: [UInt8], separator: UInt8, skip: Int) throws(InputFault) -> InputTree {
    var input = CSVInput(text: text, separator: separator, index: text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    for _ in 0..<skip { input.skipLine() }
    guard let header = try input.row() else { throw InputFault("csv.no-header", at: text.count) }
    var names: Set<[UInt8]> = []
    for cell in header where !cell.text.isEmpty {
      guard names.insert(Array(cell.text.utf8)).inserted else {
        throw InputFault("csv.header-twice", at: cell.offset, ["name": .string(cell.text)])
      }
    }
    var builder = InputTreeBuilder(.list)
    while let row = try input.row() {
      guard row.count == header.count else {
        throw InputFault(
          "csv.cell-count", at: row[0].offset,
          ["count": .integer(Int64(row.count)), "expected": .integer(Int64(header.count))])
      }
      let number = try builder.add(.object, in: 0, at: row[0].offset)
      for (name, cell) in zip(header, row) {
        _ = try builder.add(.text, named: name.text, text: cell.text, in: number, at: cell.offset)
      }
    }
    return InputTree(text: text, nodes: builder.nodes)
  }

  private mutating func skipLine() {
    while index < text.count, text[index] != 0x0A { index += 1 }
    if index < text.count { index += 1 }
  }

  /// The next row that has something in it; nil at the end.
  private mutating func row() throws(InputFault) -> [Cell]? {
    while let length = lineEnd { index += length }
    guard index < text.count else { return nil }
    var cells: [Cell] = []
    while true {
      // A row has no more cells than a tree has values.
      guard cells.count < MappingLimits.nodeCountMax else { throw InputFault("input.too-many-values", at: index) }
      cells.append(try cell())
      if index < text.count, text[index] == separator {
        index += 1
      } else {
        index += lineEnd ?? 0
        return cells
      }
    }
  }

  /// Bytes of the end of a line that stands here; nil for none.
  private var lineEnd: Int? {
    guard index < text.count else { return nil }
    if text[index] == 0x0A { return 1 }
    return text[index] == 0x0D && index + 1 < text.count && text[index + 1] == 0x0A ? 2 : nil
  }

  /// Ends at the separator, the end of the line or that of the text.
  private mutating func cell() throws(InputFault) -> Cell {
    let start = index
    guard index < text.count, text[index] == 0x22 else {
      while index < text.count, text[index] != separator, lineEnd == nil {
        guard text[index] != 0x22, text[index] != 0x0D, text[index] != 0 else {
          throw InputFault("csv.character", at: index)
        }
        index += 1
      }
      return Cell(text: String(decoding: text[start..<index], as: UTF8.self), offset: start)
    }
    var bytes: [UInt8] = []
    index += 1
    while true {
      guard index < text.count else { throw InputFault("csv.open-quote", at: start) }
      let byte = text[index]
      index += 1
      if byte == 0x22 {
        guard index < text.count, text[index] == 0x22 else { break }
        index += 1
      } else if byte == 0 {
        throw InputFault("csv.character", at: index - 1)
      }
      bytes.append(byte)
    }
    guard index == text.count || text[index] == separator || lineEnd != nil else {
      throw InputFault("csv.behind-quote", at: index)
    }
    return Cell(text: String(decoding: bytes, as: UTF8.self), offset: start)
  }
}
