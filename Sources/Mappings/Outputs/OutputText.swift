import Documents

/// Why a value cannot be written in a format.
struct OutputFault: Error, Equatable {
  var code: String
  var arguments: [String: JSONValue]

  init(_ code: String, _ arguments: [String: JSONValue] = [:]) {
    self.code = code
    self.arguments = arguments
  }

  static let tooLarge = OutputFault(
    "output.too-large", ["limit": .integer(Int64(MappingLimits.outputByteCountMax))])
}

/// Values as texts for others.
enum OutputText {
  static func bytes(of value: JSONValue, _ format: OutputFormat) throws(OutputFault) -> [UInt8] {
    switch format {
    case .json:
      let text = Array((value.indentedText + "\n").utf8)
      guard text.count <= MappingLimits.outputByteCountMax else { throw .tooLarge }
      return text
    case .form: return try FormOutput.bytes(of: value)
    case .csv(let separator, let columns, let guards):
      return try CSVOutput(separator: separator, guardsFormulas: guards).bytes(of: value, columns)
    case .xml: return try XMLOutput.bytes(of: value)
    }
  }

  /// A value without values in it, as text.
  /// - Throws: `output.nested` for a list or an object.
  static func scalar(_ value: JSONValue) throws(OutputFault) -> String {
    switch value {
    case .null: return ""
    case .bool(let isTrue): return isTrue ? "true" : "false"
    case .integer(let number): return String(number)
    case .number(let number): return number.description
    case .string(let text): return text
    case .array, .object: throw OutputFault("output.nested")
    }
  }
}

/// `application/x-www-form-urlencoded` (URL Standard, section 5.2). A list is its name several times.
enum FormOutput {
  static func bytes(of value: JSONValue) throws(OutputFault) -> [UInt8] {
    guard case .object(let object) = value else { throw OutputFault("output.nested") }
    var bytes: [UInt8] = []
    for member in object {
      var values = [member.value]
      if case .array(let elements) = member.value { values = elements }
      for value in values {
        if !bytes.isEmpty { bytes.append(0x26) }
        escape(member.name, &bytes)
        bytes.append(0x3D)
        escape(try OutputText.scalar(value), &bytes)
        guard bytes.count <= MappingLimits.outputByteCountMax else { throw .tooLarge }
      }
    }
    return bytes
  }

  private static func escape(_ text: String, _ bytes: inout [UInt8]) {
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in text.utf8 {
      switch byte {
      case 0x20: bytes.append(0x2B)
      case 0x2A, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: bytes.append(byte)
      default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
  }
}
