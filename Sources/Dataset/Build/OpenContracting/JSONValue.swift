internal import Formats

/// A JSON text as a tree. Numbers keep their digits as written, so that no sum passes through floating point.
indirect enum JSONValue {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  subscript(_ name: String) -> JSONValue? {
    if case .object(let members) = self { return members[name] }
    return nil
  }

  /// The elements; none for anything but an array.
  var elements: [JSONValue] {
    if case .array(let elements) = self { return elements }
    return []
  }

  /// A string, or the digits of a number.
  var text: String? {
    switch self {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  /// - Throws: `InputError` when the file cannot be read or is not JSON.
  init(path: String) throws(InputError) {
    let file = try InputFile(path: path)
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    var count = 0
    while true {
      if count == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
      let read = try file.read(into: &bytes, from: count)
      if read == 0 { break }
      count += read
    }
    bytes.removeLast(bytes.count - count)
    do throws(FieldError) {
      var scanner = JSONScanner(bytes.span)
      self = try JSONValue(&scanner, depth: 0)
      try scanner.expectEnd()
    } catch {
      throw InputError(path: path, reason: error.reason)
    }
  }

  private init(_ scanner: inout JSONScanner, depth: Int) throws(FieldError) {
    guard depth < 64 else { throw scanner.malformed("nested too deep") }
    switch scanner.peek() {
    case 0x7B:
      var members: [String: JSONValue] = [:]
      try scanner.object { (key, scanner) throws(FieldError) in members[key] = try JSONValue(&scanner, depth: depth + 1)
      }
      self = .object(members)
    case 0x5B:
      var elements: [JSONValue] = []
      try scanner.array { (_, scanner) throws(FieldError) in elements.append(try JSONValue(&scanner, depth: depth + 1))
      }
      self = .array(elements)
    case 0x22: self = .string(try scanner.string())
    default:
      if let value = scanner.takeBool() {
        self = .bool(value)
      } else if scanner.takeNull() {
        self = .null
      } else {
        self = .number(try scanner.numberText())
      }
    }
  }
}
