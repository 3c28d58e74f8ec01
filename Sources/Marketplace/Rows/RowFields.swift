internal import Repository

/// What texts of people may have.
enum Prose {
  /// Of a reason, a report, a rating.
  static let byteCountMax = 500

  /// - Parameter lines: whether there may be more than one.
  static func isValid(_ text: String, byteCounts: ClosedRange<Int>, lines: Bool = false) -> Bool {
    byteCounts.contains(text.utf8.count)
      && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || lines && $0 == 0x0A }
  }
}

// Fields that several rows have.

extension RowWriter {
  /// Behind a byte that says whether there is one.
  mutating func optional<Value>(_ value: Value?, _ write: (inout RowWriter, Value) -> Void) {
    integer(value == nil ? 0 : 1 as UInt8)
    if let value { write(&self, value) }
  }

  mutating func label(_ label: Label) { shortText(label.text) }

  mutating func slug(_ slug: Slug) { shortText(slug.text) }
}

extension RowReader {
  mutating func flag() throws(RowFault) -> Bool {
    switch try integer(UInt8.self) {
    case 0: false
    case 1: true
    default: throw RowFault()
    }
  }

  mutating func optional<Value>(
    _ read: (inout RowReader) throws(RowFault) -> Value
  ) throws(RowFault) -> Value? { try flag() ? try read(&self) : nil }

  mutating func label() throws(RowFault) -> Label { try unwrap(Label(try shortText())) }

  mutating func time() throws(RowFault) -> Int64 {
    let time = try integer(Int64.self)
    guard time >= 0 else { throw RowFault() }
    return time
  }

  /// - Parameter byteCounts: of a valid one.
  mutating func prose(_ byteCounts: ClosedRange<Int>, lines: Bool = false) throws(RowFault) -> String {
    let text = try longText()
    guard Prose.isValid(text, byteCounts: byteCounts, lines: lines) else { throw RowFault() }
    return text
  }
}
