import Documents

extension DocumentNode {
  /// Objects with more members are compared as values, which have a table of names.
  private static let memberCountMax = 16

  /// Whether this is the same value, as JSON Schema compares: numbers by value, objects whatever the order. Small
  /// values cost no memory.
  ///
  /// - Complexity: recursive, to the depth of documents at most.
  func hasValue(_ other: JSONValue) -> Bool {
    switch (kind, other) {
    case (.null, .null): return true
    case (.bool, .bool(let own)): return bool == own
    case (.integer, .integer(let own)): return integer == own
    case (.number, .number(let own)): return number == own
    case (.string, .string(let own)): return isString(own)
    case (.array, .array(let own)):
      return count == own.count && zip(elements, own).allSatisfy { $0.hasValue($1) }
    case (.object, .object(let own)):
      guard count == own.count else { return false }
      guard count <= Self.memberCountMax else { return value == other }
      return own.allSatisfy { member(of: $0.name, has: $0.value) }
    default: return false
    }
  }

  private func member(of name: String, has other: JSONValue) -> Bool { member(name)?.hasValue(other) ?? false }
}
