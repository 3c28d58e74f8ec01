import Testing

@testable import Access

@Suite struct AuditTests {
  @Test func equalEventsAreOneRow() throws {
    let desk = try Desk()
    for _ in 0..<1_000 {
      desk.control.audit.note(AuditEvent(.authenticationFailed, at: 5, key: nil, address: "127.0.0.1"))
    }
    desk.control.audit.note(AuditEvent(.operationsRefused, at: 6, key: 3, subject: "session 9", count: 8_190))
    #expect(desk.control.audit.isPending)
    let rows = try desk.trail()
    #expect(rows.map(\.count) == [1_000, 8_190])
    #expect(rows.map(\.number) == [1, 2])
    #expect(!desk.control.audit.isPending)
    try desk.reopen()
    #expect(try desk.control.audit.events(after: 1, limit: 10).map(\.kind) == [.operationsRefused])
  }

  @Test func aFloodIsCountedAndBounded() throws {
    let desk = try Desk()
    for session in 0..<5_000 {
      desk.control.audit.note(AuditEvent(.sessionOpened, at: 5, key: 1, subject: "session \(session)"))
    }
    try desk.control.audit.flush()
    let rows = try desk.control.audit.events(after: 0, limit: 2_000)
    let listed = AuditTrail.pendingCountMax / 4 * 3
    #expect(rows.count == listed + 1)
    #expect(rows.last?.kind == .notListed)
    #expect(rows.last?.count == 5_000 - listed)
  }

  /// What was changed over HTTP stays, however much is refused beside it.
  @Test func noFloodPushesRequestsOut() throws {
    let desk = try Desk(auditRowCountMax: 50)
    for round in 0..<4 {
      for number in 0..<2_000 {
        desk.control.audit.note(AuditEvent(.requestRefused, at: 1, key: nil, subject: "route \(number): 401"))
      }
      desk.control.audit.note(AuditEvent(.requestMade, at: 1, key: 3, subject: "fund \(round): 201"))
      try desk.control.audit.flush()
    }
    let rows = try desk.trail()
    #expect(rows.filter { $0.kind == .requestMade }.map(\.subject) == (0..<4).map { "fund \($0): 201" })
    #expect(rows.count == 54)
    var chain = TrailChain()
    for row in rows { try chain.add(row) }
    #expect(try chain.verdict().sound > 50)
  }

  @Test func noFloodPushesDecisionsOut() throws {
    let desk = try Desk(auditRowCountMax: 50)
    let (key, _) = try desk.make([.payer], tenants: [7])
    let longName = String(repeating: "x", count: 60_000)
    for number in 0..<500 {
      desk.control.audit.note(AuditEvent(.authenticationFailed, at: 1, key: nil, address: "127.0.0.\(number)"))
      let content = AccessKey.Content(name: longName + "\(number)", tenants: nil, roles: [.payer])
      #expect(
        kind { try desk.ask(.create(content: content, credential: KeySecret().credential), by: key) } == .notAllowed)
      if number % 40 == 0 { try desk.control.audit.flush() }
    }
    let rows = try desk.trail()
    #expect(rows.first?.kind == .keyCreated)
    #expect(rows.count == 51)
    #expect(rows.allSatisfy { $0.subject.count <= AuditEvent.subjectCountMax && !$0.subject.contains("xx") })
    #expect(try desk.control.audit.events(after: .max, limit: 1).isEmpty)
  }

  @Test func theOldestRowsGo() throws {
    let desk = try Desk(auditRowCountMax: 100)
    for number in 0..<250 {
      desk.control.audit.note(AuditEvent(.sessionOpened, at: Int64(number), key: 1, subject: "session \(number)"))
      if number % 7 == 0 { try desk.control.audit.flush() }
    }
    let rows = try desk.trail()
    #expect(rows.count == 100)
    #expect(rows.map(\.number) == Array(151...250))
    #expect(rows.last?.subject == "session 249")
    try desk.reopen()
    desk.control.audit.note(AuditEvent(.sessionOpened, at: 0, key: 1, subject: "one more"))
    #expect(try desk.trail().map(\.number) == Array(152...251))
  }
}

