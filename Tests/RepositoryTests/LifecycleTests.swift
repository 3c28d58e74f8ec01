import Documents
import RepositoryFixtures
import Testing

@testable import Repository

@Suite("From draft to retired")
struct LifecycleTests {
  let scene = Scene()
  typealias State = Lifecycle.State

  /// Brings a new version of a document to a state, by steps that are allowed.
  private func version(in state: State, _ reference: Reference = .villa, due: Int64 = 9_000) throws -> Version {
    let version = try scene.save("\(scene.catalog.applyCount)", reference)
    if state == .draft { return version }
    if state == .retired {
      _ = try scene.repository.retire(version.id, at: reference, by: .bela)
      return version
    }
    _ = try scene.repository.check(version.id, at: reference, report: .report, by: .checker)
    if state == .checked { return version }
    _ = try scene.repository.approve(version.id, at: reference, by: .bela)
    if state == .scheduled { _ = try scene.repository.schedule(version.id, at: reference, due: due, by: .bela) }
    if state == .active { _ = try scene.repository.activate(version.id, at: reference, by: .bela) }
    return version
  }

  private func take(_ version: Version, to state: State) throws(RepositoryError) {
    let repository = scene.repository
    _ =
      switch state {
      case .draft: throw RepositoryError.illegalStep(from: .draft, to: .draft)
      case .checked: try repository.check(version.id, at: .villa, report: .report, by: .checker)
      case .approved: try repository.approve(version.id, at: .villa, by: .bela)
      case .scheduled: try repository.schedule(version.id, at: .villa, due: 9_000, by: .bela)
      case .active: try repository.activate(version.id, at: .villa, by: .bela)
      case .retired: try repository.retire(version.id, at: .villa, by: .bela)
      }
  }

  @Test("each pair of states", arguments: State.allCases, State.allCases.dropFirst())
  func pairs(from: State, to: State) throws {
    let allowed: [State: Set<State>] = [
      .draft: [.checked, .retired], .checked: [.approved, .retired], .approved: [.scheduled, .active, .retired],
      .scheduled: [.active, .retired], .active: [.retired], .retired: [],
    ]
    let version = try version(in: from)
    let before = scene.catalog.tables
    if allowed[from]?.contains(to) == true {
      try take(version, to: to)
      #expect(try scene.lifecycle(version) == to)
      #expect(scene.state()?.active == (to == .active ? version.id : nil))
      #expect(scene.catalog.tables[95]?.keys.count ?? 0 == (to == .scheduled ? 1 : 0))
    } else {
      #expect(throws: RepositoryError.illegalStep(from: from, to: to)) { try take(version, to: to) }
      #expect(scene.catalog.tables == before)
    }
  }

  @Test("steps say who, when and what")
  func steps() throws {
    let version = try version(in: .scheduled)
    _ = try scene.repository.activateDue(now: 9_500, by: Caller.checker.actor)
    let lifecycle = try scene.repository.lifecycle(of: version.id, at: .villa, as: .tenant(.builder))
    #expect(lifecycle.steps.map(\.state) == [.draft, .checked, .approved, .scheduled, .active])
    #expect(lifecycle.steps.map(\.actor.id) == ["anita", "checker", "bela", "bela", "checker"])
    #expect(lifecycle.steps.map(\.time) == [1_000, 1_500, 2_000, 2_000, 9_500])
    #expect(lifecycle.step(to: .checked)?.report == .report && lifecycle.step(to: .scheduled)?.due == 9_000)
  }

  @Test("where money can change, a person approves who neither made nor checked it")
  func secondPerson() throws {
    let version = try scene.save("1")
    _ = try scene.repository.check(version.id, at: .villa, report: .report, by: .bela)
    func approve(_ caller: Caller) throws { _ = try scene.repository.approve(version.id, at: .villa, by: caller) }
    let chandra = Caller(Actor(.person, "chandra")!, as: .tenant(.builder), at: 3_000)
    #expect(throws: RepositoryError.needsOtherPerson(.author)) { try approve(.anita) }
    #expect(throws: RepositoryError.needsOtherPerson(.checker)) { try approve(.bela) }
    #expect(throws: RepositoryError.needsOtherPerson(.program)) { try approve(.checker) }
    // A program of the author's name is still a program.
    let program = Caller(Actor(.program, "anita")!, as: .tenant(.builder), at: 3_000)
    #expect(throws: RepositoryError.needsOtherPerson(.program)) { try approve(program) }
    try approve(chandra)
    #expect(try scene.lifecycle(version) == .approved)
  }

