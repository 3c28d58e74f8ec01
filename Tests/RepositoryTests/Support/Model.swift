import Documents
import Repository

/// A repository as it is to be, slow and plain. Contents are objects of small numbers.
struct Model {
  typealias Value = [String: Int]

  struct Entry: Equatable {
    var document: DocumentID
    var value: Value
    var parents: [VersionID]
    var generation: Int
    var time: Int64
    var author: Actor
    var movesMoney: Bool
    var origin: VersionID?
    var upstream: Reference?

    var ancestors: [VersionID] { parents.isEmpty ? origin.map { [$0] } ?? [] : parents }
  }

  struct Life: Equatable {
    var state = Lifecycle.State.draft
    var checker: Actor?
    var due: Int64?
  }

  struct Place: Equatable {
    var head: VersionID
    var active: VersionID?
    var lives: [VersionID: Life] = [:]
  }

  enum Order {
    case save(Reference, Value, expecting: VersionID?, merging: VersionID?, movesMoney: Bool)
    case merge(VersionID, Reference, expecting: VersionID)
    case fork(Reference, VersionID?, Reference)
    case revert(Reference, VersionID, expecting: VersionID)
    case promote(VersionID, Reference, Slug, expecting: VersionID?)
    case step(VersionID, Reference, Lifecycle.State, due: Int64)
    case activateDue(now: Int64)
  }

  enum Told: Equatable {
    case version(Entry)
    case conflicts(Set<String>)
    case state(Lifecycle.State)
    case head(VersionID)
    case due([VersionID])
  }

  private(set) var versions: [VersionID: Entry] = [:]
  /// In the order of their making.
  private(set) var ids: [VersionID] = []
  var places: [Reference: Place] = [:]
  var entryCount = 0
  let moneyKinds: Set<DocumentKind> = [.template]

  /// - Parameter id: what the repository calls the version that was made, if one was.
  mutating func perform(_ order: Order, by caller: Caller, _ id: VersionID?) throws(RepositoryError) -> Told {
    switch order {
    case .save(let reference, let value, let expecting, let merging, let movesMoney):
      try check(caller, reference.tenant)
      try expect(reference, expecting)
      if places[reference] == nil, merging != nil { throw .unrelated }
      var entry = Entry(
        document: reference.document, value: value, parents: [], generation: 1, time: caller.time,
        author: caller.actor, movesMoney: movesMoney)
      if let head = expecting { try descend(&entry, from: head, merging, caller) }
      return keep(entry, id, reference)

    case .merge(let theirs, let reference, let expecting):
      try check(caller, reference.tenant)
      guard let mine = places[reference]?.head else { throw .notFound(.reference) }
      guard mine == expecting else { throw .moved(current: mine) }
      let other = try seen(theirs, caller)
      var entry = Entry(
        document: reference.document, value: [:], parents: [], generation: 1, time: caller.time, author: caller.actor,
        movesMoney: false)
      try descend(&entry, from: mine, theirs, caller)
      guard let base = commonAncestor(mine, theirs) else { throw .unrelated }
      guard base != theirs else { throw .alreadyMerged }
      let (old, own) = (versions[base]!.value, versions[mine]!.value)
      var conflicts: Set<String> = []
      for name in Set(old.keys).union(own.keys).union(other.value.keys) {
        let (was, one, two) = (old[name], own[name], other.value[name])
        if one == two || was == two { entry.value[name] = one } else { entry.value[name] = two }
        if one != two, was != one, was != two { conflicts.insert("/" + name) }
      }
      guard conflicts.isEmpty else { return .conflicts(conflicts) }
      return keep(entry, id, reference)

    case .fork(let source, let version, let target):
      guard source.document.kind == target.document.kind else { throw .invalid(.kind) }
      try check(caller, target.tenant)
      guard sees(caller, source.tenant), let head = places[source]?.head else { throw .notFound(.reference) }
      let forked = try seen(version ?? head, caller)
      guard forked.document == source.document else { throw .notFound(.version) }
      try expect(target, nil)
      let entry = Entry(
        document: target.document, value: forked.value, parents: [], generation: forked.generation + 1,
        time: caller.time, author: caller.actor, movesMoney: forked.movesMoney, origin: version ?? head,
        upstream: source)
      return keep(entry, id, target)

    case .revert(let reference, let old, let expecting):
      try check(caller, reference.tenant)
      try expect(reference, expecting)
      let version = try seen(old, caller)
      guard version.document == reference.document else { throw .notFound(.version) }
      var entry = version
      (entry.time, entry.author) = (caller.time, caller.actor)
      try descend(&entry, from: expecting, nil, caller)
      return keep(entry, id, reference)

    case .promote(let version, let source, let environment, let expecting):
      try check(caller, source.tenant)
      guard places[source]?.lives[version] != nil else { throw .notFound(.version) }
      let target = source.document.reference(in: environment)
      try expect(target, expecting)
      guard expecting != version else { throw .alreadyThere }
      guard places[target]?.lives[version]?.state != .retired else { throw .illegalStep(from: .retired, to: .draft) }
      arrive(version, target)
      return .head(version)

    case .step(let version, let reference, let state, let due):
      try check(caller, reference.tenant)
      guard let life = places[reference]?.lives[version] else { throw .notFound(.version) }
      return .state(try step(version, reference, life, to: state, due, caller))

    case .activateDue(let now):
      var told: [VersionID] = []
      while let (reference, version) = nextDue(now) {
        let life = places[reference]!.lives[version]!
        _ = try step(version, reference, life, to: .active, 0, caller)
        told.append(version)
      }
      return .due(told)
    }
  }

