import Foundation
import Kernel
import Store
import Synchronization
import Testing

@testable import Engine

@Suite struct BackupTests {
  let directory = TemporaryDirectory()
  let clock = ManualClock()

  /// What an engine was like when it had just written a commit.
  struct Moment {
    var digests: [UInt64]
    /// Sessions by id with their newest request.
    var sessions: [UInt64: UInt64]
    var milliseconds: Instant
    var replies: [UInt8]
  }

  /// A history in which contracts are created, closed and archived, with sessions that come and go, and what the engine
  /// was like at each commit.
  final class History {
    let engine: Engine
    let clock: ManualClock
    var script: Script
    private(set) var moments: [Moment] = []
    private var sessions: [Session] = []
    private let queue = CompletionQueue()

    init(_ configuration: EngineConfiguration, _ options: StoreOptions, _ clock: ManualClock) throws {
      engine = try Engine.open(configuration, storeOptions: options, clock: clock)
      self.clock = clock
      script = Script(start: clock.now())
    }

    private func note(_ replies: [UInt8] = []) {
      let commit = Int(engine.durableCommit)
      #expect(commit == moments.count + 1, "one commit a step")
      var newest: [UInt64: UInt64] = [:]
      for session in sessions { newest[session.id] = session.lastRequest }
      let milliseconds = clock.now()
      moments.append(
        Moment(digests: engine.digests(), sessions: newest, milliseconds: milliseconds, replies: replies))
      clock.advance(1_000)
    }

    func openSession() throws {
      let opened = Mutex<Session?>(nil)
      engine.openSession { result in opened.withLock { $0 = try? result.get() } }
      while engine.core.commitStep() {}
      let session = try #require(opened.withLock { $0 })
      engine.attach(session, to: queue)
      sessions.append(session)
      note()
    }

    func evict(_ index: Int) {
      engine.evict(sessions[index].id) { _ in }
      while engine.core.commitStep() {}
      sessions.remove(at: index)
      note()
    }

    func submit(_ batch: OperationBatch, session index: Int) {
      let session = sessions[index]
      let submission = Submission.of(batch, session: session, request: session.lastRequest + 1)
      #expect(engine.submit([submission], to: queue) == 1)
      while engine.core.commitStep() {}
      queue.drain { _ in }
      #expect(submission.outcome == .committed)
      #expect(submission.codes.allSatisfy { $0 == 0 }, "\(submission.codes)")
      note(submission.codes)
    }

    /// Contracts `first` to `last`, every other one from its creation to its end.
    func live(_ contracts: ClosedRange<UInt128>, session: Int = 0) {
      for contract in contracts {
        let tenant = UInt32(contract % 5 + 1)
        submit(script.open(tenant, contract), session: session)
        if contract % 2 == 0 { submit(script.finish(tenant, contract), session: session) }
      }
    }
  }

  func configuration(_ path: String) -> EngineConfiguration {
    var configuration = EngineConfiguration.test(path)
    configuration.startsThreads = false
    return configuration
  }

  /// Restores into a new directory; the report must be sound.
  func restore(
    _ backup: TemporaryDirectory, _ point: RestorePoint = .end, segments: [String] = []
  ) throws -> (report: RestoreReport, directory: TemporaryDirectory) {
    let target = TemporaryDirectory()
    let report = try Engine.restore(
      configuration(target.path), from: backup.path, to: point, segments: segments, storeOptions: .test)
    #expect(report.verification.differences == [])
    return (report, target)
  }

  /// The restored store is what the engine was at the commit, and goes on from there.
  func expect(
    _ restored: (report: RestoreReport, directory: TemporaryDirectory), _ moments: [Moment], commit: Int,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let moment = moments[commit - 1]
    #expect(restored.report.commit == UInt64(commit), sourceLocation: location)
    #expect(restored.report.milliseconds == moment.milliseconds, sourceLocation: location)
    #expect(restored.report.verification.digests == moment.digests, "commit \(commit)", sourceLocation: location)
    try goOn(from: moment, moments, in: restored.directory.path, location)
    let report = try Engine.verify(configuration(restored.directory.path), storeOptions: .test)
    #expect(report.differences == [], sourceLocation: location)
  }

