@testable import Repository

/// Rows of the repository's tables: arbitrary ones are refused, or written again as they were.
///
/// Input: a byte for the kind of row, then the row.
enum RepositoryRows {
  static let readers: [@Sendable ([UInt8]) -> [UInt8]?] = [
    { (try? Version(rowBytes: $0))?.rowBytes },
    { (try? ReferenceState(rowBytes: $0))?.rowBytes },
    { (try? Lifecycle(rowBytes: $0))?.rowBytes },
    { (try? DueVersion(rowBytes: $0))?.rowBytes },
    { (try? Tag(rowBytes: $0))?.rowBytes },
    { (try? Publisher(rowBytes: $0))?.rowBytes },
    { (try? Signature(rowBytes: $0))?.rowBytes },
    { (try? LogMark(rowBytes: $0))?.rowBytes },
    { (try? Blob(rowBytes: $0))?.rowBytes },
  ]

  static func run(_ bytes: [UInt8]) throws(Finding) { try run(bytes, readers) }

  /// Reads and writes a row of one of several kinds.
  static func run(
    _ bytes: [UInt8], _ readers: [@Sendable ([UInt8]) -> [UInt8]?]
  ) throws(Finding) {
    var input = Input(bytes)
    let (kind, row) = (Int(input.byte()), input.rest())
    guard kind < readers.count, let written = readers[kind](row) else { return }
    try must(written == row, "a row of kind \(kind) is written in another way")
  }
}
