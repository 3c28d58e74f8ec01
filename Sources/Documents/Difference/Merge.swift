/// Two changes of one document, put together.
///
/// What only one side changed is taken from it. Members match by name and list elements by key; a list whose elements
/// have no keys is taken element by element while its length stays, and otherwise by the part of it that a side
/// changed. Where both sides changed the same thing in different ways there is a conflict, and the value has what
/// `mine` has.
public struct Merge: Hashable, Sendable {
  /// Something that both sides changed.
  public struct Conflict: Hashable, Sendable {
    public enum Kind: String, Sendable {
      case value
      /// Both sides put the elements of a list into another order: the three are lists of keys.
      case order
    }

    public let kind: Kind
    public let path: StablePath
    /// Each is nil where there is nothing.
    public let base: JSONValue?
    public let mine: JSONValue?
    public let theirs: JSONValue?
  }

  public let value: JSONValue
  public let conflicts: [Conflict]

  /// - Complexity: O(n) in values, times the depth.
  public init(base: JSONValue, mine: JSONValue, theirs: JSONValue) {
    var walk = MergeWalk()
    value = walk.merge(base, mine, theirs) ?? mine
    conflicts = walk.conflicts
  }
}

private struct MergeWalk {
  var conflicts: [Merge.Conflict] = []
  private var path: [StablePath.Step] = []

  /// - Returns: nil when the value is removed.
  mutating func merge(_ base: JSONValue?, _ mine: JSONValue?, _ theirs: JSONValue?) -> JSONValue? {
    if mine == theirs || base == theirs { return mine }
    if base == mine { return theirs }
    switch (base, mine, theirs) {
    case (.object(let base), .object(let mine), .object(let theirs)):
      return .object(merge(base, mine, theirs))
    case (.array(let base), .array(let mine), .array(let theirs)):
      if let merged = merge(base, mine, theirs) { return .array(merged) }
    default: break
    }
    conflict(.value, base, mine, theirs)
    return mine
  }

  private mutating func merge(_ base: JSONObject, _ mine: JSONObject, _ theirs: JSONObject) -> JSONObject {
    var merged = JSONObject()
    for name in mine.names + theirs.names.filter({ mine[$0] == nil }) {
      merged[name] = at(.member(name)) { $0.merge(base[name], mine[name], theirs[name]) }
    }
    return merged
  }

  /// - Returns: nil when both sides changed the same part of a list without keys.
  private mutating func merge(_ base: [JSONValue], _ mine: [JSONValue], _ theirs: [JSONValue]) -> [JSONValue]? {
    if let base = KeyedList(base), let mine = KeyedList(mine), let theirs = KeyedList(theirs) {
      return merge(base, mine, theirs)
    }
    if base.count == mine.count, base.count == theirs.count {
      return base.indices.compactMap { position in
        at(.position(position)) { $0.merge(base[position], mine[position], theirs[position]) }
      }
    }
    let (own, other) = (ListWindow(base, mine), ListWindow(base, theirs))
    // Two that put something in at the same place: nothing says which comes first.
    if own.before.isEmpty, other.before == own.before { return nil }
    if own.before.upperBound <= other.before.lowerBound {
      return Array(mine[..<own.after.upperBound]) + base[own.before.upperBound..<other.before.lowerBound]
        + theirs[other.after.lowerBound...]
    }
    if other.before.upperBound <= own.before.lowerBound {
      return Array(theirs[..<other.after.upperBound]) + base[other.before.upperBound..<own.before.lowerBound]
        + mine[own.after.lowerBound...]
    }
    return nil
  }

  private mutating func merge(_ base: KeyedList, _ mine: KeyedList, _ theirs: KeyedList) -> [JSONValue] {
    var merged: [ElementKey: JSONValue] = [:]
    for key in mine.keys + theirs.keys.filter({ mine[$0] == nil }) {
      merged[key] = at(.element(key)) { $0.merge(base[key], mine[key], theirs[key]) }
    }
    func surviving(_ list: KeyedList) -> [ElementKey] { list.keys.filter { merged[$0] != nil } }
    let order = MergedOrder(base: surviving(base), mine: surviving(mine), theirs: surviving(theirs))
    if order.isConflict {
      func keys(_ list: KeyedList) -> JSONValue { .array(list.keys.map(\.value)) }
      conflict(.order, keys(base), keys(mine), keys(theirs))
    }
    return order.keys.compactMap { merged[$0] }
  }

  private mutating func conflict(
    _ kind: Merge.Conflict.Kind, _ base: JSONValue?, _ mine: JSONValue?, _ theirs: JSONValue?
  ) {
    conflicts.append(Merge.Conflict(kind: kind, path: StablePath(path), base: base, mine: mine, theirs: theirs))
  }

  private mutating func at(_ step: StablePath.Step, _ body: (inout MergeWalk) -> JSONValue?) -> JSONValue? {
    path.append(step)
    defer { path.removeLast() }
    return body(&self)
  }
}

/// A list whose elements all have keys of their own.
private struct KeyedList {
  let keys: [ElementKey]
  private let elements: [ElementKey: JSONValue]

  init?(_ list: [JSONValue]) {
    guard let keys = ElementKey.keys(of: list) else { return nil }
    self.keys = keys
    elements = Dictionary(uniqueKeysWithValues: zip(keys, list))
  }

  subscript(key: ElementKey) -> JSONValue? { elements[key] }
}
