/// A JSON document in memory.
///
/// Integers are exact. What is a number but no 64-bit integer keeps its text: nothing here computes with fractions.
enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(String)
  case string(String)
  case array([JSONValue])
  /// Members in the order of the text; no name comes twice.
  case object([JSONMember])

  /// What it is, for messages.
  var kind: StaticString {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer: "an integer"
    case .number: "a number that is no 64-bit integer"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

struct JSONMember: Equatable, Sendable {
  var name: String
  var value: JSONValue
}

/// Why a text is no JSON, and where.
struct JSONFault: Error, Equatable {
  var message: String
  /// Byte offset in the text, from 0.
  var offset: Int
}

extension JSONValue {
  /// Reads a whole document, strictly by RFC 8259: nothing behind it, no name twice in an object, UTF-8, at most 32 levels.
  init(reading text: Span<UInt8>) throws(JSONFault) {
    var reader = JSONReader()
    self = try reader.value(text, depth: 0)
    reader.skipSpace(text)
    guard reader.index == text.count else { throw reader.fault("something behind the document") }
  }
}

/// A walk through a text. The text is handed to each call, so that the reader owns no view of it.
private struct JSONReader {
  private static let depthMax = 32
  /// Values of a document: a value takes many times its text in memory.
  private static let valueCountMax = 1 << 19
  var index = 0
  private var valueCount = 0

  func fault(_ message: String, at offset: Int? = nil) -> JSONFault {
    JSONFault(message: message, offset: offset ?? index)
  }

  mutating func skipSpace(_ text: Span<UInt8>) {
    while index < text.count {
      switch text[index] {
      case 0x20, 0x0A, 0x0D, 0x09: index += 1
      default: return
      }
    }
  }

  mutating func value(_ text: Span<UInt8>, depth: Int) throws(JSONFault) -> JSONValue {
    guard depth <= Self.depthMax else { throw fault("more than \(Self.depthMax) levels") }
    valueCount += 1
    guard valueCount <= Self.valueCountMax else { throw fault("more than \(Self.valueCountMax) values") }
    skipSpace(text)
    guard index < text.count else { throw fault("a value is missing") }
    switch text[index] {
    case 0x7B: return try object(text, depth)
    case 0x5B: return try array(text, depth)
    case 0x22: return .string(try string(text))
    case 0x74:
      try word("true", text)
      return .bool(true)
    case 0x66:
      try word("false", text)
      return .bool(false)
    case 0x6E:
      try word("null", text)
      return .null
    case 0x2D, 0x30...0x39: return try number(text)
    default: throw fault("no value starts like this")
    }
  }

  private mutating func word(_ word: StaticString, _ text: Span<UInt8>) throws(JSONFault) {
    let start = index
    for byte in word.description.utf8 {
      guard index < text.count, text[index] == byte else { throw fault("no value starts like this", at: start) }
      index += 1
    }
  }

  private mutating func object(_ text: Span<UInt8>, _ depth: Int) throws(JSONFault) -> JSONValue {
    index += 1
    var members: [JSONMember] = []
    // Few members are compared one by one; many through a set.
    var names: Set<String> = []
    skipSpace(text)
    if take(0x7D, text) { return .object([]) }
    while true {
      skipSpace(text)
      let place = index
      guard index < text.count, text[index] == 0x22 else { throw fault("a member's name is missing") }
      let name = try string(text)
      if members.count == 16 { names = Set(members.map(\.name)) }
      let isKnown = members.count < 16 ? members.contains { $0.name == name } : !names.insert(name).inserted
      guard !isKnown else { throw fault("the name '\(name.prefix(64))' comes twice", at: place) }
      skipSpace(text)
      guard take(0x3A, text) else { throw fault("':' is missing") }
      members.append(JSONMember(name: name, value: try value(text, depth: depth + 1)))
      skipSpace(text)
      if take(0x2C, text) { continue }
      guard take(0x7D, text) else { throw fault("',' or '}' is missing") }
      return .object(members)
    }
  }

  private mutating func array(_ text: Span<UInt8>, _ depth: Int) throws(JSONFault) -> JSONValue {
    index += 1
    var elements: [JSONValue] = []
    skipSpace(text)
    if take(0x5D, text) { return .array([]) }
    while true {
      elements.append(try value(text, depth: depth + 1))
      skipSpace(text)
      if take(0x2C, text) { continue }
      guard take(0x5D, text) else { throw fault("',' or ']' is missing") }
      return .array(elements)
    }
  }

  private mutating func take(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
    guard index < text.count, text[index] == byte else { return false }
    index += 1
    return true
  }

  private mutating func number(_ text: Span<UInt8>) throws(JSONFault) -> JSONValue {
    let start = index
    let isNegative = take(0x2D, text)
    let first = index
    var magnitude: UInt64 = 0
    var overflows = false
    while index < text.count, case let digit = text[index] &- 0x30, digit < 10 {
      let (scaled, isOver) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carries) = scaled.addingReportingOverflow(UInt64(digit))
      overflows = overflows || isOver || carries
      magnitude = sum
      index += 1
    }
    guard index > first else { throw fault("a digit is missing") }
    guard text[first] != 0x30 || index == first + 1 else { throw fault("a number has no leading zero", at: start) }
    let isWhole = try !fraction(text)
    if isWhole, !overflows {
      if !isNegative, let value = Int64(exactly: magnitude) { return .integer(value) }
      if isNegative, magnitude <= 1 << 63 { return .integer(Int64(truncatingIfNeeded: 0 &- magnitude)) }
    }
    var digits = ""
    for place in start..<index { digits.unicodeScalars.append(Unicode.Scalar(text[place])) }
    return .number(digits)
  }

  /// Passes over a fraction and an exponent.
  /// - Returns: whether there was one.
  private mutating func fraction(_ text: Span<UInt8>) throws(JSONFault) -> Bool {
    let start = index
    if take(0x2E, text) { try digits(text) }
    if take(0x65, text) || take(0x45, text) {
      _ = take(0x2B, text) || take(0x2D, text)
      try digits(text)
    }
    return index > start
  }

  private mutating func digits(_ text: Span<UInt8>) throws(JSONFault) {
    let start = index
    while index < text.count, text[index] &- 0x30 < 10 { index += 1 }
    guard index > start else { throw fault("a digit is missing") }
  }

  private mutating func string(_ text: Span<UInt8>) throws(JSONFault) -> String {
    index += 1
    let start = index
    while index < text.count {
      switch text[index] {
      case 0x22:
        let range = start..<index
        index += 1
        return try plain(text, range)
      case 0x5C:
        return try escaped(text, from: start)
      case 0..<0x20: throw fault("a control character in a string")
      default: index += 1
      }
    }
    throw fault("a string without end", at: start - 1)
  }

  private func plain(_ text: Span<UInt8>, _ range: Range<Int>) throws(JSONFault) -> String {
    do {
      return String(copying: try UTF8Span(validating: text.extracting(range)))
    } catch {
      throw fault("a string that is not UTF-8", at: range.lowerBound)
    }
  }

  private mutating func escaped(_ text: Span<UInt8>, from start: Int) throws(JSONFault) -> String {
    var bytes: [UInt8] = (start..<index).map { text[$0] }
    while index < text.count {
      let byte = text[index]
      index += 1
      switch byte {
      case 0x22:
        guard let result = String(validating: bytes, as: UTF8.self) else {
          throw fault("a string that is not UTF-8", at: start)
        }
        return result
      case 0x5C: bytes += Array(String(try escape(text)).utf8)
      case 0..<0x20: throw fault("a control character in a string", at: index - 1)
      default: bytes.append(byte)
      }
    }
    throw fault("a string without end", at: start - 1)
  }

  private mutating func escape(_ text: Span<UInt8>) throws(JSONFault) -> Character {
    guard index < text.count else { throw fault("an escape without end") }
    index += 1
    switch text[index - 1] {
    case 0x22: return "\""
    case 0x5C: return "\\"
    case 0x2F: return "/"
    case 0x62: return "\u{8}"
    case 0x66: return "\u{C}"
    case 0x6E: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x75:
      let place = index - 2
      var code = try hexadecimal(text)
      if (0xD800..<0xDC00).contains(code) {
        guard take(0x5C, text), take(0x75, text), case let low = try hexadecimal(text), (0xDC00..<0xE000).contains(low)
        else { throw fault("half a surrogate pair", at: place) }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("half a surrogate pair", at: place) }
      return Character(scalar)
    default: throw fault("an unknown escape", at: index - 2)
    }
  }

  private mutating func hexadecimal(_ text: Span<UInt8>) throws(JSONFault) -> UInt32 {
    guard index + 4 <= text.count else { throw fault("an escape without end") }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(text[index])).hexDigitValue, text[index] < 0x80 else {
        throw fault("four hexadecimal digits are missing")
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }
}
