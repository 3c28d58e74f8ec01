/// Cuts a text file into records: lines, or CSV rows whose quoted cells may hold line ends.
///
/// A record is seen through `withRecord` and lives until the next `advance()`.
package final class RecordSource {
  /// Most bytes of a record unless said otherwise; a longer one is skipped and reported.
  package static let recordByteCountMax = 1 << 20

  /// Bytes read at once to begin with: room for many records, and little to touch for a small file. A longer record
  /// makes it grow.
  private static let readByteCount = 1 << 17

  package let file: InputFile
  /// 1-based number of the line the record starts in.
  package private(set) var line: UInt64 = 0
  /// True when the record was longer than it may be: its content is gone.
  package private(set) var isOverlong = false
  private(set) var byteOffset: UInt64 = 0
  private let quoted: Bool
  private let byteCountMax: Int
  private var storage: [UInt8]
  private var start = 0
  private var end = 0
  private var record = 0..<0
  private var linesInRecord: UInt64 = 1
  private var isAtEnd = false

  /// - Parameter quoted: line ends inside double quotes belong to the record.
  package init(file: InputFile, quoted: Bool, byteCountMax: Int = RecordSource.recordByteCountMax) {
    self.file = file
    self.quoted = quoted
    self.byteCountMax = byteCountMax
    storage = [UInt8](repeating: 0, count: Self.readByteCount)
  }

  /// Moves to the next record; false at the end. Empty lines are records too.
  package func advance() throws(InputError) -> Bool {
    line += linesInRecord
    isOverlong = false
    linesInRecord = 1
    var scanned = start
    var inQuotes = false
    while true {
      if let found = endOfRecord(from: &scanned, inQuotes: &inQuotes) {
        record = start..<(found > start && storage[found - 1] == 0x0D ? found - 1 : found)
        byteOffset += UInt64(found + 1 - start)
        start = found + 1
        return true
      }
      if isAtEnd {
        guard start < end else { return false }
        record = start..<end
        byteOffset += UInt64(end - start)
        start = end
        return true
      }
      if end - start >= byteCountMax {
        // Keep nothing of it: only where it ends matters now.
        // An unclosed quote must not swallow the rest of the file.
        isOverlong = true
        inQuotes = false
        byteOffset += UInt64(end - start)
        start = end
      }
      scanned -= start
      try refill()
      scanned += start
    }
  }

  /// The record's bytes, without its line end; empty when it is overlong.
  package func withRecord<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    // A local reference, so that the span's owner is fixed while `body` runs.
    let bytes = storage
    return try body(bytes.span.extracting(isOverlong ? 0..<0 : record))
  }

  private func endOfRecord(from scanned: inout Int, inQuotes: inout Bool) -> Int? {
    let storage = storage
    let bytes = storage.span
    while scanned < end {
      let byte = bytes[scanned]
      if byte == 0x0A {
        if !inQuotes { return scanned }
        linesInRecord += 1
      } else if byte == 0x22 && quoted {
        inQuotes.toggle()
      }
      scanned += 1
    }
    return nil
  }

  private func refill() throws(InputError) {
    if start > 0 {
      let count = end - start
      for index in 0..<count { storage[index] = storage[start + index] }
      end = count
      start = 0
    }
    if end == storage.count { storage.append(contentsOf: repeatElement(0, count: storage.count)) }
    let count = try file.read(into: &storage, from: end)
    end += count
    if count == 0 { isAtEnd = true }
  }
}