  private mutating func step(
    _ version: VersionID, _ reference: Reference, _ old: Life, to state: Lifecycle.State, _ due: Int64,
    _ caller: Caller
  ) throws(RepositoryError) -> Lifecycle.State {
    let chain: [Lifecycle.State] = [.draft, .checked, .approved, .scheduled, .active]
    let isNext = chain.firstIndex(of: old.state).map { chain.dropFirst($0 + 1).first == state } ?? false
    let isShortcut = old.state == .approved && state == .active
    guard isNext || isShortcut || state == .retired && old.state != .retired else {
      throw .illegalStep(from: old.state, to: state)
    }
    var life = old
    if state == .checked { life.checker = caller.actor }
    let entry = versions[version]!
    if state == .approved, entry.movesMoney || moneyKinds.contains(reference.document.kind) {
      if caller.actor.kind == .program { throw .needsOtherPerson(.program) }
      if caller.actor == entry.author { throw .needsOtherPerson(.author) }
      if caller.actor == old.checker { throw .needsOtherPerson(.checker) }
    }
    if state == .scheduled {
      let taken = places[reference]!.lives.first { $0.value.state == .scheduled && $0.value.due == due }
      if let taken { throw .timeTaken(taken.key) }
      life.due = due
    }
    life.state = state
    if state == .active {
      if let former = places[reference]!.active {
        places[reference]!.lives[former]!.state = .retired
        entryCount += 1
      }
      places[reference]!.active = version
    } else if places[reference]!.active == version {
      places[reference]!.active = nil
    }
    places[reference]!.lives[version] = life
    entryCount += 1
    return state
  }

  private func nextDue(_ now: Int64) -> (Reference, VersionID)? {
    let due = places.flatMap { place in
      place.value.lives.filter { $0.value.state == .scheduled && $0.value.due! <= now }.map {
        (time: $0.value.due!, reference: place.key, version: $0.key)
      }
    }
    func key(_ reference: Reference) -> [UInt8] {
      let (document, zero) = (reference.document, [0] as [UInt8])
      return [UInt8(document.tenant.rawValue)] + Array(reference.environment.text.utf8) + zero
        + Array(document.kind.slug.text.utf8) + zero + Array(document.name.text.utf8)
    }
    let first = due.min {
      $0.time != $1.time ? $0.time < $1.time : key($0.reference).lexicographicallyPrecedes(key($1.reference))
    }
    return first.map { ($0.reference, $0.version) }
  }

