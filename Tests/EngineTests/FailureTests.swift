import Kernel
import Store
import Synchronization
import Testing

@testable import Engine

/// A log in memory that fails on request.
final class MemoryLog: CommitLog {
  private struct State {
    var commits: [(CommitHeader, [UInt8])] = []
    var failsNext = false
    var hasFailed = false
  }
  private let state = Mutex(State())

  func failNext() { state.withLock { $0.failsNext = true } }

  var range: CommitRange {
    CommitRange(first: .first, next: CommitNumber(UInt64(state.withLock { $0.commits.count }) + 1))
  }

  func append(_ header: CommitHeader, fill: (UnsafeMutableRawBufferPointer) -> Void) throws(StoreError) {
    var body = [UInt8](repeating: 0, count: header.bodyByteCount)
    body.withUnsafeMutableBytes { fill($0) }
    let fails = state.withLock { state in
      if state.failsNext { state.hasFailed = true }
      if !state.hasFailed { state.commits.append((header, body)) }
      return state.hasFailed
    }
    if fails { throw StoreError(.diskFull, at: "memory", "no room", code: 28) }
  }

  func read(
    from first: CommitNumber, byteCountMax: Int, _ visit: (CommitHeader, RawSpan) -> ReadStep
  ) throws(StoreError) -> CommitNumber {
    let commits = state.withLock { $0.commits }
    var next = first
    while Int(next.rawValue) <= commits.count {
      let (header, body) = commits[Int(next.rawValue) - 1]
      next = next.next
      if visit(header, body.span.bytes) == .stop { break }
    }
    return next
  }

  func setFloors(_ floors: LogFloors) {}
  func enqueue(_ seal: Seal) {}
  func flush() throws(StoreError) -> Bool { false }
  var lastSeal: Seal? { nil }
  func readSeals(from number: CommitNumber, _ visit: (Seal) -> ReadStep) throws(StoreError) {}
  func usage() throws(StoreError) -> StoreUsage {
    StoreUsage(usedByteCount: 0, liveByteCount: 0, mapByteCount: 0, recordCount: 0, readerCount: 0)
  }
}

@Suite struct FailureTests {
  /// An engine over a log that can fail; the other parts are those of a store on disk.
  private func engine(_ directory: TemporaryDirectory, _ log: MemoryLog, threads: Bool) throws -> Engine {
    let store = try Store.open(directory.path, .createOrOpen(shardCount: 4), options: .test)
    let mixed = Store(
      manifest: store.manifest, log: log, state: store.state, archive: store.archive, catalog: store.catalog)
    var configuration = EngineConfiguration.test(directory.path)
    configuration.startsThreads = threads
    return try Engine(configuration: configuration, store: mixed)
  }

  /// When a write fails nothing is answered as done, nothing more is taken or shown, and the reason is kept.
  @Test(arguments: [true, false]) func failingLogStopsEverything(threads: Bool) async throws {
    let directory = TemporaryDirectory()
    let log = MemoryLog()
    let engine = try engine(directory, log, threads: threads)
    let queue = CompletionQueue()
    var script = Script()
    let good = Submission.of(script.open(1, 1))
    #expect(engine.submit([good], to: queue) == 1)
    while engine.core.commitStep() {}
    if queue.drain({ _ in }) == 0 { queue.wait(); queue.drain { _ in } }
    #expect(good.outcome == .committed)

    log.failNext()
    let lost = (1...3).map { Submission.of(script.open(2, UInt128($0))) }
    var done: [Submission] = []
    _ = engine.submit(lost, to: queue)
    while engine.core.commitStep() {}
    while done.count < 3 {
      if queue.drain({ done.append($0) }) == 0 { queue.wait() }
    }
    #expect(done.allSatisfy { $0.outcome == .failed && $0.results.isEmpty })
    let failure = try #require(engine.failure)
    #expect(failure.kind == .failed)
    #expect(failure.message.contains("no room"))

    await #expect(throws: failure) { try await engine.totals(tenant: 1) }
    let batch = script.open(3, 1)
    await #expect(throws: failure) { try await engine.submit(batch) }
    await #expect(throws: failure) { try await engine.openSession() }
    #expect(throws: failure) { try engine.follow(from: .start).next(credit: 1) }
    #expect(throws: failure) { try engine.close() }
  }

  /// A read that saw what is not durable yet is answered with the commit that covers it, or with the failure.
  @Test func readsWaitForTheirCommit() throws {
    let directory = TemporaryDirectory()
    let log = MemoryLog()
    let engine = try engine(directory, log, threads: false)
    let queue = CompletionQueue()
    var script = Script()
    let seen = Mutex<[String]>([])
    func look() {
      engine.totals(tenant: 1) { result in
        seen.withLock {
          switch result {
          case .success(let totals): $0.append("funded \(totals?.funded ?? 0)")
          case .failure: $0.append("failed")
          }
        }
      }
    }
    look()
    #expect(seen.withLock { $0 } == ["funded 0"])
    _ = engine.submit([.of(script.open(1, 1))], to: queue)
    look()
    #expect(seen.withLock { $0.count } == 1)
    while engine.core.commitStep() {}
    #expect(seen.withLock { $0 } == ["funded 0", "funded 100000"])
    _ = engine.submit([.of(script.open(1, 2))], to: queue)
    look()
    log.failNext()
    while engine.core.commitStep() {}
    #expect(seen.withLock { $0 } == ["funded 0", "funded 100000", "failed"])
  }
}
