import Documents

/// Values and texts from a seed: the same seed, the same ones.
struct Generator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

  mutating func one<Element>(of elements: [Element]) -> Element { elements[number(0...elements.count - 1)] }

  mutating func text() -> String {
    let pieces = [
      "a", "id", "7", "~", "/", "é", "e\u{301}", "\"", "\\", "\n", "\u{1}", "€", "😀", "\u{FFFD}", "क्ष", " ", "-",
    ]
    return (0..<number(0...4)).map { _ in one(of: pieces) }.joined()
  }

  mutating func jsonNumber() -> JSONNumber {
    let texts = ["0.5", "-1.25e-3", "9223372036854775808", "1e30", "-0.0", "12.50", "1e-7", "123456789.123456789"]
    return chance(50) ? JSONNumber(Int64(number(-1000...1000))) : JSONNumber(one(of: texts))!
  }

  /// Any value, small.
  mutating func value(depth: Int = 3) -> JSONValue {
    switch number(0...(depth > 0 ? 9 : 5)) {
    case 0: return .null
    case 1: return .bool(chance(50))
    case 2: return .integer(Int64(number(-5...5)))
    case 3: return JSONValue(jsonNumber())
    case 4, 5: return .string(text())
    case 6: return .array((0..<number(0...4)).map { _ in value(depth: depth - 1) })
    case 7: return identified(depth: depth)
    default:
      var object = JSONObject()
      for _ in 0..<number(0...4) { object[text()] = value(depth: depth - 1) }
      return .object(object)
    }
  }

  /// A list of objects with ids or names of their own.
  mutating func identified(depth: Int) -> JSONValue {
    let field = chance(70) ? "id" : "name"
    let ids = (0...7).shuffled(using: &self).prefix(number(0...6))
    return .array(
      ids.map { id in
        var object = JSONObject()
        object[field] = chance(90) ? .string("n\(id)") : .integer(Int64(id))
        for _ in 0..<number(0...2) { object[one(of: ["share", "due", "parts"])] = value(depth: depth - 1) }
        return .object(object)
      })
  }

  /// A value with a few things changed, added, taken out and moved.
  mutating func neighbour(of value: JSONValue, depth: Int = 3) -> JSONValue {
    if chance(8) { return self.value(depth: depth) }
    switch value {
    case .array(var elements):
      for index in elements.indices where chance(30) {
        elements[index] = neighbour(of: elements[index], depth: depth - 1)
      }
      if chance(20), !elements.isEmpty { elements.remove(at: number(0...elements.count - 1)) }
      if chance(20) { elements.swapAt(0, number(0...max(0, elements.count - 1))) }
      if chance(20) { elements.insert(self.value(depth: 1), at: number(0...elements.count)) }
      if chance(20) { elements.insert(["id": .string("x\(number(0...3))")], at: number(0...elements.count)) }
      return .array(elements)
    case .object(var object):
      for member in object where chance(40) { object[member.name] = neighbour(of: member.value, depth: depth - 1) }
      if chance(20), let member = object.first { object[member.name] = nil }
      if chance(20) { object[text()] = self.value(depth: 1) }
      return .object(object)
    default: return chance(20) ? self.value(depth: 0) : value
    }
  }

  /// Bytes with a few changed, taken out, doubled or cut.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<number(1...4) where !bytes.isEmpty {
      let index = number(0...bytes.count - 1)
      switch number(0...5) {
      case 0: bytes[index] ^= UInt8(1 << number(0...7))
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(one(of: Array("{}[]\",:\\ue0-.&*!|>#%@\n\t'?<".utf8)), at: index)
      case 3: bytes.removeSubrange(index...)
      case 4: bytes.insert(contentsOf: bytes[index...].prefix(number(1...12)), at: number(0...bytes.count))
      default: bytes[index] = UInt8(number(0...255))
      }
    }
    return bytes
  }
}

extension JSONPatch {
  /// A JSON text as a value, for tables in tests.
  static func read(_ text: String) throws -> JSONPatch { try JSONPatch(JSONValue.read(text)) }
}

extension JSONValue {
  static func read(_ text: String) throws -> JSONValue { try Document(json: Array(text.utf8)).value }
}
