/// What an element of a list is known by, wherever in the list it is: its member `id`, or `name` when it has no `id`.
public struct ElementKey: Hashable, Sendable {
  public enum Field: String, Sendable {
    case id, name
  }

  public let field: Field
  /// A string or an integer.
  public let value: JSONValue

  public init(_ field: Field, _ value: JSONValue) {
    self.field = field
    self.value = value
  }

  /// - Returns: nil when the element is no object, or its `id`, or `name` without an `id`, is neither string nor
  ///   integer.
  public init?(of element: JSONValue) {
    guard let object = element.object else { return nil }
    let field: Field = object["id"] == nil ? .name : .id
    switch object[field.rawValue] {
    case .string(let text): self.init(field, .string(text))
    case .integer(let number): self.init(field, .integer(number))
    default: return nil
    }
  }

  /// The keys of a list's elements in order; nil unless every one has a key and none has it twice.
  static func keys(of elements: [JSONValue]) -> [ElementKey]? {
    var (keys, seen): ([ElementKey], Set<ElementKey>) = ([], [])
    for element in elements {
      guard let key = ElementKey(of: element), seen.insert(key).inserted else { return nil }
      keys.append(key)
    }
    return keys
  }
}

extension ElementKey: Comparable {
  /// Some order that does not depend on where the elements are: integers before strings, strings by their bytes.
  public static func < (left: ElementKey, right: ElementKey) -> Bool {
    guard left.field == right.field else { return left.field == .id }
    return switch (left.value, right.value) {
    case (.integer(let left), .integer(let right)): left < right
    case (.string(let left), .string(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.integer, _): true
    default: false
    }
  }
}

extension ElementKey: CustomStringConvertible {
  public var description: String { "[\(field.rawValue)=\(value.string ?? value.canonicalText)]" }
}
