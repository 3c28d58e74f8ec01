import Documents

/// Walks a value by a program.
///
/// It has two ways: to answer yes or no, where the first thing that does not fit ends the walk, and to explain, where
/// all of it is collected.
struct Validator {
  let program: SchemaProgram
  /// Whether findings are collected. Branches whose answer is only a yes or no are walked without.
  var isExplaining = false
  var findings = Findings()
  /// The limit that was met, if one was. Nothing fits then: a `not` must not turn it around.
  private(set) var metLimit: SchemaCode?

  /// Per element or member of the values that are marked, whether a schema has looked at it. A frame is where those of
  /// one value begin.
  var marks: [Bool] = []
  /// Resources that were entered, the outermost first; kept only where a dynamic reference asks.
  var scope: [Int] = []
  private var depth = 0
  private var visitCount = 0
  private let visitCountMax: Int

  init(_ program: SchemaProgram, visitCountMax: Int = Schema.visitCountMax) {
    self.program = program
    self.visitCountMax = visitCountMax
  }

  mutating func accepts(_ value: DocumentNode) -> Bool {
    check(program.root, value, nil) && metLimit == nil
  }

  mutating func explain(_ value: DocumentNode) -> Findings {
    isExplaining = true
    _ = check(program.root, value, nil)
    if let metLimit { findings.add(Finding(metLimit.rawValue, at: value)) }
    return findings
  }

  /// Whether `value` fits a schema.
  ///
  /// - Parameter outer: the frame of `value` where somebody asks what was looked at.
  mutating func check(_ number: Int, _ value: DocumentNode, _ outer: Int?) -> Bool {
    guard enter() else { return false }
    defer { depth -= 1 }
    let node = program.tables.nodes[number]
    let entersResource = !program.tables.dynamicAnchors.isEmpty && scope.last != node.resource
    if entersResource { scope.append(node.resource) }
    defer { if entersResource { scope.removeLast() } }
    guard node.needsMarks, value.count > 0 else { return perform(node.steps, number, value, outer) }
    guard spend(value.count / 32) else { return false }
    // What schemas beside this one have looked at is not seen by it, but they see what it has.
    let frame = openFrame(of: value)
    let isValid = perform(node.steps, number, value, frame)
    closeFrame(frame, into: isValid ? outer : nil)
    return isValid
  }

  private mutating func enter() -> Bool {
    guard depth < Schema.depthMax else {
      metLimit = metLimit ?? .tooDeep
      return false
    }
    guard spend(1) else { return false }
    depth += 1
    return true
  }

  /// What may still be spent.
  var budget: Int { visitCountMax - visitCount }

  /// Counts work that is not looking at a schema, in units of that: some ten nanoseconds.
  ///
  /// - Returns: false when there is no more to spend. Nothing fits from then on.
  mutating func spend(_ work: Int) -> Bool {
    guard work <= budget else {
      metLimit = metLimit ?? .tooCostly
      return false
    }
    visitCount += work
    return true
  }

  private mutating func perform(_ steps: Range<Int>, _ number: Int, _ value: DocumentNode, _ frame: Int?) -> Bool {
    var isValid = true
    for step in steps where !perform(program.tables.steps[step], number, value, frame) {
      isValid = false
      guard isExplaining else { break }
    }
    return isValid
  }

  private mutating func perform(_ step: SchemaStep, _ number: Int, _ value: DocumentNode, _ frame: Int?) -> Bool {
    switch step {
    case .never: fail(.never, number, value)
    case .type(let types): checkType(types, number, value)
    case .constant(let place): checkConstant(place, number, value)
    case .oneOfValues(let place): checkChoices(place, number, value)
    case .minimum(let place): checkBound(.minimum, place, number, value)
    case .exclusiveMinimum(let place): checkBound(.exclusiveMinimum, place, number, value)
    case .maximum(let place): checkBound(.maximum, place, number, value)
    case .exclusiveMaximum(let place): checkBound(.exclusiveMaximum, place, number, value)
    case .multiple(let place): checkBound(.multipleOf, place, number, value)
    case .minLength(let count): checkLength(.minLength, count, number, value)
    case .maxLength(let count): checkLength(.maxLength, count, number, value)
    case .pattern(let place): checkPattern(place, number, value)
    case .format(let place): checkFormat(place, number, value)
    case .minItems(let count): checkCount(.minItems, .array, count, number, value)
    case .maxItems(let count): checkCount(.maxItems, .array, count, number, value)
    case .minProperties(let count): checkCount(.minProperties, .object, count, number, value)
    case .maxProperties(let count): checkCount(.maxProperties, .object, count, number, value)
    case .uniqueItems: checkUnique(number, value)
    case .prefixItems(let children): checkPrefix(children, value, frame)
    case .items(let node, let first): checkItems(node, from: first, number, value, frame)
    case .contains(let node, let min, let max): checkContains(node, min, max, number, value, frame)
    case .unevaluatedItems(let node): checkUnevaluatedItems(node, number, value, frame)
    case .members(let place): checkMembers(place, number, value, frame)
    case .propertyNames(let node): checkNames(node, number, value)
    case .dependentRequired(let place): checkDependentRequired(place, number, value)
    case .dependentSchemas(let place): checkDependentSchemas(place, value, frame)
    case .unevaluatedProperties(let node): checkUnevaluatedProperties(node, number, value, frame)
    case .reference(let node): check(node, value, frame)
    case .dynamicReference(let anchor, let node): check(dynamicNode(anchor) ?? node, value, frame)
    case .all(let children): checkAll(children, value, frame)
    case .any(let children): checkAny(children, number, value, frame)
    case .one(let children): checkOne(children, number, value, frame)
    case .not(let node): checkNot(node, number, value)
    case .condition(let condition, let then, let otherwise):
      checkCondition(condition, then, otherwise, value, frame)
    }
  }

  private func dynamicNode(_ anchor: Int) -> Int? {
    let nodes = program.tables.dynamicAnchors[anchor]
    return scope.lazy.compactMap { nodes[$0] }.first
  }
}

/// Frames of marks.
extension Validator {
  mutating func openFrame(of value: DocumentNode) -> Int {
    let frame = marks.count
    marks.append(contentsOf: repeatElement(false, count: value.count))
    return frame
  }

  /// Ends the last frame. What was looked at is handed on when the schema that asked for it fits.
  mutating func closeFrame(_ frame: Int, into outer: Int?) {
    if let outer {
      for offset in 0..<marks.count - frame where marks[frame + offset] { marks[outer + offset] = true }
    }
    marks.removeLast(marks.count - frame)
  }

  mutating func mark(_ ordinal: Int, _ frame: Int?) {
    if let frame { marks[frame + ordinal] = true }
  }
}
