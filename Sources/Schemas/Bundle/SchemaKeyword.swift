/// Keywords of JSON Schema 2020-12, by what stands behind them.
enum SchemaKeyword {
  enum Shape {
    case schema
    case schemas
    case schemasByName
    /// Lists of names or schemas, by name: the old `dependencies`.
    case namesOrSchemasByName
    case other
  }

  /// - Returns: nil when there is no such keyword.
  static func shape(of name: String) -> Shape? { shapes[name] }

  static var names: [String] { Array(shapes.keys) }

  private static let shapes: [String: Shape] = [
    "additionalProperties": .schema, "propertyNames": .schema, "items": .schema, "contains": .schema, "not": .schema,
    "if": .schema, "then": .schema, "else": .schema, "unevaluatedItems": .schema, "unevaluatedProperties": .schema,
    "contentSchema": .schema, "prefixItems": .schemas, "allOf": .schemas, "anyOf": .schemas, "oneOf": .schemas,
    "properties": .schemasByName, "patternProperties": .schemasByName, "dependentSchemas": .schemasByName,
    "$defs": .schemasByName, "definitions": .schemasByName, "dependencies": .namesOrSchemasByName, "$id": .other,
    "$schema": .other, "$ref": .other, "$anchor": .other, "$dynamicRef": .other, "$dynamicAnchor": .other,
    "$vocabulary": .other, "$comment": .other, "type": .other, "enum": .other, "const": .other, "multipleOf": .other,
    "maximum": .other, "exclusiveMaximum": .other, "minimum": .other, "exclusiveMinimum": .other, "maxLength": .other,
    "minLength": .other, "pattern": .other, "maxItems": .other, "minItems": .other, "uniqueItems": .other,
    "maxContains": .other, "minContains": .other, "maxProperties": .other, "minProperties": .other, "required": .other,
    "dependentRequired": .other, "format": .other, "contentEncoding": .other, "contentMediaType": .other,
    "title": .other, "description": .other, "default": .other, "deprecated": .other, "readOnly": .other,
    "writeOnly": .other, "examples": .other,
  ]
}

/// The parts of JSON Schema that a meta-schema can leave out.
struct Vocabularies: OptionSet, Sendable {
  let rawValue: UInt8
  static let applicator = Vocabularies(rawValue: 1)
  static let unevaluated = Vocabularies(rawValue: 2)
  static let validation = Vocabularies(rawValue: 4)
  static let formatAssertion = Vocabularies(rawValue: 8)

  /// What the standard meta-schema has.
  static let standard: Vocabularies = [.applicator, .unevaluated, .validation]

  /// - Returns: nil for one that is not known.
  static func named(_ uri: String) -> Vocabularies? {
    let prefix = "https://json-schema.org/draft/2020-12/vocab/"
    guard uri.hasPrefix(prefix) else { return nil }
    switch uri.dropFirst(prefix.count) {
    case "core", "meta-data", "format-annotation", "content": return []
    case "applicator": return .applicator
    case "unevaluated": return .unevaluated
    case "validation": return .validation
    case "format-assertion": return .formatAssertion
    default: return nil
    }
  }
}
