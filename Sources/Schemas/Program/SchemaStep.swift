/// One thing that a schema asks of a value. Numbers are places in the tables of the program; a schema is the index of
/// its node.
enum SchemaStep: Sendable {
  case never
  case type(TypeSet)
  case constant(Int)
  case oneOfValues(Int)
  case minimum(Int)
  case exclusiveMinimum(Int)
  case maximum(Int)
  case exclusiveMaximum(Int)
  case multiple(Int)
  /// Code points.
  case minLength(Int)
  case maxLength(Int)
  case pattern(Int)
  case format(Int)
  case minItems(Int)
  case maxItems(Int)
  case uniqueItems
  /// A schema for each of the first elements.
  case prefixItems(Range<Int>)
  case items(Int, from: Int)
  case contains(Int, min: Int, max: Int)
  case minProperties(Int)
  case maxProperties(Int)
  case members(Int)
  case propertyNames(Int)
  case dependentRequired(Int)
  case dependentSchemas(Int)
  case all(Range<Int>)
  case any(Range<Int>)
  case one(Range<Int>)
  case not(Int)
  case condition(Int, then: Int?, otherwise: Int?)
  case reference(Int)
  /// The dynamic anchor of this number in the outermost resource that has it, or else a schema.
  case dynamicReference(Int, Int)
  case unevaluatedItems(Int)
  case unevaluatedProperties(Int)
}

/// Kinds of values by the names that `type` has for them.
struct TypeSet: OptionSet, Sendable {
  let rawValue: UInt8
  static let null = TypeSet(rawValue: 1)
  static let boolean = TypeSet(rawValue: 2)
  static let integer = TypeSet(rawValue: 4)
  /// Numbers that are no integers; `number` is both.
  static let fraction = TypeSet(rawValue: 8)
  static let string = TypeSet(rawValue: 16)
  static let array = TypeSet(rawValue: 32)
  static let object = TypeSet(rawValue: 64)

  private static let byName: [(name: String, types: TypeSet)] = [
    ("null", .null), ("boolean", .boolean), ("number", [.integer, .fraction]), ("integer", .integer),
    ("string", .string), ("array", .array), ("object", .object),
  ]

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init?(named name: String) {
    guard let row = Self.byName.first(where: { $0.name == name }) else { return nil }
    self = row.types
  }

  /// The fewest names that say this set.
  var names: [String] {
    var left = self
    var names: [String] = []
    for row in Self.byName where left.isSuperset(of: row.types) {
      names.append(row.name)
      left.subtract(row.types)
    }
    return names
  }
}
