import Engine
import Foundation
import Kernel
import SimulatedLMDB
import Store

/// What was seen of a contract by a client: nothing older may be seen later.
private struct Seen: Hashable, Sendable {
  var tenant: UInt32
  var contract: UInt128
}

/// One run: clients, connections, two loops of a server, an engine without threads, and a disk, all moved by one seed.
// One thread does everything: completions come on it, too.
final class World: @unchecked Sendable {
  let seed: UInt64
  private var random: SeededGenerator
  private let path: String
  private let clock = SimulatedClock(RunGenerator.start)
  private let shardCount: Int
  private var configuration: EngineConfiguration
  private let options: StoreOptions
  private var engine: Engine?
  private var feed: ChangeFeed?
  private var queues: [CompletionQueue] = []
  private var connections: [SimulatedConnection] = []
  private var clients: [SimulatedClient] = []
  private let history: History
  private var seen: [Seen: UInt32] = [:]
  private(set) var failure: String?
  private var faultsLeft: Int
  private(set) var statistics = Statistics()
  /// Lines of what happened; nil when nobody will read them.
  private(set) var trace: [String]?

  struct Statistics {
    var operations = 0
    var timers = 0
    var collisions = 0
    var restarts = 0
    var resends = 0
    var repeats = 0
    var checkpoints: UInt64 = 0
    var commits: UInt64 = 0
    var archived = 0
    var pruned: UInt64 = 0
  }

  /// - Parameter directory: an empty directory of the run's own.
  init(seed: UInt64, directory: String, isTraced: Bool) {
    self.seed = seed
    trace = isTraced ? [] : nil
    random = SeededGenerator(seed)
    path = directory + "/store"
    shardCount = random.pick([1, 2, 4])
    history = History(shardCount: shardCount)
    faultsLeft = random.pick([0, 1, 1, 2, 3])
    var configuration = EngineConfiguration(path: path)
    configuration.shardCount = shardCount
    configuration.shard.contractCountMax = 1 << 10
    configuration.shard.milestoneCountMax = 1 << 13
    configuration.shard.referenceCountMax = 1 << 12
    configuration.shard.tenantCountMax = 1 << 8
    configuration.shard.usesHugePages = false
    configuration.ringByteCount = 4 << 20
    configuration.prefaultsRing = false
    configuration.startsThreads = false
    configuration.operationsPerSubmissionMax = 64
    configuration.commitByteCountMax = random.pick([4_096, 16_384, 1 << 20])
    configuration.checkpointLogByteCount = random.pick([2_048, 8_192, 32_768])
    configuration.checkpointBlocksPerBite = random.pick([1, 1, 2])
    configuration.archivedReferencesMin = random.pick([1, 4, 64])
    if let byteCountMax = random.pick([nil, 0, 0, 1 << 18] as [Int?]) {
      configuration.pruning = ArchivePruning(
        byteCountMax: byteCountMax, millisecondsMin: random.pick([0, 0, 86_400_000]), exportPath: directory + "/archive"
      )
    }
    configuration.timersPerStepMax = random.pick([1, 3, 64])
    configuration.sessionWindow = random.pick([2, 4, 8])
    configuration.sessionReplyByteCountMax = 1 << 20
    self.configuration = configuration
    var retention = LogRetention()
    retention.keepByteCount = random.pick([0, 4_096, 1 << 30])
    retention.trimCountMax = random.pick([1, 8])
    options = StoreOptions(
      mapByteCount: 1 << 30, retention: retention,
      digestKeys: DigestKeys(k0: random.next(), k1: random.next()), creationMilliseconds: RunGenerator.start)
    let clientCount = random.pick([1, 2, 3, 4])
    let requestCount = random.pick([6, 12, 24])
    for index in 0..<clientCount {
      clients.append(
        SimulatedClient(
          index: index, seed: random.next(), requestCount: requestCount,
          // A client has at most as much under way as the server keeps replies for.
          window: min(configuration.sessionWindow, random.pick([1, 2, 4, 8]))))
    }
  }

  private func note(_ line: @autoclosure () -> String) {
    if trace != nil { trace?.append(line()) }
  }

