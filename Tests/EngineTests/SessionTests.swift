import Kernel
import Store
import Synchronization
import Testing

@testable import Engine

@Suite struct SessionTests {
  private func session(_ engine: Engine, _ queue: CompletionQueue) async throws -> Session {
    let session = try await engine.openSession()
    engine.attach(session, to: queue)
    return session
  }

  /// Requests apply once and in number order; a repeat gets the kept reply, a gap is refused.
  @Test func requestsApplyOnceInOrder() async throws {
    let directory = TemporaryDirectory()
    let engine = try Engine.open(.test(directory.path), storeOptions: .test)
    let queue = CompletionQueue()
    let session = try await session(engine, queue)
    var script = Script()
    let first = script.open(1, 1)
    let done = engine.submitAndWait([.of(first, session: session, request: 1)], queue)[0]
    #expect(done.outcome == .committed)
    let digests = engine.digests()

    let again = engine.submitAndWait([.of(first, session: session, request: 1)], queue)[0]
    #expect(again.outcome == .repeated)
    #expect(again.codes == done.codes)
    #expect(again.commit == done.commit && again.stamp == done.stamp)

    let gap = engine.submitAndWait([.of(script.open(1, 2), session: session, request: 3)], queue)[0]
    #expect(gap.outcome == .requestGap)
    #expect(gap.results.isEmpty)

    let other = engine.submitAndWait([.of(script.open(1, 3), session: session, request: 1)], queue)[0]
    #expect(other.outcome == .requestMismatch)
    #expect(engine.digests() == digests)
    #expect(session.lastRequest == 1)
    try engine.close()
  }

