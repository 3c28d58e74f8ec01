import Documents

/// Finds two elements of an array that are the same value, in time that does not grow with the square: by a hash of
/// the value with the seed of the process, and by comparing where hashes are the same.
enum UniqueElements {
  private static let smallCount = 16

  /// - Returns: positions of two that are the same, the earlier one first.
  static func duplicates(in array: DocumentNode) -> (Int, Int)? {
    guard array.count > 1 else { return nil }
    return array.count <= smallCount ? small(array) : large(array)
  }

  private static func small(_ array: DocumentNode) -> (Int, Int)? {
    var hashes = InlineArray<16, Int>(repeating: 0)
    for (index, element) in array.elements.enumerated() {
      hashes[index] = hash(of: element)
      for earlier in 0..<index where hashes[earlier] == hashes[index] {
        if array.element(earlier)?.value == element.value { return (earlier, index) }
      }
    }
    return nil
  }

  private static func large(_ array: DocumentNode) -> (Int, Int)? {
    var elements: [(hash: Int, index: Int, node: DocumentNode)] = []
    elements.reserveCapacity(array.count)
    for (index, node) in array.elements.enumerated() { elements.append((hash(of: node), index, node)) }
    elements.sort { ($0.hash, $0.index) < ($1.hash, $1.index) }
    // Different values with one hash are as good as never; if there are some, a table sorts them out.
    for (left, right) in zip(elements, elements.dropFirst()) where left.hash == right.hash {
      if left.node.value == right.node.value { return (left.index, right.index) }
      return fromTable(array)
    }
    return nil
  }

  private static func fromTable(_ array: DocumentNode) -> (Int, Int)? {
    var positions: [JSONValue: Int] = [:]
    for (index, node) in array.elements.enumerated() {
      if let earlier = positions.updateValue(index, forKey: node.value) { return (earlier, index) }
    }
    return nil
  }

  /// The same for the same values: numbers by value, members in any order.
  private static func hash(of node: DocumentNode) -> Int {
    var hasher = Hasher()
    switch node.kind {
    case .null: hasher.combine(0)
    case .bool: hasher.combine(node.bool)
    case .integer: hasher.combine(node.integer)
    case .number: hasher.combine(node.number)
    case .string:
      hasher.combine(1)
      node.withBytes { bytes in
        for index in bytes.indices { hasher.combine(bytes[index]) }
      }
    case .array:
      hasher.combine(2)
      for element in node.elements { hasher.combine(hash(of: element)) }
    case .object:
      // A sum does not see the order.
      var sum = 0
      for (name, value) in node.members {
        var member = Hasher()
        member.combine(hash(of: name))
        member.combine(hash(of: value))
        sum &+= member.finalize()
      }
      hasher.combine(3)
      hasher.combine(sum)
    }
    return hasher.finalize()
  }
}
