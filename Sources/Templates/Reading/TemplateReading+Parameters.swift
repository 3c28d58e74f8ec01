internal import Documents
internal import Expressions

extension TemplateReading {
  /// Most fields of a form.
  static let parameterCountMax = 40

  mutating func readParameters(_ findings: inout Findings) {
    guard let node = source.value("parameters", isRequired: true, &findings) else { return }
    guard node.kind == .object, node.count <= Self.parameterCountMax else {
      findings.add(
        Finding("template.kind", at: node, arguments: ["wanted": "an object of at most 40 members"]))
      return
    }
    for (nameNode, value) in node.members {
      guard let name = nameNode.string, isFree(name, value, &findings),
        let parameter = parameter(name, value, &findings)
      else { continue }
      parameters.append(parameter)
      switch parameter.domain {
      case .integer: types[name] = .integer
      case .boolean: types[name] = .bool
      case .word(let words): types[name] = .word(words)
      // Days are counted by due rules, and texts are only shown.
      case .date, .text: break
      }
    }
    require(Parameter.value, node, &findings) {
      if case .integer(let range, .paise) = $0 {
        range.lowerBound >= Self.valueMin && range.upperBound <= Self.valueMax
      } else {
        false
      }
    }
    require(Parameter.start, node, &findings) { $0 == .date }
  }

  /// A hundred rupees: below it shares of a basis point would be nothing. 10^14 paise leave room for tax.
  static let valueMin: Int64 = 10_000
  static let valueMax: Int64 = 100_000_000_000_000

  /// A parameter that every template has, or every one with tax.
  func require(
    _ name: String, _ node: DocumentNode, _ findings: inout Findings, _ isGood: (Parameter.Domain) -> Bool
  ) {
    let parameter = parameters.first { $0.name == name }
    guard parameter.map({ isGood($0.domain) }) ?? false else {
      findings.add(Finding("template.parameter.\(name)", at: node.member(name) ?? node))
      return
    }
  }

  private func parameter(_ name: String, _ node: DocumentNode, _ findings: inout Findings) -> Parameter? {
    guard var reader = SourceReader(node, &findings) else { return nil }
    defer { reader.refuseOthers(&findings) }
    let type = reader.text("type", isRequired: true, &findings)
    let standard = reader.value("default", &findings)
    let domain: Parameter.Domain?
    switch type {
    case "integer": domain = integer(node, &reader, &findings)
    case "boolean": domain = .boolean
    case "string": domain = string(node, &reader, &findings)
    case nil: domain = nil
    case _?:
      findings.add(
        Finding(
          "template.word", at: node.member("type") ?? node, arguments: ["words": ["integer", "boolean", "string"]]))
      domain = nil
    }
    guard let domain else { return nil }
    let parameter = Parameter(name: name, domain: domain, standard: standard?.value)
    if let standard { _ = ParameterValue(standard, of: parameter, &findings) }
    return parameter
  }

  private func integer(
    _ node: DocumentNode, _ reader: inout SourceReader, _ findings: inout Findings
  ) -> Parameter.Domain? {
    let unit = reader.word("format", Parameter.Unit.self, &findings) ?? .count
    let lower = reader.integer("minimum", in: -Self.valueMax...Self.valueMax, &findings)
    let upper = reader.integer("maximum", in: -Self.valueMax...Self.valueMax, &findings)
    guard let lower, let upper, lower <= upper else {
      findings.add(Finding("template.parameter.range", at: node))
      return nil
    }
    return .integer(lower...upper, unit)
  }

  private func string(
    _ node: DocumentNode, _ reader: inout SourceReader, _ findings: inout Findings
  ) -> Parameter.Domain? {
    let format = reader.text("format", &findings)
    let words = reader.elements("enum", count: 0...100, &findings)
    let lengthMax = reader.integer("maxLength", in: 1...500, &findings)
    if let words {
      let texts = words.compactMap(\.string)
      guard format == nil, lengthMax == nil, !texts.isEmpty, texts.count == words.count,
        Set(texts).count == texts.count,
        texts.allSatisfy({ 1...60 ~= $0.utf8.count })
      else {
        findings.add(Finding("template.parameter.enum", at: node))
        return nil
      }
      return .word(texts)
    }
    if format == "date", lengthMax == nil { return .date }
    if format == "state", lengthMax == nil { return .word(Parameter.states) }
    guard format == nil, let lengthMax else {
      findings.add(Finding("template.parameter.string", at: node))
      return nil
    }
    return .text(lengthMax: Int(lengthMax))
  }
}
