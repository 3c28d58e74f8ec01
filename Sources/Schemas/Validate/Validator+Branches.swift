import Documents

/// Schemas that are applied to the value itself.
extension Validator {
  mutating func checkAll(_ children: Range<Int>, _ value: DocumentNode, _ frame: Int?) -> Bool {
    var isValid = true
    for child in children where !check(program.tables.children[child], value, frame) {
      isValid = false
      guard isExplaining else { break }
    }
    return isValid
  }

  /// With marks all branches are walked: each that fits has its part in what was looked at.
  mutating func checkAny(_ children: Range<Int>, _ number: Int, _ value: DocumentNode, _ frame: Int?) -> Bool {
    var isValid = false
    for child in children where triesBranch(program.tables.children[child], value, frame) {
      isValid = true
      guard frame != nil else { break }
    }
    return isValid || failBranches(.anyOf, children, number, value)
  }

  mutating func checkOne(_ children: Range<Int>, _ number: Int, _ value: DocumentNode, _ frame: Int?) -> Bool {
    var fitting: (first: Int, second: Int?)?
    for (ordinal, child) in children.enumerated() where triesBranch(program.tables.children[child], value, frame) {
      guard let first = fitting?.first else {
        fitting = (ordinal, nil)
        continue
      }
      fitting = (first, ordinal)
      break
    }
    guard let fitting else { return failBranches(.oneOf, children, number, value) }
    guard let second = fitting.second else { return true }
    guard isExplaining else { return false }
    return fail(
      .oneOfSeveral, number, value, ["first": .integer(Int64(fitting.first)), "second": .integer(Int64(second))])
  }

  mutating func checkNot(_ node: Int, _ number: Int, _ value: DocumentNode) -> Bool {
    !tries(node, value, nil) || fail(.not, number, value)
  }

  mutating func checkCondition(
    _ condition: Int, _ then: Int?, _ otherwise: Int?, _ value: DocumentNode, _ frame: Int?
  ) -> Bool {
    let consequence = triesBranch(condition, value, frame) ? then : otherwise
    return consequence.map { check($0, value, frame) } ?? true
  }

  /// No branch fits. What is wrong with each follows, that of the branch first which came deepest into the value: it
  /// is most likely the one that was meant.
  private mutating func failBranches(
    _ code: SchemaCode, _ children: Range<Int>, _ number: Int, _ value: DocumentNode
  ) -> Bool {
    guard isExplaining else { return false }
    _ = fail(code, number, value, ["count": .integer(Int64(children.count))])
    guard !findings.isFull else { return false }
    var branches: [(depth: Int, findings: Findings)] = []
    for child in children {
      let node = program.tables.children[child]
      // Marks of a branch that does not fit are of no use; it may still ask for them.
      let own = explained { validator in
        let frame = validator.openFrame(of: value)
        _ = validator.check(node, value, frame)
        validator.closeFrame(frame, into: nil)
      }
      branches.append((own.kept.map(\.pointer.tokens.count).max() ?? 0, own))
    }
    for branch in branches.enumerated().sorted(by: { ($1.element.depth, $0.offset) < ($0.element.depth, $1.offset) }) {
      findings.add(contentsOf: branch.element.findings)
    }
    return false
  }
}
