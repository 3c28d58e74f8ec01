import Documents
import RepositoryFixtures
import Testing

@testable import Repository

@Suite("Tenants, forks, environments")
struct SharingTests {
  let scene = Scene()
  let viewer = Viewer.tenant(.builder)

  @Test("a fork remembers its origin, sees what is new there, and merges it")
  func upstream() throws {
    let first = try scene.save(#"{"limit":1,"name":"villa"}"#, .library, by: .librarian)
    let fork = try scene.repository.fork(.library, to: .villa, message: "ours", by: .anita)
    #expect(fork.parents.isEmpty && fork.body == first.body && fork.generation == 2)
    #expect(fork.origin == .init(version: first.id, reference: .library))
    #expect(try scene.repository.upstreamChanges(of: .villa, as: viewer).changes.isEmpty)
    let ours = try scene.save(#"{"limit":1,"name":"our villa"}"#)
    #expect(ours.origin == fork.origin)
    let news = try scene.save(#"{"limit":2,"name":"villa"}"#, .library, by: .librarian)
    let upstream = try scene.repository.upstreamChanges(of: .villa, as: viewer)
    #expect(upstream.origin.version == first.id && upstream.current == news.id)
    #expect(upstream.changes.map(\.path.description) == ["/limit"])

    let outcome = try scene.repository.merge(news.id, into: .villa, expecting: ours.id, message: "", by: .anita)
    guard case .merged(let merged) = outcome else { throw Unexpected() }
    #expect(try scene.content(merged) == #"{"limit":2,"name":"our villa"}"#)
    #expect(merged.origin == .init(version: news.id, reference: .library))
    #expect(try scene.repository.upstreamChanges(of: .villa, as: viewer).changes.isEmpty)
    // A fork's own history, with what was merged into it.
    let history = try scene.repository.history(of: .villa, as: viewer).versions
    #expect(Set(history.map(\.id)) == [merged.id, ours.id, fork.id, news.id, first.id])
    // The next round begins where this one ended.
    let later = try scene.save(#"{"limit":2,"name":"villa","new":1}"#, .library, by: .librarian)
    let base = try scene.repository.commonAncestor(of: merged.id, and: later.id, as: viewer)
    #expect(base.id == news.id)
  }

  @Test("a merge of two lines of a fork has the newer origin")
  func newerOrigin() throws {
    try scene.save(#"{"limit":1}"#, .library, by: .librarian)
    let fork = try scene.repository.fork(.library, to: .villa, message: "", by: .anita)
    _ = try scene.repository.promote(fork.id, from: .villa, to: .live, expecting: nil, by: .anita)
    let live = Reference.villa.document.reference(in: .live)
    let news = try scene.save(#"{"limit":2}"#, .library, by: .librarian)
    _ = try scene.repository.merge(news.id, into: live, expecting: fork.id, message: "", by: .anita)
    let own = try scene.save(#"{"limit":1,"own":1}"#)
    let outcome = try scene.repository.merge(
      scene.head(live)!, into: .villa, expecting: own.id, message: "", by: .anita)
    guard case .merged(let merged) = outcome else { throw Unexpected() }
    #expect(merged.origin?.version == news.id)
    #expect(try scene.content(merged) == #"{"limit":2,"own":1}"#)
  }

  @Test("a fork is of one kind, of a version of its source, and begins something new")
  func forkRules() throws {
    let first = try scene.save("1", .library, by: .librarian)
    let second = try scene.save("2", .library, by: .librarian)
    let other = try scene.save("3", .make(.platform, .template, "other"), by: .librarian)
    func fork(_ version: VersionID?, to target: Reference) throws -> Version {
      try scene.repository.fork(.library, at: version, to: target, message: "", by: .anita)
    }
    #expect(throws: RepositoryError.invalid(.kind)) { try fork(nil, to: .make(.builder, .table, "villa")) }
    #expect(throws: RepositoryError.notFound(.version)) { try fork(other.id, to: .villa) }
    let old = try fork(first.id, to: .villa)
    #expect(old.origin?.version == first.id)
    #expect(throws: RepositoryError.moved(current: old.id)) { try fork(nil, to: .villa) }
    #expect(try fork(nil, to: .make(.builder, .template, "new")).origin?.version == second.id)
    let upstream = try scene.repository.upstreamChanges(of: .villa, as: viewer)
    #expect(upstream.current == second.id && upstream.changes.count == 1)
    #expect(throws: RepositoryError.notFound(.origin)) {
      try scene.repository.upstreamChanges(of: .library, as: viewer)
    }
  }

  private func isNotFound(_ body: () throws -> Void) -> Bool {
    do { try body() } catch {
      if case .notFound = error as? RepositoryError { return true }
    }
    return false
  }

  @Test("what is another tenant's is not there, whatever is asked")
  func foreign() throws {
    let version = try scene.save(#"{"a":1}"#, .foreign, by: .stranger)
    let own = try scene.save(#"{"a":1}"#)
    _ = try scene.repository.tag(version.id, as: Slug("v1")!, by: .stranger)
    let repository = scene.repository
    let questions: [(Viewer) throws -> Void] = [
      { _ = try repository.state(of: .foreign, as: $0) },
      { _ = try repository.version(version.id, as: $0) },
      { _ = try repository.document(of: version.id, as: $0) },
      { _ = try repository.content(of: version.id, as: $0) },
      { _ = try repository.text(of: version.id, as: $0) },
      { _ = try repository.names(of: .other, in: .sandbox, .template, as: $0) },
      { _ = try repository.history(of: .foreign, as: $0) },
      { _ = try repository.history(from: [version.id], as: $0) },
      { _ = try repository.commonAncestor(of: version.id, and: version.id, as: $0) },
      { _ = try repository.blame(.root, in: version.id, as: $0) },
      { _ = try repository.changes(from: version.id, to: version.id, as: $0) },
      { _ = try repository.patch(from: version.id, to: version.id, as: $0) },
      { _ = try repository.differences(of: .other, .template, from: .sandbox, to: .live, as: $0) },
      { _ = try repository.tag(Slug("v1")!, of: Reference.foreign.document, as: $0) },
      { _ = try repository.tags(of: Reference.foreign.document, as: $0) },
      { _ = try repository.lifecycle(of: version.id, at: .foreign, as: $0) },
      { _ = try repository.signatures(of: version.id, as: $0) },
    ]
    for question in questions {
      #expect(isNotFound { try question(viewer) })
      try question(.tenant(.other))
      try question(.everything)
    }
    let before = scene.catalog.tables
    let draft = Draft([0x31], .json, message: "")
    let signature = try Signature.bytes(of: version.id, by: Scenario.key)
    let orders: [(Caller) throws -> Void] = [
      { _ = try repository.save(draft, to: .foreign, expecting: version.id, by: $0) },
      { _ = try repository.save(draft, to: .villa, expecting: own.id, merging: version.id, by: $0) },
      { _ = try repository.merge(version.id, into: .villa, expecting: own.id, message: "", by: $0) },
      { _ = try repository.merge(own.id, into: .foreign, expecting: version.id, message: "", by: $0) },
      { _ = try repository.revert(.foreign, to: version.id, expecting: version.id, message: "", by: $0) },
      { _ = try repository.revert(.villa, to: version.id, expecting: own.id, message: "", by: $0) },
      { _ = try repository.fork(.foreign, to: .make(.builder, .template, "new"), message: "", by: $0) },
      { _ = try repository.fork(.villa, at: version.id, to: .make(.builder, .template, "new"), message: "", by: $0) },
      { _ = try repository.promote(version.id, from: .foreign, to: .live, expecting: nil, by: $0) },
      { _ = try repository.promote(version.id, from: .villa, to: .live, expecting: nil, by: $0) },
      { _ = try repository.tag(version.id, as: Slug("v2")!, by: $0) },
      { _ = try repository.check(version.id, at: .foreign, report: .report, by: $0) },
      { _ = try repository.approve(version.id, at: .foreign, by: $0) },
      { _ = try repository.schedule(version.id, at: .foreign, due: 1, by: $0) },
      { _ = try repository.activate(version.id, at: .foreign, by: $0) },
      { _ = try repository.retire(version.id, at: .foreign, by: $0) },
      { _ = try repository.sign(version.id, signature, by: Scenario.publisher, caller: $0) },
    ]
    for order in orders {
      #expect(isNotFound { try order(.anita) })
    }
    #expect(scene.catalog.tables == before)
  }

  @Test("the platform's documents are read by all and changed by none of them")
  func platform() throws {
    let version = try scene.save("1", .library, by: .librarian)
    #expect(try scene.repository.state(of: .library, as: viewer).head == version.id)
    #expect(try scene.repository.names(of: .platform, in: .sandbox, .template, as: viewer).entries.count == 1)
    #expect(throws: RepositoryError.notYours) { try scene.save("2", .library, by: .anita) }
    #expect(throws: RepositoryError.notYours) { try scene.repository.tag(version.id, as: Slug("v1")!, by: .anita) }
    #expect(throws: RepositoryError.notYours) {
      try scene.repository.check(version.id, at: .library, report: .report, by: .checker)
    }
    #expect(throws: RepositoryError.notFound(.reference)) { try scene.save("2", .villa, by: .librarian) }
  }

  @Test("the program itself forks between tenants; the new owner does not see the origin")
  func forkBetweenTenants() throws {
    let version = try scene.save("1", .foreign, by: .stranger)
    let market = Caller(Actor(.program, "market")!, as: .everything, at: 5)
    let fork = try scene.repository.fork(.foreign, to: .villa, message: "bought", by: market)
    #expect(fork.origin?.version == version.id)
    #expect(try scene.repository.history(of: .villa, as: viewer).versions == [fork])
    #expect(try scene.repository.blame(.root, in: fork.id, as: viewer) == fork)
    #expect(throws: RepositoryError.notFound(.origin)) {
      try scene.repository.upstreamChanges(of: .villa, as: viewer)
    }
    #expect(try scene.repository.upstreamChanges(of: .villa, as: .everything).changes.isEmpty)
    let next = try scene.save("2", .foreign, by: .stranger)
    // Not even the program makes another tenant's version a parent.
    #expect(throws: RepositoryError.notFound(.version)) {
      try scene.repository.merge(next.id, into: .villa, expecting: fork.id, message: "", by: market)
    }
  }

  @Test("a promotion moves the reference to the same version, from where the caller thinks it is")
  func promotion() throws {
    let live = Reference.villa.document.reference(in: .live)
    let first = try scene.save("1")
    let second = try scene.save("2")
    func promote(_ version: VersionID, expecting: VersionID?) throws -> ReferenceState {
      try scene.repository.promote(version, from: .villa, to: .live, expecting: expecting, by: .anita)
    }
    #expect(try promote(first.id, expecting: nil).head == first.id)
    #expect(throws: RepositoryError.moved(current: first.id)) { try promote(second.id, expecting: nil) }
    #expect(throws: RepositoryError.alreadyThere) { try promote(first.id, expecting: first.id) }
    #expect(try promote(second.id, expecting: first.id).head == second.id)
    #expect(try promote(first.id, expecting: second.id).head == first.id)
    #expect(scene.head(live) == first.id && scene.head() == second.id)
    let elsewhere = try scene.save("3", .make(.builder, .template, "other"))
    #expect(throws: RepositoryError.notFound(.version)) { try promote(elsewhere.id, expecting: first.id) }
    #expect(scene.catalog.tables[92]?.keys.count == 3)
  }

  @Test("environments are compared name by name, in pages", arguments: [1, 2, 3, 10])
  func comparison(countMax: Int) throws {
    // same, other version, only here, only there, other version of one content
    for name in ["a", "b", "c", "e", "f"] { try scene.save("1", .make(.builder, .template, name)) }
    for name in ["a", "b", "e"] {
      let reference = Reference.make(.builder, .template, name)
      _ = try scene.repository.promote(scene.head(reference)!, from: reference, to: .live, expecting: nil, by: .anita)
    }
    try scene.save("2", .make(.builder, .template, "b"))
    try scene.save("1", .make(.builder, .template, "d", .live))
    try scene.save(" 1", .make(.builder, .template, "e"))
    var (found, after): ([EnvironmentDifference], DocumentName?) = ([], nil)
    repeat {
      let page = try scene.repository.differences(
        of: .builder, .template, from: .sandbox, to: .live, after: after, countMax: countMax, as: viewer)
      found += page.differences
      after = page.next
    } while after != nil
    let told = found.map { "\($0.name) \($0.before != nil) \($0.after != nil) \($0.isSameContent)" }
    #expect(
      told == [
        "b true true false", "c true false false", "d false true false", "e true true true", "f true false false",
      ])
  }

  @Test("a tag stays where it is")
  func tags() throws {
    let (first, second) = (try scene.save("1"), try scene.save("2"))
    let names = ["v1", "v1.1", "v2"].map { Slug($0)! }
    for (name, version) in zip(names, [first, second, second]) {
      let tag = try scene.repository.tag(version.id, as: name, by: .bela)
      #expect(tag.version == version.id && tag.actor == Caller.bela.actor && tag.time == 2_000)
      #expect(try scene.repository.tag(name, of: Reference.villa.document, as: viewer) == tag)
    }
    for version in [first, second] {
      #expect(throws: RepositoryError.tagTaken(first.id)) {
        try scene.repository.tag(version.id, as: names[0], by: .bela)
      }
    }
    let document = Reference.villa.document
    #expect(try scene.repository.tags(of: document, as: viewer).map(\.name) == names)
    #expect(try scene.repository.tags(of: document, after: names[0], countMax: 1, as: viewer).map(\.name) == [names[1]])
    #expect(throws: RepositoryError.notFound(.tag)) {
      try scene.repository.tag(Slug("v3")!, of: document, as: viewer)
    }
  }
}