  private func fail(_ problem: String) {
    if failure == nil { failure = problem }
    note("FAILURE \(problem)")
  }

  // MARK: The run

  func run() {
    simulated_disk_forget()
    start()
    var steps = 0
    while failure == nil, !clients.allSatisfy(\.isDone) {
      steps += 1
      // Past this the disk is well and connections hold, so everything must come to an end.
      let isCalm = steps > 1_500
      if steps > 6_000 {
        fail("not everything is answered: \(clients.map { "\($0.answeredCount) of \($0.requestCount)" })")
        break
      }
      step(isCalm: isCalm)
    }
    if failure == nil { finish() }
    drop()
  }

  private func step(isCalm: Bool) {
    if isCalm { simulated_disk_plan(simulated_fault_none, 0) }
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<18: act(random.pick(clients))
    case 18..<40: receive()
    case 40..<52: drain()
    case 52..<66: deliver()
    case 66..<76: commit()
    case 76..<80:
      note("timers")
      engine?.timerStep()
    case 80..<90:
      for _ in 0..<random.pick([1, 1, 4]) { engine?.maintenanceStep() }
    case 90..<93: passTime()
    case 93..<95: read()
    case 95..<97: follow()
    case 97..<98: if !isCalm { cut() }
    default: if !isCalm { disturb() }
    }
    if let broken = engine?.failure {
      note("the engine has failed: \(broken)")
      restart()
    }
  }

  private func passTime() {
    let span = random.pick([1, 50, 1_000, 60_000] as [Int64])
    clock.pass(milliseconds: span)
    // A jump back, as a clock that is set right makes it.
    if random.chance(10) { clock.jump(to: clock.now() - random.pick([10, 5_000, 3_600_000])) }
    note("time \(clock.now())")
  }

  private func commit() {
    let number = engine?.durableCommit ?? 0
    if engine?.commitStep() == true { note("commit \(number + 1)") }
  }

  private func disturb() {
    guard faultsLeft > 0, random.chance(30) else { return }
    faultsLeft -= 1
    if random.chance(25) {
      note("killed")
      simulated_disk_crash()
      restart()
      return
    }
    let kinds = [
      simulated_fault_crash_before, simulated_fault_crash_after, simulated_fault_lost, simulated_fault_kept,
      simulated_fault_full,
    ]
    let kind = random.pick(kinds)
    let distance = random.pick([0, 0, 1, 2, 5] as [UInt64])
    note("fault \(kind.rawValue) after \(distance) commits")
    simulated_disk_plan(kind, distance)
  }

  // MARK: The server's life

  private func start() {
    // No fault is planned yet: a store that does not open is a failure, whatever it says.
    do {
      let opened = try Engine.open(configuration, storeOptions: options, clock: clock)
      feed = try history.feed(of: opened)
      engine = opened
    } catch { return fail("the store does not open: \(error)") }
    queues = [CompletionQueue(), CompletionQueue()]
    if let engine {
      let sessions = clients.compactMap(\.session).map { "\($0) at \((try? engine.session($0))?.lastRequest ?? 0)" }
      note("open: commits \(engine.oldestCommit) to \(engine.durableCommit), sessions \(sessions)")
    }
    follow()
    checkSeen()
  }

  /// Ends the process and starts the next one. What was on its way is lost.
  private func restart() {
    statistics.restarts += 1
    note("restart")
    statistics.checkpoints += engine?.metrics().checkpointBlocks ?? 0
    drop()
    simulated_disk_restart()
    start()
  }

  private func drop() {
    for client in clients {
      client.connection = nil
      client.isOpening = false
    }
    connections = []
    simulated_disk_crash()
    queues = []
    feed = nil
    engine = nil
  }

  /// What anybody has seen is there after a restart.
  private func checkSeen() {
    guard let engine else { return }
    for (key, version) in seen {
      let found = Box<ContractSnapshot?>(nil)
      engine.contract(tenant: key.tenant, contract: key.contract) { result in
        if case .success(let snapshot) = result { found.value = snapshot }
      }
      guard let snapshot = found.value else {
        if history.hasPruned(tenant: key.tenant, contract: key.contract) { continue }
        return fail("contract \(key) was seen and is gone")
      }
      if snapshot.version < version {
        return fail("contract \(key) was seen at version \(version), now \(snapshot.version)")
      }
    }
  }

  // MARK: Clients

  private func act(_ client: SimulatedClient) {
    guard let engine else { return }
    guard client.session != nil else {
      if client.isOpening { return }
      client.isOpening = true
      note("client \(client.index) opens a session")
      engine.openSession { [weak self] result in
        guard case .success(let session) = result else { return }
        client.session = session.id
        client.isOpening = false
        self?.note("client \(client.index) has session \(session.id)")
      }
      return
    }
    guard let connection = client.connection else { return connect(client) }
    guard client.mayStart else { return }
    let request = client.start()
    if random.chance(60) { clock.jump(to: max(clock.now(), client.now)) }
    note("client \(client.index) sends \(request.number): \(request.requests)")
    connection.toServer.append(request)
  }

  private func connect(_ client: SimulatedClient) {
    let connection = SimulatedConnection(client: client, loop: Int.random(in: 0..<queues.count, using: &random))
    connection.toServer = Array(client.unanswered)
    statistics.resends += connection.toServer.count
    client.connection = connection
    connections.append(connection)
    note("client \(client.index) connects to loop \(connection.loop), sends again \(connection.toServer.map(\.number))")
  }

  private func cut() {
    guard let connection = connections.filter({ !$0.isCut }).randomElement(using: &random) else { return }
    close(connection)
    // Some of what was sent has not reached the server's machine.
    if random.chance(50) {
      connection.toServer.removeLast(Int.random(in: 0...connection.toServer.count, using: &random))
    }
  }

  private func close(_ connection: SimulatedConnection) {
    note("client \(connection.client.index) loses its connection")
    connection.isCut = true
    connection.toClient = []
    connection.client.connection = nil
  }

  // MARK: The server's loops

  /// A round of one loop: takes frames from its connections and submits them together.
  private func receive() {
    guard let engine, !queues.isEmpty else { return }
    let loop = Int.random(in: 0..<queues.count, using: &random)
    var submissions: [Submission] = []
    var origins: [(SimulatedConnection, SentRequest)] = []
    for connection in connections.shuffled(using: &random)
    where connection.loop == loop && !connection.toServer.isEmpty && random.chance(70) {
      guard let id = connection.client.session, let session = try? engine.session(id) else {
        fail("session of client \(connection.client.index) is unknown")
        return
      }
      if !connection.isAttached { attach(connection, session, engine) }
      let frames = connection.toServer.prefix(Int.random(in: 1...3, using: &random))
      connection.toServer.removeFirst(frames.count)
      for request in frames {
        let submission = Submission(slotCapacity: max(1, 2 * request.requests.count))
        for item in request.requests { Self.append(item, to: submission) }
        submission.session = session
        submission.request = request.number
        submission.context = connection
        submissions.append(submission)
        origins.append((connection, request))
      }
    }
    guard !submissions.isEmpty else { return }
    let taken = engine.submit(submissions, to: queues[loop])
    note("loop \(loop) takes \(taken) of \(submissions.map { "\($0.request)" })")
    // The rest waits for its turn, unless another connection has taken the session meanwhile.
    for (connection, request) in origins.dropFirst(taken).reversed()
    where connections.contains(where: { $0 === connection }) {
      connection.toServer.insert(request, at: 0)
    }
  }

  /// A connection takes its session up; the one that had it is closed, whatever of it is still on its way.
  private func attach(_ connection: SimulatedConnection, _ session: Session, _ engine: Engine) {
    for other in connections where other !== connection && other.client === connection.client && other.isAttached {
      other.toServer = []
      if !other.isCut { close(other) }
    }
    connections.removeAll { $0.isCut && $0.toServer.isEmpty }
    connection.isAttached = true
    engine.attach(session, to: queues[connection.loop])
  }

  private static func append(_ request: Request, to submission: Submission) {
    guard let slot = request.slot else {
      submission.append(request.operation)
      return
    }
    let content = slot.withUnsafeBytes { $0.loadUnaligned(as: InlineArray<8, UInt64>.self) }
    submission.append(request.operation, extension: content)
  }

  /// Sends answers that are durable.
  private func drain() {
    for queue in queues {
      queue.drain { submission in
        guard let connection = submission.context as? SimulatedConnection else { return }
        answer(submission, connection)
      }
    }
  }

  private func answer(_ submission: Submission, _ connection: SimulatedConnection) {
    let number = submission.request
    note("answer to \(number) of client \(connection.client.index): \(submission.outcome)")
    switch submission.outcome {
    case .committed, .repeated:
      if submission.outcome == .repeated { statistics.repeats += 1 }
      guard !connection.isCut else { return }
      connection.toClient.append((number, submission.results.map { $0 }))
    case .failed:
      // The process is about to end, or a shard is full, which none of these runs reaches.
      if engine?.failure == nil { fail("request \(number) failed: \(String(describing: submission.failure))") }
    case .sessionMoved:
      // A frame of an older connection came later and took the session: the server closes this one, the client comes again.
      if !connection.isCut { close(connection) }
    case .requestTooOld, .requestGap:
      // The client may be far ahead on another connection, or this one lost what came before.
      if !connection.isCut { fail("request \(number) of client \(connection.client.index): \(submission.outcome)") }
    default: fail("request \(number) of client \(connection.client.index): \(submission.outcome)")
    }
  }

  /// Brings an answer to its client.
  private func deliver() {
    guard let connection = connections.filter({ !$0.isCut && !$0.toClient.isEmpty }).randomElement(using: &random)
    else {
      return
    }
    let (number, results) = connection.toClient.removeFirst()
    note("client \(connection.client.index) has the answer to \(number)")
    if let problem = connection.client.take(results, for: number) {
      fail("client \(connection.client.index): \(problem)")
    }
  }

  // MARK: Looking

  private func read() {
    guard let engine else { return }
    let client = random.pick(clients)
    guard let request = client.sent.randomElement(using: &random)?.requests.first else { return }
    let key = Seen(tenant: request.operation.tenant, contract: request.operation.contract)
    engine.contract(tenant: key.tenant, contract: key.contract) { [weak self] result in
      guard let self, case .success(let snapshot?) = result else { return }
      let known = self.seen[key] ?? 0
      if snapshot.version < known {
        self.fail("contract \(key) was seen at version \(known), then \(snapshot.version)")
      }
      self.seen[key] = max(known, snapshot.version)
    }
  }

  private func follow() {
    guard let engine, let feed, engine.failure == nil else { return }
    do {
      if let problem = try history.follow(feed) { fail(problem) }
    } catch {
      if engine.failure == nil { fail("the feed: \(error)") }
    }
  }

  // MARK: The end

  private func finish() {
    simulated_disk_plan(simulated_fault_none, 0)
    guard let digests = lastDigests() else { return }
    for client in clients where failure == nil {
      if let problem = history.problem(of: client) { fail(problem) }
    }
    drop()
    simulated_disk_restart()
    if failure == nil { verify(digests) }
    statistics.operations = history.operationCount
    statistics.timers = history.timerCount
    statistics.collisions = history.collisionCount
    statistics.pruned = history.prunedCount
  }

  /// Commits and judges what is left; the state of the shards then, for whoever opens the store next.
  private func lastDigests() -> [UInt64]? {
    guard let engine else { return nil }
    while engine.commitStep() {}
    follow()
    statistics.commits = engine.durableCommit
    statistics.checkpoints += engine.metrics().checkpointBlocks
    return failure == nil ? engine.digests() : nil
  }

  private func verify(_ digests: [UInt64]) {
    do {
      let report = try Engine.verify(configuration, storeOptions: options)
      if let difference = report.differences.first { return fail("verify: \(difference)") }
      statistics.archived = report.archivedContracts
      if report.digests != digests { fail("verify: the digests are not those that the engine had") }
    } catch { fail("verify: \(error)") }
  }
}

/// A place for a value that a completion brings on this same thread.
private final class Box<Value>: @unchecked Sendable {
  var value: Value
  init(_ value: Value) { self.value = value }
}
