internal import Documents
internal import Expressions
internal import Fiscal

extension TemplateReading {
  mutating func readTerms(_ findings: inout Findings) -> TermsRule {
    var terms = TermsRule()
    guard var reader = source.object("terms", types: types, &findings) else { return terms }
    if var retention = reader.object("retention", &findings) {
      terms.retention = retention.expression("rate", .integer, &findings)
      terms.retentionFirst = retention.expression("at_completion", .integer, &findings)
      terms.retentionCap = retention.expression("cap", .integer, &findings)
      terms.defectDays = retention.expression("defect_days", .integer, &findings)
      retention.refuseOthers(&findings)
    }
    if var advance = reader.object("advance", &findings) {
      terms.advance = advance.expression("rate", .integer, &findings)
      terms.advanceRecovery = advance.expression("recovery", .integer, &findings)
      terms.needsGuarantee = advance.bool("guarantee", standard: false, &findings)
      advance.refuseOthers(&findings)
    }
    terms.security = security(&reader, &findings)
    terms.damagesCap = reader.expression("damages_cap", .integer, &findings)
    terms.fee = reader.expression("fee", .integer, &findings)
    terms.defaultSplit = reader.expression("default_split", .integer, &findings)
    if var days = reader.object("days", &findings) {
      for span in TermsRule.Span.allCases {
        if let expression = days.expression(span.rawValue, .integer, &findings) { terms.days[span] = expression }
      }
      days.refuseOthers(&findings)
    }
    for node in reader.elements("options", count: 0...TermsRule.Option.allCases.count, &findings) ?? [] {
      if let option = SourceReader.word(node, TermsRule.Option.self, &findings) { terms.options.insert(option) }
    }
    reader.refuseOthers(&findings)
    return terms
  }

  /// What it is of the value, and how long it is valid.
  private func security(_ reader: inout SourceReader, _ findings: inout Findings) -> TermsRule.Security? {
    guard var security = reader.object("security", &findings) else { return nil }
    defer { security.refuseOthers(&findings) }
    for name in ["rate", "days"] where security.node.member(name) == nil {
      findings.add(Finding("template.missing", at: security.node, arguments: ["name": .string(name)]))
    }
    let rate = security.expression("rate", .integer, &findings)
    let days = security.expression("days", .integer, &findings)
    guard let rate, let days else { return nil }
    return TermsRule.Security(rate: rate, days: days)
  }

  mutating func readApproval(_ findings: inout Findings) -> ApprovalRule {
    guard var reader = source.object("approval", types: types, &findings) else { return .single }
    defer { reader.refuseOthers(&findings) }
    var steps: [ApprovalRule.Step] = []
    for node in reader.elements("steps", count: 1...ApprovalRule.stepCountMax, &findings) ?? [] {
      guard var step = SourceReader(node, types: types, &findings) else { continue }
      let role = step.text("role", isRequired: true, lengthMax: 64, &findings)
      let votes = step.integer("votes", in: 1...16, &findings) ?? 1
      let from = step.expression("from", .integer, &findings)
      if steps.isEmpty && node.member("from") != nil { findings.add(Finding("template.first-step", at: node)) }
      step.refuseOthers(&findings)
      if let role { steps.append(.init(role: role, votes: UInt8(votes), from: from)) }
    }
    let isOrdered = reader.bool("ordered", standard: false, &findings)
    let rejectsByMajority = reader.bool("majority", standard: false, &findings)
    let reworkLimit = reader.integer("rework_limit", in: 1...20, &findings) ?? 3
    let silenceLimit = reader.expression("silence_limit", .integer, &findings)
    return ApprovalRule(
      steps: steps, isOrdered: isOrdered, rejectsByMajority: rejectsByMajority, reworkLimit: UInt8(reworkLimit),
      silenceLimit: silenceLimit)
  }

