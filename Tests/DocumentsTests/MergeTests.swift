import Testing

@testable import Documents

@Suite("Three-way merge")
struct MergeTests {
  private func merge(_ base: String, _ mine: String, _ theirs: String) throws -> Merge {
    Merge(base: try .read(base), mine: try .read(mine), theirs: try .read(theirs))
  }

  @Test(
    "what both sides did is there",
    arguments: [
      (#"{"a":1,"b":2}"#, #"{"a":9,"b":2}"#, #"{"a":1}"#, #"{"a":9}"#),
      (#"{"a":{"x":1}}"#, #"{"a":{"x":1,"y":2}}"#, #"{"a":{"x":3},"b":[]}"#, #"{"a":{"x":3,"y":2},"b":[]}"#),
      // By key: a change here, an order there, additions at the same place.
      (
        #"[{"id":1,"v":0},{"id":2,"v":0},{"id":3}]"#, #"[{"id":3},{"id":1,"v":0},{"id":2,"v":0}]"#,
        #"[{"id":1,"v":7},{"id":3},{"id":4}]"#, #"[{"id":3},{"id":4},{"id":1,"v":7}]"#
      ),
      (#"[{"id":1}]"#, #"[{"id":1},{"id":3}]"#, #"[{"id":1},{"id":2}]"#, #"[{"id":1},{"id":2},{"id":3}]"#),
      (#"[]"#, #"[{"id":1},{"id":2}]"#, #"[{"id":2},{"id":1}]"#, #"[{"id":1},{"id":2}]"#),
      // Without keys: by position, or by the part that changed.
      ("[1,2,3]", "[9,2,3]", "[1,2,8]", "[9,2,8]"), ("[1,2,3]", "[9,2,3]", "[1,2,3,4]", "[9,2,3,4]"),
      ("[1,2,3]", "[2,3]", "[1,2,7,3]", "[2,7,3]"), ("[1,2,3]", "[1,2,4,3]", "[1,2]", "[1,2,4]"),
    ])
  func merged(base: String, mine: String, theirs: String, expected: String) throws {
    for merged in [try merge(base, mine, theirs), try merge(base, theirs, mine)] {
      #expect(merged.conflicts.isEmpty)
      #expect(merged.value == (try JSONValue.read(expected)), "\(merged.value)")
    }
  }

  @Test(
    "what both sides changed in different ways is a conflict, with all three",
    arguments: [
      (#"{"a":1}"#, #"{"a":2}"#, #"{"a":3}"#, "value /a 1 2 3"), (#"{}"#, #"{"a":2}"#, #"{"a":3}"#, "value /a - 2 3"),
      (#"{"a":1}"#, #"{}"#, #"{"a":3}"#, "value /a 1 - 3"), ("1", "[]", "{}", "value  1 [] {}"),
      (#"[{"id":"x","v":1}]"#, #"[{"id":"x","v":2}]"#, #"[]"#, #"value /[id=x] {"id":"x","v":1} {"id":"x","v":2} -"#),
      (#"[{"id":1,"v":1}]"#, #"[{"id":1,"v":2}]"#, #"[{"id":1,"v":3}]"#, "value /[id=1]/v 1 2 3"),
      (
        #"[{"id":1},{"id":2},{"id":3}]"#, #"[{"id":2},{"id":1},{"id":3}]"#, #"[{"id":1},{"id":3},{"id":2}]"#,
        "order  [1,2,3] [2,1,3] [1,3,2]"
      ),
      ("[1,2]", "[1,2,3]", "[1,2,4]", "value  [1,2] [1,2,3] [1,2,4]"),
      ("[1,2]", "[1,7]", "[1,8]", "value /1 2 7 8"),
      ("[1,2,3]", "[1,9]", "[1,2,4,3]", "value  [1,2,3] [1,9] [1,2,4,3]"),
    ])
  func conflicts(base: String, mine: String, theirs: String, expected: String) throws {
    let merged = try merge(base, mine, theirs)
    let told = merged.conflicts.map { conflict in
      let values = [conflict.base, conflict.mine, conflict.theirs].map { $0?.canonicalText ?? "-" }
      return "\(conflict.kind) \(conflict.path) \(values.joined(separator: " "))"
    }
    #expect(told == [expected])
    #expect(merged.value == (try JSONValue.read(mine)))
  }

  @Test(
    "what is theirs can be put where mine is",
    arguments: [
      (#"{"a":1}"#, #"{"a":2}"#, #"{"a":3}"#, #"{"a":3}"#), (#"{"a":1}"#, #"{}"#, #"{"a":3}"#, #"{"a":3}"#),
      (#"{"a":1}"#, #"{"a":2}"#, #"{}"#, #"{}"#), ("1", "[]", "{}", "{}"),
      (#"[{"id":"x","v":1}]"#, #"[]"#, #"[{"id":"x","v":2}]"#, #"[{"id":"x","v":2}]"#),
      (#"[{"id":"x","v":1}]"#, #"[{"id":"x","v":2}]"#, "[]", "[]"), ("[1,2]", "[1,7]", "[1,8]", "[1,8]"),
    ])
  func theirs(base: String, mine: String, theirs: String, expected: String) throws {
    let merged = try merge(base, mine, theirs)
    let patch = try #require(merged.conflicts.first?.patchForTheirs(in: merged.value))
    #expect(try patch.apply(to: merged.value) == (try JSONValue.read(expected)))
  }

  @Test("an order is nobody's to take over by a patch")
  func orders() throws {
    let merged = try merge(
      #"[{"id":1},{"id":2},{"id":3}]"#, #"[{"id":2},{"id":1},{"id":3}]"#, #"[{"id":1},{"id":3},{"id":2}]"#)
    #expect(merged.conflicts.map { $0.patchForTheirs(in: merged.value) } == [nil])
  }

  @Test("a side that changed nothing has no say, and like changes are one", arguments: 0..<4 as Range<UInt64>)
  func laws(seed: UInt64) {
    var generator = Generator(seed: seed + 200)
    for _ in 0..<1000 {
      let base = generator.value(depth: 4)
      let (mine, theirs) = (generator.neighbour(of: base), generator.neighbour(of: base))
      #expect(Merge(base: base, mine: base, theirs: theirs) == Merge(base: theirs, mine: theirs, theirs: theirs))
      #expect(Merge(base: base, mine: mine, theirs: base).value == mine)
      let same = Merge(base: base, mine: mine, theirs: mine)
      #expect(same.value == mine && same.conflicts.isEmpty)
    }
  }

  @Test("which side is called mine does not matter but for conflicts", arguments: 0..<4 as Range<UInt64>)
  func symmetry(seed: UInt64) {
    var generator = Generator(seed: seed + 300)
    var clean = 0
    for _ in 0..<1500 {
      let base = generator.value(depth: 4)
      let (mine, theirs) = (generator.neighbour(of: base), generator.neighbour(of: base))
      let (one, other) = (Merge(base: base, mine: mine, theirs: theirs), Merge(base: base, mine: theirs, theirs: mine))
      #expect(
        Set(one.conflicts.map { [$0.base, $0.mine, $0.theirs] })
          == Set(other.conflicts.map { [$0.base, $0.theirs, $0.mine] }))
      #expect(Set(one.conflicts.map(\.path)) == Set(other.conflicts.map(\.path)))
      if one.conflicts.isEmpty {
        clean += 1
        #expect(one.value == other.value, "\(base) \(mine) \(theirs)")
      }
    }
    #expect(clean > 500, "\(clean)")
  }

  @Test("changes of different nodes never conflict, and both are there", arguments: 0..<4 as Range<UInt64>)
  func differentNodes(seed: UInt64) throws {
    var generator = Generator(seed: seed + 400)
    for _ in 0..<800 {
      let base = generator.value(depth: 4)
      var (mine, theirs, both) = (base, base, base)
      for pointer in leaves(of: base) where generator.chance(60) {
        let new = JSONValue.string("new \(generator.number(0...9))")
        let patch = JSONPatch([.replace(pointer, new)])
        if generator.chance(50) { mine = try patch.apply(to: mine) } else { theirs = try patch.apply(to: theirs) }
        both = try patch.apply(to: both)
      }
      let merged = Merge(base: base, mine: mine, theirs: theirs)
      #expect(merged.conflicts.isEmpty && merged.value == both, "\(base) \(mine) \(theirs)")
    }
  }

  /// Values without values inside that are no element's key.
  private func leaves(of value: JSONValue) -> [JSONPointer] {
    func walk(_ value: JSONValue, _ pointer: JSONPointer) -> [JSONPointer] {
      switch value {
      case .array(let elements): elements.enumerated().flatMap { walk($1, pointer.appending($0)) }
      case .object(let object):
        object.filter { $0.name != "id" && $0.name != "name" }.flatMap { walk($0.value, pointer.appending($0.name)) }
      default: [pointer]
      }
    }
    return walk(value, .root)
  }
}
