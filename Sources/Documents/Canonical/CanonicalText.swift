/// The one JSON text of a value (RFC 8785): no space, members in the order of their names' UTF-16 units, least escapes.
///
/// It deviates from the standard in numbers, on purpose. The standard writes what the nearest double is; here every
/// digit stays, in the layout that ECMAScript has (plain from 1e-6 to below 1e21). Both write the same for integers of
/// up to 2^53 and for decimals of up to 15 digits within a double's range; documents are to have integers, and decimals
/// in strings, anyway.
struct CanonicalText {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: write("null")
    case .bool(let value): write(value ? "true" : "false")
    case .integer(let value): write(value.description)
    case .number(let value): write(value.description)
    case .string(let value): string(value.utf8Span.span)
    case .array(let elements):
      list(0x5B, elements, 0x5D) { text, element in text.write(element) }
    case .object(let object):
      let members = object.sorted { Self.isOrdered($0.name.utf8Span.span, $1.name.utf8Span.span) }
      list(0x7B, members, 0x7D) { text, member in
        text.string(member.name.utf8Span.span)
        text.bytes.append(0x3A)
        text.write(member.value)
      }
    }
  }

  /// The same from the text that was read, without making values.
  mutating func write(_ node: DocumentNode) {
    switch node.kind {
    case .null: write("null")
    case .bool: write(node.bool == true ? "true" : "false")
    case .integer: write((node.integer ?? 0).description)
    case .number: write(node.number?.description ?? "0")
    case .string: node.withBytes { string($0) }
    case .array:
      list(0x5B, node.elements, 0x5D) { text, element in text.write(element) }
    case .object:
      let members = node.members.sorted { left, right in
        left.name.withBytes { left in right.name.withBytes { right in Self.isOrdered(left, right) } }
      }
      list(0x7B, members, 0x7D) { text, member in
        member.name.withBytes { text.string($0) }
        text.bytes.append(0x3A)
        text.write(member.value)
      }
    }
  }

  /// Whether one name comes before another by UTF-16 units, told from their UTF-8.
  ///
  /// The two orders differ only where one name goes on with a code point above U+FFFF, whose first unit is D800 to
  /// DBFF, and the other with one from U+E000 to U+FFFF. In UTF-8 these begin with F0 or above, and with EE or EF.
  static func isOrdered(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    for index in 0..<min(left.count, right.count) where left[index] != right[index] {
      let (own, other) = (left[index], right[index])
      if own >= 0xEE, other >= 0xEE, (own >= 0xF0) != (other >= 0xF0) { return own >= 0xF0 }
      return own < other
    }
    return left.count < right.count
  }

  private mutating func list<Elements: Sequence>(
    _ open: UInt8, _ elements: Elements, _ close: UInt8, _ body: (inout CanonicalText, Elements.Element) -> Void
  ) {
    bytes.append(open)
    var isFirst = true
    for element in elements {
      if !isFirst { bytes.append(0x2C) }
      isFirst = false
      body(&self, element)
    }
    bytes.append(close)
  }

  private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func string(_ text: Span<UInt8>) {
    bytes.append(0x22)
    var isPlain = true
    for index in text.indices where !Self.isPlain(text[index]) { isPlain = false }
    if isPlain {
      // The bytes are copied inside the call.
      unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    } else {
      for index in text.indices {
        if Self.isPlain(text[index]) { bytes.append(text[index]) } else { escape(text[index]) }
      }
    }
    bytes.append(0x22)
  }

  private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x22 && byte != 0x5C }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case 0x22, 0x5C: bytes += [0x5C, byte]
    case 0x08: write("\\b")
    case 0x09: write("\\t")
    case 0x0A: write("\\n")
    case 0x0C: write("\\f")
    case 0x0D: write("\\r")
    default: write((byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16))
    }
  }
}

extension JSONValue {
  /// The canonical text, in UTF-8.
  public var canonicalBytes: [UInt8] {
    var text = CanonicalText()
    text.write(self)
    return text.bytes
  }

  public var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }
}

extension JSONValue: CustomStringConvertible {
  /// The canonical text.
  public var description: String { canonicalText }
}

extension Document {
  /// The canonical text of what was read, in UTF-8: the same for every text of one meaning, JSON or YAML.
  public var canonicalBytes: [UInt8] {
    var text = CanonicalText()
    text.write(root)
    return text.bytes
  }
}