  mutating func readTax(_ findings: inout Findings) -> TaxRule? {
    guard var reader = source.object("tax", types: types, &findings) else { return nil }
    defer { reader.refuseOthers(&findings) }
    let code = choice("code", isRequired: true, mayBeNone: false, &reader, &findings)
    let supply = reader.word("supply", isRequired: true, TaxRule.Supply.self, &findings)
    var tax = TaxRule(code: code ?? .one(""), supply: supply ?? .services)
    tax.codeQualifier = choice("code_qualifier", &reader, &findings)
    tax.section = choice("withholding", &reader, &findings)
    tax.withholds = reader.expression("withholding_when", .bool, &findings)
    if tax.withholds != nil, reader.node.member("withholding") == nil {
      findings.add(Finding("template.missing", at: reader.node, arguments: ["name": "withholding"]))
    }
    tax.deductsGST = reader.expression("gst_withheld", .bool, &findings)
    tax.hasBuildingCess = reader.expression("building_cess", .bool, &findings)
    tax.zeroRating = zeroRating(&reader, &findings)
    let place = source.node.member("parameters") ?? source.node
    for name in [Parameter.supplierState, Parameter.placeState] {
      require(name, place, &findings) {
        if case .word(let states) = $0 { states.allSatisfy { $0.utf8.count == 2 } } else { false }
      }
    }
    if tax.section != nil {
      require(Parameter.payeeKind, place, &findings) { $0 == .word(PayeeKind.allCases.map(\.rawValue)) }
      require(Parameter.payeeHasPAN, place, &findings) { $0 == .boolean }
    }
    return code != nil && supply != nil ? tax : nil
  }

  private func zeroRating(_ reader: inout SourceReader, _ findings: inout Findings) -> TaxRule.ZeroRating {
    var rule = TaxRule.ZeroRating()
    guard var zeroRated = reader.object("zero_rated", &findings) else { return rule }
    rule.isForZone = zeroRated.expression("zone", .bool, &findings)
    rule.isAbroad = zeroRated.expression("abroad", .bool, &findings)
    rule.isPaidFromAbroad = zeroRated.expression("paid_from_abroad", .bool, &findings)
    rule.paysTax = zeroRated.expression("pays_tax", .bool, &findings)
    let node = zeroRated.node
    // Without a place that makes it so nothing is zero-rated, and who pays from where matters for those abroad alone.
    if node.member("zone") == nil, node.member("abroad") == nil {
      findings.add(Finding("template.missing", at: node, arguments: ["name": "zone"]))
    } else if node.member("abroad") == nil, node.member("paid_from_abroad") != nil {
      findings.add(Finding("template.missing", at: node, arguments: ["name": "abroad"]))
    }
    zeroRated.refuseOthers(&findings)
    return rule
  }

  /// Among keys: for this value there is no row.
  private static let none = "none"

  private func choice(
    _ member: String, isRequired: Bool = false, mayBeNone: Bool = true, _ reader: inout SourceReader,
    _ findings: inout Findings
  ) -> TaxRule.Choice? {
    guard let node = reader.value(member, isRequired: isRequired, &findings) else { return nil }
    if let text = node.string {
      if text == Self.none { findings.add(Finding("template.none", at: node)) }
      return .one(text)
    }
    guard var by = SourceReader(node, &findings) else { return nil }
    defer { by.refuseOthers(&findings) }
    guard let name = by.text("by", isRequired: true, &findings),
      let keys = by.value("keys", isRequired: true, &findings)
    else { return nil }
    let words: [String]? =
      switch parameters.first(where: { $0.name == name })?.domain {
      case .word(let words): words
      case .boolean: ["true", "false"]
      default: nil
      }
    var table: [String: String?] = [:]
    for (word, key) in keys.members {
      guard let word = word.string, let text = key.string else { continue }
      table.updateValue(text == Self.none ? nil : text, forKey: word)
      if text == Self.none, !mayBeNone { findings.add(Finding("template.none", at: key)) }
    }
    guard let words, Set(words) == Set(table.keys), keys.count == table.count else {
      findings.add(Finding("template.keys", at: keys, arguments: ["name": .string(name)]))
      return nil
    }
    return .by(parameter: name, table)
  }
}
