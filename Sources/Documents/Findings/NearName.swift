/// Finds what somebody may have meant by a name that there is not.
package enum NearName {
  /// Names that are longer are not compared: the work grows with the square.
  private static let byteCountMax = 64
  private static let candidateCountMax = 256

  /// The candidate that is fewest changes away, two at most, and no more than a third of the name. The first in order
  /// of the alphabet when several are.
  package static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let own = Array(name.utf8)
    guard own.count <= byteCountMax else { return nil }
    var best: (distance: Int, name: String)?
    for candidate in candidates.prefix(candidateCountMax) {
      let other = Array(candidate.utf8)
      guard other.count <= byteCountMax, abs(other.count - own.count) <= 2 else { continue }
      let distance = distance(own, other)
      guard distance <= min(2, max(1, own.count / 3)) else { continue }
      if best.map({ (distance, candidate) < $0 }) ?? true { best = (distance, candidate) }
    }
    return best?.name
  }

  /// Insertions, removals, replacements and swaps of neighbours between two texts, in bytes; letters of ASCII that
  /// differ in case only are half a change, rounded down. (Damerau's distance with each place edited once.)
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before: [Int] = []
    var above = (0...right.count).map { $0 * 2 }
    for (row, own) in left.enumerated() {
      var current = [(row + 1) * 2]
      for (column, other) in right.enumerated() {
        var cost = min(above[column + 1], current[column]) + 2
        cost = min(cost, above[column] + (own == other ? 0 : isSameLetter(own, other) ? 1 : 2))
        if row > 0, column > 0, own == right[column - 1], left[row - 1] == other {
          cost = min(cost, before[column - 1] + 2)
        }
        current.append(cost)
      }
      (before, above) = (above, current)
    }
    return (above.last ?? 0) / 2
  }

  private static func isSameLetter(_ left: UInt8, _ right: UInt8) -> Bool {
    left | 0x20 == right | 0x20 && 0x61...0x7A ~= left | 0x20
  }
}
