import Testing

@testable import Access

@Suite struct FourEyesTests {
  private let content = AccessKey.Content(name: "shop", tenants: [7], roles: [.payer])

  @Test func rightsAreGivenByTwoPersons() throws {
    let desk = try Desk()
    let first = try desk.make([.admin], person: 1).key
    let second = try desk.make([.admin], person: 2).key
    let alias = try desk.make([.admin], person: 1).key
    let secret = KeySecret()
    let id = try desk.propose(.create(content: content, credential: secret.credential), by: first)
    #expect(desk.key(proving: secret) == nil)
    #expect(kind { try desk.ask(.approve(proposal: id), by: first) } == .otherPerson)
    #expect(kind { try desk.ask(.approve(proposal: id), by: alias) } == .otherPerson)
    try desk.control.audit.flush()
    // Waiting survives a restart.
    try desk.reopen()
    guard case .key(let made) = try desk.ask(.approve(proposal: id), by: second) else {
      Issue.record("no key")
      return
    }
    #expect(made.content == content)
    #expect(desk.key(proving: secret) == made)
    #expect(kind { try desk.ask(.approve(proposal: id), by: second) } == .notFound)
    let trail = try desk.trail()
    #expect(trail.contains { $0.kind == .keyProposed && $0.key == first.id })
    #expect(trail.contains { $0.kind == .keyCreated && $0.key == second.id && $0.subject.contains("proposal \(id)") })
    #expect(trail.filter { $0.kind == .commandRefused }.reduce(0) { $0 + $1.count } == 3)
    #expect(trail.map(\.number) == Array(1...UInt64(trail.count)))
  }

  @Test func changesAndReplacementsNeedTwoAsWell() throws {
    let desk = try Desk()
    let first = try desk.make([.admin], person: 1).key
    let second = try desk.make([.admin], person: 2).key
    let (key, old) = try desk.make([.payer], tenants: [7])
    var wider = content
    wider.tenants = [7, 8]
    let change = try desk.propose(.change(key: key.id, content: wider), by: second)
    #expect(desk.key(proving: old)?.content.tenants == [7])
    _ = try desk.ask(.approve(proposal: change), by: first)
    #expect(desk.key(proving: old)?.content.tenants == [7, 8])
    let new = KeySecret()
    let replace = try desk.propose(.replace(key: key.id, credential: new.credential, overlapSeconds: 0), by: first)
    #expect(desk.key(proving: new) == nil)
    _ = try desk.ask(.approve(proposal: replace), by: second)
    #expect(desk.key(proving: new)?.id == key.id)
    #expect(desk.key(proving: old) == nil)
  }

