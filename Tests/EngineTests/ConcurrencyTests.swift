import Glibc
import Kernel
import Store
import Synchronization
import Testing

@testable import Engine

@Suite struct ConcurrencyTests {
  /// What the threads saw. Guarded by our own lock: the thread sanitizer does not understand the standard one.
  private final class Findings: @unchecked Sendable {
    private let lock = Lock()
    private(set) var frames = 0
    private(set) var notCommitted = 0
    private(set) var refused = 0
    private(set) var errors: [String] = []

    func add(_ done: [Submission]) {
      lock.withLock {
        frames += done.count
        notCommitted += done.count { $0.outcome != .committed }
        refused += done.reduce(0) { sum, frame in sum + frame.codes.count { $0 != 0 } }
      }
    }

    func add(_ error: EngineError) { lock.withLock { errors.append("\(error)") } }
  }

  /// Work that gives a shard's lock back and takes it again at once lets in who waited for it. A bare mutex does not: its holder has it
  /// again before anybody has woken up, nearly every time.
  @Test func whoWaitsForAShardGoesFirst() throws {
    let lock = ShardLock()
    let (entered, isDone) = (Shared(Atomic<Int>(0)), Shared(Atomic<Bool>(false)))
    let roundCount = 200
    lock.acquire()
    let waiter = try EngineThread(name: "waiter") {
      while !isDone.value.load(ordering: .acquiring) {
        lock.withLock { _ = entered.value.add(1, ordering: .relaxed) }
      }
    }
    var letInCount = 0
    for _ in 0..<roundCount {
      while !lock.isWaitedFor { sched_yield() }
      let before = entered.value.load(ordering: .relaxed)
      lock.release()
      lock.acquireBehindOthers()
      if entered.value.load(ordering: .relaxed) > before { letInCount += 1 }
    }
    isDone.value.store(true, ordering: .releasing)
    lock.release()
    waiter.join()
    // On a machine so busy that the waiter gets no processor for a millisecond the work goes on.
    #expect(letInCount > roundCount / 2)
  }

  /// Three owners of queues submit over the same tenants, with sessions, while checkpoints, deadlines, reads and a
  /// follower go on. Everything is committed once, the feed has each session's requests in number order, and a start
  /// from the files gives the same state.
  @Test func everythingAtOnce() async throws {
    let directory = TemporaryDirectory()
    var configuration = EngineConfiguration.test(directory.path, shards: 8)
    configuration.checkpointLogByteCount = 200_000
    let digests = try await run(configuration)
    try reopen(configuration, digests)
    #expect(try Engine.verify(configuration, storeOptions: .test).differences == [])
  }

  private func reopen(_ configuration: EngineConfiguration, _ digests: [UInt64]) throws {
    let engine = try Engine.open(configuration, storeOptions: .test)
    #expect(engine.digests() == digests)
    for cell in engine.core.cells { #expect(cell.shard.audit() == []) }
    try engine.close()
  }

  private func run(_ configuration: EngineConfiguration) async throws -> [UInt64] {
    let engine = try Engine.open(configuration, storeOptions: .test)
    let findings = Findings()
    var sessions: [Session] = []
    for _ in 0..<3 { sessions.append(try await engine.openSession()) }
    let isDone = Shared(Atomic<Bool>(false))
    let workers = try sessions.enumerated().map { index, session in
      try EngineThread(name: "worker") {
        self.work(engine, session, seed: UInt128(index + 1), findings)
      }
    }
    let reader = try EngineThread(name: "reader") {
      while !isDone.value.load(ordering: .acquiring) {
        engine.totals(tenant: 3) { result in
          guard case .failure(let error) = result else { return }
          findings.add(error)
        }
        var scan = ScanRequest(tenant: 2)
        scan.limit = 8
        engine.scan(scan) { _ in }
      }
    }
    for worker in workers { worker.join() }
    isDone.value.store(true, ordering: .releasing)
    reader.join()
    let found = findings
    #expect(found.frames == 3 * 150)
    #expect(found.notCommitted == 0 && found.refused == 0)
    #expect(found.errors == [])
    try followSessions(engine)
    #expect(engine.metrics().operationsInFlight == 0)
    try engine.close()
    return engine.digests()
  }

  /// One owner: frames go in a few at a time, each request once.
  private func work(_ engine: Engine, _ session: Session, seed: UInt128, _ findings: Findings) {
    let queue = CompletionQueue()
    engine.attach(session, to: queue)
    var script = Script(seed: seed)
    var request: UInt64 = 0
    for round in 0..<30 {
      var frames: [Submission] = []
      for frame in 0..<5 {
        request += 1
        let contract = seed << 32 | UInt128(round * 5 + frame + 1)
        frames.append(.of(script.open(UInt32(frame + 1), contract), session: session, request: request))
      }
      let done = engine.submitAndWait(frames, queue)
      findings.add(done)
    }
  }

  private func followSessions(_ engine: Engine) throws {
    let feed = try engine.follow(from: .start)
    var newest: [UInt64: UInt64] = [:]
    var operations = 0
    while true {
      let chunk = try feed.next(credit: 500)
      for event in chunk.events {
        operations += 1
        let last = newest[event.session] ?? 0
        #expect(event.request == last || event.request == last + 1)
        newest[event.session] = event.request
      }
      if chunk.isAtEnd { break }
    }
    #expect(operations == 3 * 150 * 7)
    #expect(newest.values.allSatisfy { $0 == 150 } && newest.count == 3)
  }
}

/// A reference to something that cannot be copied.
final class Shared<Value: ~Copyable & Sendable>: Sendable {
  let value: Value
  init(_ value: consuming Value) { self.value = value }
}
