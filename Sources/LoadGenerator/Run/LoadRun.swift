import Client
import Kernel
import NIOCore
import NIOPosix

/// One run of the load generator against a server.
///
/// Connects, preloads live contracts, measures, compares totals. All connections share one event
/// loop and therefore one thread: the machine's other processors belong to the server.
public final class LoadRun: Sendable {
  private let configuration: LoadConfiguration
  private let progress: @Sendable (LoadProgress) -> Void

  /// - Parameters:
  ///   - configuration: one whose `problem` is nil.
  ///   - progress: called every half second, on the event loop.
  public init(_ configuration: LoadConfiguration, progress: @escaping @Sendable (LoadProgress) -> Void = { _ in }) {
    precondition(configuration.problem == nil, "the configuration makes no sense")
    self.configuration = configuration
    self.progress = progress
  }

  /// Runs to the end. What goes wrong after connecting is in the report, with what was measured until then.
  ///
  /// - Throws: `ClientError` when the server cannot be reached or refuses the connection.
  public func run() async throws -> LoadReport {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let report = try await run(on: group)
      try await group.shutdownGracefully()
      return report
    } catch {
      try await group.shutdownGracefully()
      throw error
    }
  }

  private func run(on group: MultiThreadedEventLoopGroup) async throws -> LoadReport {
    let clients = try await connect(group)
    let loop = clients[0].eventLoop
    let state = LoadRunState(configuration)
    let identity = RunIdentity.fresh()
    let reporter = ProgressReporter(state, progress)
    let baseline = try await readTotals(clients[0])

    // The drivers live on the event loop, like everything they touch.
    let configuration = configuration
    let drivers = try await loop.submit {
      clients.enumerated().map { index, client in
        let share = Self.share(of: configuration.contractCount, index, configuration.connectionCount)
        return ConnectionDriver(client: client, run: state, identity: identity, index: index, contractCount: share)
      }
    }.get()

    var report = LoadReport(configuration)
    do {
      try await preload(drivers, loop, state, reporter, &report)
      try await measure(drivers, loop, state, reporter, &report)
      try await compare(drivers, clients[0], loop, reporter, baseline, &report)
    } catch {
      report.failure = "\(error)"
    }
    await reporter.end(loop)
    try await finish(clients, loop, state, &report)
    return report
  }

  private func connect(_ group: MultiThreadedEventLoopGroup) async throws -> [MilepostClient] {
    var settings = configuration.client
    settings.requestWindow = configuration.inFlight + configuration.readersPerConnection
    settings.reconnect.giveUpMilliseconds = Int64(configuration.giveUpSeconds) * 1_000
    var clients: [MilepostClient] = []
    for _ in 0..<configuration.connectionCount {
      clients.append(
        try await MilepostClient.connect(
          host: configuration.host, port: configuration.port, configuration: settings, group: group))
    }
    return clients
  }

  /// Contracts of one connection: equal shares, the first ones one more.
  private static func share(of count: Int, _ index: Int, _ parts: Int) -> Int {
    count / parts + (index < count % parts ? 1 : 0)
  }

  // MARK: Phases

  private func preload(
    _ drivers: [ConnectionDriver], _ loop: any EventLoop, _ state: LoadRunState, _ reporter: ProgressReporter,
    _ report: inout LoadReport
  ) async throws {
    let start = Clock.nanoseconds()
    await reporter.begin("preload", loop)
    try await Self.all(drivers, loop) { $0.start(.setup) }
    await reporter.begin("warm up", loop)
    try await Self.all(drivers, loop) { $0.start($0.warmPhase) }
    report.preloadSeconds = seconds(since: start, until: Clock.nanoseconds())
    report.preloadOperations = try await loop.submit { state.board.answered }.get()
  }

  private func measure(
    _ drivers: [ConnectionDriver], _ loop: any EventLoop, _ state: LoadRunState, _ reporter: ProgressReporter,
    _ report: inout LoadReport
  ) async throws {
    guard let search = configuration.search else {
      var end = Double.infinity
      if case .duration(let duration) = configuration.limit { end = duration }
      return try await measure(
        drivers, loop, state, reporter, &report, rate: configuration.rate, duration: end, phase: "measure")
    }
    try await measure(
      drivers, loop, state, reporter, &report, rate: nil, duration: search.secondsPerStep, phase: "closed loop")
    report.steps.append(report.step(of: search, offered: nil))
    var plan = RateSearch.Plan(ceiling: report.operationsPerSecond)
    while let (rate, isConfirmation) = plan.next {
      // What the try before left behind is no part of this one.
      try await measure(
        drivers, loop, state, reporter, &report, rate: rate, duration: search.secondsPerStep / 4, phase: "settle")
      try await measure(
        drivers, loop, state, reporter, &report, rate: rate,
        duration: search.secondsPerStep * (isConfirmation ? 2 : 1),
        phase: "\(isConfirmation ? "confirm" : "try") \(grouped(Int(rate)))/s")
      let step = report.step(of: search, offered: rate)
      report.steps.append(step)
      plan.note(rate: rate, isConfirmation: isConfirmation, holds: step.holds)
    }
    report.highestRate = plan.confirmed
  }

  /// Measures one stretch, and puts what it showed in the place of what the report had.
  private func measure(
    _ drivers: [ConnectionDriver], _ loop: any EventLoop, _ state: LoadRunState, _ reporter: ProgressReporter,
    _ report: inout LoadReport, rate: Double?, duration: Double, phase: String
  ) async throws {
    await reporter.begin(phase, loop)
    let configuration = configuration
    let processor = processorSeconds()
    let (start, closed) = try await loop.submit { () -> (UInt64, Int) in
      for driver in drivers { driver.openWindow() }
      let start = Clock.nanoseconds()
      state.board.beginMeasuring(at: start)
      return (start, drivers.reduce(0) { $0 + $1.closedCount })
    }.get()
    let until = duration.isFinite ? start + UInt64(duration * 1e9) : UInt64.max
    let readers = Task { try await read(drivers, state, until: until) }
    let stolen = Task { await StolenTime.watch() }
    do {
      try await Self.all(drivers, loop) { driver in
        guard let rate else { return driver.start(.closed(until: until)) }
        // Connection i sends frames i, i + n, i + 2n, ... of the run's even beat.
        let beat = Double(configuration.batch) / rate * 1e9
        let first = start + UInt64(beat * Double(driver.index))
        let interval = max(1, UInt64(beat * Double(configuration.connectionCount)))
        return driver.start(.open(until: until, next: first, interval: interval))
      }
      try await readers.value
    } catch {
      readers.cancel()
      try await collect(state, loop, start, stolen, &report)
      throw error
    }
    report.generatorSeconds = processorSeconds() - processor
    report.isDurable = true
    report.contractsClosed = try await loop.submit { drivers.reduce(-closed) { $0 + $1.closedCount } }.get()
    try await collect(state, loop, start, stolen, &report)
  }

  /// Reads beside the operations, on all connections.
  private func read(_ drivers: [ConnectionDriver], _ state: LoadRunState, until deadline: UInt64) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for driver in drivers {
        for _ in 0..<configuration.readersPerConnection {
          group.addTask { try await Reader(driver: driver, run: state).read(until: deadline) }
        }
      }
      try await group.waitForAll()
    }
  }

  private func collect(
    _ state: LoadRunState, _ loop: any EventLoop, _ start: UInt64, _ stolen: Task<StolenTime?, Never>,
    _ report: inout LoadReport
  ) async throws {
    stolen.cancel()
    report.stolen = await stolen.value
    let before = report
    report = try await loop.submit {
      var report = before
      report.operations = state.board.measured
      report.seconds = seconds(since: start, until: max(start, state.board.measuredUntil))
      report.inFlightMax = state.board.inFlightMax
      report.delayedFrames = state.board.delayedFrameCount
      report.rejected = []
      for code in ResultCode.allCases where code != .ok && state.board.codes[Int(code.rawValue)] > 0 {
        report.rejected.append((name: "\(code.name)", count: state.board.codes[Int(code.rawValue)]))
      }
      report.latency = state.board.percentiles
      report.course = state.board.course
      report.reads = state.board.reads.count
      report.readsCompared = state.board.reads.comparedCount
      report.readLatency = state.board.reads.percentiles
      return report
    }.get()
  }

  /// Sends what is written and not sent, then compares each tenant's sums with the predicted ones, exactly.
  private func compare(
    _ drivers: [ConnectionDriver], _ client: MilepostClient, _ loop: any EventLoop, _ reporter: ProgressReporter,
    _ baseline: [Totals], _ report: inout LoadReport
  ) async throws {
    await reporter.begin("compare", loop)
    try await Self.all(drivers, loop) { $0.start(.flush) }
    let tenantCount = configuration.tenantCount
    let predicted = try await loop.submit {
      (0..<tenantCount).map { slot in
        var sum = Totals()
        for driver in drivers { sum.combine(driver.totals(tenantSlot: slot), &+) }
        return sum
      }
    }.get()
    let found = try await readTotals(client)
    for slot in 0..<tenantCount {
      var caused = found[slot]
      caused.combine(baseline[slot], &-)
      report.totals.combine(caused, &+)
      report.tenantsCompared += 1
      if caused == predicted[slot] { continue }
      report.tenantsDiffering += 1
      if report.differences.count < configuration.differenceCountMax {
        let tenant = configuration.firstTenant + UInt32(slot)
        report.differences.append("tenant \(tenant): \(caused.difference(from: predicted[slot]))")
      }
    }
  }

  private func readTotals(_ client: MilepostClient) async throws -> [Totals] {
    var totals: [Totals] = []
    for slot in 0..<configuration.tenantCount {
      totals.append(try await client.totals(tenant: configuration.firstTenant + UInt32(slot)) ?? Totals())
    }
    return totals
  }

  private func finish(
    _ clients: [MilepostClient], _ loop: any EventLoop, _ state: LoadRunState, _ report: inout LoadReport
  ) async throws {
    let before = report
    report = try await loop.submit {
      var report = before
      report.differenceCount = state.board.differenceCount
      report.differences = state.board.differences + report.differences
      for client in clients {
        report.reconnects += client.statistics.connectionCount - 1
        report.resentFrames += client.statistics.resentCount
        report.replayedFrames += client.statistics.replayedCount
      }
      return report
    }.get()
    if report.failure == nil {
      for client in clients { await client.close() }
    } else {
      for client in clients { client.abort() }
    }
  }

  /// Starts a phase on every driver in one round of the loop, and waits for all.
  private static func all(
    _ drivers: [ConnectionDriver], _ loop: any EventLoop,
    _ start: @escaping @Sendable (ConnectionDriver) -> EventLoopFuture<Void>
  ) async throws {
    try await loop.flatSubmit {
      EventLoopFuture.andAllSucceed(drivers.map(start), on: loop)
    }.get()
  }
}

private func seconds(since start: UInt64, until end: UInt64) -> Double { Double(end - start) / 1e9 }

extension Totals {
  /// The fields that differ, as text.
  fileprivate func difference(from predicted: Totals) -> String {
    Self.names.compactMap { name, path in
      self[keyPath: path] == predicted[keyPath: path]
        ? nil : "\(name) is \(self[keyPath: path]), predicted \(predicted[keyPath: path])"
    }.joined(separator: "; ")
  }
}
