package import Documents
internal import Expressions
package import Fiscal

/// What a field of the form says, inside what its parameter allows.
package enum ParameterValue: Hashable, Sendable {
  case integer(Int64)
  case boolean(Bool)
  case word(String)
  case date(CivilDate)
  case text(String)

  /// - Returns: nil with a finding when the parameter does not allow it.
  package init?(_ node: DocumentNode, of parameter: Parameter, _ findings: inout Findings) {
    switch parameter.domain {
    case .integer(let range, _):
      guard let number = node.integer, range.contains(number) else {
        findings.add(SourceReader.outOfRange(node, range))
        return nil
      }
      self = .integer(number)
    case .boolean:
      guard let isTrue = node.bool else {
        findings.add(Finding("template.kind", at: node, arguments: ["wanted": "true or false"]))
        return nil
      }
      self = .boolean(isTrue)
    case .word(let words):
      guard let text = node.string, words.contains(text) else {
        findings.add(
          Finding("template.word", at: node, arguments: ["words": .array(words.map { .string($0) })]))
        return nil
      }
      self = .word(text)
    case .date:
      guard let text = node.string, let date = CivilDate(text), Self.dates.contains(date) else {
        findings.add(Finding("template.date", at: node))
        return nil
      }
      self = .date(date)
    case .text(let lengthMax):
      guard let text = node.string, text.unicodeScalars.count <= lengthMax else {
        findings.add(Finding("template.text", at: node, arguments: ["bytes": .integer(Int64(lengthMax))]))
        return nil
      }
      self = .text(text)
    }
  }

  /// Days that a form may name: schedules run for decades at most.
  package static let dates = CivilDate(year: 2000, month: 1, day: 1)!...CivilDate(year: 2100, month: 1, day: 1)!

  package var json: JSONValue {
    switch self {
    case .integer(let number): .integer(number)
    case .boolean(let isTrue): .bool(isTrue)
    case .word(let text), .text(let text): .string(text)
    case .date(let date): .string(date.description)
    }
  }

  /// For expressions; nil for what they do not see.
  var expressionValue: ExpressionValue? {
    switch self {
    case .integer(let number): .integer(number)
    case .boolean(let isTrue): .bool(isTrue)
    case .word(let text): .string(text)
    case .date, .text: nil
    }
  }
}

extension Parameter {
  /// What the default says. The reader of the template has checked it.
  var standardValue: ParameterValue? {
    guard let standard else { return nil }
    return switch (domain, standard) {
    case (.integer, .integer(let number)): .integer(number)
    case (.boolean, .bool(let isTrue)): .boolean(isTrue)
    case (.word, .string(let text)): .word(text)
    case (.date, .string(let text)): CivilDate(text).map { .date($0) }
    case (.text, .string(let text)): .text(text)
    default: nil
    }
  }
}
