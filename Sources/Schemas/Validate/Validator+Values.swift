import Documents
import Patterns

/// Keywords that look at one value and at no schema.
extension Validator {
  mutating func checkType(_ types: TypeSet, _ number: Int, _ value: DocumentNode) -> Bool {
    types.contains(Self.type(of: value, askedFor: types))
      || isExplaining
        && fail(
          .type, number, value,
          ["expected": .array(types.names.map { .string($0) }), "actual": .string(Self.typeName(of: value))])
  }

  private static func type(of value: DocumentNode, askedFor types: TypeSet) -> TypeSet {
    switch value.kind {
    case .null: .null
    case .bool: .boolean
    case .integer: .integer
    case .string: .string
    case .array: .array
    case .object: .object
    case .number:
      // A whole number may be too large for an integer of 64 bits. Where both will do, nobody asks.
      types.contains(.fraction) || value.number?.isWhole != true ? .fraction : .integer
    }
  }

  private static func typeName(of value: DocumentNode) -> String {
    switch value.kind {
    case .null: "null"
    case .bool: "boolean"
    case .integer: "integer"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  mutating func checkConstant(_ place: Int, _ number: Int, _ value: DocumentNode) -> Bool {
    if value.hasValue(program.tables.values[place]) { return true }
    guard isExplaining else { return false }
    let constant = program.tables.values[place]
    // The one value that may be there is an obvious fix.
    return fail(
      .const, number, value, ["expected": constant, "actual": Self.shown(value)],
      fix: JSONPatch([.replace(value.pointer, constant)]))
  }

  mutating func checkChoices(_ place: Int, _ number: Int, _ value: DocumentNode) -> Bool {
    guard spend(program.tables.choices[place].count / 8) else { return false }
    for choice in program.tables.choices[place] where value.hasValue(choice) { return true }
    guard isExplaining else { return false }
    let choices = program.tables.choices[place]
    var fix: JSONPatch?
    if let text = value.string, text.utf8.count <= 100 {
      // The same in other case, or nearly the same.
      let texts = choices.compactMap(\.string)
      let near = texts.first { $0.lowercased() == text.lowercased() } ?? NearName.nearest(to: text, among: texts)
      fix = near.map { JSONPatch([.replace(value.pointer, .string($0))]) }
    }
    return fail(
      .enumeration, number, value, ["expected": .array(Array(choices.prefix(20))), "actual": Self.shown(value)],
      fix: fix)
  }

  mutating func checkBound(_ code: SchemaCode, _ place: Int, _ number: Int, _ value: DocumentNode) -> Bool {
    let bound = program.tables.bounds[place]
    let fits: Bool
    switch (value.kind, value.integer, bound.integer) {
    case (.integer, let own?, let limit?): fits = Self.fits(own, code, limit)
    case (.integer, _, _), (.number, _, _):
      guard let own = value.number else { return true }
      fits = Self.fits(own, code, bound.number)
    default: return true
    }
    if fits { return true }
    guard isExplaining else { return false }
    return fail(code, number, value, ["limit": JSONValue(bound.number), "actual": Self.shown(value)])
  }

  private static func fits(_ own: Int64, _ code: SchemaCode, _ limit: Int64) -> Bool {
    switch code {
    case .minimum: own >= limit
    case .exclusiveMinimum: own > limit
    case .maximum: own <= limit
    case .exclusiveMaximum: own < limit
    // The limit is above zero, as the compiler has seen.
    default: own % limit == 0
    }
  }

  private static func fits(_ own: JSONNumber, _ code: SchemaCode, _ limit: JSONNumber) -> Bool {
    switch code {
    case .minimum: own >= limit
    case .exclusiveMinimum: own > limit
    case .maximum: own <= limit
    case .exclusiveMaximum: own < limit
    default: own.isMultiple(of: limit)
    }
  }

  mutating func checkLength(_ code: SchemaCode, _ limit: Int, _ number: Int, _ value: DocumentNode) -> Bool {
    guard value.kind == .string else { return true }
    let count = value.withBytes { bytes in
      var count = 0
      for index in bytes.indices where bytes[index] & 0xC0 != 0x80 { count += 1 }
      return count
    }
    return (code == .minLength ? count >= limit : count <= limit)
      || isExplaining
        && fail(code, number, value, ["limit": .integer(Int64(limit)), "actual": .integer(Int64(count))])
  }

  mutating func checkPattern(_ place: Int, _ number: Int, _ value: DocumentNode) -> Bool {
    guard value.kind == .string else { return true }
    if matches(place, value) { return true }
    guard isExplaining else { return false }
    let source = program.tables.patterns[place].source
    return fail(.pattern, number, value, ["pattern": .string(source), "actual": Self.shown(value)])
  }

  /// - Parameter text: a string or a name.
  mutating func matches(_ place: Int, _ text: DocumentNode) -> Bool {
    let pattern = program.tables.patterns[place]
    let budget = budget
    let (cost, isMatch) = text.withBytes { bytes in
      // Texts are below 2^31 bytes and programs below 2^14 instructions.
      let cost = 1 + bytes.count * pattern.stepsPerByte / 16
      return (cost, cost <= budget && pattern.matches(bytes))
    }
    return spend(cost) && isMatch
  }

  mutating func checkFormat(_ place: Int, _ number: Int, _ value: DocumentNode) -> Bool {
    let fits =
      switch program.tables.formats[place].rule {
      case .text(let rule): value.kind != .string || value.withBytes { rule($0) }
      case .value(let rule): rule(value)
      }
    if fits { return true }
    guard isExplaining else { return false }
    let name = program.tables.formats[place].name
    return fail(.format, number, value, ["format": .string(name), "actual": Self.shown(value)])
  }

  mutating func checkCount(
    _ code: SchemaCode, _ kind: DocumentNode.Kind, _ limit: Int, _ number: Int, _ value: DocumentNode
  ) -> Bool {
    guard value.kind == kind else { return true }
    let isLeast = code == .minItems || code == .minProperties
    return (isLeast ? value.count >= limit : value.count <= limit)
      || isExplaining
        && fail(code, number, value, ["limit": .integer(Int64(limit)), "actual": .integer(Int64(value.count))])
  }
}
