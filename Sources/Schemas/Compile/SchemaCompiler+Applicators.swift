import Documents

/// Keywords that hold schemas.
extension SchemaCompiler {
  private mutating func child(_ keyword: String, _ source: SchemaSource) throws(SchemaFault) -> Int? {
    source.object[keyword] == nil ? nil : try node(at: source.place.appending(keyword))
  }

  /// Nodes of an array of schemas, next to each other in the table of children.
  private mutating func children(_ keyword: String, _ source: SchemaSource) throws(SchemaFault) -> Range<Int>? {
    guard let array = try source.array(keyword) else { return nil }
    guard !array.isEmpty else { throw source.fault(keyword) }
    let place = source.place.appending(keyword)
    let start = tables.children.count
    for index in array.indices { tables.children.append(try node(at: place.appending(String(index)))) }
    return start..<tables.children.count
  }

  /// Elements and members of a value. What the two vocabularies say of members is one walk.
  mutating func addContents(of source: SchemaSource, _ vocabularies: Vocabularies) throws(SchemaFault) {
    if vocabularies.contains(.applicator) {
      let first = try children("prefixItems", source)
      if let first { tables.steps.append(.prefixItems(first)) }
      if let rest = try child("items", source) { tables.steps.append(.items(rest, from: first?.count ?? 0)) }
      if let node = try child("contains", source) {
        let counts = vocabularies.contains(.validation)
        let min = counts ? try source.count("minContains") : nil
        let max = counts ? try source.count("maxContains") : nil
        tables.steps.append(.contains(node, min: min ?? 1, max: max ?? .max))
      }
      if let node = try child("propertyNames", source) { tables.steps.append(.propertyNames(node)) }
    }
    try addMembers(of: source, vocabularies)
  }

  private mutating func addMembers(of source: SchemaSource, _ vocabularies: Vocabularies) throws(SchemaFault) {
    var properties: [MemberTable.Property] = []
    var indexes: [[UInt8]: Int] = [:]
    var patterns: [(pattern: Int, node: Int)] = []
    var additional: Int?
    if vocabularies.contains(.applicator) {
      for member in try source.members("properties") ?? JSONObject() {
        let node = try node(at: source.place.appending("properties").appending(member.name))
        indexes[Array(member.name.utf8)] = properties.count
        properties.append(.init(name: member.name, rule: .init(node: node), initial: member.value["default"]))
      }
      for member in try source.members("patternProperties") ?? JSONObject() {
        let node = try node(at: source.place.appending("patternProperties").appending(member.name))
        patterns.append((try pattern(member.name, "patternProperties", source), node))
      }
      additional = try child("additionalProperties", source)
    }
    if vocabularies.contains(.validation) {
      for name in try source.names("required") ?? [] {
        if let index = indexes[Array(name.utf8)] {
          properties[index].rule.isRequired = true
        } else {
          indexes[Array(name.utf8)] = properties.count
          properties.append(.init(name: name, rule: .init(isRequired: true)))
        }
      }
    }
    guard !properties.isEmpty || !patterns.isEmpty || additional != nil else { return }
    tables.memberTables.append(MemberTable(properties: properties, patterns: patterns, additional: additional))
    tables.steps.append(.members(tables.memberTables.count - 1))
  }

  /// Schemas that are applied to the value itself.
  mutating func addBranches(of source: SchemaSource) throws(SchemaFault) {
    try addDependentSchemas(of: source)
    if let range = try children("allOf", source) { tables.steps.append(.all(range)) }
    if let range = try children("anyOf", source) { tables.steps.append(.any(range)) }
    if let range = try children("oneOf", source) { tables.steps.append(.one(range)) }
    if let node = try child("not", source) { tables.steps.append(.not(node)) }
    if let condition = try child("if", source) {
      let then = try child("then", source)
      let otherwise = try child("else", source)
      // A condition without consequence still says what is evaluated.
      tables.steps.append(.condition(condition, then: then, otherwise: otherwise))
    }
  }

  /// Also the schemas that `dependencies` had in older drafts.
  private mutating func addDependentSchemas(of source: SchemaSource) throws(SchemaFault) {
    var dependents: [(name: String, node: Int)] = []
    for keyword in ["dependentSchemas", "dependencies"] {
      for member in try source.members(keyword) ?? JSONObject() {
        if keyword == "dependencies", member.value.array != nil { continue }
        dependents.append((member.name, try node(at: source.place.appending(keyword).appending(member.name))))
      }
    }
    guard !dependents.isEmpty else { return }
    tables.dependents.append(dependents)
    tables.steps.append(.dependentSchemas(tables.dependents.count - 1))
  }

  mutating func addUnevaluated(of source: SchemaSource, _ number: Int) throws(SchemaFault) {
    if let node = try child("unevaluatedItems", source) {
      tables.steps.append(.unevaluatedItems(node))
      tables.nodes[number].needsMarks = true
    }
    if let node = try child("unevaluatedProperties", source) {
      tables.steps.append(.unevaluatedProperties(node))
      tables.nodes[number].needsMarks = true
    }
  }
}
