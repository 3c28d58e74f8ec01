import Documents
import Repository
import RepositoryFixtures
import Testing

/// Generated histories: the repository is told and asks the same as a model, and both must say the same. The seed of a
/// failure reproduces it.
@Suite("Generated histories")
struct ModelTests {
  @Test("agree with the model in every answer", arguments: 0..<4 as Range<UInt64>)
  func histories(seed: UInt64) throws {
    var run = Run(seed: seed)
    for step in 1...2_500 {
      try run.step(Int64(step))
      if step % 625 == 0 { try run.compareAll() }
    }
    // Every kind of order was done and refused.
    #expect(run.done.count == 7 && run.done.values.allSatisfy { $0 > 5 }, "\(run.done)")
    #expect(run.refused.count > 10, "\(run.refused)")
  }
}

private struct Run {
  let repository: Repository
  let catalog = MemoryCatalog()
  var model = Model()
  var generator: Generator
  var done: [String: Int] = [:]
  var refused: [String: Int] = [:]

  private static let environments = [Slug.sandbox, .live]
  private static let tenants = [Tenant.platform, .builder, .other]
  private static let kinds = [DocumentKind.template, .messages]
  /// Grows by forks.
  private var documents = tenants.flatMap { tenant in
    kinds.flatMap { kind in ["a", "b", "f/c"].map { DocumentID(tenant, kind, DocumentName($0)!) } }
  }

  init(seed: UInt64) {
    generator = Generator(seed: seed + 700)
    repository = Repository(catalog: catalog)
  }

