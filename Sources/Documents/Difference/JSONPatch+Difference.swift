extension JSONPatch {
  /// The operations that make `after` of `before`: applying them gives a value equal to it. Elements of lists match as
  /// they do in `JSONValue.changes(to:)`, and those that only moved are moved.
  ///
  /// What would take too many operations is replaced as a whole. Values that are near the limits of documents can need
  /// a patch that is more work than `apply` allows.
  public init(from before: JSONValue, to after: JSONValue) {
    var walk = PatchWalk()
    walk.compare(before, after)
    self.init(walk.operations.count <= Self.operationCountMax ? walk.operations : [.replace(.root, after)])
  }
}

private struct PatchWalk {
  /// Of a list's length times the elements that come, go or move.
  private static let listWorkMax = 20_000_000

  var operations: [JSONPatch.Operation] = []
  private var tokens: [String] = []

  mutating func compare(_ before: JSONValue, _ after: JSONValue) {
    switch (before, after) {
    case (.object(let before), .object(let after)): compare(before, after)
    case (.array(let before), .array(let after)): compare(before, after)
    default: if before != after { operations.append(.replace(JSONPointer(tokens), after)) }
    }
  }

  private mutating func compare(_ before: JSONObject, _ after: JSONObject) {
    for member in before {
      if let later = after[member.name] {
        at(member.name) { $0.compare(member.value, later) }
      } else {
        operations.append(.remove(pointer(member.name)))
      }
    }
    for member in after where before[member.name] == nil {
      operations.append(.add(pointer(member.name), member.value))
    }
  }

  private mutating func compare(_ before: [JSONValue], _ after: [JSONValue]) {
    let match = ListMatch(before, after)
    let work = (match.removed.count + match.added.count + match.moved.count) * max(before.count, after.count)
    guard work <= Self.listWorkMax else {
      operations.append(.replace(JSONPointer(tokens), .array(after)))
      return
    }
    // The elements themselves first, while they are where they were.
    for pair in match.pairs { at("\(pair.before)") { $0.compare(before[pair.before], after[pair.after]) } }
    for position in match.removed.reversed() { operations.append(.remove(pointer("\(position)"))) }
    arrange(match, after, count: before.count)
  }

  /// Brings the elements that are left into their order, from the front, and puts new ones between them. An element
  /// that stays is passed by; those that are still to be moved lie about between settled ones until it is their turn.
  private mutating func arrange(_ match: ListMatch, _ after: [JSONValue], count: Int) {
    guard !match.added.isEmpty || !match.moved.isEmpty else { return }
    let removed = Set(match.removed)
    let origin = Dictionary(uniqueKeysWithValues: match.pairs.map { ($0.after, $0.before) })
    // The list as it is by now: positions in the old list, -1 for what is new.
    var current = (0..<count).filter { !removed.contains($0) }
    var settled = -1
    for position in after.indices {
      guard let earlier = origin[position] else {
        settled += 1
        current.insert(-1, at: settled)
        operations.append(.add(pointer("\(settled)"), after[position]))
        continue
      }
      if match.moved.contains(position), let from = current.firstIndex(of: earlier) {
        // Taking it out from the front moves the settled ones down.
        let target = from <= settled ? settled : settled + 1
        if from != target {
          current.insert(current.remove(at: from), at: target)
          operations.append(.move(from: pointer("\(from)"), to: pointer("\(target)")))
        }
        settled = target
      } else if let place = current[(settled + 1)...].firstIndex(of: earlier) {
        settled = place
      }
    }
  }

  private mutating func at(_ token: String, _ body: (inout PatchWalk) -> Void) {
    tokens.append(token)
    body(&self)
    tokens.removeLast()
  }

  private func pointer(_ token: String) -> JSONPointer { JSONPointer(tokens + [token]) }
}
