import Documents

/// What a schema of JSON Schema 2020-12 must look like, as one document under the standard's URI. It says what the
/// keywords' definitions say; the vocabularies are not documents of their own.
enum MetaSchema {
  static let uri = "https://json-schema.org/draft/2020-12/schema"

  private static let schema: JSONValue = ["$dynamicRef": "#meta"]
  private static let schemas: JSONValue = ["type": "array", "minItems": 1, "items": schema]
  private static let schemasByName: JSONValue = ["type": "object", "additionalProperties": schema]
  private static let text: JSONValue = ["type": "string"]
  private static let flag: JSONValue = ["type": "boolean"]
  private static let number: JSONValue = ["type": "number"]
  private static let count: JSONValue = ["type": "integer", "minimum": 0]
  private static let names: JSONValue = ["type": "array", "uniqueItems": true, "items": text]
  private static let namesByName: JSONValue = ["type": "object", "additionalProperties": names]
  private static let uriText: JSONValue = ["type": "string", "format": "uri"]
  private static let referenceText: JSONValue = ["type": "string", "format": "uri-reference"]
  private static let anchorText: JSONValue = ["type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"]
  private static let typeName: JSONValue = [
    "enum": ["array", "boolean", "integer", "null", "number", "object", "string"]
  ]

  static let value: JSONValue = [
    "$schema": .string(uri),
    "$id": .string(uri),
    "$vocabulary": [
      "https://json-schema.org/draft/2020-12/vocab/core": true,
      "https://json-schema.org/draft/2020-12/vocab/applicator": true,
      "https://json-schema.org/draft/2020-12/vocab/unevaluated": true,
      "https://json-schema.org/draft/2020-12/vocab/validation": true,
      "https://json-schema.org/draft/2020-12/vocab/meta-data": true,
      "https://json-schema.org/draft/2020-12/vocab/format-annotation": true,
      "https://json-schema.org/draft/2020-12/vocab/content": true,
    ],
    "$dynamicAnchor": "meta",
    "type": ["object", "boolean"],
    "properties": properties,
  ]

  private static let properties: JSONValue = [
    "$id": ["type": "string", "format": "uri-reference", "pattern": "^[^#]*#?$"],
    "$schema": uriText, "$ref": referenceText, "$anchor": anchorText, "$dynamicRef": referenceText,
    "$dynamicAnchor": anchorText,
    "$vocabulary": ["type": "object", "propertyNames": uriText, "additionalProperties": flag],
    "$comment": text, "$defs": schemasByName, "definitions": schemasByName,
    "prefixItems": schemas, "items": schema, "contains": schema, "additionalProperties": schema,
    "properties": schemasByName,
    "patternProperties": [
      "type": "object", "additionalProperties": schema, "propertyNames": ["format": "regex"],
    ],
    "dependentSchemas": schemasByName, "propertyNames": schema, "if": schema, "then": schema, "else": schema,
    "allOf": schemas, "anyOf": schemas, "oneOf": schemas, "not": schema, "unevaluatedItems": schema,
    "unevaluatedProperties": schema, "contentSchema": schema,
    "dependencies": ["type": "object", "additionalProperties": ["anyOf": [schema, names]]],
    "type": ["anyOf": [typeName, ["type": "array", "minItems": 1, "uniqueItems": true, "items": typeName]]],
    "const": true, "enum": ["type": "array"],
    "multipleOf": ["type": "number", "exclusiveMinimum": 0],
    "maximum": number, "exclusiveMaximum": number, "minimum": number, "exclusiveMinimum": number,
    "maxLength": count, "minLength": count, "pattern": ["type": "string", "format": "regex"],
    "maxItems": count, "minItems": count, "uniqueItems": flag, "maxContains": count, "minContains": count,
    "maxProperties": count, "minProperties": count, "required": names, "dependentRequired": namesByName,
    "format": text, "contentEncoding": text, "contentMediaType": text, "title": text, "description": text,
    "default": true, "deprecated": flag, "readOnly": flag, "writeOnly": flag, "examples": ["type": "array"],
  ]
}
