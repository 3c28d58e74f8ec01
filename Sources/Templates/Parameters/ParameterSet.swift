package import Documents
internal import Expressions
package import Fiscal

/// A form, filled and allowed: one value for each parameter of a template.
///
/// Values lie in a row of numbers in the order of the template, as expressions read them; texts lie beside it.
package struct ParameterSet: Sendable {
  let layout: FormLayout
  /// Numbers; 1 and 0 for true and false; the number of a word; days since 1970; the index of a text.
  private(set) var row: [Int64]
  private(set) var texts: [String] = []

  /// Fills what is left out, refuses what is not asked for, and checks the template's constraints.
  /// - Returns: nil when there are errors among the findings.
  package init?(reading node: DocumentNode, for template: Template, _ findings: inout Findings) {
    let errorsBefore = findings.errorCount
    guard var reader = SourceReader(node, &findings) else { return nil }
    self.init(template.layout)
    for (place, parameter) in template.parameters.enumerated() {
      if let given = reader.value(parameter.name, isRequired: parameter.standard == nil, &findings) {
        if let value = ParameterValue(given, of: parameter, &findings) { set(value, at: place) }
      } else if let standard = parameter.standardValue {
        set(standard, at: place)
      }
    }
    reader.refuseOthers(&findings)
    guard findings.errorCount == errorsBefore else { return nil }
    let names = template.program.names(of: self)
    for (constraint, condition) in zip(template.constraints, template.program.constraints)
    where template.program.expressions.isTrue(condition, names) != true {
      findings.add(
        Finding(
          "template.constraint", at: node,
          arguments: ["message": .string(constraint.message), "condition": .string(constraint.condition.text)]))
    }
    if findings.errorCount != errorsBefore { return nil }
  }

  /// With nothing in it: for readers and generators, which set each value.
  init(_ layout: FormLayout) {
    self.layout = layout
    row = [Int64](repeating: 0, count: layout.parameters.count)
  }

  /// - Precondition: the parameter allows the value, and it was not set before.
  mutating func set(_ value: ParameterValue, at place: Int) {
    switch value {
    case .integer(let number): row[place] = number
    case .boolean(let isTrue): row[place] = isTrue ? 1 : 0
    case .word(let word): row[place] = layout.number(ofWord: word) ?? 0
    case .date(let date): row[place] = Int64(date.dayNumber)
    case .text(let text):
      row[place] = Int64(texts.count)
      texts.append(text)
    }
  }

  /// Sets a number, or the number of a word, that the parameter allows.
  mutating func set(number: Int64, at place: Int) { row[place] = number }

  func value(at place: Int) -> ParameterValue {
    switch layout.parameters[place].domain {
    case .integer: .integer(row[place])
    case .boolean: .boolean(row[place] == 1)
    case .word: .word(layout.words[Int(row[place])])
    case .date: .date(date(at: place))
    case .text: .text(texts[Int(row[place])])
    }
  }

  func date(at place: Int) -> CivilDate {
    CivilDate(dayNumber: row[place]) ?? ParameterValue.dates.lowerBound
  }

  private subscript(name: String) -> ParameterValue? { layout.place(of: name).map { value(at: $0) } }

  package var value: Int64 { row[layout.valuePlace] }

  package var start: CivilDate { date(at: layout.startPlace) }

  package func word(_ name: String) -> String? { if case .word(let word)? = self[name] { word } else { nil } }

  package func boolean(_ name: String) -> Bool? { if case .boolean(let value)? = self[name] { value } else { nil } }

  package var json: JSONValue {
    var object = JSONObject()
    for place in layout.order { object[layout.parameters[place].name] = value(at: place).json }
    return .object(object)
  }
}

extension ParameterSet: Equatable {
  /// Two forms are the same when they say the same, whatever the versions of their templates.
  package static func == (left: Self, right: Self) -> Bool {
    if left.layout === right.layout, left.texts.isEmpty, right.texts.isEmpty { return left.row == right.row }
    return left.json == right.json
  }
}