  // MARK: Versions

  private mutating func keep(_ entry: Entry, _ id: VersionID?, _ reference: Reference) -> Told {
    guard let id else { return .version(entry) }
    if versions.updateValue(entry, forKey: id) == nil { ids.append(id) }
    arrive(id, reference)
    return .version(entry)
  }

  private mutating func arrive(_ version: VersionID, _ reference: Reference) {
    places[reference, default: Place(head: version)].head = version
    if places[reference]!.lives[version] == nil { places[reference]!.lives[version] = Life() }
    entryCount += 1
  }

  private func descend(
    _ entry: inout Entry, from head: VersionID, _ merging: VersionID?, _ caller: Caller
  ) throws(RepositoryError) {
    let own = versions[head]!
    entry.parents = [head]
    entry.generation = own.generation + 1
    entry.movesMoney = entry.movesMoney || own.movesMoney
    (entry.origin, entry.upstream) = (own.origin, own.upstream)
    guard let merging else { return }
    let other = try seen(merging, caller)
    guard other.document.kind == own.document.kind else { throw .invalid(.kind) }
    guard merging != head else { throw .alreadyMerged }
    entry.parents.append(merging)
    entry.generation = max(own.generation, other.generation) + 1
    entry.movesMoney = entry.movesMoney || other.movesMoney
    guard let upstream = own.upstream else { return }
    if other.document == upstream.document {
      entry.origin = merging
    } else if other.upstream == upstream, versions[other.origin!]!.generation > versions[own.origin!]!.generation {
      entry.origin = other.origin
    }
  }

  // MARK: What is asked

  func sees(_ caller: Caller, _ tenant: Tenant) -> Bool { tenant == .platform || caller.viewer == .tenant(tenant) }

  func seen(_ id: VersionID, _ caller: Caller) throws(RepositoryError) -> Entry {
    guard let entry = versions[id], sees(caller, entry.document.tenant) else { throw .notFound(.version) }
    return entry
  }

  private func check(_ caller: Caller, _ tenant: Tenant) throws(RepositoryError) {
    guard sees(caller, tenant) else { throw .notFound(.reference) }
    guard caller.viewer == .tenant(tenant) else { throw .notYours }
  }

  private func expect(_ reference: Reference, _ head: VersionID?) throws(RepositoryError) {
    guard places[reference]?.head == head else { throw .moved(current: places[reference]?.head) }
  }

  /// A version and all that it leads to by `links`.
  func reachable(_ id: VersionID, _ links: (Entry) -> [VersionID]) -> Set<VersionID> {
    var (found, open): (Set<VersionID>, [VersionID]) = ([], [id])
    while let next = open.popLast() { if found.insert(next).inserted { open += links(versions[next]!) } }
    return found
  }

  func newestFirst(_ ids: some Sequence<VersionID>) -> [VersionID] {
    ids.sorted { left, right in
      let (one, two) = (versions[left]!, versions[right]!)
      if one.generation != two.generation { return one.generation > two.generation }
      if one.time != two.time { return one.time > two.time }
      return right.bytes.lexicographicallyPrecedes(left.bytes)
    }
  }

  func commonAncestor(_ mine: VersionID, _ theirs: VersionID) -> VersionID? {
    newestFirst(reachable(mine, \.ancestors).intersection(reachable(theirs, \.ancestors))).first
  }

  func blame(_ name: String, _ id: VersionID) -> VersionID {
    let entry = versions[id]!
    let earlier = entry.ancestors.first { versions[$0]!.value[name] == entry.value[name] }
    return earlier.map { blame(name, $0) } ?? id
  }
}
