import Documents
import Expressions

/// A value of what is made, and where it comes from.
struct MappingValue: Sendable {
  /// Of the rule in the mapping.
  let pointer: JSONPointer
  let kind: Kind

  indirect enum Kind: Sendable {
    case constant(JSONValue)
    /// A named value.
    case name(String)
    case source(SourceRule)
    /// Integers of named values.
    case compute(MappingExpression)
    /// Texts one behind the other.
    case join([MappingValue], separator: String)
    /// An id that is the same for the same values.
    case derive([MappingValue])
    /// The first of which the condition holds.
    case choose([Choice], otherwise: MappingValue?)
    case object([Mapping.NamedValue])
    case array([MappingValue])
    /// A value for each of what is at a path, with names of its own.
    case list(InputPath, names: [Mapping.NamedValue], each: MappingValue)
    case sum(InputPath, TextConversion)
    case count(InputPath)
  }

  struct Choice: Sendable {
    let condition: MappingCondition
    let value: MappingValue
  }
}

/// A value that is taken from the input.
struct SourceRule: Sendable {
  let path: InputPath
  let conversion: TextConversion
  /// What its text stands for, by a table.
  let table: String?
  /// Where there is nothing: this; nil for a finding.
  let fallback: Fallback?

  enum Fallback: Sendable {
    /// Nothing is made, either.
    case nothing
    case value(JSONValue)
  }
}

/// An expression over named values. Its names are known.
struct MappingExpression: Sendable {
  let text: String
  let node: ExpressionNode
}

/// What a text of the input is read as.
enum TextConversion: Sendable, Hashable {
  /// As it is: a JSON number stays one.
  case plain
  /// Text, without blanks around it.
  case text
  case integer
  case boolean
  /// A decimal number of rupees as an integer of paise.
  case paise(AmountStyle)
  /// An integer of paise as a decimal number of rupees.
  case rupees(AmountStyle)
  /// A date and time in a pattern as an instant (RFC 3339, UTC).
  case instant(DatePattern, ClockZone)
  /// An instant as a date and time in a pattern.
  case date(DatePattern, ClockZone)
}

/// How sums are written.
struct AmountStyle: Sendable, Hashable {
  /// Digits behind the point, 0...4. Two for rupees.
  var places = 2
  /// Whether commas may stand between groups of digits: `1,00,000.00` and `100,000.00`.
  var hasGroups = false
  var sign = Sign.positive

  enum Sign: String, Sendable, CaseIterable {
    /// Below zero is a finding.
    case positive
    case any
    /// What is below zero there is above zero here.
    case reversed
  }
}
