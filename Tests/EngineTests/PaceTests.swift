import Foundation
import Kernel
import Store
import Testing

@testable import Engine

/// Commits are held back when checkpoints lag, and never stand still.
@Suite struct PaceTests {
  @Test func pausesGrowFromHalfOfTheBoundOn() {
    let pace = CommitPace(byteCountMax: 1_000_000, replayedByteCount: 100_000)
    #expect(pace.uncovered(committed: 0) == 100_000)
    #expect(pace.pause(after: 1_000, committed: 400_000) == 0)
    var last: UInt64 = 0
    for committed in stride(from: UInt64(410_000), through: 890_000, by: 10_000) {
      let pause = pace.pause(after: 1_000, committed: committed)
      #expect(pause > last || pause == 125_000, "\(committed)")
      last = pause
    }
    // At the bound and far past it: 125 ns a byte.
    #expect(pace.pause(after: 1_000, committed: 900_000) == 125_000)
    #expect(pace.pause(after: 1_000, committed: .max / 2) == 125_000)
    #expect(pace.pausedNanoseconds > 250_000)
    // Half-way between, a byte costs 8 ns.
    #expect(pace.pause(after: 1_000, committed: 650_000) == 8_000)
  }

  @Test func checkpointsEndThePauses() {
    let pace = CommitPace(byteCountMax: 1_000, replayedByteCount: 0)
    #expect(pace.pause(after: 10, committed: 2_000) > 0)
    pace.cover(to: pace.position(committed: 1_900))
    #expect(pace.uncovered(committed: 2_000) == 100 && pace.pause(after: 10, committed: 2_000) == 0)
    // Never backwards, and a position ahead of the log covers all of it.
    pace.cover(to: 5)
    #expect(pace.uncovered(committed: 2_000) == 100)
    pace.cover(to: 10_000)
    #expect(pace.uncovered(committed: 2_000) == 0)
  }

  @Test func anArchiveAboveItsBoundSlowsCommitsDown() {
    let pace = CommitPace(byteCountMax: 1_000, replayedByteCount: 0)
    #expect(pace.pause(after: 10, committed: 10) == 0)
    pace.press(archiveExcess: 0.5)
    #expect(pace.pause(after: 10, committed: 10) == 80)
    pace.press(archiveExcess: 7)
    #expect(pace.pause(after: 10, committed: 10) == 1_250)
    // Checkpoints are no reason to rest for the pruner, who is the one to end this.
    #expect(!pace.isPressed(committed: 10))
    pace.press(archiveExcess: -1)
    #expect(pace.pause(after: 10, committed: 10) == 0)
  }

  /// Two thirds of the time belong to others, less the more urgent the work is.
  @Test func backgroundWorkRests() {
    var share = BackgroundShare()
    share.worked(nanoseconds: 400_000)
    let early = share.takeRest(urgency: 0)
    #expect(early == 0)
    // Saved up.
    share.worked(nanoseconds: 200_000)
    let rest = share.takeRest(urgency: 0)
    #expect(rest == 1_200_000)
    let again = share.takeRest(urgency: 0)
    #expect(again == 0)
    share.worked(nanoseconds: 3_000_000_000)
    let longest = share.takeRest(urgency: 0)
    #expect(longest == 50_000_000)
    share.worked(nanoseconds: 5_000_000)
    let shorter = share.takeRest(urgency: 0.75)
    #expect(shorter == 2_500_000)
    // A rest that is too short is saved up as well.
    share.worked(nanoseconds: 1_000_000)
    let short = share.takeRest(urgency: 0.75)
    #expect(short == 0)
    share.worked(nanoseconds: 1_000_000)
    let saved = share.takeRest(urgency: 0.75)
    #expect(saved == 1_000_000)
    // What was owed is forgotten.
    share.worked(nanoseconds: 5_000_000)
    let awaited = share.takeRest(urgency: 1)
    let behind = share.takeRest(urgency: 0)
    #expect(awaited == 0 && behind == 0)
  }

