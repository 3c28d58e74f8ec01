/// What may be wrong with a value under a schema. Stable: texts, tests and programs know findings by it.
public enum SchemaCode: String, CaseIterable, Sendable {
  case never = "schema.never"
  case type = "schema.type"
  case const = "schema.const"
  case enumeration = "schema.enum"
  case minimum = "schema.minimum"
  case exclusiveMinimum = "schema.exclusive-minimum"
  case maximum = "schema.maximum"
  case exclusiveMaximum = "schema.exclusive-maximum"
  case multipleOf = "schema.multiple-of"
  case minLength = "schema.min-length"
  case maxLength = "schema.max-length"
  case pattern = "schema.pattern"
  case format = "schema.format"
  case minItems = "schema.min-items"
  case maxItems = "schema.max-items"
  case uniqueItems = "schema.unique-items"
  case items = "schema.items"
  case unevaluatedItems = "schema.unevaluated-items"
  case contains = "schema.contains"
  case minContains = "schema.min-contains"
  case maxContains = "schema.max-contains"
  case minProperties = "schema.min-properties"
  case maxProperties = "schema.max-properties"
  case required = "schema.required"
  case additionalProperties = "schema.additional-properties"
  case unevaluatedProperties = "schema.unevaluated-properties"
  case propertyNames = "schema.property-names"
  case dependentRequired = "schema.dependent-required"
  case anyOf = "schema.any-of"
  case oneOf = "schema.one-of"
  case oneOfSeveral = "schema.one-of-several"
  case not = "schema.not"
  /// The check would have gone deeper than it may.
  case tooDeep = "schema.too-deep"
  /// The check would have looked at more schemas than it may.
  case tooCostly = "schema.too-costly"

  /// The keyword that asks for it; nil where the schema as a whole does.
  var keyword: String? {
    switch self {
    case .never, .tooDeep, .tooCostly: nil
    case .oneOfSeveral: "oneOf"
    default:
      // Codes are keywords in other letters: "schema.min-length" is "minLength".
      rawValue.dropFirst("schema.".count).split(separator: "-").enumerated()
        .map { $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst() }.joined()
    }
  }
}
