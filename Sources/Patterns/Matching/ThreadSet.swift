/// Instructions that are reached, each once, in the order of arrival; emptied in one step (Briggs and Torczon, "An
/// Efficient Representation for Sparse Sets").
struct ThreadSet {
  private var members: [Int]
  private var places: [Int]
  private var pending: [Int] = []
  private(set) var count = 0
  /// Whether the match is among what was reached.
  private(set) var isMatch = false
  /// Instructions visited since the set was made, for limits and laws.
  private(set) var visitCount = 0

  init(capacity: Int) {
    members = [Int](repeating: 0, count: capacity)
    places = members
  }

  subscript(index: Int) -> Int { members[index] }

  /// - Returns: whether it is new.
  @discardableResult
  mutating func insert(_ member: Int) -> Bool {
    let place = places[member]
    guard place >= count || members[place] != member else { return false }
    places[member] = count
    members[count] = member
    count += 1
    return true
  }

  mutating func removeAll() {
    count = 0
    isMatch = false
  }

  /// Adds what can be reached from an instruction without a code point or an assertion.
  ///
  /// - Parameter isAtStart: whether the place is the start of the text.
  mutating func reach(_ first: Int, _ program: Program, isAtStart: Bool) {
    pending.append(first)
    while let thread = pending.popLast() {
      visitCount += 1
      switch program.instructions[thread] {
      // Will never hold again: without it an anchored search ends when its last thread does.
      case .assertion(.textStart, _) where !isAtStart: break
      case .split(let one, let other):
        guard insert(thread) else { continue }
        pending.append(other)
        pending.append(one)
      case .match: isMatch = true
      case .set, .assertion: insert(thread)
      }
    }
  }
}
