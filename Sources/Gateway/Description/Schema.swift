import Formats

/// What a document may hold, as far as JSON Schema 2020-12 is needed here.
indirect enum Schema: Sendable {
  /// One of the named schemas of the description.
  case named(String)
  case object([Member], isClosed: Bool = true)
  case array(Schema, count: ClosedRange<Int>? = nil)
  case string(pattern: String? = nil, format: String? = nil, length: ClosedRange<Int>? = nil)
  case words([String])
  case integer(ClosedRange<Int64>)
  case boolean
  /// Any value.
  case any
  /// Exactly one of them.
  case one([Schema])
  case described(Schema, String, default: JSONValue? = nil)

  struct Member: Sendable {
    var name: String
    var schema: Schema
    var isRequired: Bool
    init(_ name: String, _ schema: Schema, isRequired: Bool = true) {
      self.name = name
      self.schema = schema
      self.isRequired = isRequired
    }
  }

  func write(to writer: inout JSONWriter) {
    writer.object { write(into: &$0) }
  }

  private func write(into writer: inout JSONWriter) {
    switch self {
    case .named(let name): writer.member("$ref", string: "#/components/schemas/\(name)")
    case .object(let members, let isClosed):
      writer.member("type", string: "object")
      writer.key("properties")
      writer.object { writer in
        for member in members {
          writer.key(member.name)
          member.schema.write(to: &writer)
        }
      }
      let required = members.filter(\.isRequired).map(\.name)
      if !required.isEmpty {
        writer.key("required")
        writer.array(required) { $0.string($1) }
      }
      if isClosed {
        writer.key("additionalProperties")
        writer.bool(false)
      }
    case .array(let element, let count):
      writer.member("type", string: "array")
      writer.key("items")
      element.write(to: &writer)
      if let count {
        writer.member("minItems", Int64(count.lowerBound))
        writer.member("maxItems", Int64(count.upperBound))
      }
    case .string(let pattern, let format, let length):
      writer.member("type", string: "string")
      if let pattern { writer.member("pattern", string: pattern) }
      if let format { writer.member("format", string: format) }
      if let length {
        writer.member("minLength", Int64(length.lowerBound))
        writer.member("maxLength", Int64(length.upperBound))
      }
    case .words(let words):
      writer.member("type", string: "string")
      writer.key("enum")
      writer.array(words) { $0.string($1) }
    case .integer(let range):
      writer.member("type", string: "integer")
      writer.member("minimum", range.lowerBound)
      writer.member("maximum", range.upperBound)
    case .boolean: writer.member("type", string: "boolean")
    case .any: break
    case .one(let schemas):
      writer.key("oneOf")
      writer.array(schemas) { writer, schema in schema.write(to: &writer) }
    case .described(let schema, let text, let value):
      schema.write(into: &writer)
      writer.member("description", string: text)
      if let value {
        writer.key("default")
        writer.write(value)
      }
    }
  }
}

extension JSONWriter {
  /// Writes a document as it is.
  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let isTrue): bool(isTrue)
    case .integer(let number): self.number(number)
    case .number(let digits): number(digits)
    case .string(let text): string(text)
    case .array(let elements): array(elements) { $0.write($1) }
    case .object(let members):
      object { writer in
        for member in members {
          writer.key(member.name)
          writer.write(member.value)
        }
      }
    }
  }
}
