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
    #expect(rows.count == AuditTrail.pendingCountMax + 1)
    #expect(rows.last?.kind == .notListed)
    #expect(rows.last?.count == 5_000 - AuditTrail.pendingCountMax)
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