  mutating func step(_ time: Int64) throws {
    let document = generator.one(of: documents)
    let reference = document.reference(in: generator.one(of: Self.environments))
    // Mostly who may; clocks are not quite right.
    let tenant = generator.chance(95) ? document.tenant : generator.one(of: Self.tenants)
    let actor = Actor(generator.chance(85) ? .person : .program, generator.one(of: ["a", "b", "c"]))!
    let caller = Caller(actor, as: .tenant(tenant), at: max(0, time + Int64(generator.number(-20...20))))
    let order = order(reference, time)

    var (told, failure, id): (Model.Told?, RepositoryError?, VersionID?)
    do throws(RepositoryError) { (told, id) = try perform(order, caller) } catch { failure = error }
    var (expected, expectedFailure): (Model.Told?, RepositoryError?)
    do throws(RepositoryError) { expected = try model.perform(order, by: caller, id) } catch { expectedFailure = error }
    try #require(failure == expectedFailure, "\(order) by \(caller)")
    try #require(told == expected, "\(order) by \(caller)")
    if case .fork(_, _, let target) = order, failure == nil { documents.append(target.document) }
    let name = String("\(order)".prefix { $0 != "(" })
    if let failure {
      refused["\(name) \("\(failure)".prefix { $0 != "(" })", default: 0] += 1
    } else {
      done[name, default: 0] += 1
    }
  }

  private mutating func version(_ reference: Reference) -> VersionID? {
    // Of the reference, of the document elsewhere, of another document.
    if generator.chance(80), let own = model.places[reference]?.lives {
      return generator.one(of: model.ids.filter { own[$0] != nil })
    }
    return model.ids.isEmpty ? nil : generator.one(of: model.ids)
  }

  private mutating func order(_ reference: Reference, _ time: Int64) -> Model.Order {
    let head = model.places[reference]?.head
    let expecting = generator.chance(92) ? head : version(reference)
    let other = reference.document.reference(in: generator.one(of: Self.environments))
    var value = head.flatMap { model.versions[$0]?.value } ?? ["k0": 0, "k1": 0, "k2": 0, "k3": 0]
    for _ in 0..<generator.number(0...2) {
      value["k\(generator.number(0...3))"] = generator.chance(85) ? generator.number(0...3) : nil
    }
    guard let some = version(reference), let expected = expecting ?? head else {
      return .save(reference, value, expecting: expecting, merging: nil, movesMoney: generator.chance(10))
    }
    switch generator.number(0...99) {
    case 0..<22:
      let merging = generator.chance(8) ? some : nil
      return .save(reference, value, expecting: expecting, merging: merging, movesMoney: generator.chance(3))
    case 22..<38:
      let origin = model.versions[expected]?.upstream.flatMap { model.places[$0]?.head }
      let theirs = generator.chance(30) ? origin : generator.chance(60) ? model.places[other]?.head : some
      return .merge(theirs ?? some, reference, expecting: expected)
    case 38..<42:
      let source = generator.one(of: documents).reference(in: .sandbox)
      let kind = generator.chance(90) ? source.document.kind : reference.document.kind
      let name = DocumentName("fork-\(generator.number(0...40))")!
      let target = DocumentID(reference.tenant, kind, name).reference(in: .sandbox)
      return .fork(source, generator.chance(30) ? some : nil, target)
    case 42..<47: return .revert(reference, some, expecting: expected)
    case 47..<55:
      let target = generator.one(of: Self.environments)
      let there = model.places[reference.document.reference(in: target)]?.head
      return .promote(some, reference, target, expecting: generator.chance(90) ? there : some)
    case 55..<97:
      let states: [Lifecycle.State] = [.checked, .checked, .approved, .approved, .scheduled, .active, .retired]
      let state = generator.one(of: states)
      // The newest mostly, so that some get far.
      let version = generator.chance(60) ? expected : some
      return .step(version, reference, state, due: time + Int64(generator.number(0...100)))
    default: return .activateDue(now: time)
    }
  }

  private func perform(
    _ order: Model.Order, _ caller: Caller
  ) throws(RepositoryError) -> (Model.Told, VersionID?) {
    switch order {
    case .save(let reference, let value, let expecting, let merging, let movesMoney):
      let members = value.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
      let draft = Draft(Array("{\(members)}".utf8), .json, message: "m", movesMoney: movesMoney)
      return try told(try repository.save(draft, to: reference, expecting: expecting, merging: merging, by: caller))
    case .merge(let theirs, let reference, let expecting):
      switch try repository.merge(theirs, into: reference, expecting: expecting, message: "m", by: caller) {
      case .merged(let version): return try told(version)
      case .conflicts(let merged):
        return (.conflicts(Set(merged.merge.conflicts.map(\.path.description))), nil)
      }
    case .fork(let source, let version, let target):
      return try told(try repository.fork(source, at: version, to: target, message: "m", by: caller))
    case .revert(let reference, let old, let expecting):
      return try told(try repository.revert(reference, to: old, expecting: expecting, message: "m", by: caller))
    case .promote(let version, let source, let environment, let expecting):
      let state = try repository.promote(version, from: source, to: environment, expecting: expecting, by: caller)
      return (.head(state.head), nil)
    case .step(let version, let reference, let state, let due):
      let lifecycle =
        switch state {
        case .draft, .checked: try repository.check(version, at: reference, report: .report, by: caller)
        case .approved: try repository.approve(version, at: reference, by: caller)
        case .scheduled: try repository.schedule(version, at: reference, due: due, by: caller)
        case .active: try repository.activate(version, at: reference, by: caller)
        case .retired: try repository.retire(version, at: reference, by: caller)
        }
      return (.state(lifecycle.state), nil)
    case .activateDue(let now):
      return (.due(try repository.activateDue(now: now, by: caller.actor, countMax: 1_000).map(\.version)), nil)
    }
  }

  private func told(_ version: Version) throws(RepositoryError) -> (Model.Told, VersionID?) {
    (.version(try entry(version)), version.id)
  }

  private func entry(_ version: Version) throws(RepositoryError) -> Model.Entry {
    let value = try repository.document(of: version.id, as: .everything).value.object ?? JSONObject()
    return Model.Entry(
      document: version.document,
      value: Dictionary(uniqueKeysWithValues: value.map { ($0.name, Int($0.value.integer ?? -1)) }),
      parents: version.parents, generation: Int(version.generation), time: version.time, author: version.author,
      movesMoney: version.movesMoney, origin: version.origin?.version, upstream: version.origin?.reference)
  }

  /// All that is kept, and what follows from it.
  mutating func compareAll() throws {
    let again = Repository(catalog: MemoryCatalog(catalog.tables))
    for (reference, place) in model.places {
      let viewer = Viewer.tenant(reference.tenant)
      let state = try again.state(of: reference, as: viewer)
      #expect(state.head == place.head && state.active == place.active)
      var activeCount = 0
      for (version, life) in place.lives {
        let lifecycle = try again.lifecycle(of: version, at: reference, as: viewer)
        #expect(lifecycle.state == life.state && lifecycle.step(to: .checked)?.actor == life.checker)
        if lifecycle.state == .active { activeCount += 1 }
      }
      #expect(activeCount == (place.active == nil ? 0 : 1))
      try compareHistory(again, place.head, viewer)
    }
    for (id, entry) in model.versions { #expect(try self.entry(again.version(id, as: .everything)) == entry) }
    try compareNames(again)
    #expect(try again.logEnd()?.sequence == UInt64(model.entryCount))
    #expect(try again.verify() == .sound(end: try again.logEnd()))
  }

  private mutating func compareHistory(_ repository: Repository, _ head: VersionID, _ viewer: Viewer) throws {
    var (found, next): ([VersionID], [VersionID]) = ([], [head])
    while !next.isEmpty {
      let page = try repository.history(from: next, countMax: generator.number(1...40), as: viewer)
      found += page.versions.map(\.id)
      next = page.next
    }
    #expect(found == model.newestFirst(model.reachable(head, \.parents)))
    if let name = model.versions[head]!.value.keys.min() {
      let blamed = try repository.blame(JSONPointer([name]), in: head, as: viewer)
      #expect(blamed.id == model.blame(name, head))
    }
    let other = generator.one(of: model.ids)
    let ancestor = try? repository.commonAncestor(of: head, and: other, as: .everything).id
    #expect(ancestor == model.commonAncestor(head, other))
  }

  private func compareNames(_ repository: Repository) throws {
    for tenant in Self.tenants {
      for environment in Self.environments {
        for kind in Self.kinds {
          let page = try repository.names(of: tenant, in: environment, kind, countMax: 1_000, as: .tenant(tenant))
          let expected = model.places.keys.filter {
            $0.tenant == tenant && $0.environment == environment && $0.document.kind == kind
          }.map(\.document.name).sorted()
          #expect(page.entries.map(\.name) == expected && page.next == nil)
        }
      }
    }
  }
}