@Suite("The audit chain")
struct TrailChainTests {
  private func rows() throws -> [AuditEvent] {
    let desk = try Desk()
    let (key, secret) = try desk.make([.payer])
    for number in 0..<5 {
      desk.control.audit.note(AuditEvent(.sessionOpened, at: 5, key: 1, subject: "session \(number)"))
      try desk.control.audit.flush()
    }
    try desk.reopen()
    _ = try desk.ask(.rotate(credential: KeySecret().credential, overlapSeconds: 9), with: secret)
    _ = try desk.control.perform(.revoke(key: key.id), by: .local)
    return try desk.trail()
  }

  private func kept(_ row: AuditEvent, digest: String? = nil) -> TrailChain.Kept {
    TrailChain.Kept(isDecision: row.isDecision, number: row.number, digest: digest ?? row.chain ?? "")
  }

  private func verdict(_ rows: [AuditEvent], kept: [TrailChain.Kept] = []) throws -> TrailChain.Verdict {
    var chain = TrailChain(kept: kept)
    for row in rows { try chain.add(row) }
    return try chain.verdict()
  }

  @Test("a trail is as it was written, over a restart")
  func sound() throws {
    let rows = try rows()
    #expect(rows.count == 8)
    let verdict = try verdict(rows, kept: [kept(rows[2])])
    #expect(verdict.sound == 8)
    #expect(verdict.found == 1)
    #expect(verdict.newest == [kept(rows[5]), kept(rows[7])])
  }

  @Test("no row is changed, taken out, put in or moved")
  func tampering() throws {
    let rows = try rows()
    for index in rows.indices {
      var changed = rows
      changed[index].subject += "!"
      #expect(kind { try verdict(changed) } == .store, "\(index)")
      var later = rows
      later[index].at += 1
      #expect(kind { try verdict(later) } == .store, "\(index)")
    }
    // Where rows are gone, the oldest one of each list that is left is taken as it is.
    var aged = Array(rows.dropFirst())
    aged[0].subject += "!"
    #expect(try verdict(aged).sound == rows.count - 3)
    for index in 1..<5 {
      var shorter = rows
      shorter.remove(at: index)
      if index > 1 { #expect(kind { try verdict(shorter) } == .store, "\(index)") }
      var moved = rows
      moved.swapAt(index, index + 1)
      #expect(kind { try verdict(moved) } == .store, "\(index)")
      var unchained = rows
      unchained[index + 1].chain = nil
      if !rows[index + 1].isDecision { #expect(kind { try verdict(unchained) } == .store, "\(index)") }
    }
    // What is cut off at the end shows to who kept a digest.
    let last = try #require(rows.last)
    _ = try verdict(rows.dropLast())
    #expect(kind { try verdict(rows.dropLast(), kept: [kept(last)]) } == .store)
    #expect(kind { try verdict(rows, kept: [kept(last, digest: String(repeating: "0", count: 64))]) } == .store)
  }

  @Test("rows that went for their age, and rows of before there were digests, are no fault")
  func age() throws {
    let desk = try Desk(auditRowCountMax: 10)
    for number in 0..<50 {
      desk.control.audit.note(AuditEvent(.sessionOpened, at: Int64(number), key: 1, subject: "session \(number)"))
      try desk.control.audit.flush()
    }
    let rows = try desk.trail()
    let aged = TrailChain.Kept(isDecision: false, number: 7, digest: String(repeating: "0", count: 64))
    let verdict = try verdict(rows, kept: [aged, kept(rows[4])])
    // The other list lost nothing: a decision with the same number would be missed.
    let decision = TrailChain.Kept(isDecision: true, number: 7, digest: aged.digest)
    #expect(kind { try self.verdict(rows, kept: [decision]) } == .store)
    #expect(verdict.sound == 9)
    #expect(verdict.found == 1)
    #expect(verdict.gone == 1)
    var old = rows
    for index in 0..<4 { old[index].chain = nil }
    #expect(try self.verdict(old).unchained == 4)
  }
}
