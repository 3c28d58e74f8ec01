internal import Formats

/// A CSV file of public data: a header, then rows, read from front to back.
struct PublicTable {
  /// Names of the columns.
  let columns: [String]
  private let records: RecordSource

  /// - Throws: `InputError` when the file cannot be read or has no header.
  init(path: String) throws(InputError) {
    records = RecordSource(file: try InputFile(path: path), quoted: true)
    guard try records.advance() else { throw InputError(path: path, reason: "is empty") }
    columns = records.withRecord { CSVCells.strings($0) }
  }

  /// Index of a column that must be there.
  func column(_ name: String) throws(InputError) -> Int {
    guard let index = columns.firstIndex(of: name) else {
      throw InputError(path: records.file.path, line: 1, reason: "the header has no column '\(name)'")
    }
    return index
  }

  /// The next row, or nil at the end. Rows with another number of cells than the header are handed to `reject`.
  mutating func next(reject: (InputReject) -> Void) throws(InputError) -> (line: UInt64, cells: [String])? {
    while try records.advance() {
      let line = records.line
      let cells = records.withRecord { $0.count == 0 && !records.isOverlong ? [] : CSVCells.strings($0) }
      if cells.isEmpty { continue }
      guard cells.count == columns.count else {
        reject(InputReject(line: line, reason: "has \(cells.count) cells, the header \(columns.count)"))
        continue
      }
      return (line, cells)
    }
    return nil
  }
}
