import Access
import Engine
import Foundation
import Kernel
import SimulatedLMDB
import Store

@testable import Server
@testable import Wire

/// What was seen of a contract by a client: nothing older may be seen later.
struct Seen: Hashable, Sendable {
  var tenant: UInt32
  var contract: UInt128
}

/// One run: clients, connections, two loops of a server, an engine without threads, and a disk, all moved by one seed.
/// Connections, loops, engine and store are the product's; sockets, clocks and the disk are not.
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
  private var serverConfiguration = ServerConfiguration()
  private var loops: [SimulatedLoop] = []
  private var connections: [SimulatedConnection] = []
  private var clients: [SimulatedClient] = []
  private let history: History
  private var seen: [Seen: UInt32] = [:]
  private(set) var failure: String?
  private var faultsLeft: Int
  /// Sessions end in this world: those who are done say so, an operator evicts some, and there is room for few.
  private let endsSessions: Bool
  /// Sessions that somebody wanted to end.
  private var ending: Set<UInt64> = []
  /// Sessions whose end is durable.
  private var ended: Set<UInt64> = []
  /// The process is killed soon after something was pruned, when what was known of it is about to go.
  private let killsAfterPruning: Bool
  /// As it was last looked at; a new process counts from 0.
  private var prunedBefore: UInt64 = 0
  /// Steps until it is killed; nil when nobody means to.
  private var stepsToKill: Int?
  /// Clients that come when others are done.
  private var newcomersLeft = 0
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
    var evictions = 0
    var busy = 0
    var reads = 0
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
    killsAfterPruning = random.chance(60)
    configuration.timersPerStepMax = random.pick([1, 3, 64])
    configuration.sessionWindow = random.pick([2, 4, 8])
    configuration.sessionReplyByteCountMax = 1 << 20
    let clientCount = random.pick([1, 2, 3, 4])
    endsSessions = random.chance(25)
    if endsSessions {
      configuration.sessionCountMax = clientCount + random.pick([0, 1, 1 << 10])
      newcomersLeft = random.pick([0, 1, 2, 4])
      faultsLeft += 2
    }
    self.configuration = configuration
    serverConfiguration.limits.requestWindow = UInt32(configuration.sessionWindow)
    serverConfiguration.limits.operationCountMax = UInt32(configuration.operationsPerSubmissionMax)
    serverConfiguration.limits.bytesInFlightMax = random.pick([4_096, 8_192, 1 << 29])
    serverConfiguration.operationsPerRoundMax = random.pick([1, 16, 16_384])
    serverConfiguration.operationsPerContestedRoundMax = random.pick([1, 16, 8_192])
    serverConfiguration.appliedByteCountMax = random.pick([1, 4_096, 8 << 20])
    serverConfiguration.pooledByteCountMax = random.pick([0, 1 << 20])
    serverConfiguration.loopCount = 2
    var retention = LogRetention()
    retention.keepByteCount = random.pick([0, 4_096, 1 << 30])
    retention.trimCountMax = random.pick([1, 8])
    options = StoreOptions(
      mapByteCount: 1 << 30, retention: retention,
      digestKeys: DigestKeys(k0: random.next(), k1: random.next()), creationMilliseconds: RunGenerator.start)
    let requestCount = random.pick([6, 12, 24])
    for index in 0..<clientCount { addClient(index == 0 && endsSessions ? 4 : requestCount) }
  }

  private func addClient(_ requestCount: Int) {
    clients.append(
      SimulatedClient(
        index: clients.count, seed: random.next(), requestCount: requestCount,
        // A client has at most as much under way as the server keeps replies for.
        window: min(configuration.sessionWindow, random.pick([1, 2, 4, 8]))))
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
    open(isRisky: mayPlanFault(percent: 10))
    var steps = 0
    // Those who are done come back for a while, where sessions end.
    var stepsBehind = endsSessions ? Int.random(in: 0..<600, using: &random) : 0
    while failure == nil {
      if clients.allSatisfy(\.isDone) {
        if newcomersLeft > 0 {
          newcomersLeft -= 1
          addClient(4)
        } else if stepsBehind > 0 {
          stepsBehind -= 1
        } else {
          break
        }
      }
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
    if let left = stepsToKill, !isCalm {
      if left == 0 { return kill() }
      stepsToKill = left - 1
    }
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<18: act(random.pick(clients))
    case 18..<40: receive()
    case 40..<52: turn()
    case 52..<66: deliver()
    case 66..<76: commit()
    case 76..<80:
      note("timers")
      engine?.timerStep()
    case 80..<90:
      for _ in 0..<random.pick([1, 1, 4]) { engine?.maintenanceStep() }
      if killsAfterPruning, !isCalm { watchPruning() }
    case 90..<93: passTime()
    case 93..<95: read()
    case 95..<97: follow()
    case 97..<98: if !isCalm { cut() }
    default: if !isCalm { endsSessions && random.chance(30) ? endSession() : disturb() }
    }
    if let broken = engine?.failure {
      note("the engine has failed: \(broken)")
      // A process that still runs says so.
      if !simulated_disk_has_crashed(), random.chance(50) {
        turn()
        deliver()
      }
      restart()
    }
  }

  private func watchPruning() {
    let pruned = engine?.metrics().contractsPruned ?? 0
    if pruned > prunedBefore, stepsToKill == nil { stepsToKill = Int.random(in: 0..<40, using: &random) }
    prunedBefore = pruned
  }

  /// The process is gone from one moment to the next.
  private func kill() {
    stepsToKill = nil
    guard faultsLeft > 0 else { return }
    faultsLeft -= 1
    note("killed")
    simulated_disk_crash()
    restart()
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
    guard random.chance(30) else { return }
    if random.chance(25) { return kill() }
    _ = mayPlanFault(percent: 100)
  }

  /// Plans a fault for one of the next commits, if any is left.
  private func mayPlanFault(percent: Int) -> Bool {
    guard faultsLeft > 0, random.chance(percent) else { return false }
    faultsLeft -= 1
    let kinds = [
      simulated_fault_crash_before, simulated_fault_crash_after, simulated_fault_lost, simulated_fault_kept,
      simulated_fault_full,
    ]
    let kind = random.pick(kinds)
    let distance = random.pick([0, 0, 1, 2, 5] as [UInt64])
    note("fault \(kind.rawValue) after \(distance) commits")
    simulated_disk_plan(kind, distance)
    return true
  }

  // MARK: The server's life

  /// Opens the store, a second time when a fault came while it opened.
  private func open(isRisky: Bool) {
    start(isRisky: isRisky)
    guard isRisky, engine == nil, failure == nil else { return }
    statistics.restarts += 1
    drop()
    simulated_disk_restart()
    start(isRisky: false)
  }

  private func start(isRisky: Bool) {
    // Without a fault that is planned a store that does not open is a failure, whatever it says.
    do {
      let opened = try Engine.open(configuration, storeOptions: options, clock: clock)
      feed = try history.feed(of: opened)
      let clock = clock
      let access = try AccessControl(catalog: opened.catalog, manifest: opened.storeManifest, clock: { clock.now() })
      let directory = SessionDirectory()
      loops = (0..<serverConfiguration.loopCount).map { index in
        SimulatedLoop(
          index: index, engine: opened, configuration: serverConfiguration, directory: directory, access: access)
      }
      engine = opened
    } catch  where isRisky && simulated_disk_has_failed() {
      return note("the store does not open: \(error)")
    } catch { return fail("the store does not open: \(error)") }
    if let engine {
      var sessions: [String] = []
      for session in clients.compactMap(\.session) {
        sessions.append("\(session) at \((try? engine.session(session))?.lastRequest ?? 0)")
      }
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
    open(isRisky: mayPlanFault(percent: 20))
  }

  private func drop() {
    for client in clients { client.connection = nil }
    simulated_disk_crash()
    // Nothing of this reaches the disk or a client: it fails, and so everybody lets go of everybody.
    repeat {
      engine?.commitStep()
      for loop in loops { loop.turn() }
    } while !loops.allSatisfy(\.worker.isIdle)
    for connection in connections { connection.drop() }
    for loop in loops { loop.forget() }
    connections = []
    loops = []
    feed = nil
    weak let old = engine
    engine = nil
    if old != nil { fail("the engine is still in use when its process has ended") }
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
    guard engine != nil else { return }
    guard let connection = client.connection else { return connect(client) }
    guard connection.isOpen, !connection.isHeld, client.mayStart(besides: connection.reads.count) else { return }
    let request = client.start()
    if random.chance(60) { clock.jump(to: max(clock.now(), client.now)) }
    note("client \(client.index) sends \(request.number): \(request.requests)")
    send([request], over: connection)
  }

  private func connect(_ client: SimulatedClient) {
    let connection = SimulatedConnection(client, to: random.pick(loops))
    connection.send(SimulatedConnection.hello(session: client.session ?? 0))
    connection.mayNotOpen = client.session.map(ended.contains) ?? false
    client.connection = connection
    connections.append(connection)
    note("client \(client.index) connects, session \(client.session ?? 0)")
    // Who knows its session need not wait for the welcome.
    if client.session != nil, random.chance(50) { sendAgain(client, over: connection) }
  }

  /// A client that is done says that it will not come back, or an operator ends the session of anybody.
  private func endSession() {
    guard let engine, let client = clients.filter({ $0.session != nil }).randomElement(using: &random),
      let session = client.session, client.isDone || random.chance(20)
    else { return }
    ending.insert(session)
    if client.isDone, let connection = client.connection, connection.isOpen, random.chance(50) {
      note("client \(client.index) ends session \(session)")
      connection.send(SimulatedConnection.goodbye(session: session))
      connection.isOpen = false
    } else {
      note("session \(session) is ended")
      engine.evict(session) { result in
        guard case .success = result else { return }
        self.note("session \(session) has ended")
        self.ended.insert(session)
      }
    }
  }

  private func sendAgain(_ client: SimulatedClient, over connection: SimulatedConnection) {
    connection.hasSentAgain = true
    // Nothing of it may take effect a second time, whatever became of the session.
    let requests = client.isDone && endsSessions ? Array(client.newest) : client.unanswered
    statistics.resends += requests.count
    note("client \(client.index) sends again \(requests.map(\.number))")
    send(requests, over: connection)
  }

  private func send(_ requests: some Sequence<SentRequest>, over connection: SimulatedConnection) {
    guard let session = connection.client.session else { return fail("a client sends without a session") }
    for request in requests {
      connection.send(SimulatedConnection.submit(request, session: session))
      connection.awaitingCount += 1
    }
  }

  private func cut() {
    guard let connection = connections.filter({ !$0.isCut }).randomElement(using: &random) else { return }
    // Some of what was sent has not reached the server's machine, be it half a frame.
    close(
      connection,
      lostByteCount: random.chance(50) ? Int.random(in: 0...connection.sentByteCount, using: &random) : 0)
  }

  private func close(_ connection: SimulatedConnection, lostByteCount: Int = 0) {
    note("client \(connection.client.index) loses its connection")
    connection.cut(lostByteCount: lostByteCount)
    if connection.client.connection === connection { connection.client.connection = nil }
  }

  // MARK: The server's loops

  /// One loop looks at its sockets.
  private func receive() {
    guard let loop = loops.randomElement(using: &random) else { return }
    do {
      for connection in connections.shuffled(using: &random)
      where connection.loop === loop && connection.hasWordsForServer && random.chance(70) {
        connection.setWritable(random.chance(90))
        let byteCount = random.pick([7, 64, 300, .max, .max, .max])
        try connection.receive(byteCount: byteCount, isReset: random.chance(50))
      }
    } catch { fail("a connection: \(error)") }
    turn(loop)
  }

  /// Loops go on with what has come back from the engine.
  private func turn() {
    for loop in loops { turn(loop) }
  }

  private func turn(_ loop: SimulatedLoop) {
    loop.turn()
    do {
      for connection in connections where connection.loop === loop {
        try connection.collect()
      }
    } catch { fail("a connection: \(error)") }
    connections.removeAll { $0.isCut && $0.isOver }
  }

  /// Brings words of the server to a client.
  private func deliver() {
    let talking = connections.filter { $0.hasWordsForClient || !$0.isCut && $0.isClosedByServer }
    guard let connection = talking.randomElement(using: &random) else { return }
    do throws(FrameError) {
      for (header, body) in try connection.take(byteCount: random.pick([5, 64, 200, .max, .max, .max])) {
        take(header, body, from: connection)
      }
    } catch { return fail("client \(connection.client.index) got no frame: \(error)") }
    if !connection.isCut, connection.isClosedByServer { close(connection) }
  }

  private func take(_ header: FrameHeader, _ body: [UInt8], from connection: SimulatedConnection) {
    let client = connection.client
    note("client \(client.index) gets \(header.kind) \(header.request)")
    do throws(FrameError) {
      switch header.kind {
      case .welcome: welcome(header, try WelcomeBody(decoding: body.span.bytes), connection)
      case .result:
        if header.flags.contains(.replayed) { statistics.repeats += 1 }
        connection.awaitingCount -= 1
        if let problem = client.take(ResultBody.results(body.span.bytes), for: header.request) {
          fail("client \(client.index): \(problem)")
        }
        goOn(connection)
      case .readReply: take(header, try ReadReplyHead(decoding: body.span.bytes, count: header.count), body, connection)
      case .busy:
        _ = try BusyBody(decoding: body.span.bytes)
        busy(connection)
      case .error: ended(try ErrorBody(decoding: body.span.bytes), connection)
      case .goodbye: break
      default: fail("client \(client.index) got \(header.kind)")
      }
    } catch { fail("client \(client.index): \(error)") }
  }

  private func welcome(_ header: FrameHeader, _ body: WelcomeBody, _ connection: SimulatedConnection) {
    let client = connection.client
    let session = UInt64(truncatingIfNeeded: header.session)
    if client.session == nil { client.session = session }
    guard client.session == session else { return fail("client \(client.index) was given session \(session)") }
    guard !connection.mayNotOpen else {
      return fail("client \(client.index) is given session \(session), which had ended")
    }
    // Nothing that was answered is forgotten.
    guard body.lastRequest >= client.answeredCount else {
      return fail("client \(client.index) is told that \(body.lastRequest) was its last request")
    }
    connection.isOpen = true
    if !connection.hasSentAgain { sendAgain(client, over: connection) }
  }

  /// The server has not taken a submit, and takes nothing behind it.
  private func busy(_ connection: SimulatedConnection) {
    statistics.busy += 1
    connection.awaitingCount -= 1
    connection.isHeld = true
    goOn(connection)
  }

  /// A client that was told busy sends everything again once all that it sent has an answer.
  private func goOn(_ connection: SimulatedConnection) {
    guard connection.isHeld, connection.awaitingCount == 0 else { return }
    connection.isHeld = false
    send(connection.client.unanswered, over: connection)
  }

  private func ended(_ body: ErrorBody, _ connection: SimulatedConnection) {
    note("client \(connection.client.index) is told \(body)")
    switch body.reason {
    // An older connection's hello may come later than this one's.
    case .sessionTaken: break
    // Somebody wanted it, be it not durable yet, or there was no room. The catalog forgets such a session before its end is durable, so that one
    // that lives on after a crash may have lost older replies.
    case .sessionEvicted where mayBeEvicted(connection.client),
      .requestOutOfWindow where connection.client.isDone && mayBeEvicted(connection.client):
      statistics.evictions += 1
      connection.client.isForgotten = true
    // The process is about to end, or a shard is full, which none of these runs reaches.
    case .serverFailure where engine?.failure != nil: break
    default: fail("client \(connection.client.index) is told \(body)")
    }
  }

  private func mayBeEvicted(_ client: SimulatedClient) -> Bool {
    guard let session = client.session else { return false }
    return ending.contains(session) || configuration.sessionCountMax < 1 << 10
  }

  // MARK: Looking

  /// A client asks for a contract, behind what it has sent; what it is told must be durable, and no older than what it
  /// was told before.
  private func read() {
    let client = random.pick(clients)
    guard let connection = client.connection, connection.isOpen, let session = client.session,
      client.mayAsk(besides: connection.reads.count + (client.isDone ? connection.awaitingCount : 0)),
      let request = client.sent.randomElement(using: &random)?.requests.first, request.operation.contract != 0
    else { return }
    let key = Seen(tenant: request.operation.tenant, contract: request.operation.contract)
    let number = client.nextRead()
    connection.reads[number] = (key, seen[key] ?? 0)
    connection.send(SimulatedConnection.read(key, session: session, number: number))
  }

  private func take(_ header: FrameHeader, _ head: ReadReplyHead, _ body: [UInt8], _ connection: SimulatedConnection) {
    guard let (key, known) = connection.reads.removeValue(forKey: header.request) else {
      return fail("an answer to read \(header.request), which was never asked")
    }
    statistics.reads += 1
    guard head.status == .ok else {
      if known > 0, !history.hasPruned(tenant: key.tenant, contract: key.contract) {
        follow()
        if !history.hasPruned(tenant: key.tenant, contract: key.contract) {
          fail("contract \(key) was seen and is gone")
        }
      }
      return
    }
    let record = ContractRecord(decoding: body.span.bytes, at: 0)
    if record.version < known { fail("contract \(key) was seen at version \(known), then \(record.version)") }
    seen[key] = max(seen[key] ?? 0, record.version)
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
