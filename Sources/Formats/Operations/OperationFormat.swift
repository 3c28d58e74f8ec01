/// How a file of operations is written. All three carry the same operations.
///
/// - `binary`: a 64-byte header (`BinaryHeader`), then 64-byte slots as on the wire, extensions inline.
/// - `csv`: a header row of field names (`OperationField`), extension fields as further columns.
/// - `ndjson`: one JSON object a line with the same names, extension fields inside `ext`.
public enum OperationFormat: String, CaseIterable, Sendable {
  case binary, csv, ndjson

  /// The format that a file name ends in: `.csv`, `.ndjson`, `.jsonl` or `.json`; anything else is binary.
  public init(path: String) {
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    if name.hasSuffix(".csv") {
      self = .csv
    } else if name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") || name.hasSuffix(".json") {
      self = .ndjson
    } else {
      self = .binary
    }
  }
}

/// A file that cannot be read or written at all. What is wrong with one line is an `InputReject` instead.
public struct InputError: Error, CustomStringConvertible, Sendable, Hashable {
  public var path: String
  /// 1-based; 0 when no line is meant.
  public var line: UInt64
  public var reason: String

  public init(path: String, line: UInt64 = 0, reason: String) {
    self.path = path
    self.line = line
    self.reason = reason
  }

  public var description: String { line == 0 ? "\(path): \(reason)" : "\(path):\(line): \(reason)" }
}

/// A line or record that is no operation, with the reason. Readers hand these back; nothing vanishes.
public struct InputReject: Sendable, Hashable, CustomStringConvertible {
  /// 1-based line (csv, ndjson) or record number (binary: operations and stamps are counted, extensions are not).
  public var line: UInt64
  /// The column or field at fault; empty when the line as a whole is.
  public var field: String
  public var reason: String

  public init(line: UInt64, field: String = "", reason: String) {
    self.line = line
    self.field = field
    self.reason = reason
  }

  public var description: String { field.isEmpty ? "line \(line): \(reason)" : "line \(line): \(field): \(reason)" }
}

/// What is wrong with one field while a line is parsed.
package struct FieldError: Error {
  package var field: String
  package var reason: String

  package init(_ field: String, _ reason: String) {
    self.field = field
    self.reason = reason
  }
}
