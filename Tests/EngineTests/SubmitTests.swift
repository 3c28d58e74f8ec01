import Kernel
import Store
import Testing

@testable import Engine

@Suite struct SubmitTests {
  private func withEngine(
    _ change: (inout EngineConfiguration) -> Void = { _ in }, _ body: (Engine, CompletionQueue) throws -> Void
  ) throws {
    let directory = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path)
    change(&configuration)
    let digests = try run(configuration, body)
    // Whatever was submitted, the log replays to the same state.
    #expect(try run(configuration) { _, _ in } == digests)
  }

  private func run(
    _ configuration: EngineConfiguration, _ body: (Engine, CompletionQueue) throws -> Void
  ) throws -> [UInt64] {
    let engine = try Engine.open(configuration, storeOptions: .test)
    try body(engine, CompletionQueue())
    try engine.close()
    return engine.digests()
  }

  /// A frame that asks for more room than its shard has fails alone, and what follows it in its session: frames of others that were
  /// gathered with it are applied.
  @Test func frameThatAsksForTooMuchFailsAlone() async throws {
    let directory = TemporaryDirectory()
    let engine = try Engine.open(.test(directory.path), storeOptions: .test)
    let queue = CompletionQueue()
    let sessions = [try await engine.openSession(), try await engine.openSession()]
    for session in sessions { engine.attach(session, to: queue) }
    var script = Script()
    var greedy = OperationBatch()
    for contract in 1...3 as ClosedRange<UInt128> {
      greedy.append(
        script.plain(
          .addMilestone, 1, contract, m: 32_769, actor: script.payer, amount: 1, argument: UInt64(script.start)))
    }
    let first = Submission.of(script.open(1, 4), session: sessions[0], request: 1, capacity: 16)
    let tooMuch = Submission.of(greedy, session: sessions[0], request: 2, capacity: 16)
    let behind = Submission.of(script.open(1, 5), session: sessions[0], request: 3, capacity: 16)
    let other = Submission.of(script.open(1, 6), session: sessions[1], request: 1, capacity: 16)
    _ = engine.submitAndWait([first, tooMuch, behind, other], queue)
    #expect(first.outcome == .committed && first.codes.allSatisfy { $0 == 0 })
    #expect(tooMuch.outcome == .failed && tooMuch.failure?.kind == .limit)
    #expect(behind.outcome == .failed && behind.failure?.kind == .limit)
    #expect(other.outcome == .committed && other.codes.allSatisfy { $0 == 0 })
    #expect(engine.failure == nil)
    // Nothing of it was applied, so its number is free.
    let again = Submission.of(script.open(1, 7), session: sessions[0], request: 2)
    _ = engine.submitAndWait([again], queue)
    #expect(again.outcome == .committed && again.codes.allSatisfy { $0 == 0 })
    try engine.close()
  }

  /// Small frames of one call are one group and one commit, each with its own results.
  @Test func smallFramesShareAGroup() throws {
    try withEngine { engine, queue in
      var script = Script()
      let frames = (1...50).map { Submission.of(script.open(UInt32($0 % 9), UInt128($0))) }
      let done = engine.submitAndWait(frames, queue)
      #expect(done.count == 50)
      for frame in frames { #expect(frame.codes == Array(repeating: 0, count: 7)) }
      #expect(engine.metrics().groupsApplied == 1)
      #expect(Set(frames.map(\.commit)).count == 1)
    }
  }

  @Test func malformedFramesAreAnsweredAlone() throws {
    try withEngine({ $0.operationsPerSubmissionMax = 10 }) { engine, queue in
      var script = Script()
      let empty = Submission(slotCapacity: 4)
      let cut = Submission(slotCapacity: 4)
      cut.append(script.create(1, 1))
      let large = Submission(slotCapacity: 16)
      for _ in 0..<11 { large.append(script.plain(.offer, 1, 1, actor: 1)) }
      let good = Submission.of(script.open(1, 1))
      _ = engine.submitAndWait([empty, cut, large, good], queue)
      #expect(empty.outcome == .malformed)
      #expect(cut.outcome == .malformed)
      #expect(large.outcome == .tooLarge)
      #expect(good.codes == Array(repeating: 0, count: 7))
    }
  }

  /// Tenants outside the scope, and actor 0 without leave, are refused before they reach a shard, in order.
  @Test func edgeRefusesInOrder() throws {
    try withEngine { engine, queue in
      var script = Script()
      var batch = OperationBatch()
      for tenant in [1, 2, 1, 3] as [UInt32] {
        batch.append(script.create(tenant, 5), extension: script.terms)
      }
      batch.append(script.plain(.verifyPayee, 1, 5, actor: 0))
      // A chain with a member out of scope fails as a whole.
      batch.append(script.plain(.offer, 1, 5, actor: 11, linked: true))
      batch.append(script.plain(.offer, 2, 5, actor: 11))
      let frame = Submission.of(batch)
      frame.authority = Authority(scope: .one(1), mayActAsOperator: false)
      _ = engine.submitAndWait([frame], queue)
      let expected: [ResultCode] = [
        .ok, .tenantMismatch, .contractExists, .tenantMismatch, .notAuthorised, .linkedEventFailed, .tenantMismatch,
      ]
      #expect(frame.codes == expected.map(\.rawValue))
      #expect(engine.core.cells.map { $0.shard.operationCount }.reduce(0, +) == 2)
    }
  }

  /// What needs a second factor takes its chain with it, and changes nothing.
  @Test func aChainWaitsForItsSecondFactor() throws {
    try withEngine { engine, queue in
      var script = Script()
      var batch = OperationBatch()
      batch.append(script.create(1, 5), extension: script.terms)
      batch.append(script.plain(.offer, 1, 5, actor: 11, linked: true))
      batch.append(script.plain(.cancel, 1, 5, actor: 11))
      let frame = Submission.of(batch)
      frame.authority = .full
      frame.authority.stepUp = [.cancel]
      _ = engine.submitAndWait([frame], queue)
      let expected: [ResultCode] = [.ok, .linkedEventFailed, .mfaRequired]
      #expect(frame.codes == expected.map(\.rawValue))
    }
  }

  /// A chain that spans tenants of different shards is refused by name and changes nothing.
  @Test func spanningChainIsRefusedByName() throws {
    try withEngine { engine, queue in
      var script = Script()
      var batch = OperationBatch()
      let other = (2...).first {
        BatchLayout.shardIndex(tenant: $0, shardCount: 4) != BatchLayout.shardIndex(tenant: 1, shardCount: 4)
      }!
      var first = script.create(1, 5)
      first.flags |= 1
      batch.append(first, extension: script.terms)
      batch.append(script.create(other, 5), extension: script.terms)
      batch.append(script.create(other, 6), extension: script.terms)
      let frame = Submission.of(batch)
      _ = engine.submitAndWait([frame], queue)
      #expect(frame.codes == [ResultCode.linkedEventFailed, .chainSpansTenants, .ok].map(\.rawValue))
    }
  }

  /// An open chain at the end of a frame does not run on into the next frame.
  @Test func openChainEndsWithItsFrame() throws {
    try withEngine { engine, queue in
      var script = Script()
      var open = OperationBatch()
      var linked = script.create(1, 5)
      linked.flags |= 1
      open.append(linked, extension: script.terms)
      let first = Submission.of(open)
      let second = Submission.of(script.open(1, 6))
      _ = engine.submitAndWait([first, second], queue)
      #expect(first.codes == [ResultCode.linkedEventChainOpen.rawValue])
      #expect(second.codes == Array(repeating: 0, count: 7))
    }
  }

  /// A full ring takes no more, says so, and wakes the queue when there is room again.
  @Test func fullRingPushesBack() throws {
    try withEngine({
      $0.startsThreads = false
      // Room for whatever is gathered into one group: frames that ask for too much together are applied, and committed, one by one.
      $0.shard.contractCountMax = 1 << 15
      $0.shard.referenceCountMax = 1 << 15
      $0.shard.tenantCountMax = 1 << 15
    }) { engine, queue in
      var script = Script()
      var frames: [Submission] = []
      for index in 1...400 {
        let frame = Submission(slotCapacity: 2_048)
        for _ in 0..<2_048 { frame.append(script.plain(.offer, UInt32(index), 1, actor: 3)) }
        frames.append(frame)
      }
      let taken = engine.submit(frames, to: queue)
      #expect(taken > 0 && taken < frames.count)
      #expect(engine.metrics().operationsInFlight == taken * 2_048)
      #expect(queue.drain { _ in } == 0)
      var position = taken
      var done = 0
      while position < frames.count {
        while engine.core.commitStep() {}
        queue.wait()
        queue.drain { frame in
          done += 1
          #expect(frame.outcome == .committed)
        }
        position += engine.submit(Array(frames[position...]), to: queue)
      }
      while engine.core.commitStep() {}
      done += queue.drain { _ in }
      #expect(done == frames.count)
      #expect(engine.metrics().operationsInFlight == 0)
      #expect(engine.metrics().operationsInFlightMax >= taken * 2_048)
    }
  }

  /// A shard at its limits refuses whole submissions, says why, and the request may come again.
  @Test func fullShardRefusesWholeSubmissions() async throws {
    let directory = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path, shards: 1)
    configuration.shard.contractCountMax = 64
    let engine = try Engine.open(configuration, storeOptions: .test)
    let queue = CompletionQueue()
    let session = try await engine.openSession()
    engine.attach(session, to: queue)
    var script = Script()
    var request: UInt64 = 0
    var last = SubmissionOutcome.pending
    while request < 100 {
      let frame = Submission.of(script.open(1, UInt128(request + 1)), session: session, request: request + 1)
      last = engine.submitAndWait([frame], queue)[0].outcome
      guard last == .committed else {
        #expect(frame.failure?.kind == .limit)
        break
      }
      request += 1
    }
    #expect(last == .failed && request > 40)
    #expect(session.lastRequest == request)
    #expect(engine.failure == nil)
    var small = OperationBatch()
    small.append(script.plain(.verifyPayee, 1, 1, actor: 0))
    let again = engine.submitAndWait([.of(small, session: session, request: request + 1)], queue)[0]
    #expect(again.outcome == .committed && again.codes == [0])
    try engine.close()
  }

  /// A contract's milestones double their block when it is full: the last one that fits is told before it is taken, and what was taken comes
  /// back.
  @Test func aFullBlockOfMilestonesIsNoTrap() async throws {
    let directory = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path, shards: 1)
    configuration.shard.milestoneCountMax = 32
    var script = Script()
    var count: UInt16 = 0
    do {
      let engine = try Engine.open(configuration, storeOptions: .test)
      let queue = CompletionQueue()
      var first = OperationBatch()
      first.append(script.create(1, 1), extension: script.terms)
      #expect(engine.submitAndWait([.of(first)], queue)[0].codes == [0])
      while count < 64 {
        var batch = OperationBatch()
        batch.append(
          script.plain(.addMilestone, 1, 1, m: count + 1, actor: script.payer, amount: 5, argument: 1 << 50))
        let frame = engine.submitAndWait([.of(batch)], queue)[0]
        guard frame.outcome == .committed else {
          #expect(frame.failure?.kind == .limit)
          break
        }
        #expect(frame.codes == [0])
        count += 1
      }
      #expect(count == 16 && engine.failure == nil)
      try engine.close()
    }
    let engine = try Engine.open(configuration, storeOptions: .test)
    #expect(try await engine.contract(tenant: 1, contract: 1)?.milestoneCount == Int(count))
    try engine.close()
  }

  /// Deadlines are fired whether a shard has room or not, so they are replayed whether it has.
  @Test func deadlinesOfAFullShardAreReplayed() async throws {
    let directory = TemporaryDirectory()
    let clock = ManualClock()
    var configuration = EngineConfiguration.test(directory.path, shards: 1)
    configuration.shard.contractCountMax = 8
    configuration.startsThreads = false
    var script = Script(start: clock.now())
    func submit(_ batch: OperationBatch, _ engine: Engine) -> Submission {
      let (submission, queue) = (Submission.of(batch), CompletionQueue())
      #expect(engine.submit([submission], to: queue) == 1)
      while engine.core.commitStep() {}
      queue.drain { _ in }
      return submission
    }
    do {
      let engine = try Engine.open(configuration, storeOptions: .test, clock: clock)
      #expect(submit(script.open(1, 1), engine).outcome == .committed)
      var contract: UInt128 = 1
      var outcome = SubmissionOutcome.committed
      while outcome == .committed, contract < 20 {
        contract += 1
        var batch = OperationBatch()
        batch.append(script.create(1, contract), extension: script.terms)
        outcome = submit(batch, engine).outcome
      }
      #expect(contract == 9 && outcome == .failed)
      clock.advance(400 * 86_400_000)
      while engine.timerStep() <= clock.now() {}
      while engine.core.commitStep() {}
      #expect(try await engine.milestone(tenant: 1, contract: 1, ordinal: 1)?.state == .expired)
      try engine.close()
    }
    let engine = try Engine.open(configuration, storeOptions: .test, clock: clock)
    #expect(try await engine.milestone(tenant: 1, contract: 1, ordinal: 1)?.state == .expired)
    try engine.close()
  }

  @Test func configurationIsChecked() {
    let directory = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path)
    configuration.ringByteCount = 5_000_000
    #expect(throws: EngineError.self) { try Engine.open(configuration, storeOptions: .test) }
  }

  @Test func metricsAddUp() throws {
    try withEngine { engine, queue in
      var script = Script()
      _ = engine.submitAndWait([.of(script.open(1, 1)), .of(script.open(1, 1))], queue)
      let metrics = engine.metrics()
      #expect(metrics.operationsByCode[Int(OperationCode.createContract.rawValue)] == 2)
      #expect(metrics.resultsByCode.reduce(0, +) == 14)
      #expect(metrics.resultsByCode[0] == 8)
      #expect(metrics.commits >= 1 && metrics.commitBytes > 0)
      #expect(metrics.commitTime.counts.reduce(0, +) == metrics.commits)
      #expect(metrics.framesApplied == 2)
    }
  }
}
