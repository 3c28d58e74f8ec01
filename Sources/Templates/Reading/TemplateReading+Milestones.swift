internal import Documents
internal import Expressions

extension MilestoneRule {
  /// In expressions of a milestone that is repeated: which repetition it is, from 1.
  static let repetitionName = "i"
}

extension TemplateReading {
  mutating func readMilestones(_ findings: inout Findings) {
    let nodes = source.elements("milestones", count: 1...100, &findings) ?? []
    for (index, node) in nodes.enumerated() {
      let place = ["milestones", String(index)]
      if node.member("group") == nil {
        readMilestone(node, group: nil, place, &findings)
      } else {
        readGroup(node, place, &findings)
      }
    }
  }

  /// - Parameters:
  ///   - group: index of the group that it stands in.
  ///   - place: tokens of its place in the document.
  mutating func readMilestone(_ node: DocumentNode, group: Int?, _ place: [String], _ findings: inout Findings) {
    if let rule = milestone(node, group, place, &findings) {
      milestones.append(rule)
    } else if let id = node.member("id")?.string {
      brokenMilestones.insert(id)
    }
  }

  private func milestone(
    _ node: DocumentNode, _ group: Int?, _ place: [String], _ findings: inout Findings
  ) -> MilestoneRule? {
    guard var reader = SourceReader(node, types: types, &findings) else { return nil }
    defer { reader.refuseOthers(&findings) }
    let id = reader.text("id", isRequired: true, lengthMax: 64, &findings)
    if let id { checkID(id, of: node, &findings) }
    let condition = reader.expression("when", .bool, &findings)
    let repetition = reader.expression("repeat", .integer, &findings)
    // A group reads its own members' `repeat` as a fault.
    let isRepeated = repetition != nil || group != nil
    let size = size(node, &reader, isRepeated: isRepeated, &findings)
    let verification = reader.word("verify", isRequired: true, Verification.self, &findings)
    let due = due(&reader, isRepeated: isRepeated, group, &findings)
    let needs = needs(&reader, &findings)
    let isCumulative = reader.bool("cumulative", standard: false, &findings)
    guard let id, let size, let verification, let due, let needs else { return nil }
    return MilestoneRule(
      id: id, size: size, due: due, verification: verification, needs: needs.rules, needsPrevious: needs.previous,
      condition: condition, repetition: repetition, group: group, isCumulative: isCumulative, place: place)
  }

  /// Exactly one of `share`, `amount` and `rest: true`.
  private func size(
    _ node: DocumentNode, _ reader: inout SourceReader, isRepeated: Bool, _ findings: inout Findings
  ) -> MilestoneRule.Size? {
    let share = reader.expression("share", .integer, &findings)
    let amount = reader.value("amount", &findings).flatMap {
      SourceReader.expression($0, .integer, repeated(isRepeated), &findings)
    }
    let isRest = reader.bool("rest", standard: false, &findings)
    let names = ["share", "amount", "rest"].filter { node.member($0) != nil }
    // `rest: false` would say nothing.
    guard names.count == 1, names != ["rest"] || isRest else {
      findings.add(Finding("template.size", at: node))
      return nil
    }
    if isRest {
      if isRepeated { findings.add(Finding("template.rest-repeated", at: node)) }
      return .rest
    }
    return share.map { .share($0) } ?? amount.map { .amount($0) }
  }

  private func repeated(_ isRepeated: Bool) -> [String: ExpressionType] {
    isRepeated ? types.merging([MilestoneRule.repetitionName: .integer]) { $1 } : types
  }

  private func due(
    _ reader: inout SourceReader, isRepeated: Bool, _ group: Int?, _ findings: inout Findings
  ) -> DueRule? {
    guard var due = reader.object("due", isRequired: true, types: repeated(isRepeated), &findings) else { return nil }
    defer { due.refuseOthers(&findings) }
    var anchor: DueRule.Anchor? = .previous
    if let name = due.text("from", &findings), let place = due.node.member("from") {
      switch name {
      case "start": anchor = .start
      case "previous": break
      default: anchor = rule(name, place, &findings).map { .rule($0) }
      }
    }
    if let each = due.value("each", &findings) {
      anchor = self.each(each, anchor, isRepeated: isRepeated, group, &findings)
    }
    let days = due.expression("days", .integer, &findings)
    let months = due.expression("months", .integer, &findings)
    let countsBusinessDays = due.bool("business", standard: false, &findings)
    if days == nil && months == nil && due.node.member("days") == nil && due.node.member("months") == nil {
      findings.add(Finding("template.due", at: due.node))
      return nil
    }
    return anchor.map { DueRule(anchor: $0, days: days, months: months, countsBusinessDays: countsBusinessDays) }
  }

  /// `each: true`: repetitions count from those of another milestone, one from each.
  private func each(
    _ node: DocumentNode, _ anchor: DueRule.Anchor?, isRepeated: Bool, _ group: Int?, _ findings: inout Findings
  ) -> DueRule.Anchor? {
    guard let isEach = node.bool else {
      findings.add(Finding("template.kind", at: node, arguments: ["wanted": "true or false"]))
      return nil
    }
    guard isEach, let anchor else { return anchor }
    guard isRepeated, case .rule(let rule) = anchor,
      milestones[rule].repetition != nil || milestones[rule].group != nil
    else {
      findings.add(Finding("template.each", at: node, fix: JSONPatch([.remove(node.pointer)])))
      return nil
    }
    // In one group it is so anyway.
    return group != nil && milestones[rule].group == group ? anchor : .each(rule)
  }

  /// An earlier milestone by its id.
  private func rule(_ id: String, _ place: DocumentNode, _ findings: inout Findings) -> Int? {
    if let index = milestones.firstIndex(where: { $0.id == id }) { return index }
    // It has findings of its own.
    if brokenMilestones.contains(id) { return nil }
    findings.add(Finding("template.milestone", at: place, arguments: ["id": .string(id)]))
    return nil
  }

  private func needs(_ reader: inout SourceReader, _ findings: inout Findings) -> (rules: [Int], previous: Bool)? {
    var rules: [Int] = []
    var previous = false
    for node in reader.elements("needs", count: 0...4, &findings) ?? [] {
      guard let id = node.string else {
        findings.add(Finding("template.kind", at: node, arguments: ["wanted": "the id of an earlier milestone"]))
        return nil
      }
      if id == "previous" {
        previous = true
      } else if let index = rule(id, node, &findings) {
        rules.append(index)
      } else {
        return nil
      }
    }
    return (rules, previous)
  }
}
