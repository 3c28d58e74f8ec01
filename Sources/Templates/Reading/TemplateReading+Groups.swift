internal import Documents
internal import Expressions

extension TemplateReading {
  /// `group: { id, repeat, milestones }` instead of one milestone.
  mutating func readGroup(_ node: DocumentNode, _ place: [String], _ findings: inout Findings) {
    guard var outer = SourceReader(node, types: types, &findings) else { return }
    let reader = outer.object("group", &findings)
    outer.refuseOthers(&findings)
    guard var reader else { return }
    defer { reader.refuseOthers(&findings) }
    let id = reader.text("id", isRequired: true, lengthMax: 64, &findings)
    if let id { checkID(id, of: reader.node, &findings) }
    let repetition = reader.expression("repeat", .integer, &findings)
    if reader.node.member("repeat") == nil {
      findings.add(Finding("template.missing", at: reader.node, arguments: ["name": "repeat"]))
    }
    let first = milestones.count
    let members = reader.elements("milestones", count: 1...MilestoneGroup.ruleCountMax, &findings) ?? []
    for (index, member) in members.enumerated() {
      for name in ["repeat", "group"] {
        guard let inner = member.member(name) else { continue }
        findings.add(
          Finding(
            "template.group-inside", at: inner, arguments: ["name": .string(name)],
            fix: name == "repeat" ? JSONPatch([.remove(inner.pointer)]) : nil))
      }
      readMilestone(member, group: groups.count, place + ["group", "milestones", String(index)], &findings)
    }
    guard let id, let repetition else { return }
    groups.append(MilestoneGroup(id: id, repetition: repetition, rules: first..<milestones.count))
  }

  /// One name for each milestone and each group.
  func checkID(_ id: String, of node: DocumentNode, _ findings: inout Findings) {
    if !Template.isSlug(id) { findings.add(Finding("template.name", at: node.member("id") ?? node)) }
    if milestones.contains(where: { $0.id == id }) || groups.contains(where: { $0.id == id }) {
      findings.add(Finding("template.name-twice", at: node, arguments: ["name": .string(id)]))
    }
  }
}
