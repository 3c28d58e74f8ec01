import Documents
import Expressions

extension MappingReading {
  /// Named values, each of which may use those before it.
  mutating func names(_ node: DocumentNode, beside known: [String]) -> [Mapping.NamedValue] {
    guard isObject(node) else { return [] }
    var known = known
    var names: [Mapping.NamedValue] = []
    for (name, member) in node.members {
      let own = name.string ?? ""
      if !Self.isName(own) { find("mapping.name", member, ["name": .string(own)]) }
      if known.contains(own) { find("mapping.name-twice", member, ["name": .string(own)]) }
      guard let value = value(member, known, depth: 1) else { continue }
      names.append(Mapping.NamedValue(name: own, value: value))
      known.append(own)
    }
    return names
  }

  /// A letter or `_`, then letters, digits and `_`: what an expression can say.
  private static func isName(_ name: String) -> Bool {
    guard (1...64).contains(name.utf8.count), let first = name.utf8.first, !(0x30...0x39).contains(first) else {
      return false
    }
    let words: Set = ["true", "false", "in", "null"]
    return !words.contains(name)
      && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x5F }
  }

  /// Members with values, in their order, with their places.
  mutating func namedValues(
    _ node: DocumentNode, _ known: [String], depth: Int
  ) -> [(name: (name: String, pointer: JSONPointer), value: MappingValue)] {
    guard isObject(node) else { return [] }
    var values: [(name: (name: String, pointer: JSONPointer), value: MappingValue)] = []
    for (name, member) in node.members {
      let own = name.string ?? ""
      guard (1...MappingLimits.nameByteCountMax).contains(own.utf8.count) else {
        find("mapping.kind", member, ["wanted": "a name of 1 to 256 bytes"])
        continue
      }
      guard let value = value(member, known, depth: depth) else { continue }
      values.append(((own, member.pointer), value))
    }
    return values
  }

  mutating func checks(_ node: DocumentNode, _ known: [String]) -> [MappingCondition] {
    guard node.kind == .array, node.count <= 32 else {
      find("mapping.kind", node, ["wanted": "a list of at most 32 conditions"])
      return []
    }
    return node.elements.compactMap { condition($0, known) }
  }

  mutating func condition(_ node: DocumentNode, _ known: [String]) -> MappingCondition? {
    guard let expression = expression(node, known) else { return nil }
    return MappingCondition(text: expression.text, pointer: node.pointer, node: expression)
  }

  mutating func expression(_ node: DocumentNode, _ known: [String]) -> MappingExpression? {
    guard let text = text(node, bytes: 1...TypedExpression.byteCountMax) else { return nil }
    do throws(ExpressionFault) {
      return MappingExpression(text: text, node: try ExpressionParser.node(of: text, roots: Set(known)))
    } catch {
      find(
        "mapping.expression", node, ["offset": .integer(Int64(error.offset)), "message": .string(error.message)])
      return nil
    }
  }

  // MARK: Values

  /// A value: an object whose members say where it comes from, or a constant that is no object.
  ///
  /// Recursive, `MappingLimits.valueDepthMax` deep.
  mutating func value(_ node: DocumentNode, _ known: [String], depth: Int) -> MappingValue? {
    valueCount += 1
    guard depth <= MappingLimits.valueDepthMax, valueCount <= MappingLimits.valueCountMax else {
      find("mapping.too-large", node)
      return nil
    }
    guard node.kind == .object else {
      guard node.kind != .array, node.kind != .null else {
        find("mapping.value", node)
        return nil
      }
      return MappingValue(pointer: node.pointer, kind: .constant(node.value))
    }
    var reader = MemberReader(node)
    let kinds: [(String, (inout MappingReading, inout MemberReader, DocumentNode) -> MappingValue.Kind?)] = [
      ("from", { $0.source(&$1, $2) }),
      ("constant", { _, _, node in .constant(node.value) }),
      ("name", { reading, _, node in reading.name(node, known) }),
      ("compute", { reading, _, node in reading.expression(node, known).map { .compute($0) } }),
      ("join", { $0.join(&$1, $2, known, depth) }),
      ("derive", { reading, _, node in reading.list(node, known, depth).map { .derive($0) } }),
      ("choose", { $0.choose(&$1, $2, known, depth) }),
      ("object", { reading, _, node in reading.object(node, known, depth) }),
      ("array", { reading, _, node in reading.list(node, known, depth).map { .array($0) } }),
      ("list", { $0.repetition(&$1, $2, known, depth) }),
      ("sum", { $0.sum(&$1, $2) }),
      ("count", { reading, _, node in reading.path(node).map { .count($0) } }),
    ]
    let found = kinds.compactMap { name, read in reader.member(name).map { ($0, read) } }
    guard found.count == 1 else {
      find("mapping.value", node)
      return nil
    }
    let kind = found[0].1(&self, &reader, found[0].0)
    reader.finish(&findings)
    return kind.map { MappingValue(pointer: node.pointer, kind: $0) }
  }

  private mutating func name(_ node: DocumentNode, _ known: [String]) -> MappingValue.Kind? {
    guard let name = node.string, known.contains(name) else {
      find("mapping.no-such-name", node, ["name": .string(node.string ?? "")])
      return nil
    }
    return .name(name)
  }

  private mutating func list(_ node: DocumentNode, _ known: [String], _ depth: Int) -> [MappingValue]? {
    guard node.kind == .array, (1...32).contains(node.count) else {
      find("mapping.kind", node, ["wanted": "a list of 1 to 32 values"])
      return nil
    }
    return node.elements.compactMap { value($0, known, depth: depth + 1) }
  }

  private mutating func join(
    _ reader: inout MemberReader, _ node: DocumentNode, _ known: [String], _ depth: Int
  ) -> MappingValue.Kind? {
    let separator = reader.member("with").flatMap { text($0, bytes: 0...64) } ?? ""
    return list(node, known, depth).map { .join($0, separator: separator) }
  }

  private mutating func choose(
    _ reader: inout MemberReader, _ node: DocumentNode, _ known: [String], _ depth: Int
  ) -> MappingValue.Kind? {
    let otherwise = reader.member("otherwise").flatMap { value($0, known, depth: depth + 1) }
    guard node.kind == .array, (1...64).contains(node.count) else {
      find("mapping.kind", node, ["wanted": "a list of 1 to 64 choices"])
      return nil
    }
    var choices: [MappingValue.Choice] = []
    for element in node.elements where isObject(element) {
      var choice = MemberReader(element)
      let condition = choice.required("when", &findings).flatMap { self.condition($0, known) }
      let value = choice.required("value", &findings).flatMap { self.value($0, known, depth: depth + 1) }
      choice.finish(&findings)
      if let condition, let value { choices.append(MappingValue.Choice(condition: condition, value: value)) }
    }
    return .choose(choices, otherwise: otherwise)
  }

  private mutating func object(_ node: DocumentNode, _ known: [String], _ depth: Int) -> MappingValue.Kind? {
    .object(
      namedValues(node, known, depth: depth + 1).map { Mapping.NamedValue(name: $0.name.name, value: $0.value) })
  }

  private mutating func repetition(
    _ reader: inout MemberReader, _ node: DocumentNode, _ known: [String], _ depth: Int
  ) -> MappingValue.Kind? {
    let path = path(node)
    let names = reader.member("names").map { self.names($0, beside: known) } ?? []
    let own = known + names.map(\.name)
    let each = reader.required("each", &findings).flatMap { value($0, own, depth: depth + 1) }
    guard let path, let each else { return nil }
    return .list(path, names: names, each: each)
  }

  private mutating func sum(_ reader: inout MemberReader, _ node: DocumentNode) -> MappingValue.Kind? {
    let path = path(node)
    let conversion = conversion(&reader, node)
    switch conversion {
    case .integer, .paise: break
    default:
      find("mapping.sum", node)
      return nil
    }
    return path.map { .sum($0, conversion) }
  }
}