  /// A repeat of a request that is applied but not yet durable waits for it.
  @Test func repeatInFlightIsAnsweredOnce() async throws {
    let directory = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path)
    configuration.startsThreads = false
    let engine = try Engine.open(configuration, storeOptions: .test)
    let queue = CompletionQueue()
    let opened = Mutex<Session?>(nil)
    engine.openSession { result in opened.withLock { $0 = try? result.get() } }
    #expect(opened.withLock { $0 == nil }, "a session is durable before it is told")
    engine.core.commitStep()
    let session = try #require(opened.withLock { $0 })
    engine.attach(session, to: queue)
    var script = Script()
    let batch = script.open(1, 1)
    let first = Submission.of(batch, session: session, request: 1)
    let second = Submission.of(batch, session: session, request: 1)
    #expect(engine.submit([first], to: queue) == 1)
    #expect(engine.submit([second], to: queue) == 1)
    #expect(queue.drain { _ in } == 0)
    while engine.core.commitStep() {}
    var outcomes: [SubmissionOutcome] = []
    queue.drain { outcomes.append($0.outcome) }
    #expect(Set(outcomes) == [.committed, .repeated])
    #expect(first.codes == second.codes)
    try engine.close()
  }

  /// Replies outlive a crash: from the log, and from the catalog once the log is trimmed.
  @Test(arguments: [false, true]) func repliesSurviveCrash(trimsLog: Bool) async throws {
    let directory = TemporaryDirectory()
    let copy = TemporaryDirectory()
    var script = Script()
    let batches = (1...10).map { script.open(1, UInt128($0)) }
    var options = StoreOptions.test
    options.retention = LogRetention(keepByteCount: trimsLog ? 0 : 1 << 30, trimCountMax: 64)
    var id: UInt64 = 0
    var replies: [[UInt8]] = []
    do {
      let engine = try Engine.open(.test(directory.path), storeOptions: options)
      let queue = CompletionQueue()
      let session = try await session(engine, queue)
      id = session.id
      for (index, batch) in batches.enumerated() {
        let done = engine.submitAndWait([.of(batch, session: session, request: UInt64(index + 1))], queue)[0]
        replies.append(done.codes)
        if index == 6 { try engine.checkpoint() }
      }
      if trimsLog {
        try engine.checkpoint()
        _ = try await engine.submit(script.open(2, 1))
        #expect(engine.oldestCommit > 3)
      }
      try copy.copy(of: directory.path)
      try engine.close()
    }
    let engine = try Engine.open(.test(copy.path), storeOptions: options)
    let queue = CompletionQueue()
    let session = try engine.session(id)
    #expect(session.lastRequest == 10)
    engine.attach(session, to: queue)
    for (index, batch) in batches.enumerated() {
      let done = engine.submitAndWait([.of(batch, session: session, request: UInt64(index + 1))], queue)[0]
      #expect(done.outcome == .repeated, "request \(index + 1)")
      #expect(done.codes == replies[index])
    }
    let next = engine.submitAndWait([.of(script.open(1, 99), session: session, request: 11)], queue)[0]
    #expect(next.outcome == .committed)
    try engine.close()
  }

  /// Only the last window of replies is kept; what is older says so and is not applied again.
  @Test func oldRequestsAreNotAppliedAgain() async throws {
    let directory = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path)
    configuration.sessionWindow = 4
    let engine = try Engine.open(configuration, storeOptions: .test)
    let queue = CompletionQueue()
    let session = try await session(engine, queue)
    var script = Script()
    let batches = (1...9).map { script.open(1, UInt128($0)) }
    let all = batches.enumerated().map { Submission.of($1, session: session, request: UInt64($0 + 1)) }
    #expect(engine.submitAndWait(all, queue).allSatisfy { $0.outcome == .committed })
    let again = batches.enumerated().map { Submission.of($1, session: session, request: UInt64($0 + 1)) }
    _ = engine.submitAndWait(again, queue)
    #expect(again.map(\.outcome) == Array(repeating: .requestTooOld, count: 5) + Array(repeating: .repeated, count: 4))
    try engine.close()
  }

  /// Replies of all sessions together stay within a bound: the session that was idle longest loses its oldest first.
  @Test func keptRepliesOfAllSessionsAreBounded() async throws {
    let directory = TemporaryDirectory()
    var script = Script()
    let batches = (1...8).map { script.open(1, UInt128($0)) }
    var options = StoreOptions.test
    options.retention = LogRetention(keepByteCount: 0, trimCountMax: 64)
    var configuration = EngineConfiguration.test(directory.path)
    var ids: [UInt64] = []
    do {
      let engine = try Engine.open(configuration, storeOptions: options)
      let queue = CompletionQueue()
      for half in 0..<2 {
        let session = try await session(engine, queue)
        ids.append(session.id)
        for request in 1...4 {
          let batch = batches[4 * half + request - 1]
          let done = engine.submitAndWait([.of(batch, session: session, request: UInt64(request))], queue)[0]
          #expect(done.outcome == .committed)
        }
      }
      // The first round lets the log go, the second finds it gone.
      try engine.checkpoint()
      _ = try await engine.submit(script.open(2, 1))
      try engine.checkpoint()
      let sizes = try ids.map { try engine.session($0).keptByteCount }
      #expect(sizes[0] > 0 && sizes[0] == sizes[1])
      // Half of what the first one has must go.
      configuration.replyByteCountMax = sizes[0] + sizes[0] / 2
      try engine.close()
    }
    do {
      let engine = try Engine.open(configuration, storeOptions: options)
      try engine.checkpoint()
      try engine.close()
    }
    let engine = try Engine.open(configuration, storeOptions: options)
    let queue = CompletionQueue()
    let sessions = try ids.map { try engine.session($0) }
    #expect(sessions.map(\.keptReplies.count) == [2, 4])
    for (half, session) in sessions.enumerated() {
      engine.attach(session, to: queue)
      let again = (1...4).map { Submission.of(batches[4 * half + $0 - 1], session: session, request: UInt64($0)) }
      _ = engine.submitAndWait(again, queue)
      let expected: [SubmissionOutcome] =
        half == 0 ? [.requestTooOld, .requestTooOld, .repeated, .repeated] : Array(repeating: .repeated, count: 4)
      #expect(again.map(\.outcome) == expected)
    }
    try engine.close()
  }

  private func evict(_ id: UInt64, _ engine: Engine) async throws {
    let result = await withCheckedContinuation { continuation in
      engine.evict(id) { continuation.resume(returning: $0) }
    }
    try result.get()
  }

  @Test func evictedSessionIsNeverTakenForNew() async throws {
    let directory = TemporaryDirectory()
    var id: UInt64 = 0
    do {
      let engine = try Engine.open(.test(directory.path), storeOptions: .test)
      let queue = CompletionQueue()
      let session = try await session(engine, queue)
      id = session.id
      var script = Script()
      _ = engine.submitAndWait([.of(script.open(1, 1), session: session, request: 1)], queue)
      try await evict(id, engine)
      let late = engine.submitAndWait([.of(script.open(1, 2), session: session, request: 2)], queue)[0]
      #expect(late.outcome == .sessionEvicted)
      try engine.checkpoint()
      try engine.close()
    }
    let engine = try Engine.open(.test(directory.path), storeOptions: .test)
    #expect(throws: EngineError(.sessionEvicted, "session \(id) was evicted")) { try engine.session(id) }
    #expect(throws: EngineError(.sessionUnknown, "session 77 was never opened in this store")) {
      try engine.session(77)
    }
    let fresh = try await engine.openSession()
    #expect(fresh.id > id)
    try engine.close()
  }

  /// What the catalog has of a session that the log evicts is forgotten by the start that finds it, not taken for alive by the next one.
  @Test func evictedSessionStaysEvictedOverTwoStarts() async throws {
    let directory = TemporaryDirectory()
    var id: UInt64 = 0
    do {
      let engine = try Engine.open(.test(directory.path), storeOptions: .test)
      let queue = CompletionQueue()
      let session = try await session(engine, queue)
      id = session.id
      var script = Script()
      _ = engine.submitAndWait([.of(script.open(1, 1), session: session, request: 1)], queue)
      try engine.checkpoint()
      try await evict(id, engine)
      try engine.close()
    }
    for _ in 1...3 {
      let engine = try Engine.open(.test(directory.path), storeOptions: .test)
      #expect(throws: EngineError(.sessionEvicted, "session \(id) was evicted")) { try engine.session(id) }
      // So that every shard, and the sessions, are saved behind the eviction.
      var script = Script(seed: UInt128(7 + id))
      for tenant in UInt32(1)...16 { _ = try await engine.submit(script.open(tenant, 1_000)) }
      try engine.checkpoint()
      try engine.close()
    }
  }

  @Test func idlestSessionMakesRoom() async throws {
    let directory = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path)
    configuration.sessionCountMax = 2
    let clock = ManualClock()
    let engine = try Engine.open(configuration, storeOptions: .test, clock: clock)
    let queue = CompletionQueue()
    let busy = try await session(engine, queue)
    clock.advance(1)
    let idle = try await engine.openSession()
    clock.advance(1)
    let third = try await session(engine, queue)
    #expect(throws: EngineError.self) { try engine.session(idle.id) }
    #expect(throws: Never.self) { try engine.session(busy.id) }
    #expect(third.id != idle.id)
    // Nobody is without a connection now: still the one idle longest goes.
    clock.advance(1)
    var script = Script(start: clock.now())
    _ = engine.submitAndWait([.of(script.open(1, 1), session: busy, request: 1)], queue)
    _ = try await engine.openSession()
    #expect(throws: EngineError.self) { try engine.session(third.id) }
    #expect(throws: Never.self) { try engine.session(busy.id) }
    try engine.close()
  }

  /// Those who make room are found several at a time; who was used or taken up meanwhile is not among them any more.
  @Test func manySessionsMakeRoomInTheirOrder() async throws {
    let directory = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path)
    configuration.sessionCountMax = 8
    let clock = ManualClock()
    let engine = try Engine.open(configuration, storeOptions: .test, clock: clock)
    let queue = CompletionQueue()
    var sessions: [Session] = []
    func open() async throws {
      clock.advance(1)
      sessions.append(try await engine.openSession())
    }
    for _ in 1...9 { try await open() }
    #expect(throws: EngineError.self) { try engine.session(sessions[0].id) }
    engine.attach(sessions[2], to: queue)
    engine.attach(sessions[3], to: queue)
    clock.advance(1)
    var script = Script(start: clock.now())
    _ = engine.submitAndWait([.of(script.open(1, 1), session: sessions[3], request: 1)], queue)
    engine.detach(sessions[3])
    for _ in 1...4 { try await open() }
    let gone = sessions.indices.filter { index in
      do throws(EngineError) { _ = try engine.session(sessions[index].id) } catch { return true }
      return false
    }
    #expect(gone == [0, 1, 4, 5, 6])
    try engine.close()
  }

  @Test func onlyTheOwnerSubmits() async throws {
    let directory = TemporaryDirectory()
    let engine = try Engine.open(.test(directory.path), storeOptions: .test)
    let old = CompletionQueue()
    let new = CompletionQueue()
    let session = try await session(engine, old)
    engine.attach(session, to: new)
    var script = Script()
    let batch = script.open(1, 1)
    #expect(engine.submitAndWait([.of(batch, session: session, request: 1)], old)[0].outcome == .sessionMoved)
    #expect(engine.submitAndWait([.of(batch, session: session, request: 1)], new)[0].outcome == .committed)
    try engine.close()
  }

  /// Requests that are applied and not durable yet fill the whole window, and the session is saved: after a crash it still
  /// knows the newest request that is durable, whose reply the others have pushed out.
  @Test func savedSessionKnowsItsNewestDurableRequest() throws {
    let directory = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path, shards: 1)
    configuration.startsThreads = false
    configuration.sessionWindow = 4
    configuration.checkpointLogByteCount = 1
    let crashed = TemporaryDirectory()
    do {
      let engine = try Engine.open(configuration, storeOptions: .test)
      let queue = CompletionQueue()
      let opened = Mutex<Session?>(nil)
      engine.openSession { result in opened.withLock { $0 = try? result.get() } }
      while engine.commitStep() {}
      let session = try #require(opened.withLock { $0 })
      engine.attach(session, to: queue)
      var script = Script()
      func submit(_ request: UInt64) {
        let frame = Submission.of(script.open(1, UInt128(request)), session: session, request: request)
        #expect(engine.submit([frame], to: queue) == 1)
      }
      submit(1)
      submit(2)
      while engine.commitStep() {}
      // The round begins and cuts the shard; what comes now is not in its image, and the round does not wait for it.
      while !engine.core.checkpointer.isCopying { #expect(engine.maintenanceStep()) }
      for request in 3...6 as ClosedRange<UInt64> { submit(request) }
      while engine.maintenanceStep() {}
      #expect(engine.core.checkpointer.lastRound != nil)
      try crashed.copy(of: directory.path)
      engine.core.fail(EngineError(.closed, "the test ends here"))
      // Answers that nobody takes keep their session, and with it the queue.
      #expect(queue.drain { _ in } == 6)
    }
    let engine = try Engine.open(.test(crashed.path), storeOptions: .test)
    let last = try engine.session(1).lastRequest
    #expect(last == 2)
    try engine.close()
  }
}
