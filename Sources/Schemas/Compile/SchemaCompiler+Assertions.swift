import Documents

/// Keywords that look at one value and at no schema.
extension SchemaCompiler {
  mutating func addAssertions(of source: SchemaSource) throws(SchemaFault) {
    if let types = try source.types() { tables.steps.append(.type(types)) }
    if let value = source.object["const"] {
      tables.values.append(value)
      tables.steps.append(.constant(tables.values.count - 1))
    }
    if let choices = try source.array("enum") {
      tables.choices.append(choices)
      tables.steps.append(.oneOfValues(tables.choices.count - 1))
    }
    try addBounds(of: source)
    if let count = try source.count("minLength"), count > 0 { tables.steps.append(.minLength(count)) }
    if let count = try source.count("maxLength") { tables.steps.append(.maxLength(count)) }
    if let text = try source.text("pattern") {
      tables.steps.append(.pattern(try pattern(text, "pattern", source)))
    }
    if let count = try source.count("minItems"), count > 0 { tables.steps.append(.minItems(count)) }
    if let count = try source.count("maxItems") { tables.steps.append(.maxItems(count)) }
    if try source.flag("uniqueItems") { tables.steps.append(.uniqueItems) }
    if let count = try source.count("minProperties"), count > 0 { tables.steps.append(.minProperties(count)) }
    if let count = try source.count("maxProperties") { tables.steps.append(.maxProperties(count)) }
    try addDependentRequired(of: source)
  }

  private mutating func addBounds(of source: SchemaSource) throws(SchemaFault) {
    if let place = try bound("minimum", source) { tables.steps.append(.minimum(place)) }
    if let place = try bound("exclusiveMinimum", source) { tables.steps.append(.exclusiveMinimum(place)) }
    if let place = try bound("maximum", source) { tables.steps.append(.maximum(place)) }
    if let place = try bound("exclusiveMaximum", source) { tables.steps.append(.exclusiveMaximum(place)) }
    if let place = try bound("multipleOf", source) {
      let divisor = tables.bounds[place].number
      guard !divisor.isZero, !divisor.isNegative else { throw source.fault("multipleOf") }
      tables.steps.append(.multiple(place))
    }
  }

  private mutating func bound(_ keyword: String, _ source: SchemaSource) throws(SchemaFault) -> Int? {
    guard let number = try source.number(keyword) else { return nil }
    tables.bounds.append(NumberBound(number))
    return tables.bounds.count - 1
  }

  /// Also the lists of names that `dependencies` had in older drafts.
  private mutating func addDependentRequired(of source: SchemaSource) throws(SchemaFault) {
    var requirements: [(name: String, names: [String])] = []
    for keyword in ["dependentRequired", "dependencies"] {
      for member in try source.members(keyword) ?? JSONObject() {
        if keyword == "dependencies", member.value.array == nil { continue }
        requirements.append((member.name, try source.names(in: member.value, keyword)))
      }
    }
    guard !requirements.isEmpty else { return }
    tables.requirements.append(requirements)
    tables.steps.append(.dependentRequired(tables.requirements.count - 1))
  }

  mutating func addFormat(of source: SchemaSource, isAsserted: Bool) throws(SchemaFault) {
    guard let name = try source.text("format") else { return }
    let standard = FormatRegistry.standard[name]
    if options.isStrict, standard == nil, options.formats[name] == nil {
      var fault = ["format": JSONValue.string(name)]
      let known = FormatRegistry.standard.names + options.formats.names
      if let near = NearName.nearest(to: name, among: known) { fault["near"] = .string(near) }
      throw SchemaFault(.unknownFormat, in: source.base, at: source.place.pointer.appending("format"), fault)
    }
    guard let rule = options.formats[name] ?? (isAsserted ? standard : nil) else { return }
    tables.formats.append((name, rule))
    tables.steps.append(.format(tables.formats.count - 1))
  }
}
