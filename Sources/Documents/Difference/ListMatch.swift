/// Which elements of two lists are the same ones.
///
/// By key, when all elements of both lists have one. Otherwise by position: what is equal at the front and at the back
/// belongs together, and between them the first belongs to the first. So one that is put into the middle of such a list
/// is found, but of several scattered ones each later neighbour looks changed.
struct ListMatch {
  /// Positions of the same element, in the order of the new list.
  var pairs: [(before: Int, after: Int)] = []
  /// Positions in the old list, rising.
  var removed: [Int] = []
  /// Positions in the new list, rising.
  var added: [Int] = []
  /// Positions in the new list of those pairs that changed their order, as few as explain it.
  var moved: Set<Int> = []
  /// Keys of the new list's elements, when the match is by key.
  var keys: [ElementKey]?
  /// Keys of the old list's elements, when the match is by key.
  var keysBefore: [ElementKey]?

  init(_ before: [JSONValue], _ after: [JSONValue]) {
    if let keysBefore = ElementKey.keys(of: before), let keys = ElementKey.keys(of: after) {
      self.keysBefore = keysBefore
      self.keys = keys
      matchKeys(keysBefore, keys)
    } else {
      matchPositions(before, after)
    }
  }

  private mutating func matchKeys(_ before: [ElementKey], _ after: [ElementKey]) {
    let positions = Dictionary(uniqueKeysWithValues: zip(before, before.indices))
    let kept = Set(after)
    for (position, key) in after.enumerated() {
      if let earlier = positions[key] { pairs.append((earlier, position)) } else { added.append(position) }
    }
    removed = before.indices.filter { !kept.contains(before[$0]) }
    let staying = Set(Self.longestRise(pairs.map(\.before)))
    moved = Set(pairs.indices.filter { !staying.contains($0) }.map { pairs[$0].after })
  }

  private mutating func matchPositions(_ before: [JSONValue], _ after: [JSONValue]) {
    let window = ListWindow(before, after)
    let paired = min(window.before.count, window.after.count)
    pairs += (0..<window.before.lowerBound + paired).map { ($0, $0) }
    removed = Array(window.before.dropFirst(paired))
    added = Array(window.after.dropFirst(paired))
    pairs += zip(window.before.upperBound..<before.count, window.after.upperBound..<after.count).map { ($0, $1) }
  }

  /// The positions of a longest rising row among different numbers, rising. O(n log n), by the last number of the best
  /// row of each length.
  private static func longestRise(_ numbers: [Int]) -> [Int] {
    var (lasts, previous): ([Int], [Int?]) = ([], [])
    for (position, number) in numbers.enumerated() {
      var (low, high) = (0, lasts.count)
      while low < high {
        let middle = (low + high) / 2
        if numbers[lasts[middle]] < number { low = middle + 1 } else { high = middle }
      }
      previous.append(low > 0 ? lasts[low - 1] : nil)
      if low == lasts.count { lasts.append(position) } else { lasts[low] = position }
    }
    var (rise, current): ([Int], Int?) = ([], lasts.last)
    while let position = current {
      rise.append(position)
      current = previous[position]
    }
    return rise.reversed()
  }
}

/// Where two lists differ: all in front of it and behind it is equal.
struct ListWindow {
  let before: Range<Int>
  let after: Range<Int>

  init(_ before: [JSONValue], _ after: [JSONValue]) {
    let shorter = min(before.count, after.count)
    var front = 0
    while front < shorter, before[front] == after[front] { front += 1 }
    var back = 0
    while back < shorter - front, before[before.count - 1 - back] == after[after.count - 1 - back] { back += 1 }
    self.before = front..<before.count - back
    self.after = front..<after.count - back
  }
}
