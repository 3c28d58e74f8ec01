/// Reads JSON from one line of bytes, value by value, without building a tree. Numbers keep all of their digits.
///
/// Errors carry the field that the caller names, or the byte's place in the line.
package struct JSONScanner: ~Escapable {
  private let bytes: Span<UInt8>
  package private(set) var position = 0

  @_lifetime(copy bytes)
  package init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  /// The next byte that is not white space; nil at the end.
  package mutating func peek() -> UInt8? {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A else { return byte }
      position += 1
    }
    return nil
  }

  /// Takes `byte` when it comes next.
  package mutating func take(_ byte: Character) -> Bool {
    guard let ascii = byte.asciiValue, peek() == ascii else { return false }
    position += 1
    return true
  }

  package mutating func expect(_ byte: Character) throws(FieldError) {
    guard take(byte) else { throw malformed("expected '\(byte)'") }
  }

  /// Nothing but white space may be left.
  package mutating func expectEnd() throws(FieldError) {
    guard peek() == nil else { throw malformed("text after the value") }
  }

  /// Visits the members of an object; `visit` must read each value.
  package mutating func object(_ visit: (String, inout JSONScanner) throws(FieldError) -> Void) throws(FieldError) {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try visit(key, &self)
    } while take(",")
    try expect("}")
  }

  /// Visits the elements of an array; `visit` must read each value.
  package mutating func array(_ visit: (Int, inout JSONScanner) throws(FieldError) -> Void) throws(FieldError) {
    try expect("[")
    if take("]") { return }
    var index = 0
    repeat {
      try visit(index, &self)
      index += 1
    } while take(",")
    try expect("]")
  }

  /// A string, unescaped.
  package mutating func string() throws(FieldError) -> String {
    let range = try rawString()
    var escaped = false
    for index in range where bytes[index] == 0x5C { escaped = true }
    guard escaped else { return try text(range) }
    return try unescape(range)
  }

  /// An integer of any size that fits 128 bits. Fractions and exponents are refused: they are no minor units.
  package mutating func integer(_ field: String) throws(FieldError) -> IntegerText {
    guard let range = numberRange() else { throw FieldError(field, "is not a number") }
    guard let value = IntegerText(bytes.extracting(range)) else {
      throw FieldError(field, "'\(try text(range).prefix(60))' is not an integer of up to 128 bits")
    }
    return value
  }

  /// 0 or 1, also written false or true.
  package mutating func flag(_ field: String) throws(FieldError) -> IntegerText {
    if takeWord("true") { return IntegerText(magnitude: 1) }
    if takeWord("false") { return IntegerText(magnitude: 0) }
    return try integer(field)
  }

  /// An identifier: a number, or a string that holds a decimal number or a UUID.
  package mutating func identifier(_ field: String) throws(FieldError) -> IntegerText {
    guard peek() == 0x22 else { return try integer(field) }
    let range = try rawString()
    return try OperationDraft.identifier(bytes.extracting(range), field)
  }

  /// The digits of a number, as written.
  package mutating func numberText() throws(FieldError) -> String {
    guard let range = numberRange() else { throw malformed("expected a value") }
    return try text(range)
  }

  package mutating func takeBool() -> Bool? {
    if takeWord("true") { return true }
    return takeWord("false") ? false : nil
  }

  package mutating func takeNull() -> Bool { takeWord("null") }

  /// Passes over one value of any kind, nested at most 64 deep.
  package mutating func skip(depth: Int = 0) throws(FieldError) {
    guard depth < 64 else { throw malformed("nested too deep") }
    switch peek() {
    case 0x7B: try object { (_, scanner) throws(FieldError) in try scanner.skip(depth: depth + 1) }
    case 0x5B: try array { (_, scanner) throws(FieldError) in try scanner.skip(depth: depth + 1) }
    case 0x22: _ = try rawString()
    default:
      if takeWord("true") || takeWord("false") || takeWord("null") { return }
      guard numberRange() != nil else { throw malformed("expected a value") }
    }
  }

  package func malformed(_ reason: String) -> FieldError {
    FieldError("", "not JSON: \(reason) at byte \(position + 1)")
  }

  private mutating func takeWord(_ word: StaticString) -> Bool {
    _ = peek()
    let count = word.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    for index in 0..<count {
      // A static string's bytes live for ever.
      guard unsafe bytes[position + index] == word.utf8Start[index] else { return false }
    }
    position += count
    return true
  }

  private mutating func numberRange() -> Range<Int>? {
    guard let first = peek(), first == 0x2D || (0x30...0x39).contains(first) else { return nil }
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      guard (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2B || byte == 0x2E || byte | 0x20 == 0x65 else {
        break
      }
      position += 1
    }
    return start..<position
  }

  /// The bytes between the quotes, escapes and all.
  private mutating func rawString() throws(FieldError) -> Range<Int> {
    guard peek() == 0x22 else { throw malformed("expected a string") }
    position += 1
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0x22 {
        position += 1
        return start..<(position - 1)
      }
      guard byte >= 0x20 else { throw malformed("control character in a string") }
      position += byte == 0x5C ? 2 : 1
    }
    throw malformed("string without end")
  }

  private func text(_ range: Range<Int>) throws(FieldError) -> String {
    do {
      return String(copying: try UTF8Span(validating: bytes.extracting(range)))
    } catch {
      throw malformed("text that is not UTF-8")
    }
  }

  private func unescape(_ range: Range<Int>) throws(FieldError) -> String {
    var units: [UInt8] = []
    units.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      guard byte == 0x5C else {
        units.append(byte)
        index += 1
        continue
      }
      index += 2
      switch bytes[index - 1] {
      case 0x22: units.append(0x22)
      case 0x5C: units.append(0x5C)
      case 0x2F: units.append(0x2F)
      case 0x62: units.append(0x08)
      case 0x66: units.append(0x0C)
      case 0x6E: units.append(0x0A)
      case 0x72: units.append(0x0D)
      case 0x74: units.append(0x09)
      case 0x75:
        var code = try hex(&index, before: range.upperBound)
        if 0xD800..<0xDC00 ~= code, index + 1 < range.upperBound, bytes[index] == 0x5C, bytes[index + 1] == 0x75 {
          index += 2
          let low = try hex(&index, before: range.upperBound)
          guard 0xDC00..<0xE000 ~= low else { throw malformed("broken surrogate pair") }
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw malformed("broken surrogate pair") }
        units.append(contentsOf: Array(String(Character(scalar)).utf8))
      default: throw malformed("unknown escape")
      }
    }
    guard let result = String(validating: units, as: UTF8.self) else { throw malformed("text that is not UTF-8") }
    return result
  }

  private func hex(_ index: inout Int, before end: Int) throws(FieldError) -> UInt32 {
    guard index + 4 <= end else { throw malformed("cut escape") }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else { throw malformed("bad escape") }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }
}
