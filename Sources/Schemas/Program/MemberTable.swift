import Documents
import Patterns

/// What a schema says of the members of an object, so that one walk over them is enough.
final class MemberTable: Sendable {
  /// A name that the schema mentions.
  struct Property: Sendable {
    let name: String
    var rule: Rule
    /// What may be put in when it is missing.
    var initial: JSONValue?
  }

  struct Rule: BitwiseCopyable, Sendable {
    /// Nil for a name that is only required.
    var node: Int?
    var isRequired = false
  }

  /// By length, then by bytes.
  let properties: [Property]
  /// The same order.
  let rules: [Rule]
  /// Names by `patternProperties`.
  let patterns: [(pattern: Int, node: Int)]
  /// For names that are not mentioned.
  let additional: Int?
  let requiredCount: Int
  /// All names, one behind the other, and where each ends.
  private let bytes: [UInt8]
  private let ends: [Int]
  /// The property that the schema mentions next: documents mostly keep its order.
  private let followers: [Int]
  private let first: Int

  /// - Parameter properties: in the order of the schema.
  init(properties: [Property], patterns: [(pattern: Int, node: Int)], additional: Int?) {
    let order = properties.indices.sorted { left, right in
      let (left, right) = (properties[left].name.utf8, properties[right].name.utf8)
      return left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
    }
    var positions = [Int](repeating: 0, count: order.count)
    for (position, index) in order.enumerated() { positions[index] = position }
    var (bytes, ends): ([UInt8], [Int]) = ([], [])
    for index in order {
      bytes += properties[index].name.utf8
      ends.append(bytes.count)
    }
    var followers = positions
    for index in positions.indices {
      followers[positions[index]] = index + 1 < positions.count ? positions[index + 1] : positions[0]
    }
    self.properties = order.map { properties[$0] }
    rules = order.map { properties[$0].rule }
    self.patterns = patterns
    self.additional = additional
    requiredCount = properties.count { $0.rule.isRequired }
    self.bytes = bytes
    self.ends = ends
    self.followers = followers
    first = positions.first ?? 0
  }

  /// The property of this name.
  ///
  /// - Parameter last: what was found before; looked at is first what the schema mentions behind it.
  /// - Complexity: O(log properties) comparisons, whoever chose the names.
  func find(_ name: Span<UInt8>, after last: Int?) -> Int? {
    guard !ends.isEmpty else { return nil }
    let guess = last.map { followers[$0] } ?? first
    if order(of: name, to: guess) == 0 { return guess }
    var (low, high) = (0, ends.count)
    while low < high {
      let middle = (low + high) / 2
      let order = order(of: name, to: middle)
      if order == 0 { return middle }
      if order > 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  /// Below, at or above zero, as `name` comes before, is, or comes behind a property's name.
  private func order(of name: Span<UInt8>, to index: Int) -> Int {
    let start = index == 0 ? 0 : ends[index - 1]
    let difference = name.count - (ends[index] - start)
    guard difference == 0 else { return difference }
    for offset in name.indices where name[offset] != bytes[start + offset] {
      return Int(name[offset]) - Int(bytes[start + offset])
    }
    return 0
  }
}
