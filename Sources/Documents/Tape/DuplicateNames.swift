/// Finds a name that an object has twice. Keeps its working space from object to object.
///
/// Few names are compared each with each, many are sorted: by a mark made of their bytes, and where marks are the same
/// by the bytes themselves. So nobody can choose names that make it slow: comparing is O(n log n) at worst, in bytes.
struct DuplicateNames {
  private static let sortedFrom = 16

  private var names: [(mark: UInt64, index: Int)] = []

  /// - Returns: the entries of the two, the earlier one first.
  mutating func find(
    in entries: [TapeEntry], _ object: Int, text: Span<UInt8>, arena: Span<UInt8>
  ) -> (Int, Int)? {
    names.removeAll(keepingCapacity: true)
    let end = entries[object].next
    var index = object + 1
    while index < end {
      let entry = entries[index]
      names.append((Self.mark(entry.isInArena ? arena : text, entry.bytes), index))
      index = entries[index + 1].next
    }
    func order(_ left: Int, _ right: Int) -> Int {
      let (left, right) = (entries[left], entries[right])
      return Self.order(
        left.isInArena ? arena : text, left.bytes, right.isInArena ? arena : text, right.bytes)
    }
    if names.count < Self.sortedFrom {
      for later in names.indices {
        for earlier in 0..<later where names[earlier].mark == names[later].mark {
          if order(names[earlier].index, names[later].index) == 0 { return (names[earlier].index, names[later].index) }
        }
      }
      return nil
    }
    names.sort { left, right in
      guard left.mark == right.mark else { return left.mark < right.mark }
      let order = order(left.index, right.index)
      return order == 0 ? left.index < right.index : order < 0
    }
    for (left, right) in zip(names, names.dropFirst()) where left.mark == right.mark {
      if order(left.index, right.index) == 0 { return (left.index, right.index) }
    }
    return nil
  }

  /// Equal for equal names, and mostly different for others.
  private static func mark(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    var mark = UInt64(range.count)
    for index in range { mark = (mark ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
    return mark
  }

  /// Below, at or above zero, as the left name comes before, is, or comes behind the right one.
  private static func order(
    _ left: Span<UInt8>, _ leftRange: Range<Int>, _ right: Span<UInt8>, _ rightRange: Range<Int>
  ) -> Int {
    for offset in 0..<min(leftRange.count, rightRange.count) {
      let (own, other) = (left[leftRange.lowerBound + offset], right[rightRange.lowerBound + offset])
      if own != other { return Int(own) - Int(other) }
    }
    return leftRange.count - rightRange.count
  }
}
