import Documents
import Testing

@testable import Schemas

/// Keywords mean what logic says of them, whatever the schemas inside.
@Suite("Laws of schemas")
struct SchemaLawTests {
  private static let atoms: [JSONValue] = [
    true, false, ["type": "integer"], ["type": "object"], ["type": ["array", "null"]], ["minimum": 2], ["const": 3],
    ["required": ["a"]], ["properties": ["a": ["type": "integer"]]], ["maxProperties": 1], ["items": ["minimum": 1]],
    ["contains": ["const": 1]], ["uniqueItems": true], ["minLength": 2], ["pattern": "^a"], ["enum": [1, "ab", [1]]],
    ["additionalProperties": false, "properties": ["b": true]], ["multipleOf": 2], ["propertyNames": ["maxLength": 1]],
    ["prefixItems": [["const": 1]], "unevaluatedItems": false],
  ]
  private static let values = [
    "null", "true", "1", "2", "3", "4.0", "1.5", #""""#, #""a""#, #""ab""#, "[]", "[1]", "[1,1]", "[0,2]", "{}",
    #"{"a":1}"#, #"{"a":"x"}"#, #"{"b":1}"#, #"{"a":1,"b":2,"cc":3}"#,
  ]

  private static func random(_ depth: Int, using generator: inout SplitMix) -> JSONValue {
    let atom = atoms.randomElement(using: &generator) ?? true
    guard depth > 0 else { return atom }
    func inner() -> JSONValue { random(depth - 1, using: &generator) }
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: return ["allOf": [inner(), inner()]]
    case 1: return ["anyOf": [inner(), inner()]]
    case 2: return ["oneOf": [inner(), inner()]]
    case 3: return ["not": inner()]
    case 4: return ["if": inner(), "then": inner(), "else": inner()]
    default: return atom
    }
  }

  @Test("and, or, either, not, if, and references", arguments: [1, 2, 3] as [UInt64])
  func logic(seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    let values = try Self.values.map { try document($0) }
    let wrapped = try values.map { try document("{\"k\":[\($0.value.canonicalText)]}") }
    for _ in 0..<120 {
      let (one, two) = (Self.random(2, using: &generator), Self.random(2, using: &generator))
      let third = Self.random(1, using: &generator)
      func answers(_ schema: JSONValue) throws -> [Bool] {
        let schema = try Schema(schema)
        return values.map { schema.accepts($0.root) }
      }
      let (first, second, last) = try (answers(one), answers(two), answers(third))
      let both = zip(first, second)
      #expect(try answers(["not": one]) == first.map { !$0 })
      #expect(try answers(["allOf": [one, two]]) == both.map { $0 && $1 })
      #expect(try answers(["anyOf": [one, two]]) == both.map { $0 || $1 })
      #expect(try answers(["oneOf": [one, two]]) == both.map { $0 != $1 })
      #expect(try answers(["if": one, "then": two, "else": third]) == zip(both, last).map { $0.0 ? $0.1 : $1 })
      #expect(try answers(["$ref": "#/$defs/x", "$defs": ["x": one]]) == first)
      // Marks may not change the answer where nobody asks what is left.
      #expect(try answers(["allOf": [one], "unevaluatedProperties": true, "unevaluatedItems": true]) == first)
      // Inside a member, an element and a name's pattern a schema means the same.
      let wrappers: [JSONValue] = [
        ["properties": ["k": ["items": one]]], ["patternProperties": ["^k$": ["prefixItems": [one]]]],
        ["additionalProperties": ["unevaluatedItems": one]], ["unevaluatedProperties": ["contains": one]],
      ]
      for wrapper in wrappers {
        let schema = try Schema(wrapper)
        #expect(wrapped.map { schema.accepts($0.root) } == first, "\(wrapper)")
      }
    }
  }

  @Test("elements are unique by value, in small arrays and large ones")
  func uniqueElements() throws {
    let unique = try schema(#"{"uniqueItems":true}"#)
    var generator = SplitMix(state: 9)
    let parts = [
      "1", "1.0", "true", "null", #""1""#, "[1]", "[1.0]", #"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, "1e400", "0.10", "0.1",
    ]
    for count in [2, 3, 16, 17, 40] {
      for _ in 0..<60 {
        // Mostly different, by a number that is counted up.
        let elements = (0..<count).map { index in
          Int.random(in: 0..<count, using: &generator) < 2
            ? parts.randomElement(using: &generator) ?? "" : "\(index + 10)"
        }
        let text = try document("[" + elements.joined(separator: ",") + "]")
        let values = text.root.elements.map(\.value)
        #expect(unique.accepts(text.root) == (Set(values).count == values.count), "\(elements)")
      }
    }
    // Comparing each with each would take thousands of millions of steps.
    let many = (0..<60_000).map { "{\"id\":\($0),\"name\":\"x\"}" }.joined(separator: ",")
    #expect(try unique.accepts("[\(many)]"))
    #expect(try !unique.accepts("[\(many),{\"name\":\"x\",\"id\":59999.0}]"))
  }

  @Test("constants are compared by value")
  func constants() throws {
    let members = (0..<40).map { "\"m\($0)\":\($0)" }
    for (constant, value, fits) in [
      ("1", "1.0", true), ("1", "true", false), ("0", "false", false), ("[false]", "[0]", false), ("1e2", "100", true),
      (#"{"a":[1,{"b":null}]}"#, #"{"a":[1.0,{"b":null}]}"#, true), (#"{"a":1}"#, #"{"a":1,"b":2}"#, false),
      (#""é""#, #""e\u0301""#, false), ("0.1", "0.10", true), ("1e300", "1e301", false),
      ("{\(members.joined(separator: ","))}", "{\(members.reversed().joined(separator: ","))}", true),
    ] {
      #expect(try schema("{\"const\":\(constant)}").accepts(value) == fits, "\(constant), \(value)")
      #expect(try schema("{\"enum\":[7,\(constant)]}").accepts(value) == fits, "\(constant), \(value)")
    }
  }
}
