import Documents

/// Keywords for the members of an object.
extension Validator {
  mutating func checkMembers(_ place: Int, _ number: Int, _ value: DocumentNode, _ frame: Int?) -> Bool {
    guard value.kind == .object else { return true }
    let table = program.tables.memberTables[place]
    var isValid = true
    var (ordinal, requiredCount) = (0, 0)
    var last: Int?
    for (name, member) in value.members {
      var isKnown = false
      if let found = name.withBytes({ table.find($0, after: last) }) {
        last = found
        let rule = table.rules[found]
        if rule.isRequired { requiredCount += 1 }
        if let node = rule.node {
          isKnown = true
          if !check(node, member, nil) { isValid = false }
        }
      }
      for (pattern, node) in table.patterns where matches(pattern, name) {
        isKnown = true
        if !check(node, member, nil) { isValid = false }
      }
      if !isKnown, let additional = table.additional {
        isKnown = true
        if !checkAdditional(additional, table, number, name, member, of: value) { isValid = false }
      }
      if isKnown { mark(ordinal, frame) }
      ordinal += 1
      guard isValid || isExplaining else { return false }
    }
    // No name is there twice, so that counting is enough.
    if requiredCount == table.requiredCount { return isValid }
    return isExplaining && failRequired(table, number, value)
  }

  private mutating func failRequired(_ table: MemberTable, _ number: Int, _ value: DocumentNode) -> Bool {
    for property in table.properties where property.rule.isRequired {
      guard spend(1 + value.count / 16) else { return false }
      guard value.member(property.name) == nil else { continue }
      let fix = property.initial.map { JSONPatch([.add(value.pointer.appending(property.name), $0)]) }
      _ = fail(.required, number, value, ["name": .string(property.name)], fix: fix)
    }
    return false
  }

  private mutating func checkAdditional(
    _ node: Int, _ table: MemberTable, _ number: Int, _ name: DocumentNode, _ member: DocumentNode,
    of object: DocumentNode
  ) -> Bool {
    guard program.tables.nodes[node].isNever else { return check(node, member, nil) }
    guard isExplaining else { return false }
    return failUnknown(.additionalProperties, table, number, name, of: object)
  }

  /// A member that may not be there. When its name is nearly that of one that is missing, that was meant.
  private mutating func failUnknown(
    _ code: SchemaCode, _ table: MemberTable?, _ number: Int, _ name: DocumentNode, of object: DocumentNode
  ) -> Bool {
    guard !findings.isFull else { return fail(code, number, name) }
    let text = name.string ?? ""
    let missing = (table?.properties ?? []).lazy.map(\.name).filter { object.member($0) == nil }
    let near = NearName.nearest(to: text, among: missing)
    var arguments: [String: JSONValue] = ["name": .string(text)]
    if let near { arguments["near"] = .string(near) }
    let fix = near.map { JSONPatch([.move(from: name.pointer, to: object.pointer.appending($0))]) }
    return fail(code, number, name, arguments, fix: fix)
  }

  mutating func checkUnevaluatedProperties(
    _ node: Int, _ number: Int, _ value: DocumentNode, _ frame: Int?
  ) -> Bool {
    guard value.kind == .object, let frame else { return true }
    var isValid = true
    for (ordinal, (name, member)) in value.members.enumerated() where !marks[frame + ordinal] {
      mark(ordinal, frame)
      let fits =
        if program.tables.nodes[node].isNever {
          isExplaining && failUnknown(.unevaluatedProperties, nil, number, name, of: value)
        } else {
          check(node, member, nil)
        }
      guard !fits else { continue }
      isValid = false
      guard isExplaining else { break }
    }
    return isValid
  }

  mutating func checkNames(_ node: Int, _ number: Int, _ value: DocumentNode) -> Bool {
    var isValid = true
    for (name, _) in value.members where !tries(node, name, nil) {
      guard isExplaining else { return false }
      isValid = false
      _ = fail(.propertyNames, number, name, ["name": .string(name.string ?? "")])
      _ = check(node, name, nil)
    }
    return isValid
  }

  mutating func checkDependentRequired(_ place: Int, _ number: Int, _ value: DocumentNode) -> Bool {
    guard value.kind == .object else { return true }
    var isValid = true
    for (name, names) in program.tables.requirements[place] {
      let cost = 1 + value.count / 16
      guard spend(cost) else { return false }
      guard value.member(name) != nil else { continue }
      guard spend(names.count * cost) else { return false }
      for other in names where value.member(other) == nil {
        isValid = false
        guard isExplaining else { return false }
        _ = fail(.dependentRequired, number, value, ["name": .string(other), "because": .string(name)])
      }
    }
    return isValid
  }

  mutating func checkDependentSchemas(_ place: Int, _ value: DocumentNode, _ frame: Int?) -> Bool {
    guard value.kind == .object else { return true }
    var isValid = true
    for (name, node) in program.tables.dependents[place] {
      guard spend(1 + value.count / 16) else { return false }
      guard value.member(name) != nil else { continue }
      guard !check(node, value, frame) else { continue }
      isValid = false
      guard isExplaining else { return false }
    }
    return isValid
  }
}
