import Documents

/// Keywords for the elements of an array.
extension Validator {
  mutating func checkPrefix(_ children: Range<Int>, _ value: DocumentNode, _ frame: Int?) -> Bool {
    var isValid = true
    for (ordinal, (child, element)) in zip(children, value.elements).enumerated() {
      mark(ordinal, frame)
      guard !check(program.tables.children[child], element, nil) else { continue }
      isValid = false
      guard isExplaining else { break }
    }
    return isValid
  }

  mutating func checkItems(
    _ node: Int, from first: Int, _ number: Int, _ value: DocumentNode, _ frame: Int?
  ) -> Bool {
    guard value.kind == .array, value.count > first else { return true }
    var isValid = true
    for (ordinal, element) in value.elements.enumerated() where ordinal >= first {
      mark(ordinal, frame)
      guard !checkRest(.items, node, number, element) else { continue }
      isValid = false
      guard isExplaining else { break }
    }
    return isValid
  }

  mutating func checkUnevaluatedItems(_ node: Int, _ number: Int, _ value: DocumentNode, _ frame: Int?) -> Bool {
    guard value.kind == .array, let frame else { return true }
    var isValid = true
    for (ordinal, element) in value.elements.enumerated() where !marks[frame + ordinal] {
      mark(ordinal, frame)
      guard !checkRest(.unevaluatedItems, node, number, element) else { continue }
      isValid = false
      guard isExplaining else { break }
    }
    return isValid
  }

  /// A schema of the rest of elements or members. Where nothing may be left the finding names the keyword, not `false`.
  mutating func checkRest(_ code: SchemaCode, _ node: Int, _ number: Int, _ value: DocumentNode) -> Bool {
    program.tables.nodes[node].isNever ? fail(code, number, value) : check(node, value, nil)
  }

  mutating func checkContains(
    _ node: Int, _ min: Int, _ max: Int, _ number: Int, _ value: DocumentNode, _ frame: Int?
  ) -> Bool {
    guard value.kind == .array else { return true }
    var count = 0
    for (ordinal, element) in value.elements.enumerated() where tries(node, element, nil) {
      count += 1
      mark(ordinal, frame)
      if frame == nil, count >= min, max == .max { break }
    }
    guard count < min || count > max else { return true }
    guard isExplaining else { return false }
    let code: SchemaCode = count > max ? .maxContains : min == 1 ? .contains : .minContains
    let limit = count > max ? max : min
    return fail(code, number, value, ["limit": .integer(Int64(limit)), "actual": .integer(Int64(count))])
  }

  mutating func checkUnique(_ number: Int, _ value: DocumentNode) -> Bool {
    guard value.kind == .array, let (first, second) = UniqueElements.duplicates(in: value) else { return true }
    guard isExplaining else { return false }
    return fail(
      .uniqueItems, number, value, ["first": .integer(Int64(first)), "second": .integer(Int64(second))],
      fix: JSONPatch([.remove(value.pointer.appending(second))]))
  }
}
