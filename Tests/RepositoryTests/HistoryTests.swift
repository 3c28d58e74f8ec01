import Documents
import Repository
import RepositoryFixtures
import Testing

@Suite("History, merging, blame")
struct HistoryTests {
  let scene = Scene()
  let branch = Reference.villa.document.reference(in: .live)

  /// A branch from the head, by promotion.
  private func makeBranch() throws {
    _ = try scene.repository.promote(scene.head()!, from: .villa, to: .live, expecting: nil, by: .anita)
  }

  @discardableResult
  private func merge(_ theirs: VersionID, into reference: Reference = .villa) throws -> MergeOutcome {
    try scene.repository.merge(
      theirs, into: reference, expecting: scene.head(reference)!, message: "both", by: .bela)
  }

  private func mergedVersion(_ theirs: VersionID, into reference: Reference = .villa) throws -> Version {
    guard case .merged(let version) = try merge(theirs, into: reference) else { throw Unexpected() }
    return version
  }

  @Test("both sides of a merge are there, newest first, once each, in pages of any size", arguments: [1, 2, 3, 7, 50])
  func pages(countMax: Int) throws {
    try scene.save(#"{"a":0,"b":0}"#)
    try makeBranch()
    for number in 1...4 { try scene.save(#"{"a":\#(number),"b":0}"#, at: Int64(2_000 + number)) }
    for number in 1...3 { try scene.save(#"{"a":0,"b":\#(number)}"#, branch, at: Int64(1_000 + number)) }
    let merged = try mergedVersion(scene.head(branch)!)
    let last = try scene.save(#"{"a":9,"b":9}"#)
    var (found, next): ([Version], [VersionID]) = ([], [last.id])
    while !next.isEmpty {
      let page = try scene.repository.history(from: next, countMax: countMax, as: .tenant(.builder))
      #expect(page.versions.count == countMax || page.next.isEmpty)
      found += page.versions
      next = page.next
    }
    #expect(found.count == 10 && Set(found.map(\.id)).count == 10)
    #expect(found[0] == last && found[1] == merged)
    #expect(zip(found, found.dropFirst()).allSatisfy { $0.generation >= $1.generation })
    for (position, version) in found.enumerated() {
      #expect(version.parents.allSatisfy { parent in found[position...].contains { $0.id == parent } })
    }
    #expect(try scene.repository.history(of: .villa, countMax: 100, as: .tenant(.builder)).versions == found)
  }

  @Test("a page goes on from a bounded number of versions")
  func frontier() throws {
    let version = try scene.save("1")
    #expect(throws: RepositoryError.invalid(.frontier)) {
      try scene.repository.history(
        from: Array(repeating: version.id, count: 1_025), as: .tenant(.builder))
    }
    let page = try scene.repository.history(
      from: Array(repeating: version.id, count: 1_024), as: .tenant(.builder))
    #expect(page.versions == [version] && page.next.isEmpty)
  }

  @Test("a merge takes from both sides and has both for parents")
  func merged() throws {
    let base = try scene.save(#"{"limit":1,"stages":[{"id":"m1"}]}"#)
    try makeBranch()
    let mine = try scene.save(#"{"limit":2,"stages":[{"id":"m1"}]}"#)
    let theirs = try scene.save(#"{"limit":1,"stages":[{"id":"m1"},{"id":"m2"}]}"#, branch)
    #expect(try scene.repository.merged(mine.id, theirs.id, as: .tenant(.builder)).base == base.id)
    let merged = try mergedVersion(theirs.id)
    #expect(merged.parents == [mine.id, theirs.id] && merged.generation == 3 && scene.head() == merged.id)
    #expect(try scene.content(merged) == #"{"limit":2,"stages":[{"id":"m1"},{"id":"m2"}]}"#)
    #expect(throws: RepositoryError.alreadyMerged) { try merge(theirs.id) }
    #expect(throws: RepositoryError.alreadyMerged) { try merge(base.id) }
    #expect(throws: RepositoryError.alreadyMerged) { try merge(merged.id) }
    // The other way it has nothing to add, and keeps the words of the side that has all.
    let back = try mergedVersion(merged.id, into: branch)
    #expect(back.body == merged.body && back.parents == [theirs.id, merged.id])
  }

  @Test("conflicts are data, and nothing is kept; who decides saves the result with both parents")
  func conflicts() throws {
    try scene.save(#"{"a":1,"b":1}"#)
    try makeBranch()
    let mine = try scene.save(#"{"a":2,"b":1}"#)
    let theirs = try scene.save(#"{"a":3,"b":2}"#, branch)
    let before = scene.catalog.tables
    guard case .conflicts(let merged) = try merge(theirs.id) else { throw Unexpected() }
    #expect(merged.merge.conflicts.map(\.path.description) == ["/a"])
    #expect(merged.merge.conflicts[0].base == 1 && merged.merge.conflicts[0].theirs == 3)
    #expect(merged.merge.value == ["a": 2, "b": 2])
    #expect(scene.catalog.tables == before)
    let decided = try scene.save(#"{"a":3,"b":2}"#, merging: theirs.id)
    #expect(decided.parents == [mine.id, theirs.id])
    #expect(throws: RepositoryError.alreadyMerged) { try merge(theirs.id) }
    #expect(throws: RepositoryError.alreadyMerged) { try scene.save("1", merging: decided.id) }
  }

  @Test("a text is kept when a side has the whole result, comments and all")
  func words() throws {
    try scene.save(#"{"a":1}"#)
    try makeBranch()
    let draft = Draft(Array("a: 2 # risk\n".utf8), .yaml, message: "")
    let theirs = try scene.repository.save(draft, to: branch, expecting: scene.head(branch), by: .anita)
    try scene.save(#"{ "a": 1 }"#)
    let merged = try mergedVersion(theirs.id)
    #expect(merged.body == theirs.body && merged.body.syntax == .yaml)
  }

  @Test("a merged text has its members in the order of the reference, and what is new behind them")
  func order() throws {
    try scene.save(#"{"z":{"c":1,"b":2},"a":1}"#)
    try makeBranch()
    try scene.save(#"{"z":{"c":1,"b":3},"a":1}"#)
    let theirs = try scene.save(#"{"new":0,"a":1,"z":{"b":2,"x":9,"c":1,"d":7}}"#, branch)
    let merged = try mergedVersion(theirs.id)
    let text = String(decoding: try scene.repository.text(of: merged.id, as: .everything), as: UTF8.self)
    #expect(text.filter { !$0.isWhitespace } == #"{"z":{"c":1,"b":3,"x":9,"d":7},"a":1,"new":0}"#)
    #expect(try scene.content(merged) == #"{"a":1,"new":0,"z":{"b":3,"c":1,"d":7,"x":9}}"#)
    let document = try scene.repository.authored(merged.id, as: .everything)
    #expect(document.value.object?.names == ["z", "a", "new"])
  }

  @Test("what has nothing in common, or is of another kind, is not merged")
  func unrelated() throws {
    try scene.save("1")
    let other = try scene.save("2", .make(.builder, .template, "other"))
    let table = try scene.save("3", .make(.builder, .table, "villa"))
    #expect(throws: RepositoryError.unrelated) { try merge(other.id) }
    #expect(throws: RepositoryError.invalid(.kind)) { try merge(table.id) }
    #expect(throws: RepositoryError.unrelated) {
      try scene.save("1", .make(.builder, .template, "new"), merging: other.id)
    }
    let stale = scene.head()!
    let next = try scene.save("4")
    #expect(throws: RepositoryError.moved(current: next.id)) {
      try scene.repository.merge(other.id, into: .villa, expecting: stale, message: "", by: .anita)
    }
  }

  @Test("two that were merged into each other have an ancestor all the same")
  func crossed() throws {
    try scene.save(#"{"a":0,"b":0}"#)
    try makeBranch()
    let (mine, theirs) = (try scene.save(#"{"a":1,"b":0}"#), try scene.save(#"{"a":0,"b":1}"#, branch))
    let left = try mergedVersion(theirs.id)
    let right = try mergedVersion(mine.id, into: branch)
    let base = try scene.repository.commonAncestor(of: left.id, and: right.id, as: .everything)
    #expect([mine.id, theirs.id].contains(base.id))
    #expect(try scene.content(mergedVersion(right.id)) == #"{"a":1,"b":1}"#)
  }

  @Test("walks end where they must")
  func walks() throws {
    let other = try scene.save(#"{"x":0}"#, .make(.builder, .template, "other"))
    var versions = [try scene.save(#"{"x":0}"#)]
    for number in 1...20 { versions.append(try scene.save(#"{"x":0,"n":\#(number)}"#)) }
    func repository(_ versionCount: Int, _ byteCount: Int = 1_000) -> Repository {
      Repository(
        catalog: scene.catalog, options: .init(walkCountMax: versionCount, blameByteCountMax: byteCount))
    }
    // The last of twenty-one, and one of another document.
    let last = versions[20].id
    #expect(throws: RepositoryError.unrelated) {
      try repository(23).commonAncestor(of: last, and: other.id, as: .everything)
    }
    #expect(throws: RepositoryError.walkTooLong) {
      try repository(22).commonAncestor(of: last, and: other.id, as: .everything)
    }
    let (x, n) = (JSONPointer("/x")!, JSONPointer("/n")!)
    #expect(try repository(21).blame(x, in: last, as: .everything) == versions[0])
    #expect(throws: RepositoryError.walkTooLong) { try repository(20).blame(x, in: last, as: .everything) }
    #expect(try repository(1).blame(n, in: last, as: .everything) == versions[20])
    // Ten of two digits, nine of one, and the first: what is before the one that is asked for.
    let byteCount = 10 * 14 + 9 * 13 + 7
    #expect(try repository(21, byteCount).blame(x, in: last, as: .everything) == versions[0])
    #expect(throws: RepositoryError.walkTooLong) {
      try repository(21, byteCount - 1).blame(x, in: last, as: .everything)
    }
  }

  @Test("blame follows a value by keys, through merges and forks")
  func blame() throws {
    let start = try scene.save(#"{"limit":1,"stages":[{"id":"m1","share":40},{"id":"m2","share":60}],"n":[1,2]}"#)
    try makeBranch()
    let limit = try scene.save(#"{"limit":2,"stages":[{"id":"m1","share":40},{"id":"m2","share":60}],"n":[1,2]}"#)
    let share = try scene.save(
      #"{"limit":1,"stages":[{"id":"m2","share":50},{"id":"m1","share":50}],"n":[1,3]}"#, branch)
    let merged = try mergedVersion(share.id)
    let fork = try scene.repository.fork(.villa, to: .make(.builder, .template, "fork"), message: "", by: .anita)
    let last = try scene.save(
      #"{"limit":2,"stages":[{"id":"m0"},{"id":"m2","share":50},{"id":"m1","share":50,"due":3}],"n":[1,3]}"#,
      .make(.builder, .template, "fork"))
    func blamed(_ pointer: String) throws -> Version {
      try scene.repository.blame(JSONPointer(pointer)!, in: last.id, as: .tenant(.builder))
    }
    #expect(try blamed("/limit") == limit)
    #expect(try blamed("/stages/1/share") == share)
    #expect(try blamed("/stages/2/share") == share)
    #expect(try blamed("/stages/2/id") == start)
    #expect(try blamed("/stages/1/id") == start)
    #expect(try blamed("/stages/1") == share)
    #expect(try blamed("/stages/2") == last)
    #expect(try blamed("/n/0") == start)
    #expect(try blamed("/n/1") == share)
    #expect(try blamed("") == last)
    #expect(try scene.repository.blame(.root, in: fork.id, as: .everything) == merged)
    #expect(throws: RepositoryError.notFound(.value)) { try blamed("/none") }
    #expect(throws: RepositoryError.notFound(.value)) { try blamed("/stages/9") }
  }

  @Test("a revert is a new version with old words")
  func revert() throws {
    let draft = Draft(Array("a: 1 # one\n".utf8), .yaml, message: "")
    let first = try scene.repository.save(draft, to: .villa, expecting: nil, by: .anita)
    let second = try scene.save(#"{"a":2}"#)
    let other = try scene.save(#"{"a":2}"#, .make(.builder, .template, "other"))
    let back = try scene.repository.revert(.villa, to: first.id, expecting: second.id, message: "back", by: .bela)
    #expect(back.parents == [second.id] && back.body == first.body && back.author == Caller.bela.actor)
    #expect(back.id != first.id && scene.head() == back.id && back.message == "back")
    #expect(throws: RepositoryError.notFound(.version)) {
      try scene.repository.revert(.villa, to: other.id, expecting: back.id, message: "", by: .bela)
    }
    #expect(throws: RepositoryError.moved(current: back.id)) {
      try scene.repository.revert(.villa, to: first.id, expecting: second.id, message: "", by: .bela)
    }
  }

  @Test("differences and patches lead from one version to the other")
  func differences() throws {
    let before = try scene.save(#"{"limit":500000,"branches":[{"id":"a"}]}"#)
    let after = try scene.save(#"{"limit":750000,"branches":[{"id":"a"},{"id":"dispute"}]}"#)
    let again = try scene.save(#"{ "limit":750000, "branches":[{"id":"a"},{"id":"dispute"}]}"#)
    let viewer = Viewer.tenant(.builder)
    let changes = try scene.repository.changes(from: before.id, to: after.id, as: viewer)
    #expect(changes.map { "\($0.kind) \($0.path)" } == ["added /branches/[id=dispute]", "changed /limit"])
    #expect(try scene.repository.changes(from: after.id, to: again.id, as: viewer).isEmpty)
    let patch = try scene.repository.patch(from: before.id, to: after.id, as: viewer)
    let value = try scene.repository.document(of: before.id, as: viewer).value
    #expect(
      try patch.apply(to: value).canonicalText
        == String(
          decoding: scene.repository.content(of: after.id, as: viewer), as: UTF8.self))
  }
}
