/// One difference between two documents, in the words of what they are about: this element was added, that limit
/// changed.
public struct Change: Hashable, Sendable {
  public enum Kind: String, Sendable {
    case added, removed, changed
    /// An element has another place among its list's elements; `before` and `after` are its positions.
    case moved
  }

  public let kind: Kind
  public let path: StablePath
  /// The place in the old document; nil of what was added.
  public let pointerBefore: JSONPointer?
  /// The place in the new document; nil of what was removed.
  public let pointerAfter: JSONPointer?
  public let before: JSONValue?
  public let after: JSONValue?
}

extension JSONValue {
  /// What is different in `other`, from the outside to the inside: list elements match by their keys, or else by
  /// position.
  ///
  /// Equal values have no changes, and other values have some.
  /// - Complexity: O(n log n) in values, times the depth.
  public func changes(to other: JSONValue) -> [Change] {
    var walk = ChangeWalk()
    walk.compare(self, other)
    return walk.changes
  }
}

/// Collects changes; where it is in both documents it keeps on stacks.
private struct ChangeWalk {
  var changes: [Change] = []
  private var steps: [StablePath.Step] = []
  private var tokensBefore: [String] = []
  private var tokensAfter: [String] = []

  mutating func compare(_ before: JSONValue, _ after: JSONValue) {
    switch (before, after) {
    case (.object(let before), .object(let after)): compare(before, after)
    case (.array(let before), .array(let after)): compare(before, after)
    default: if before != after { add(.changed, before, after) }
    }
  }

  private mutating func compare(_ before: JSONObject, _ after: JSONObject) {
    for member in before where after[member.name] == nil {
      at(.member(member.name), member.name, nil) { $0.add(.removed, member.value, nil) }
    }
    for member in after {
      if let earlier = before[member.name] {
        at(.member(member.name), member.name, member.name) { $0.compare(earlier, member.value) }
      } else {
        at(.member(member.name), nil, member.name) { $0.add(.added, nil, member.value) }
      }
    }
  }

  private mutating func compare(_ before: [JSONValue], _ after: [JSONValue]) {
    let match = ListMatch(before, after)
    for position in match.removed {
      at(match.keysBefore.map { .element($0[position]) } ?? .position(position), "\(position)", nil) {
        $0.add(.removed, before[position], nil)
      }
    }
    for position in match.added {
      at(match.keys.map { .element($0[position]) } ?? .position(position), nil, "\(position)") {
        $0.add(.added, nil, after[position])
      }
    }
    for pair in match.pairs {
      let step = match.keys.map { StablePath.Step.element($0[pair.after]) } ?? .position(pair.after)
      at(step, "\(pair.before)", "\(pair.after)") {
        if match.moved.contains(pair.after) {
          $0.add(.moved, .integer(Int64(pair.before)), .integer(Int64(pair.after)))
        }
        $0.compare(before[pair.before], after[pair.after])
      }
    }
  }

  private mutating func at(
    _ step: StablePath.Step, _ tokenBefore: String?, _ tokenAfter: String?, _ body: (inout ChangeWalk) -> Void
  ) {
    steps.append(step)
    tokensBefore.append(tokenBefore ?? "")
    tokensAfter.append(tokenAfter ?? "")
    body(&self)
    steps.removeLast()
    tokensBefore.removeLast()
    tokensAfter.removeLast()
  }

  private mutating func add(_ kind: Change.Kind, _ before: JSONValue?, _ after: JSONValue?) {
    changes.append(
      Change(
        kind: kind, path: StablePath(steps), pointerBefore: kind == .added ? nil : JSONPointer(tokensBefore),
        pointerAfter: kind == .removed ? nil : JSONPointer(tokensAfter), before: before, after: after))
  }
}
