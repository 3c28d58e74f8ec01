import Access
import Kernel
import Testing
import Wire

@testable import Server

@Suite(.timeLimit(.minutes(1)))
struct AuthenticationTests {
  @Test func withoutAKeyNothingIsSaid() async throws {
    try await withKeyedServer { fixture, _ in
      var unknown = HelloBody(KeySecret())
      var errors: [ErrorBody] = []
      for hello in [HelloBody(), unknown] {
        let client = try await RawClient(port: fixture.port)
        errors.append(try await client.refusal(hello))
        #expect(try await client.frame() == nil)
      }
      #expect(errors.map(\.reason) == [.authenticationMethod, .authenticationFailed])
      unknown.authentication = .certificate
      unknown.credential = []
      let client = try await RawClient(port: fixture.port)
      #expect(try await client.refusal(unknown).reason == .authenticationFailed)
      #expect(fixture.metric("milepost_audit_events_total{kind=\"authenticationFailed\"}") == 3)
    }
  }

  @Test func aKeyActsInItsTenantsAndRolesOnly() async throws {
    try await withKeyedServer { fixture, administrators in
      let (_, secret) = try await makeKey(administrators, port: fixture.port, [.payer], tenants: [1], person: 10)
      let (client, welcome) = try await RawClient.connect(port: fixture.port, secret)
      #expect(welcome.body.sessionClass == .client)
      let session = welcome.session
      try await client.send(Sample.create(1...1, session: session, request: 1))
      #expect(try await client.expect(.result).results.map(\.code) == [0])
      func fund(_ tenant: UInt32, actor: UInt32, code: OperationCode = .offer) -> Operation {
        Operation(code, tenant: tenant, contract: 1, id: UInt128(tenant) << 32 | UInt128(actor), actor: actor)
      }
      let codes = try await client.codes(
        [
          fund(2, actor: 10), fund(3, actor: 10), fund(1, actor: 0), fund(1, actor: 20),
          fund(1, actor: 10, code: .approve), fund(1, actor: 10),
        ], session: session, request: 2)
      // Another tenant's existence does not show; what the kernel is asked it answers.
      #expect(
        codes == [
          .tenantMismatch, .tenantMismatch, .notAuthorised, .notAuthorised, .notAuthorised, .scheduleMismatch,
        ])
      try await fixture.eventually {
        fixture.metric("milepost_audit_events_total{kind=\"operationsRefused\"}") == 5
      }
      await client.close()
    }
  }

  @Test func scopesAreNarrowedNeverWidened() async throws {
    try await withKeyedServer { fixture, administrators in
      let (_, secret) = try await makeKey(administrators, port: fixture.port, [.operator], tenants: [1, 2])
      let outside = try await RawClient(port: fixture.port)
      #expect(try await outside.refusal(HelloBody(secret, scope: .one(3))).reason == .tenantScope)
      let client = try await RawClient(port: fixture.port)
      let welcome = try await client.hello(HelloBody(secret, scope: .one(2)))
      #expect(welcome.body.sessionClass == .operator)
      #expect(welcome.body.scope == .one(2))
      let codes = try await client.codes(
        [1, 2].map { Operation(.deposit, tenant: $0, contract: 9, id: UInt128($0), amount: 1, argument: 1) },
        session: welcome.session, request: 1)
      #expect(codes == [.tenantMismatch, .notFound])
    }
  }

  @Test func sessionsBelongToTheirKey() async throws {
    try await withKeyedServer { fixture, administrators in
      let (_, one) = try await makeKey(administrators, port: fixture.port, [.payer], tenants: [1])
      let (_, other) = try await makeKey(administrators, port: fixture.port, [.payer], tenants: [1])
      let (client, welcome) = try await RawClient.connect(port: fixture.port, one)
      try await client.send(Sample.create(1...1, session: welcome.session, request: 1))
      _ = try await client.expect(.result)
      await client.close()
      // Neither the whole id with another key, nor the number that can be guessed with the right one.
      for (secret, session) in [(other, welcome.session), (one, welcome.session & UInt128(UInt64.max))] {
        let thief = try await RawClient(port: fixture.port)
        #expect(try await thief.refusal(session: session, HelloBody(secret)).reason == .sessionUnknown)
      }
      #expect(fixture.metric("milepost_audit_events_total{kind=\"authenticationFailed\"}") == 2)
      let (_, again) = try await RawClient.connect(port: fixture.port, one, session: welcome.session)
      #expect(again.body.resumed)
      #expect(again.body.lastRequest == 1)
    }
  }

  @Test func aRevokedKeyLosesItsConnections() async throws {
    try await withKeyedServer { fixture, administrators in
      let (id, secret) = try await makeKey(administrators, port: fixture.port, [.payer], tenants: [1])
      let (client, _) = try await RawClient.connect(port: fixture.port, secret)
      let (admin, welcome) = try await RawClient.connect(port: fixture.port, administrators.first)
      guard case .key(let revoked) = try await admin.manage(.revoke(key: id), session: welcome.session) else {
        Issue.record("not revoked")
        return
      }
      #expect(revoked.revoked != nil)
      #expect(try await client.expectError().reason == .authenticationFailed)
      let late = try await RawClient(port: fixture.port)
      #expect(try await late.refusal(HelloBody(secret)).reason == .authenticationFailed)
    }
  }

  @Test func aNarrowedKeyLosesWhatItFollowed() async throws {
    try await withKeyedServer { fixture, administrators in
      let (id, secret) = try await makeKey(administrators, port: fixture.port, [.platform], tenants: nil)
      let (client, welcome) = try await RawClient.connect(port: fixture.port, secret)
      let subscribe = SubscribeBody(from: EventPosition(commit: 0, index: 0), credit: 100)
      try await client.send(
        encodeFrame(
          FrameHeader(.subscribe, session: welcome.session, request: 5), bodyByteCount: SubscribeBody.byteCount
        ) { subscribe.store(into: &$0) })
      // A frame that began with the old rights is taken with the new ones.
      let frame = Sample.submit(
        [Operation(.offer, tenant: 1, contract: 1, id: 1, actor: 1)], session: welcome.session, request: 1)
      try await client.send(Array(frame.dropLast()))
      let narrow = AccessKey.Content(name: "test", tenants: [7], roles: [.reader])
      let (first, one) = try await RawClient.connect(port: fixture.port, administrators.first)
      guard
        case .proposed(let proposal) = try await first.manage(.change(key: id, content: narrow), session: one.session)
      else { throw Unexpected("not proposed") }
      let (second, two) = try await RawClient.connect(port: fixture.port, administrators.second)
      _ = try await second.manage(.approve(proposal: proposal), session: two.session)
      let ended = try await client.expect(.events)
      #expect(ended.header.flags.contains(.ended))
      #expect(try EventsEnd(decoding: ended.body.span.bytes).reason == .tenantScope)
      try await client.send([frame.last!])
      #expect(try await client.expect(.result).results.map(\.code) == [ResultCode.tenantMismatch.rawValue])
    }
  }

  @Test func othersQuotasAreNotTouched() async throws {
    try await withKeyedServer { fixture, administrators in
      let (_, owner) = try await makeKey(administrators, port: fixture.port, [.platform], tenants: [9])
      let (_, stranger) = try await makeKey(administrators, port: fixture.port, [.reader], tenants: [7])
      let (admin, welcome) = try await RawClient.connect(port: fixture.port, administrators.first)
      _ = try await admin.manage(
        .setQuota(tenant: 9, quota: Quota(operationsPerSecond: 1, burst: 10)), session: welcome.session)
      func offers(_ count: Int, _ session: UInt128, _ request: UInt64) -> [UInt8] {
        Sample.submit(
          (0..<count).map { Operation(.offer, tenant: 9, contract: 1, id: UInt128($0 + 1), actor: 1) },
          session: session,
          request: request)
      }
      let (thief, theirs) = try await RawClient.connect(port: fixture.port, stranger)
      for request in 1...5 {
        try await thief.send(offers(1_000, theirs.session, UInt64(request)))
        #expect(try await thief.expect(.result).results.allSatisfy { $0.code == ResultCode.tenantMismatch.rawValue })
      }
      let (client, own) = try await RawClient.connect(port: fixture.port, owner)
      try await client.send(offers(5, own.session, 1))
      _ = try await client.expect(.result)
    }
  }

  @Test func rotationGoesOnWithoutAPause() async throws {
    try await withKeyedServer { fixture, administrators in
      let (_, old) = try await makeKey(administrators, port: fixture.port, [.payer], tenants: [1])
      let (client, welcome) = try await RawClient.connect(port: fixture.port, old)
      let new = KeySecret()
      let answer = try await client.manage(
        .rotate(credential: new.credential, overlapSeconds: 3_600), session: welcome.session)
      guard case .key(let key) = answer else { throw Unexpected("\(answer)") }
      #expect(key.credentials.count == 2)
      // The old one goes on, the new one takes the session over.
      try await client.send(Sample.create(1...1, session: welcome.session, request: 1))
      _ = try await client.expect(.result)
      let (_, resumed) = try await RawClient.connect(port: fixture.port, new, session: welcome.session)
      #expect(resumed.body.lastRequest == 1)
    }
  }

  @Test func administratorsSeeKeysAndNoMoney() async throws {
    try await withKeyedServer { fixture, administrators in
      let (admin, welcome) = try await RawClient.connect(port: fixture.port, administrators.first)
      #expect(
        try await admin.codes(
          [Operation(.offer, tenant: 1, contract: 1, id: 1, actor: 1)], session: welcome.session, request: 1)
          == [.tenantMismatch])
      let read = ReadBody(.totals, tenant: 1)
      try await admin.send(
        encodeFrame(FrameHeader(.read, session: welcome.session, request: 5), bodyByteCount: ReadBody.byteCount) {
          read.store(into: &$0)
        })
      let reply = try await admin.expect(.readReply)
      #expect(try ReadReplyHead(decoding: reply.body.span.bytes, count: 0).status == .tenantScope)
      guard case .keys(let keys) = try await admin.manage(.listKeys(after: 0, limit: 9), session: welcome.session)
      else {
        Issue.record("no keys")
        return
      }
      #expect(keys.map(\.content.person) == [1, 2])
      guard case .events(let events) = try await admin.manage(.audit(after: 0, limit: 99), session: welcome.session)
      else {
        Issue.record("no events")
        return
      }
      #expect(events.contains { $0.kind == .operationsRefused && $0.key == 1 && $0.address == "127.0.0.1" })
      #expect(events.contains { $0.kind == .readRefused })
      #expect(events.contains { $0.kind == .sessionOpened })
    }
  }

  @Test func withoutKeysNothingIsManaged() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      let answer = try await client.manage(.listKeys(after: 0, limit: 1), session: session)
      guard case .refused(.noKeys, let text) = answer else { throw Unexpected("\(answer)") }
      #expect(text.contains("milepost key init"))
    }
  }

  @Test func badCommandsAreAnswered() async throws {
    try await withKeyedServer { fixture, administrators in
      let (admin, welcome) = try await RawClient.connect(port: fixture.port, administrators.first)
      let json = Array("{\"revoke\":{\"key\":\"all\"}}".utf8)
      try await admin.send(
        encodeFrame(FrameHeader(.manage, session: welcome.session, request: 3), bodyByteCount: json.count) { body in
          for (offset, byte) in json.enumerated() { body.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self) }
        })
      let frame = try await admin.expect(.managed)
      guard case .refused(.invalid, let text) = try AccessAnswer(json: frame.body) else { throw Unexpected("\(frame)") }
      #expect(text.contains("revoke.key"))
      #expect(!text.contains("all"))
      #expect(fixture.metric("milepost_audit_events_total{kind=\"commandRefused\"}") == 1)
    }
  }

  @Test func overItsQuotaATenantIsBusyAndLosesNothing() async throws {
    try await withKeyedServer { fixture, administrators in
      let (_, secret) = try await makeKey(administrators, port: fixture.port, [.operator], tenants: [1, 2])
      let (admin, welcome) = try await RawClient.connect(port: fixture.port, administrators.first)
      let quota = Quota(operationsPerSecond: 50, burst: 10)
      #expect(try await admin.manage(.setQuota(tenant: 1, quota: quota), session: welcome.session) == .done)
      let (client, own) = try await RawClient.connect(port: fixture.port, secret)
      func deposits(_ tenant: UInt32, _ count: Int, _ request: UInt64) -> [UInt8] {
        Sample.submit(
          (0..<count).map {
            Operation(
              .deposit, tenant: tenant, contract: 9, id: UInt128(request) << 32 | UInt128($0 + 1), amount: 1,
              argument: 1)
          }, session: own.session, request: request)
      }
      // Twenty are taken whole, ten are owed: busy for a fifth of a second.
      try await client.send(deposits(1, 20, 1))
      _ = try await client.expect(.result)
      try await client.send(deposits(1, 1, 2))
      let frame = try await client.expect(.busy)
      let busy = try BusyBody(decoding: frame.body.span.bytes)
      #expect(busy.lastRequest == 1)
      #expect((1...230).contains(busy.retryMilliseconds))
      // Sent again until it is taken: the other tenant's quota does not matter.
      while true {
        try await client.send(deposits(1, 1, 2))
        guard let frame = try await client.frame() else { throw Unexpected("closed") }
        if frame.header.kind == .result { break }
        #expect(frame.header.kind == .busy)
      }
      try await client.send(deposits(2, 200, 3))
      _ = try await client.expect(.result)
      #expect((fixture.metric("milepost_audit_events_total{kind=\"quotaExceeded\"}") ?? 0) >= 1)
    }
  }
}
