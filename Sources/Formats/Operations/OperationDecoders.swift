internal import Kernel

/// Turns one record of a text file into an operation.
protocol OperationDecoder {
  /// Whether line ends inside quotes belong to a record.
  var isQuoted: Bool { get }
  /// Takes the header, where the format has one; an error here ends the reading.
  mutating func readHeader(_ record: Span<UInt8>) throws(FieldError) -> Bool
  /// Fills `draft`. On an error `draft.isLinked` is right as far as it can be told.
  func decode(_ record: Span<UInt8>, into draft: inout OperationDraft) throws(FieldError)
}

/// One JSON object a line: `{"op":"FUND","id":7,"tenant":1,"contract":9,"m":1,"actor":4,"amount":500}`.
///
/// `op` is a name of the domain reference or a raw code. `id` and `contract` are numbers of up to 128 bits, or strings
/// that hold such a number or a UUID. `ext` is an object of extension fields, or null for none. Unknown names are
/// errors, so that a misspelt field does not silently count as zero.
package struct JSONOperationDecoder: OperationDecoder {
  var isQuoted: Bool { false }

  func readHeader(_ record: Span<UInt8>) throws(FieldError) -> Bool { false }

  func decode(_ record: Span<UInt8>, into draft: inout OperationDraft) throws(FieldError) {
    var scanner = JSONScanner(record)
    do throws(FieldError) {
      try Self.read(&scanner, into: &draft, allowsUnknownOperation: false)
      try scanner.expectEnd()
    } catch {
      if Self.mentionsLink(record) { draft.isLinked = true }
      throw error
    }
  }

  /// Reads one operation object.
  ///
  /// - Parameter allowsUnknownOperation: an unknown name becomes code 0, which the kernel answers with `bad_operation`.
  package static func read(
    _ scanner: inout JSONScanner, into draft: inout OperationDraft, allowsUnknownOperation: Bool
  ) throws(FieldError) {
    try scanner.object { (key, scanner) throws(FieldError) in
      guard let field = OperationField(rawValue: key) else { throw FieldError(key, "is no field of an operation") }
      switch field {
      case .op:
        guard scanner.peek() == 0x22 else { return try draft.set(field, scanner.integer(key)) }
        let name = try scanner.string()
        do throws(FieldError) {
          try draft.setOperation(name: name)
        } catch {
          guard allowsUnknownOperation else { throw error }
          draft.setOperation(code: 0)
        }
      case .id, .contract: try draft.set(field, scanner.identifier(key))
      case .linked: try draft.set(field, scanner.flag(key))
      case .ext:
        if scanner.takeNull() { return }
        draft.hasExtension = true
        try readExtension(&scanner, into: &draft)
      default: try draft.set(field, scanner.integer(key))
      }
    }
  }

  private static func readExtension(_ scanner: inout JSONScanner, into draft: inout OperationDraft) throws(FieldError) {
    try scanner.object { (key, scanner) throws(FieldError) in
      guard let field = ExtensionField.byName[key] else { throw FieldError(key, "is no field of an extension") }
      if field.count > 1 {
        try scanner.array { (index, scanner) throws(FieldError) in
          try draft.set(field, element: index, scanner.integer(key))
        }
      } else if field.bit != nil {
        try draft.set(field, scanner.flag(key))
      } else {
        try draft.set(field, scanner.integer(key))
      }
    }
  }

  /// Whether a line that cannot be read says `"linked": 1` or `true`: then those behind it belong to its chain.
  private static func mentionsLink(_ record: Span<UInt8>) -> Bool {
    let key: [UInt8] = Array("\"linked\"".utf8)
    var start = 0
    while start + key.count < record.count {
      defer { start += 1 }
      guard (0..<key.count).allSatisfy({ record[start + $0] == key[$0] }) else { continue }
      var index = start + key.count
      while index < record.count, record[index] == 0x20 || record[index] == 0x3A { index += 1 }
      return index < record.count && (record[index] == 0x31 || record[index] == 0x74)
    }
    return false
  }
}

/// Rows under a header of field names; extension fields are further columns. An empty cell is a field that is not set;
/// a list cell holds its elements with semicolons between them.
struct CSVOperationDecoder: OperationDecoder {
  private enum Column {
    case field(OperationField)
    case extended(ExtensionField)
  }

  private var columns: [Column] = []
  private var hasHeader = false

  init() {}

  var isQuoted: Bool { true }

  mutating func readHeader(_ record: Span<UInt8>) throws(FieldError) -> Bool {
    guard !hasHeader else { return false }
    hasHeader = true
    var names: Set<String> = []
    var failure: FieldError?
    CSVCells.visit(record) { _, cell in
      let name = CSVCells.text(cell).trimmingSpaces()
      if let field = OperationField(rawValue: name) {
        columns.append(.field(field))
      } else if let field = ExtensionField.byName[name] {
        columns.append(.extended(field))
      } else if failure == nil {
        failure = FieldError(name, "the header names a column that is no field of an operation")
      }
      if !names.insert(name).inserted && failure == nil {
        failure = FieldError(name, "the header names this column twice")
      }
    }
    if let failure { throw failure }
    guard names.contains("op") else { throw FieldError("op", "the header has no such column") }
    return true
  }

  func decode(_ record: Span<UInt8>, into draft: inout OperationDraft) throws(FieldError) {
    var failure: FieldError?
    var count = 0
    CSVCells.visit(record) { index, cell in
      count = index + 1
      guard index < columns.count, cell.count > 0 else { return }
      do throws(FieldError) {
        try set(columns[index], cell, &draft)
      } catch {
        if failure == nil { failure = error }
      }
    }
    if let failure { throw failure }
    guard count == columns.count else { throw FieldError("", "has \(count) cells, the header \(columns.count)") }
  }

  private func set(_ column: Column, _ cell: Span<UInt8>, _ draft: inout OperationDraft) throws(FieldError) {
    switch column {
    case .field(.op):
      if let number = IntegerText(cell) {
        try draft.set(.op, number)
      } else {
        try draft.setOperation(name: CSVCells.text(cell))
      }
    case .field(let field) where field == .id || field == .contract:
      try draft.set(field, OperationDraft.identifier(cell, field.rawValue))
    case .field(let field):
      guard let number = IntegerText(cell) else { throw FieldError(field.rawValue, "is not an integer") }
      try draft.set(field, number)
    case .extended(let field):
      var start = 0
      var element = 0
      for index in 0...cell.count where index == cell.count || (field.count > 1 && cell[index] == 0x3B) {
        guard let number = IntegerText(cell.extracting(start..<index)) else {
          throw FieldError(field.name, "is not an integer")
        }
        try draft.set(field, element: element, number)
        element += 1
        start = index + 1
      }
    }
  }
}

extension String {
  /// Without spaces at either end.
  package func trimmingSpaces() -> String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