  private func goOn(
    from moment: Moment, _ moments: [Moment], in path: String, _ location: SourceLocation
  ) throws {
    let commit = moments.firstIndex { $0.milliseconds == moment.milliseconds }! + 1
    let engine = try Engine.open(configuration(path), storeOptions: .test, clock: clock)
    #expect(engine.digests() == moment.digests, sourceLocation: location)
    #expect(engine.durableCommit == UInt64(commit), sourceLocation: location)
    let queue = CompletionQueue()
    var script = Script(seed: 1 << 40, start: clock.now())
    for (id, newest) in moment.sessions {
      let session = try engine.session(id)
      #expect(session.lastRequest == newest, "session \(id) at commit \(commit)", sourceLocation: location)
      engine.attach(session, to: queue)
      let batch = script.open(1, UInt128(id) << 64 | UInt128(newest))
      for (request, outcome) in [(newest + 2, SubmissionOutcome.requestGap), (newest + 1, .committed)] {
        let submission = Submission.of(batch, session: session, request: request)
        #expect(engine.submit([submission], to: queue) == 1)
        while engine.core.commitStep() {}
        queue.drain { _ in }
        #expect(submission.outcome == outcome, sourceLocation: location)
      }
    }
    // Whoever holds a session from behind the point is told so, and gets no reply of another one's request.
    for id in Set(moments.flatMap(\.sessions.keys)).subtracting(moment.sessions.keys) {
      let error = #expect(throws: EngineError.self, sourceLocation: location) { try engine.session(id) }
      #expect(error?.kind == .sessionEvicted, sourceLocation: location)
    }
    try engine.checkpoint()
    try engine.close()
  }

  /// A history with checkpoints in the middle: each commit can be restored, from the checkpoints or from the whole log,
  /// and is what it was.
  @Test func everyCommitOfAHistoryIsRestored() throws {
    let backup = TemporaryDirectory()
    let history = try History(configuration(directory.path), .test, clock)
    try history.openSession()
    history.live(1...6)
    try history.openSession()
    history.live(7...8, session: 1)
    try history.engine.checkpoint()
    history.live(9...12)
    // Contracts that left memory in the round before are in the archive alone from here on.
    try history.engine.checkpoint()
    try history.openSession()
    history.live(13...14, session: 2)
    history.evict(1)
    history.live(15...16)
    let manifest = try history.engine.backup(to: backup.path)
    #expect(Int(manifest.range.next.rawValue) == history.moments.count + 1)
    // What comes later is not in it.
    history.live(17...18)
    try history.engine.close()

    let checkpointed = 1 + 9 + 1 + 3 + 6
    for commit in 1..<Int(manifest.range.next.rawValue) {
      let restored = try restore(backup, .commit(UInt64(commit)))
      #expect(restored.report.base == (commit < checkpointed ? .history : .checkpoints), "commit \(commit)")
      try expect(restored, Array(history.moments[..<(Int(manifest.range.next.rawValue) - 1)]), commit: commit)
    }
    let whole = try restore(backup)
    #expect(whole.report.verification.archivedContracts > 0)
    try expect(
      whole, Array(history.moments[..<(Int(manifest.range.next.rawValue) - 1)]),
      commit: Int(manifest.range.next.rawValue) - 1)
  }

