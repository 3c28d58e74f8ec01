/// At most four ordinals of milestones, different from each other: as a kernel's record of predecessors has them.
package struct MilestoneOrdinals: RandomAccessCollection, Hashable, Sendable, ExpressibleByArrayLiteral {
  /// Sixteen bits each, the first one lowest.
  private var packed: UInt64 = 0
  package private(set) var count = 0

  package static let countMax = 4

  package init() {}

  package init(arrayLiteral elements: UInt16...) {
    for element in elements { append(element) }
  }

  /// Leaves out what is there already, and what is too much.
  mutating func append(_ ordinal: UInt16) {
    guard count < Self.countMax, !contains(ordinal) else { return }
    packed |= UInt64(ordinal) << (16 * UInt64(count))
    count += 1
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(position: Int) -> UInt16 {
    precondition(position >= 0 && position < count, "an ordinal that is not there")
    return UInt16(truncatingIfNeeded: packed >> (16 * UInt64(position)))
  }
}