  @Test("where it cannot, anybody approves", arguments: [DocumentKind.messages, .vocabulary, .schema])
  func onePerson(kind: DocumentKind) throws {
    let reference = Reference.make(.builder, kind, "words")
    let version = try scene.save("1", reference)
    try scene.approve(version, reference, by: .anita)
    #expect(try scene.lifecycle(version, reference) == .approved)
  }

  @Test("the flag of a draft stays in all that follows: saved, reverted, merged, forked")
  func stickyFlag() throws {
    let words = Reference.make(.builder, .messages, "words")
    let base = try scene.save(#"{"a":1,"b":1}"#, words)
    let branch = words.document.reference(in: .live)
    _ = try scene.repository.promote(base.id, from: words, to: .live, expecting: nil, by: .anita)
    let flagged = try scene.save(#"{"a":2,"b":1}"#, branch, movesMoney: true)
    let later = try scene.save(#"{"a":2,"b":1,"c":1}"#, branch)
    #expect(flagged.movesMoney && later.movesMoney && !base.movesMoney)
    let plain = try scene.save(#"{"a":1,"b":2}"#, words)
    let outcome = try scene.repository.merge(
      later.id, into: words, expecting: plain.id, message: "", by: .anita)
    guard case .merged(let merged) = outcome else { throw Unexpected() }
    #expect(merged.movesMoney)
    let reverted = try scene.repository.revert(words, to: base.id, expecting: merged.id, message: "", by: .anita)
    #expect(reverted.movesMoney)
    let fork = try scene.repository.fork(
      words, to: .make(.builder, .messages, "more"), message: "", by: .anita)
    #expect(fork.movesMoney)
    #expect(throws: RepositoryError.needsOtherPerson(.author)) { try scene.approve(merged, words, by: .anita) }
  }

  @Test("one version of a reference is active: the one before is retired with it")
  func oneActive() throws {
    var former: Version?
    for _ in 0..<3 {
      let next = try version(in: .active)
      #expect(scene.state()?.active == next.id)
      if let former { #expect(try scene.lifecycle(former) == .retired) }
      former = next
    }
    let draft = try version(in: .draft)
    #expect(scene.state()?.active == former?.id && scene.head() == draft.id)
    #expect(throws: RepositoryError.illegalStep(from: .active, to: .active)) { try take(former!, to: .active) }
  }

  @Test("what is due becomes active in the order of its times, and what is not stays")
  func due() throws {
    let late = try version(in: .scheduled, due: 300)
    let early = try version(in: .scheduled, due: 100)
    let elsewhere = try version(in: .scheduled, .make(.builder, .table, "rates"), due: 100)
    let future = try version(in: .scheduled, due: 301)
    let withdrawn = try version(in: .scheduled, due: 200)
    _ = try scene.repository.retire(withdrawn.id, at: .villa, by: .bela)
    let clock = Caller.checker.actor
    #expect(try scene.repository.activateDue(now: 99, by: clock).isEmpty)
    #expect(try scene.repository.activateDue(now: 300, by: clock, countMax: 0).isEmpty)
    let first = try scene.repository.activateDue(now: 300, by: clock, countMax: 2)
    #expect(Set(first.map(\.version)) == [early.id, elsewhere.id])
    #expect(scene.state()?.active == early.id)
    #expect(try scene.repository.activateDue(now: 300, by: clock).map(\.version) == [late.id])
    #expect(try scene.lifecycle(early) == .retired)
    #expect(try scene.lifecycle(late) == .active)
    #expect(try scene.lifecycle(future) == .scheduled)
    #expect(try scene.lifecycle(elsewhere, .make(.builder, .table, "rates")) == .active)
    #expect(try scene.repository.activateDue(now: -1, by: clock).isEmpty)
  }

  @Test("what does not fit other documents comes in force neither by hand nor when it is due")
  func needs() throws {
    let repository = scene.repository
    var unmet = Findings()
    unmet.add(Finding("needs.other"))
    unmet.add(Finding("needs.other"))
    unmet.add(Finding("needs.more"))
    var asked: [VersionID] = []
    let needs: Needs = { version, reference in
      asked.append(version)
      #expect(reference == .villa)
      return unmet
    }
    let former = try version(in: .active)
    let next = try version(in: .approved)
    let before = scene.catalog.tables
    #expect(throws: RepositoryError.unmet(unmet)) {
      try repository.activate(next.id, at: .villa, by: .bela, needs: needs)
    }
    #expect(throws: RepositoryError.unmet(unmet)) {
      try repository.schedule(next.id, at: .villa, due: 9_000, by: .bela, needs: needs)
    }
    #expect(scene.catalog.tables == before && asked == [next.id, next.id])

    // A remark does not stand in the way.
    var remark = Findings()
    remark.add(Finding("needs.remark", .warning))
    _ = try repository.schedule(next.id, at: .villa, due: 9_000, by: .bela, needs: { _, _ in remark })
    let clock = Caller.checker.actor
    let settled = try repository.activateDue(now: 9_000, by: clock, needs: needs)
    #expect(settled.map(\.version) == [next.id] && settled.map(\.unmet) == [unmet])
    #expect(try scene.lifecycle(next) == .retired && scene.state()?.active == former.id)
    #expect(scene.catalog.tables[95]?.keys.isEmpty ?? true)
    let entry = try #require(try repository.logEntries().last)
    #expect(entry.action == .retired && entry.version == next.id && entry.detail == "needs.other needs.more")

    let last = try version(in: .scheduled)
    let met = try repository.activateDue(now: 9_000, by: clock, needs: { _, _ in remark })
    #expect(met.map(\.version) == [last.id] && met.map(\.unmet) == [remark])
    #expect(scene.state()?.active == last.id)
  }

  @Test("two versions of a reference do not share a time, and no time is before 1970")
  func times() throws {
    let first = try version(in: .scheduled, due: 100)
    let second = try version(in: .approved)
    #expect(throws: RepositoryError.timeTaken(first.id)) {
      try scene.repository.schedule(second.id, at: .villa, due: 100, by: .bela)
    }
    #expect(throws: RepositoryError.invalid(.time)) {
      try scene.repository.schedule(second.id, at: .villa, due: -1, by: .bela)
    }
    _ = try scene.repository.schedule(second.id, at: .villa, due: .max, by: .bela)
    #expect(try scene.repository.activateDue(now: .max, by: Caller.checker.actor).count == 2)
  }

  @Test("each environment has its own states, and a retired version does not come back there")
  func environments() throws {
    let live = Reference.villa.document.reference(in: .live)
    let version = try version(in: .active)
    _ = try scene.repository.promote(version.id, from: .villa, to: .live, expecting: nil, by: .anita)
    #expect(try scene.lifecycle(version, live) == .draft)
    #expect(scene.state(live)?.active == nil && scene.state()?.active == version.id)
    _ = try scene.repository.retire(version.id, at: live, by: .bela)
    let next = try self.version(in: .draft)
    _ = try scene.repository.promote(next.id, from: .villa, to: .live, expecting: version.id, by: .anita)
    #expect(throws: RepositoryError.illegalStep(from: .retired, to: .draft)) {
      try scene.repository.promote(version.id, from: .villa, to: .live, expecting: next.id, by: .anita)
    }
    #expect(try scene.lifecycle(version) == .active)
  }

  @Test("a version that was never at a reference has no state there")
  func elsewhere() throws {
    let version = try version(in: .draft)
    #expect(throws: RepositoryError.notFound(.version)) {
      try scene.repository.check(version.id, at: .villa.document.reference(in: .live), report: .report, by: .checker)
    }
  }
}
