import Kernel
import Store
import Testing

@testable import Engine

@Suite struct TimerTests {
  private func engine(_ directory: TemporaryDirectory, _ clock: ManualClock, timersPerStep: Int = 4_096) throws
    -> Engine
  {
    var configuration = EngineConfiguration.test(directory.path)
    configuration.startsThreads = false
    configuration.timersPerStepMax = timersPerStep
    return try Engine.open(configuration, storeOptions: .test, clock: clock)
  }

  /// Submits and commits on this thread.
  private func apply(_ batch: OperationBatch, _ engine: Engine) -> [UInt8] {
    let queue = CompletionQueue()
    let submission = Submission.of(batch)
    #expect(engine.submit([submission], to: queue) == 1)
    while engine.core.commitStep() {}
    queue.drain { _ in }
    return submission.codes
  }

  private func submitWork(_ tenant: UInt32, _ script: inout Script, _ engine: Engine) {
    #expect(apply(script.open(tenant, 1), engine) == Array(repeating: 0, count: 7))
    var batch = OperationBatch()
    batch.append(script.plain(.submit, tenant, 1, m: 1, actor: script.payee, amount: 100_000, argument: 7))
    #expect(apply(batch, engine) == [0])
  }

  private func state(_ engine: Engine, _ tenant: UInt32) -> MilestoneState? {
    engine.core.cell(ofTenant: tenant).shard.milestone(tenant: tenant, contract: 1, ordinal: 1)?.state
  }

  /// Silence approves: the background step fires the deadline of a quiet shard, logged and replayed.
  @Test(arguments: [4_096, 1]) func quietShardsFire(timersPerStep: Int) throws {
    let directory = TemporaryDirectory()
    let clock = ManualClock()
    var script = Script(start: clock.now())
    var digests: [UInt64] = []
    do {
      let engine = try engine(directory, clock, timersPerStep: timersPerStep)
      for tenant in 1...6 as ClosedRange<UInt32> { submitWork(tenant, &script, engine) }
      clock.advance(15 * 86_400_000)
      let firings = TimerFirings()
      while engine.core.timerStep(firings) <= clock.now() {}
      while engine.core.commitStep() {}
      for tenant in 1...6 as ClosedRange<UInt32> { #expect(state(engine, tenant) == .approved) }
      #expect(engine.metrics().timersFired >= 6)
      digests = engine.digests()
      try engine.close()
    }
    let engine = try engine(directory, clock)
    #expect(engine.digests() == digests)
    try engine.close()
  }

  /// A deadline that came before a frame fires before it, whatever the background does.
  @Test func deadlinesFireBeforeTheFrame() throws {
    let directory = TemporaryDirectory()
    let clock = ManualClock()
    var script = Script(start: clock.now())
    var digests: [UInt64] = []
    do {
      let engine = try engine(directory, clock, timersPerStep: 1)
      submitWork(1, &script, engine)
      clock.advance(15 * 86_400_000)
      var batch = OperationBatch()
      // Too late: the milestone is approved by then.
      batch.append(script.plain(.reject, 1, 1, m: 1, actor: script.payer, argument: 9))
      #expect(apply(batch, engine) == [ResultCode.invalidTransition.rawValue])
      #expect(state(engine, 1) == .approved)
      digests = engine.digests()
      try engine.close()
    }
    let engine = try engine(directory, clock)
    #expect(engine.digests() == digests)
    try engine.close()
  }
}