  @Test func proposalsEnd() throws {
    let desk = try Desk()
    let first = try desk.make([.admin], person: 1).key
    let second = try desk.make([.admin], person: 2).key
    let rejected = try desk.propose(.create(content: content, credential: KeySecret().credential), by: first)
    _ = try desk.ask(.reject(proposal: rejected), by: second)
    #expect(kind { try desk.ask(.approve(proposal: rejected), by: second) } == .notFound)
    let old = try desk.propose(.create(content: content, credential: KeySecret().credential), by: first)
    desk.clock.advance(seconds: 86_400)
    #expect(kind { try desk.ask(.approve(proposal: old), by: second) } == .notFound)
    // Room is made by those that are void.
    for _ in 0..<Proposal.countMax {
      _ = try desk.propose(.create(content: content, credential: KeySecret().credential), by: first)
    }
    #expect(
      kind { try desk.ask(.create(content: content, credential: KeySecret().credential), by: first) } == .limit)
  }

  @Test func whoLostRightsProposesNothing() throws {
    let desk = try Desk()
    let first = try desk.make([.admin], person: 1).key
    let second = try desk.make([.admin], person: 2).key
    let third = try desk.make([.admin], person: 3, expires: desk.clock.now + 1_000_000).key
    let create = AccessCommand.create(content: content, credential: KeySecret().credential)
    let ofFirst = try desk.propose(create, by: first)
    let ofThird = try desk.propose(create, by: third)
    _ = try desk.ask(.revoke(key: first.id), by: second)
    #expect(kind { try desk.ask(.approve(proposal: ofFirst), by: second) } == .notFound)
    desk.clock.advance(seconds: 1_000)
    #expect(kind { try desk.ask(.approve(proposal: ofThird), by: second) } == .notAllowed)
  }

  @Test func twoAdministratorsStay() throws {
    let desk = try Desk()
    let first = try desk.make([.admin], person: 1).key
    let second = try desk.make([.admin], person: 2).key
    let alias = try desk.make([.admin], person: 2).key
    // Person 2 has two keys, person 1 one: without that one nothing could be approved any more.
    #expect(kind { try desk.ask(.revoke(key: first.id), by: second) } == .lastAdministrators)
    _ = try desk.ask(.revoke(key: alias.id), by: first)
    #expect(kind { try desk.ask(.revoke(key: second.id), by: first) } == .lastAdministrators)
    #expect(kind { try desk.ask(.change(key: second.id, content: content), by: first) } == .lastAdministrators)
  }

  @Test func twoPersonsStayWhateverChanges() throws {
    let desk = try Desk()
    let first = try desk.make([.admin], person: 1, expires: desk.clock.now + 1_000_000).key
    let second = try desk.make([.admin], person: 2).key
    let same = AccessKey.Content(name: "a", tenants: nil, roles: [.admin], person: 1)
    #expect(kind { try desk.ask(.change(key: second.id, content: same), by: first) } == .lastAdministrators)
    // One that has expired is not what keeps anything going.
    desk.clock.advance(seconds: 2_000)
    _ = try desk.ask(.revoke(key: first.id), by: second)
  }

  @Test func aNumberNeverMeansAnotherProposal() throws {
    let desk = try Desk()
    let first = try desk.make([.admin], person: 1).key
    let second = try desk.make([.admin], person: 2).key
    var wide = content
    wide.tenants = [9, 7, 9]
    let seen = try desk.propose(.create(content: wide, credential: KeySecret().credential), by: first)
    guard case .proposals(let waiting) = try desk.ask(.listProposals(after: 0, limit: 9), by: second),
      case .create(let shown, _) = waiting[0].command
    else {
      Issue.record("not listed")
      return
    }
    #expect(shown.tenants == [7, 9])
    _ = try desk.ask(.reject(proposal: seen), by: first)
    try desk.reopen()
    let other = try desk.propose(.create(content: content, credential: KeySecret().credential), by: first)
    #expect(other > seen)
    #expect(kind { try desk.ask(.approve(proposal: seen), by: second) } == .notFound)
    // What a key asked for is void when somebody else has its secret.
    let replace = AccessCommand.replace(key: first.id, credential: KeySecret().credential, overlapSeconds: 0)
    _ = try desk.control.perform(replace, by: .local)
    #expect(kind { try desk.ask(.approve(proposal: other), by: second) } == .notFound)
  }

  @Test func othersMayOnlyLookAtThemselves() throws {
    let desk = try Desk()
    let (key, _) = try desk.make([.payer, .operator], tenants: [7])
    #expect(try desk.ask(.whoAmI, by: key) == .key(key: key))
    let commands: [AccessCommand] = [
      .create(content: content, credential: KeySecret().credential), .change(key: key.id, content: content),
      .replace(key: key.id, credential: KeySecret().credential, overlapSeconds: 0), .approve(proposal: 1),
      .reject(proposal: 1), .revoke(key: key.id), .listKeys(after: 0, limit: 1), .listProposals(after: 0, limit: 1),
      .listQuotas,
      .audit(after: 0, limit: 1), .setQuota(tenant: 7, quota: Quota(operationsPerSecond: 1)), .clearQuota(tenant: 7),
    ]
    for command in commands { #expect(kind { try desk.ask(command, by: key) } == .notAllowed, "\(command.name)") }
    #expect(try desk.trail().filter { $0.kind == .commandRefused && $0.key == key.id }.count == commands.count)
  }

  @Test func commandsAndAnswersAreJSON() throws {
    let text = #"{"revoke":{"key":7}}"#
    #expect(try AccessCommand(json: Array(text.utf8)) == .revoke(key: 7))
    #expect(String(decoding: AccessCommand.whoAmI.json, as: UTF8.self) == #"{"whoAmI":{}}"#)
    let answer = AccessAnswer(AccessError(.notFound, "there is no key 7"))
    #expect(
      String(decoding: answer.json, as: UTF8.self) == #"{"refused":{"kind":"notFound","text":"there is no key 7"}}"#)
    #expect(try AccessAnswer(json: answer.json) == answer)
    for bad in ["", "{", "[]", "7", #"{"revoke":{}}"#, #"{"revoke":{"key":-1}}"#, #"{"unknown":{}}"#] {
      #expect(kind { try AccessCommand(json: Array(bad.utf8)) } == .invalid, "\(bad)")
    }
  }
}