  /// The more log a start would have to replay, from one and a half rounds' on to two.
  @Test func aRoundGetsUrgent() throws {
    let directory = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path)
    configuration.startsThreads = false
    configuration.checkpointLogByteCount = 16_384
    let engine = try Engine.open(configuration, storeOptions: .test)
    let queue = CompletionQueue()
    let core = engine.core
    let maintenance = try Maintenance(core)
    var script = Script()
    var contract: UInt128 = 0
    func write(_ byteCount: UInt64) {
      let end = core.counters.committedByteCount + byteCount
      while core.counters.committedByteCount < end {
        contract += 1
        #expect(engine.submit([.of(script.open(UInt32(contract % 16), contract))], to: queue) == 1)
        while engine.commitStep() {}
      }
    }
    write(20_000)
    #expect(maintenance.urgency == 0)
    write(8_192)
    #expect(maintenance.urgency > 0 && maintenance.urgency < 1)
    write(8_192)
    #expect(maintenance.urgency == 1)
    while engine.maintenanceStep() {}
    #expect(core.checkpointer.endedRounds == 1 && maintenance.urgency == 0)
    _ = queue.drain { _ in }
    try engine.close()
  }

  /// One step of merging among others while runs are few; whole turns when they pile up.
  @Test func runsOfTheArchiveDoNotPileUp() throws {
    let directory = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path)
    configuration.startsThreads = false
    // Its clock stands still, so a turn ends by its steps.
    let engine = try Engine.open(configuration, storeOptions: .test, clock: ManualClock())
    let archive = engine.core.store.archive
    let maintenance = try Maintenance(engine.core)
    func publish(_ ids: Range<UInt64>) throws {
      for id in ids { try archive.publish(references: [UInt128(id) << 64], of: 1) }
    }
    try publish(0..<8)
    #expect(try maintenance.step())
    #expect(archive.runCountMax == 8)
    try publish(8..<9)
    let hasMore = try maintenance.step()
    // Twice four became one, and what they were is deleted.
    #expect(archive.runCountMax == 3 && !hasMore)
    #expect(archive.rowCount(in: .references(shard: 1)) == 9)
    #expect(engine.metrics().archiveRunsMax == 3)
    try engine.close()
  }

  /// The bound is never below what rounds of checkpoints need to begin at all.
  @Test func theBoundLeavesRoomForRounds() {
    var configuration = EngineConfiguration(path: "/")
    #expect(configuration.uncoveredLogByteCountMax == 8 << 30)
    configuration.checkpointLogByteCount = 4 << 30
    #expect(configuration.uncoveredLogByteCountMax == 16 << 30)
    configuration.checkpointLogByteCount = .max
    #expect(configuration.uncoveredLogByteCountMax == UInt64(Int.max))
  }

  /// With a bound that every commit exceeds: all is answered, a checkpoint that waits for the log ends, the engine closes.
  @Test func nothingStandsStill() throws {
    let directory = TemporaryDirectory()
    let configuration = try submitPaced(directory)
    let report = try Engine.verify(configuration, storeOptions: .test)
    #expect(report.differences == [] && report.contracts == 200)
  }

  private func submitPaced(_ directory: TemporaryDirectory) throws -> EngineConfiguration {
    var configuration = EngineConfiguration.test(directory.path)
    configuration.checkpointLogByteCount = 1
    configuration.checkpointLagByteCountMax = 1
    configuration.inlineCommitByteCountMax = 0
    let engine = try Engine.open(configuration, storeOptions: .test)
    let queue = CompletionQueue()
    var script = Script()
    for round in 0..<10 as Range<UInt128> {
      let batches = (1...20).map { script.open(UInt32($0 % 5), round * 100 + UInt128($0)) }
      let done = engine.submitAndWait(batches.map { .of($0) }, queue)
      #expect(done.allSatisfy { $0.outcome == .committed && $0.codes.allSatisfy { $0 == 0 } })
      if round % 4 == 3 { try engine.checkpoint() }
    }
    #expect(engine.metrics().commitPauseNanoseconds > 0)
    try engine.close()
    return configuration
  }
}
