import Documents

/// XML 1.0 of a value: an object's members are elements, those with `@` in front attributes, `#text` the element's own text, and a list
/// is its element several times.
///
/// What XML cannot say, a control character, is U+FFFD there. Well-formed always.
struct XMLOutput {
  private var bytes: [UInt8] = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)

  static func bytes(of value: JSONValue) throws(OutputFault) -> [UInt8] {
    guard case .object(let object) = value, object.count == 1, let root = object.first else {
      throw OutputFault("output.one-root")
    }
    if case .array = root.value { throw OutputFault("output.one-root") }
    var output = XMLOutput()
    try output.write(root.name, root.value, depth: 0)
    output.bytes.append(0x0A)
    return output.bytes
  }

  /// Recursive, as deep as the mapping's values are.
  private mutating func write(_ name: String, _ value: JSONValue, depth: Int) throws(OutputFault) {
    guard depth <= MappingLimits.depthMax else { throw OutputFault("output.nested") }
    guard bytes.count <= MappingLimits.outputByteCountMax else { throw .tooLarge }
    guard XMLCharacters.isName(name) else { throw OutputFault("output.element-name", ["name": .string(name)]) }
    if case .array(let elements) = value {
      for element in elements { try write(name, element, depth: depth + 1) }
      return
    }
    bytes.append(0x3C)
    bytes += name.utf8
    var content = JSONObject()
    if case .object(let object) = value {
      content = object
      for member in object where member.name.hasPrefix("@") { try writeAttribute(member) }
    } else {
      content["#text"] = value
    }
    let inner = content.filter { !$0.name.hasPrefix("@") }
    guard !inner.isEmpty else {
      bytes += [0x2F, 0x3E]
      return
    }
    bytes.append(0x3E)
    for member in inner {
      if member.name == "#text" {
        escape(try OutputText.scalar(member.value), inAttribute: false)
      } else {
        try write(member.name, member.value, depth: depth + 1)
      }
    }
    bytes += [0x3C, 0x2F]
    bytes += name.utf8
    bytes.append(0x3E)
  }

  private mutating func writeAttribute(_ member: JSONObject.Member) throws(OutputFault) {
    let name = String(member.name.dropFirst())
    guard XMLCharacters.isName(name) else { throw OutputFault("output.element-name", ["name": .string(name)]) }
    bytes.append(0x20)
    bytes += name.utf8
    bytes += [0x3D, 0x22]
    escape(try OutputText.scalar(member.value), inAttribute: true)
    bytes.append(0x22)
  }

  private mutating func escape(_ text: String, inAttribute: Bool) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": bytes += "&amp;".utf8
      case "<": bytes += "&lt;".utf8
      case ">": bytes += "&gt;".utf8
      case "\"" where inAttribute: bytes += "&quot;".utf8
      // Else a reader would make something else of it.
      case "\r": bytes += "&#13;".utf8
      case "\n" where inAttribute: bytes += "&#10;".utf8
      case "\t" where inAttribute: bytes += "&#9;".utf8
      default:
        let isGood = XMLCharacters.isCharacter(scalar)
        bytes += String(Character(isGood ? scalar : "\u{FFFD}")).utf8
      }
    }
  }
}
