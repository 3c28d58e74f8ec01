import Testing

@testable import Documents

@Suite("Differences")
struct DifferenceTests {
  @Test("changes are told by the keys of elements, not by their positions")
  func changes() throws {
    let before = try JSONValue.read(
      #"{"limit":500000,"milestones":[{"id":"m1","share":10},{"id":"m2","share":20},{"id":"m3","share":70}],"old":1}"#)
    let after = try JSONValue.read(
      #"{"limit":750000,"milestones":[{"id":"m3","share":70},{"id":"m1","share":10},{"id":"m4"},{"id":"m2","share":25}],"new":2}"#
    )
    let changes = before.changes(to: after)
    let told = changes.map { "\($0.kind) \($0.path) \($0.before ?? nil) \($0.after ?? nil)" }
    #expect(
      told == [
        "removed /old 1 null", "changed /limit 500000 750000", #"added /milestones/[id=m4] null {"id":"m4"}"#,
        "moved /milestones/[id=m3] 2 0", "changed /milestones/[id=m2]/share 20 25", "added /new null 2",
      ])
    for change in changes where change.kind != .moved {
      #expect(change.pointerBefore.flatMap { before.value(at: $0) } == change.before)
      #expect(change.pointerAfter.flatMap { after.value(at: $0) } == change.after)
      #expect((change.kind == .added ? nil : change.path.pointer(in: before)) == change.pointerBefore)
      #expect((change.kind == .removed ? nil : change.path.pointer(in: after)) == change.pointerAfter)
    }
  }

  @Test("lists without keys match at the front and at the back")
  func positions() throws {
    func told(_ before: String, _ after: String) throws -> [String] {
      try JSONValue.read(before).changes(to: JSONValue.read(after)).map { "\($0.kind) \($0.path)" }
    }
    #expect(try told("[1,2,3]", "[1,9,2,3]") == ["added /1"])
    #expect(try told("[1,2,3]", "[1,3]") == ["removed /1"])
    #expect(try told("[1,2,3]", "[1,9,3]") == ["changed /1"])
    #expect(try told("[1,2,3,4]", "[0,2,3]") == ["removed /3", "changed /0"])
    // The same key twice, or an element without one: no keys at all.
    #expect(try told(#"[{"id":1},{"id":1}]"#, #"[{"id":1},{"id":2}]"#) == ["changed /1/id"])
    #expect(try told(#"[{"id":1},{"name":"a"}]"#, #"[{"name":"a"},{"id":1}]"#) == ["moved /[name=a]"])
    #expect(try told(#"[{"id":1},{"id":"1"}]"#, #"[{"id":"1"},{"id":1}]"#) == ["moved /[id=1]"])
    #expect(try told(#"[{"id":[]}]"#, #"[{"id":{}}]"#) == ["changed /0/id"])
  }

  @Test("an element that moves is moved, and nothing else is touched")
  func moves() throws {
    let before = try JSONValue.read(#"[{"id":1},{"id":2},{"id":3},{"id":4}]"#)
    let after = try JSONValue.read(#"[{"id":2},{"id":3},{"id":4},{"id":1}]"#)
    let patch = JSONPatch(from: before, to: after)
    #expect(patch.operations == [.move(from: JSONPointer(["0"]), to: JSONPointer(["3"]))])
  }

  @Test("applying the patch of two values to the one gives the other", arguments: 0..<4 as Range<UInt64>)
  func patchLaw(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    for _ in 0..<1500 {
      let before = generator.value(depth: 4)
      let after = generator.chance(20) ? generator.value(depth: 4) : generator.neighbour(of: before)
      let patch = JSONPatch(from: before, to: after)
      #expect(try patch.apply(to: before) == after, "\(before) \(after) \(patch.value)")
      let changes = before.changes(to: after)
      #expect(changes.isEmpty == (before == after) && patch.operations.isEmpty == (before == after))
    }
  }

  @Test("lists with keys are brought into any order", arguments: 0..<4 as Range<UInt64>)
  func orderLaw(seed: UInt64) throws {
    var generator = Generator(seed: seed + 100)
    for _ in 0..<500 {
      func list() -> JSONValue {
        .array(
          (0..<12).shuffled(using: &generator).prefix(generator.number(0...12)).map { ["id": .integer(Int64($0))] })
      }
      let (before, after) = (list(), list())
      let patch = JSONPatch(from: before, to: after)
      #expect(try patch.apply(to: before) == after)
      // No element is both taken out and put in again.
      #expect(patch.operations.count <= 12 + 12)
    }
  }

  @Test("what would take too many operations is replaced as a whole")
  func bounds() throws {
    let before = JSONValue.array((0..<20_000).map { ["id": .integer($0)] })
    let after = JSONValue.array((0..<20_000).reversed().map { ["id": .integer($0)] })
    #expect(JSONPatch(from: before, to: after).operations == [.replace(.root, after)])
    let numbers = JSONValue.array((0..<20_000).map { .integer($0) })
    let others = JSONValue.array((0..<20_000).map { .integer(-$0 - 1) })
    #expect(JSONPatch(from: ["a": numbers], to: ["a": others]).operations == [.replace(.root, ["a": others])])
  }
}