  @Test func aTimeNamesTheLastCommitBeforeIt() throws {
    let backup = TemporaryDirectory()
    let history = try History(configuration(directory.path), .test, clock)
    try history.openSession()
    history.live(1...4)
    _ = try history.engine.backup(to: backup.path)
    try history.engine.close()
    let moments = history.moments
    for commit in [1, 3, moments.count] {
      for later in [0, 999] as [Instant] {
        let point = RestorePoint.time(moments[commit - 1].milliseconds + later)
        #expect(try restore(backup, point).report.commit == UInt64(commit))
      }
    }
    let target = TemporaryDirectory()
    let error = #expect(throws: EngineError.self) {
      try Engine.restore(
        configuration(target.path), from: backup.path, to: .time(moments[0].milliseconds - 1), storeOptions: .test)
    }
    let expected =
      "2025-06-15T15:06:39.999Z lies before the first commit of the store: it restores to commits 1 (2025-06-15T15:06:40.000Z) to"
    #expect(error?.message.hasPrefix(expected) == true, "\(error!)")
    let ahead = #expect(throws: EngineError.self) {
      try Engine.restore(
        configuration(target.path), from: backup.path, to: .commit(UInt64(moments.count + 1)), storeOptions: .test)
    }
    #expect(ahead?.kind == .invalid && ahead?.message.contains("ends with commit \(moments.count)") == true)
    #expect(access(target.path, F_OK) != 0, "nothing is left of a restore that failed")
  }

  /// With a trimmed log the checkpoints say how far back a backup reaches; exported segments make it reach all.
  @Test func checkpointsBoundHowFarBackABackupReaches() throws {
    let backup = TemporaryDirectory()
    let export = TemporaryDirectory()
    var options = StoreOptions.test
    options.retention = LogRetention(keepByteCount: 0, trimCountMax: 1_000)
    var segments: [String] = []
    var history: History? = nil
    do {
      let running = try History(configuration(directory.path), options, clock)
      history = running
      try running.openSession()
      running.live(1...4)
      running.engine.core.sealer.want()
      _ = try running.engine.core.flushLog()
      segments = try LogExport(store: running.engine.core.store, directory: export.path).run()
        .map(\.path)
      try running.engine.checkpoint()
      running.live(5...8)
      #expect(running.engine.oldestCommit > 5)
      _ = try running.engine.backup(to: backup.path)
      try running.engine.close()
    }
    let moments = try #require(history).moments
    history = nil
    let cut = 8
    for commit in cut...moments.count {
      let restored = try restore(backup, .commit(UInt64(commit)))
      #expect(restored.report.base == .checkpoints)
      try expect(restored, moments, commit: commit)
    }
    let target = TemporaryDirectory()
    let error = #expect(throws: EngineError.self) {
      try Engine.restore(configuration(target.path), from: backup.path, to: .commit(3), storeOptions: .test)
    }
    #expect(error?.kind == .invalid)
    #expect(error?.message.contains("it restores to commits \(cut) (") == true, "\(error!)")
    for commit in 1...moments.count {
      let restored = try restore(backup, .commit(UInt64(commit)), segments: segments)
      #expect(restored.report.base == (commit < cut ? .history : .checkpoints))
      try expect(restored, moments, commit: commit)
    }
  }

  /// Backups while several threads submit and checkpoint rounds follow each other: each restores to what the original
  /// had at the backup's last commit.
  @Test func backupsUnderLoadRestoreToTheirCommit() async throws {
    var configuration = EngineConfiguration.test(directory.path, shards: 8)
    configuration.checkpointLogByteCount = 50_000
    let backups = (0..<4).map { _ in TemporaryDirectory() }
    let contractsPerBackup = 150
    do {
      let engine = try Engine.open(configuration, storeOptions: .test)
      // Contracts that each worker may have made: enough to last for a backup, and not so many that the test takes long.
      let allowance = Shared(Atomic<Int>(0))
      let workers = try (1...3).map { seed in
        try EngineThread(name: "worker") {
          let queue = CompletionQueue()
          var script = Script(seed: UInt128(seed))
          var count = 0
          while count < backups.count * contractsPerBackup {
            guard count < allowance.value.load(ordering: .acquiring) else {
              sched_yield()
              continue
            }
            count += 1
            let contract = UInt128(seed) << 32 | UInt128(count)
            let tenant = UInt32(contract % 7 + 1)
            let opened = engine.submitAndWait([.of(script.open(tenant, contract))], queue)
            let closed = engine.submitAndWait([.of(script.finish(tenant, contract))], queue)
            guard (opened + closed).allSatisfy({ $0.outcome == .committed && $0.codes.allSatisfy { $0 == 0 } }) else {
              Issue.record(
                "contract \(contract): \((opened + closed).map(\.outcome)) \((opened + closed).map(\.codes))")
              return
            }
          }
        }
      }
      for backup in backups {
        allowance.value.add(contractsPerBackup, ordering: .acquiringAndReleasing)
        try engine.checkpoint()
        try engine.backup(to: backup.path)
      }
      for worker in workers { worker.join() }
      #expect(engine.metrics().contractsArchived > 0)
      try engine.close()
    }
    let store = try Store.open(directory.path, .readOnly, options: .test)
    var commits: [UInt64] = []
    for backup in backups {
      let restored = try restore(backup)
      commits.append(restored.report.commit)
      #expect(restored.report.verification.checkpoints == 8)
      #expect(restored.report.verification.digests == (try digests(store, through: restored.report.commit)))
      // A point between the checkpoints and the end, too.
      let earlier = restored.report.commit - 1
      let before = try restore(backup, .commit(earlier))
      #expect(before.report.verification.digests == (try digests(store, through: earlier)))
    }
    #expect(commits == commits.sorted() && Set(commits).count == commits.count)
  }

  /// Digests of a store's whole history up to a commit, derived from nothing.
  private func digests(_ store: Store, through last: UInt64) throws -> [UInt64] {
    var configuration = EngineConfiguration.test(directory.path)
    configuration.firesTimers = false
    let cells = Recovery(store: store, configuration: configuration).emptyCells()
    let replayer = try Replayer(cells: cells, sessions: nil, archive: nil)
    var next = CommitNumber.first
    while next.rawValue <= last {
      next = try store.log.read(from: next, byteCountMax: 1) { header, body in
        body.withUnsafeBytes { bytes in
          do { try replayer.replay(bytes, commit: header.number.rawValue) } catch { Issue.record(error) }
        }
        return .stop
      }
    }
    return cells.map { $0.shard.digest() }
  }

  /// Damage is found by the file's hash; and where somebody made the hash fit, by the verification.
  @Test func aDamagedBackupIsNamed() throws {
    let backup = TemporaryDirectory()
    let history = try History(configuration(directory.path), .test, clock)
    try history.openSession()
    history.live(1...2)
    try history.engine.backup(to: backup.path)
    try history.engine.close()
    let path = backup.path + "/log/data.mdb"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    // The amount of an operation: 100,000 minor units, little-endian.
    let place = try #require(bytes.range(of: Data([0xA0, 0x86, 0x01, 0, 0, 0, 0, 0]))).lowerBound
    bytes[place] += 1
    try bytes.write(to: URL(fileURLWithPath: path))
    let target = TemporaryDirectory()
    let error = #expect(throws: EngineError.self) {
      try Engine.restore(configuration(target.path), from: backup.path, storeOptions: .test)
    }
    let message = try #require(error).message
    #expect(error?.kind == .corrupt && message.hasPrefix(path + ": the file has SHA-256 "), "\(message)")
    #expect(access(target.path, F_OK) != 0)

    let hashes = message.components(separatedBy: CharacterSet(charactersIn: " ,")).filter { $0.count == 64 }
    try #require(hashes.count == 2)
    let description = try String(contentsOfFile: backup.path + "/backup.json", encoding: .utf8)
    try description.replacingOccurrences(of: hashes[1], with: hashes[0])
      .write(toFile: backup.path + "/backup.json", atomically: true, encoding: .utf8)
    let report = try Engine.restore(configuration(target.path), from: backup.path, storeOptions: .test)
    #expect(!report.verification.differences.isEmpty)
    #expect(report.verification.differences.allSatisfy { $0.contains("commit") })
    #expect(access(target.path, F_OK) != 0, "nothing is kept of what does not verify")
  }
}
