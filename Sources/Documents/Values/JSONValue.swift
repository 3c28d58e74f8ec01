/// A value of a document: exact, without floating point.
///
/// Two values are equal when RFC 8785 writes them alike: numbers by value, texts by code points, objects whatever the
/// order of their members. For a text that is only looked at, `Document` is cheaper: it makes no value.
///
/// Functions over values walk down recursively. What readers and patches make is at most
/// `DocumentLimits.depthCountMost` deep; so must be what is built by hand.
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// A whole number that fits.
  case integer(Int64)
  /// Any other number. `JSONValue.init(_: JSONNumber)` chooses between the two; a whole number that fits is never here.
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

extension JSONValue {
  /// An `integer` where the number is whole and fits, a `number` otherwise.
  public init(_ number: JSONNumber) {
    if let integer = number.integer { self = .integer(integer) } else { self = .number(number) }
  }

  public var isNull: Bool { if case .null = self { true } else { false } }

  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }

  /// Of any number, whole or not.
  public var number: JSONNumber? {
    switch self {
    case .integer(let value): JSONNumber(value)
    case .number(let value): value
    default: nil
    }
  }

  public var string: String? { if case .string(let value) = self { value } else { nil } }

  public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

  public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

  /// The member of an object; nil when there is none, or no object.
  public subscript(name: String) -> JSONValue? { object?[name] }

  /// How many values there are in all, this one included, but not more than `bound`.
  /// - Complexity: O(`bound`).
  func valueCount(upTo bound: Int) -> Int {
    var count = 1
    func add(_ value: JSONValue) -> Bool {
      if count < bound { count += value.valueCount(upTo: bound - count) }
      return count < bound
    }
    switch self {
    case .array(let elements): _ = elements.allSatisfy(add)
    case .object(let object): _ = object.allSatisfy { add($0.value) }
    default: break
    }
    return count
  }

  /// How many arrays and objects are around each other: 0 for a value without values inside, and not more than `bound`
  /// + 1.
  func depth(upTo bound: Int) -> Int {
    var inner = 0
    switch self {
    case .array(let elements) where bound > 0:
      for element in elements { inner = max(inner, element.depth(upTo: bound - 1)) }
    case .object(let object) where bound > 0:
      for member in object { inner = max(inner, member.value.depth(upTo: bound - 1)) }
    case .array, .object: break
    default: return 0
    }
    return inner + 1
  }
}

extension JSONValue: Hashable {
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left.isSameText(as: right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .integer(let value): hasher.combine(value)
    case .number(let value): hasher.combine(value)
    case .string(let value): hasher.combine(ExactText(value))
    case .array(let elements): hasher.combine(elements)
    case .object(let object): hasher.combine(object)
    }
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(nilLiteral: ()) { self = .null }

  public init(booleanLiteral value: Bool) { self = .bool(value) }

  public init(integerLiteral value: Int64) { self = .integer(value) }

  public init(stringLiteral value: String) { self = .string(value) }

  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// Of a name that is written twice, the last one counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (name, value) in elements { object[name] = value }
    self = .object(object)
  }
}
