/// The order of a list that two sides changed.
///
/// Elements that both sides have follow the side that changed their order. An element that only one side has comes
/// behind the one that it is behind there; where both sides put some at the same place, those with the least first key
/// come first. So which side is called mine does not matter, unless there is a conflict.
struct MergedOrder {
  private(set) var keys: [ElementKey] = []
  /// Whether both sides changed the order, in different ways; the order is then that of `mine`.
  private(set) var isConflict = false

  /// - Parameters: the keys that are to be in the list, as far as each side has them, in its order.
  init(base: [ElementKey], mine: [ElementKey], theirs: [ElementKey]) {
    let shared = Set(mine).intersection(theirs)
    let common = sharedOrder(
      shared, base.filter(shared.contains), mine.filter(shared.contains), theirs.filter(shared.contains))
    let (own, others) = (Self.followers(in: mine, shared), Self.followers(in: theirs, shared))
    append(own[nil] ?? [], others[nil] ?? [])
    for key in common {
      keys.append(key)
      append(own[key] ?? [], others[key] ?? [])
    }
  }

  private mutating func sharedOrder(
    _ shared: Set<ElementKey>, _ base: [ElementKey], _ mine: [ElementKey], _ theirs: [ElementKey]
  ) -> [ElementKey] {
    if mine == theirs { return mine }
    // Elements that both sides added have no old order.
    let known = Set(base)
    let (own, others) = (mine.filter(known.contains), theirs.filter(known.contains))
    if own == base, others != base { return theirs }
    if others == base, own != base { return mine }
    isConflict = own != others
    return isConflict || mine.lexicographicallyPrecedes(theirs) ? mine : theirs
  }

  /// Of each shared key, or nil for the front, the keys behind it that are not shared.
  private static func followers(in keys: [ElementKey], _ shared: Set<ElementKey>) -> [ElementKey?: [ElementKey]] {
    var (followers, anchor): ([ElementKey?: [ElementKey]], ElementKey?) = ([:], nil)
    for key in keys {
      if shared.contains(key) { anchor = key } else { followers[anchor, default: []].append(key) }
    }
    return followers
  }

  private mutating func append(_ own: [ElementKey], _ others: [ElementKey]) {
    keys += own.lexicographicallyPrecedes(others) ? own + others : others + own
  }
}
