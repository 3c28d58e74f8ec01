import Documents

/// One use of a mapping: the input, the rows around the value that is being made, and what was found.
struct MappingRun {
  let mapping: Mapping
  let tree: InputTree
  private(set) var findings = Findings()
  /// Steps of looking for values that are left.
  private var work = MappingLimits.workMax
  /// Values that may still be made.
  private var room = Self.madeCountMax
  private var isExhausted = false
  /// The document, the row, and what is repeated within it.
  private var scopes: [Scope] = []

  private static let madeCountMax = 1 << 19

  private struct Scope {
    let node: Int
    /// Whether it is what something repeats over: `^` steps out of such rows.
    let isRow: Bool
    var names: [String: Outcome] = [:]
  }

  enum Outcome {
    case value(JSONValue)
    /// There is none, and none is needed.
    case absent
    /// It is among the findings.
    case failed
  }

  init(_ mapping: Mapping, _ tree: InputTree) {
    self.mapping = mapping
    self.tree = tree
  }

  /// The row that is being worked on.
  var current: Int { scopes.last?.node ?? 0 }

  // MARK: Rows

  /// Runs `body` inside of a row with names of its own.
  mutating func within(
    _ node: Int, isRow: Bool = true, _ names: [Mapping.NamedValue], _ body: (inout MappingRun) -> Void
  ) {
    scopes.append(Scope(node: node, isRow: isRow))
    for name in names {
      let outcome = value(name.value)
      scopes[scopes.count - 1].names[name.name] = outcome
    }
    body(&self)
    scopes.removeLast()
  }

  /// The row from which a path begins; past the outermost one the document.
  private func start(of path: InputPath) -> Int {
    var outer = path.outer
    for scope in scopes.reversed() where scope.isRow {
      if outer == 0 { return scope.node }
      outer -= 1
    }
    return 0
  }

  /// What a path leads to. Nothing when there is no more work to be done.
  mutating func nodes(at path: InputPath) -> [Int] {
    let found = tree.nodes(at: path, from: start(of: path), &work)
    return mayGoOn(at: nil) ? found : []
  }

  func named(_ name: String) -> Outcome? {
    for scope in scopes.reversed() {
      if let outcome = scope.names[name] { return outcome }
    }
    return nil
  }

  /// Whether a named value could not be made; then there is a finding.
  var hasFailedName: Bool {
    scopes.contains { scope in scope.names.values.contains { if case .failed = $0 { true } else { false } } }
  }

  // MARK: Bounds

  /// Counts a value that is made.
  /// - Returns: whether there is room and work left.
  mutating func mayGoOn(at pointer: JSONPointer?, making count: Int = 0) -> Bool {
    room -= count
    guard work < 0 || room < 0 else { return true }
    if !isExhausted {
      isExhausted = true
      find("mapping.too-much", pointer ?? .root)
    }
    return false
  }

  // MARK: Findings

  /// - Parameter node: of the input; the row where there is none.
  mutating func find(
    _ code: String, _ pointer: JSONPointer, at node: Int? = nil, _ arguments: [String: JSONValue] = [:]
  ) {
    guard !findings.isFull else { return findings.add(Finding(code, at: pointer)) }
    var arguments = arguments
    let node = node ?? current
    arguments["path"] = .string(tree.path(of: node))
    findings.add(Finding(code, at: pointer, place: tree.place(of: node), arguments: arguments))
  }

  /// Finds every check that does not hold for the document.
  mutating func check() {
    for check in mapping.checks {
      switch holds(check) {
      case true?: continue
      case false?: find("mapping.check", check.pointer, ["check": .string(check.text)])
      case nil: break
      }
    }
  }
}

extension MappingRun {
  /// Without a node between: that of the row.
  mutating func find(_ code: String, _ pointer: JSONPointer, _ arguments: [String: JSONValue]) {
    find(code, pointer, at: nil, arguments)
  }
}
