package import Documents

/// One field of the form: a closed part of JSON Schema, so that every allowed value can be reasoned about.
package struct Parameter: Sendable {
  package var name: String
  package var domain: Domain
  /// What it is when the form leaves it out; nil for a field that must be there.
  package var standard: JSONValue?

  package enum Domain: Hashable, Sendable {
    /// A whole number in a range, and what it counts.
    case integer(ClosedRange<Int64>, Unit)
    case boolean
    /// One of some words.
    case word([String])
    /// A day, `2026-04-01`.
    case date
    /// Any text of so many code points; texts show it, expressions do not see it.
    case text(lengthMax: Int)
  }

  package enum Unit: String, CaseIterable, Sendable {
    case count
    case paise
    case basisPoints = "bps"
    case days
  }

  /// The value of the contract without tax: every template has it.
  package static let value = "value"
  /// The day from which due days count: every template has it.
  package static let start = "start"
  /// The fields that a template with tax has.
  package static let supplierState = "supplier_state"
  package static let placeState = "place_state"
  package static let payeeKind = "payee_kind"
  package static let payeeHasPAN = "payee_has_pan"

  /// Codes of ISO 3166-2 for States and Union territories, without `IN-`: what the format `state` allows.
  package static let states = [
    "AN", "AP", "AR", "AS", "BR", "CG", "CH", "DH", "DL", "GA", "GJ", "HP", "HR", "JH", "JK", "KA", "KL", "LA", "LD",
    "MH",
    "ML", "MN", "MP", "MZ", "NL", "OD", "PB", "PY", "RJ", "SK", "TN", "TR", "TS", "UK", "UP", "WB",
  ]

  /// How many values it has when they can be tried one by one.
  package var valueCount: Int? {
    switch domain {
    case .integer(let range, _):
      let (width, overflow) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
      return overflow || width >= 1 << 20 ? nil : Int(width) + 1
    case .boolean: return 2
    case .word(let words): return words.count
    case .date, .text: return nil
    }
  }

  package var schema: JSONValue {
    var object = JSONObject()
    switch domain {
    case .integer(let range, let unit):
      object["type"] = "integer"
      if unit != .count { object["format"] = .string(unit.rawValue) }
      object["minimum"] = .integer(range.lowerBound)
      object["maximum"] = .integer(range.upperBound)
    case .boolean: object["type"] = "boolean"
    case .word(let words):
      object["type"] = "string"
      object["enum"] = .array(words.map { .string($0) })
    case .date:
      object["type"] = "string"
      object["format"] = "date"
    case .text(let lengthMax):
      object["type"] = "string"
      object["maxLength"] = .integer(Int64(lengthMax))
    }
    if let standard { object["default"] = standard }
    return .object(object)
  }
}

extension Template {
  /// What a form must satisfy, as JSON Schema 2020-12: it draws the form, too.
  package var schema: JSONValue {
    var properties = JSONObject()
    for parameter in parameters { properties[parameter.name] = parameter.schema }
    let required = parameters.filter { $0.standard == nil }.map { JSONValue.string($0.name) }
    return [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": .object(properties),
      "required": .array(required), "additionalProperties": false,
    ]
  }
}
