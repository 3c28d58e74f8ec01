import Documents
import Patterns

/// Writes schemas as nodes. A schema gets its number when it is first mentioned and its steps later, so that schemas
/// may refer to each other in circles, and nothing here is recursive.
struct SchemaCompiler {
  let bundle: SchemaBundle
  let options: SchemaOptions
  var tables = SchemaTables()
  private var numbers: [SchemaPlace: Int] = [:]
  private var pending: [SchemaPlace] = []
  private var resources: [String] = []
  private var resourceNumbers: [String: Int] = [:]
  private var dynamicNumbers: [String: Int] = [:]
  private var vocabularies: [String?: Vocabularies] = [:]
  private var patternNumbers: [String: Int] = [:]

  /// Schemas in all; a reference to one that is there costs none.
  static let nodeCountMax = 100_000

  static func program(
    of place: SchemaPlace, in bundle: SchemaBundle, _ options: SchemaOptions
  ) throws(SchemaFault) -> SchemaProgram {
    var compiler = SchemaCompiler(bundle: bundle, options: options)
    let root = try compiler.node(at: place)
    try compiler.compilePending()
    return SchemaProgram(compiler.tables, root: root)
  }

  private init(bundle: SchemaBundle, options: SchemaOptions) {
    self.bundle = bundle
    self.options = options
  }

  /// The node of a schema, which is compiled later when it is new.
  mutating func node(at place: SchemaPlace) throws(SchemaFault) -> Int {
    if let number = numbers[place] { return number }
    let base = bundle.context(of: place).base
    guard tables.nodes.count < Self.nodeCountMax else { throw SchemaFault(.tooLarge, in: base, at: place.pointer) }
    let location = bundle.uri(of: place.document) + "#" + place.pointer.fragment
    numbers[place] = tables.nodes.count
    tables.nodes.append(SchemaNode(resource: resource(base)))
    tables.locations.append(location)
    pending.append(place)
    return tables.nodes.count - 1
  }

  private mutating func resource(_ base: String) -> Int {
    if let number = resourceNumbers[base] { return number }
    resourceNumbers[base] = resources.count
    resources.append(base)
    return resources.count - 1
  }

  private mutating func compilePending() throws(SchemaFault) {
    repeat {
      while let place = pending.popLast() {
        guard let number = numbers[place] else { continue }
        try compile(place, number)
      }
      try completeDynamicAnchors()
    } while !pending.isEmpty
  }

  /// Any resource that is passed on the way may be where a dynamic reference leads, so their anchors are compiled, too.
  private mutating func completeDynamicAnchors() throws(SchemaFault) {
    for (name, number) in dynamicNumbers {
      for (resource, base) in resources.enumerated() where tables.dynamicAnchors[number][resource] == nil {
        guard let place = bundle.dynamicAnchor(name, in: base) else { continue }
        tables.dynamicAnchors[number][resource] = try node(at: place)
      }
    }
  }

  private mutating func compile(_ place: SchemaPlace, _ number: Int) throws(SchemaFault) {
    let start = tables.steps.count
    let context = bundle.context(of: place)
    switch bundle.value(at: place) {
    case .bool(true): break
    case .bool(false):
      tables.steps.append(.never)
      tables.nodes[number].isNever = true
    case .object(let object):
      let source = SchemaSource(object: object, place: place, base: context.base)
      if options.isStrict { try checkWords(of: source) }
      let vocabularies = try vocabularies(of: context)
      if vocabularies.contains(.validation) { try addAssertions(of: source) }
      try addFormat(of: source, isAsserted: vocabularies.contains(.formatAssertion))
      try addReferences(of: source)
      try addContents(of: source, vocabularies)
      if vocabularies.contains(.applicator) { try addBranches(of: source) }
      if vocabularies.contains(.unevaluated) { try addUnevaluated(of: source, number) }
    default: throw SchemaFault(.notASchema, in: context.base, at: place.pointer)
    }
    tables.nodes[number].steps = start..<tables.steps.count
  }

  private mutating func vocabularies(of context: SchemaBundle.Context) throws(SchemaFault) -> Vocabularies {
    if let known = vocabularies[context.dialect] { return known }
    let found = try bundle.vocabularies(of: context.dialect, in: context.base, isStrict: options.isStrict)
    vocabularies[context.dialect] = found
    return found
  }

  private func checkWords(of source: SchemaSource) throws(SchemaFault) {
    for name in source.object.names where SchemaKeyword.shape(of: name) == nil && !name.hasPrefix("x-") {
      var arguments: [String: JSONValue] = ["keyword": .string(name)]
      if let near = NearName.nearest(to: name, among: SchemaKeyword.names) { arguments["near"] = .string(near) }
      throw SchemaFault(.unknownKeyword, in: source.base, at: source.place.pointer.appending(name), arguments)
    }
  }

  private mutating func addReferences(of source: SchemaSource) throws(SchemaFault) {
    if let reference = try source.text("$ref") {
      tables.steps.append(.reference(try node(at: try place(of: reference, "$ref", source))))
    }
    guard let reference = try source.text("$dynamicRef") else { return }
    let place = try place(of: reference, "$dynamicRef", source)
    let target = try node(at: place)
    let uri = URIReference(reference).resolved(against: URIReference(source.base))
    // It is dynamic only when what it leads to at first is a dynamic anchor of its name.
    if let name = uri.fragment, bundle.dynamicAnchor(name, in: uri.withoutFragment) == place {
      tables.steps.append(.dynamicReference(dynamicNumber(of: name), target))
    } else {
      tables.steps.append(.reference(target))
    }
  }

  private mutating func dynamicNumber(of name: String) -> Int {
    if let number = dynamicNumbers[name] { return number }
    dynamicNumbers[name] = tables.dynamicAnchors.count
    tables.dynamicAnchors.append([:])
    return tables.dynamicAnchors.count - 1
  }

  private func place(
    of reference: String, _ keyword: String, _ source: SchemaSource
  ) throws(SchemaFault) -> SchemaPlace {
    if let place = bundle.place(of: reference, from: source.base) { return place }
    throw SchemaFault(
      .unresolvedReference, in: source.base, at: source.place.pointer.appending(keyword),
      ["reference": .string(reference)])
  }

  mutating func pattern(_ text: String, _ keyword: String, _ source: SchemaSource) throws(SchemaFault) -> Int {
    if let number = patternNumbers[text] { return number }
    do throws(PatternFault) {
      tables.patterns.append(try Pattern(text))
    } catch {
      throw SchemaFault(
        .badPattern, in: source.base, at: source.place.pointer.appending(keyword),
        [
          "pattern": .string(text), "reason": .string(error.reason.rawValue), "offset": .integer(Int64(error.offset)),
        ])
    }
    patternNumbers[text] = tables.patterns.count - 1
    return tables.patterns.count - 1
  }
}
