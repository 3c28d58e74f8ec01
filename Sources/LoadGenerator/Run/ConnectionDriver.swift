import Client
import Kernel
import NIOCore
import Wire

/// Drives one connection: generates frames, keeps the window full or the rate kept, checks every answer.
///
/// All state is confined to the client's event loop; the run calls `start` and `stop` there.
final class ConnectionDriver: SubmitHandler, @unchecked Sendable {
  /// What the driver is doing.
  enum Phase {
    case idle
    /// Contracts are being created.
    case setup
    /// `left` more operations to reach steady state.
    case warm(left: Int)
    /// Measured, closed loop: until the deadline (monotonic nanoseconds) or the run's operations are used up.
    case closed(until: UInt64)
    /// Measured, open loop: frame k leaves at `first + k * interval`.
    case open(until: UInt64, next: UInt64, interval: UInt64)
    /// Everything written but not sent goes out, so that totals can be compared.
    case flush
  }

  /// The connection.
  let client: MilepostClient
  /// Place among the run's connections.
  let index: Int
  private let run: LoadRunState
  private let source: any OperationSource
  private let batch: Int
  /// Operations of a frame while preloading, and the largest that is ever sent.
  private let largeBatch: Int
  private let slotLimit: Int
  private let places: Int
  /// Steps of warming up.
  private let warmOperations: Int

  private var phase = Phase.idle
  private var frames: [PendingFrame] = []
  /// Places in `frames` that are free, and batches to reuse.
  private var free: [Int] = []
  private var batches: [SubmitBatch] = []
  /// A frame that is generated and not sent: its place in `frames`, its bytes in `generated`.
  private var prepared: Int?
  private var generated: SubmitBatch?
  private var waiter: EventLoopPromise<Void>?
  private var timer: Scheduled<Void>?
  private var hasFailed = false

  init(client: MilepostClient, run: LoadRunState, identity: RunIdentity, index: Int, contractCount: Int) {
    self.client = client
    self.index = index
    self.run = run
    let configuration = run.configuration
    let limits = client.welcome.limits
    let operationMax = min(8_190, Int(limits.operationCountMax))
    batch = min(configuration.batch, operationMax)
    // Preloading goes in large frames whatever is measured afterwards, but not so large that many
    // connections together hold much memory.
    largeBatch = max(batch, min(operationMax, max(512, 32_768 / configuration.connectionCount)))
    slotLimit = min(2 * largeBatch, Int(limits.frameByteCountMax) / Operation.byteCount - 1)
    // One more than the window, for the frame that is prepared ahead.
    places = min(configuration.inFlight, Int(limits.requestWindow)) + 1
    warmOperations = configuration.recording == nil ? configuration.warmStepsPerContract * contractCount : 0
    if let recording = configuration.recording {
      source = RecordedSource(
        recording, run: identity, connection: index, seed: configuration.seed, firstTenant: configuration.firstTenant)
    } else {
      source = GeneratedSource(
        LifecycleGenerator(
          run: identity, connection: index, seed: configuration.seed, workload: configuration.workload,
          contractCount: contractCount, milestoneCount: configuration.milestonesPerContract,
          tenantCount: configuration.tenantCount, spread: configuration.spread, firstTenant: configuration.firstTenant))
    }
    makePlaces(min(places, 3), operationCount: largeBatch)
  }

  private func makePlaces(_ count: Int, operationCount: Int) {
    precondition(prepared == nil, "a frame that is generated is sent")
    frames = (0..<count).map { _ in PendingFrame(operationCount: operationCount) }
    free = Array((0..<count).reversed())
    batches = (0..<count).map { _ in touchedBatch(slotCount: slotCount(of: operationCount)) }
  }

  private func touchedBatch(slotCount: Int) -> SubmitBatch {
    var batch = SubmitBatch(slotCapacity: slotCount)
    // The room is used inside the call only.
    unsafe batch.appendSlots(slotCountMax: slotCount) { slots in
      unsafe slots.initializeMemory(as: UInt8.self, repeating: 0)
      return (slotCount, 0)
    }
    batch.removeAll()
    return batch
  }

  /// Slots that a frame of so many operations may fill.
  private func slotCount(of operationCount: Int) -> Int { min(slotLimit, 2 * operationCount) }

  // MARK: Phases, on the event loop

  /// Gets the window ready for the measured phases: when a server that paused makes it fill up, nothing in it is touched for the first time.
  /// Else the pages for it come while answers wait to be read, and a short pause of the server shows as a long one.
  func openWindow() {
    precondition(waiter == nil, "a phase is under way")
    if frames.count != places || batch != largeBatch { makePlaces(places, operationCount: batch) }
  }

  /// Enters a phase; the future completes when its last answer is there.
  func start(_ phase: Phase) -> EventLoopFuture<Void> {
    client.eventLoop.preconditionInEventLoop()
    precondition(waiter == nil, "a phase begins when the one before is over")
    let promise = client.eventLoop.makePromise(of: Void.self)
    waiter = promise
    self.phase = phase
    pump()
    return promise.futureResult
  }

  /// The phase that brings a connection to steady state.
  var warmPhase: Phase { .warm(left: warmOperations) }

  /// Contracts whose closing was written so far.
  var closedCount: Int { source.closedCount }

  /// The predicted totals of a tenant.
  func totals(tenantSlot: Int) -> Totals { source.totals(tenantSlot: tenantSlot) }

  /// Sends what the phase and the window allow, and ends the phase when nothing is left to do.
  private func pump() {
    if hasFailed { return }
    while client.canSubmit, !free.isEmpty || prepared != nil, let place = nextPlace() { send(place) }
    // Small frames are worth collecting for one write; large ones should leave at once.
    if batch >= 256 { client.flush() }
    endIfIdle()
  }

  /// The place of the next frame to send, generated; nil when there is none now.
  private func nextPlace() -> Int? {
    switch phase {
    case .idle: return nil
    case .setup: return source.isSetUp ? nil : generate(limit: largeBatch)
    case .warm(let left):
      guard left > 0, let place = prepare(limit: largeBatch) else { return nil }
      phase = .warm(left: left - frames[place].count)
      return place
    case .closed(let until):
      guard Clock.nanoseconds() < until, run.takeOperations(batch), let place = prepare(limit: batch) else {
        return nil
      }
      frames[place].isMeasured = true
      frames[place].intendedAt = Clock.nanoseconds()
      return place
    case .open(let until, let next, let interval):
      return nextOpen(until: until, next: next, interval: interval)
    case .flush: return prepareFlush()
    }
  }

  private func nextOpen(until: UInt64, next: UInt64, interval: UInt64) -> Int? {
    guard next < until else { return nil }
    let now = Clock.nanoseconds()
    guard next <= now else {
      wake(after: next - now)
      return nil
    }
    // The window is full: the frame waits, and its latency runs from the intended time all the same.
    guard run.takeOperations(batch), let place = prepare(limit: batch) else { return nil }
    if now - next > interval { run.board.delayedFrameCount += 1 }
    frames[place].isMeasured = true
    frames[place].intendedAt = next
    phase = .open(until: until, next: next + interval, interval: interval)
    return place
  }

  private func wake(after nanoseconds: UInt64) {
    guard timer == nil else { return }
    timer = client.eventLoop.scheduleTask(in: .nanoseconds(Int64(nanoseconds))) { [self] in
      timer = nil
      pump()
    }
  }

  private func endIfIdle() {
    guard let promise = waiter, free.count + (prepared == nil ? 0 : 1) == frames.count else { return }
    switch phase {
    case .idle: return
    case .setup: guard source.isSetUp else { return }
    case .warm(let left): guard left <= 0 else { return }
    case .closed(let until): guard Clock.nanoseconds() >= until || run.isUsedUp else { return }
    case .open(let until, let next, _): guard next >= until || run.isUsedUp else { return }
    case .flush: guard prepared == nil, source.overflowCount == 0 else { return }
    }
    phase = .idle
    waiter = nil
    timer?.cancel()
    timer = nil
    promise.succeed(())
  }

  // MARK: Frames

  /// A generated frame: the prepared one if there is one.
  private func prepare(limit: Int) -> Int? {
    if let place = prepared {
      prepared = nil
      return place
    }
    return generate(limit: limit)
  }

  /// Writes a frame into a free place and a batch; nil when no place is free.
  private func generate(limit: Int) -> Int? {
    guard let place = free.popLast() else { return nil }
    var batch = batches.popLast() ?? SubmitBatch(slotCapacity: 0)
    let frame = frames[place]
    // Both rooms are used inside the closures only.
    unsafe batch.appendSlots(slotCountMax: slotCount(of: limit)) { slots in
      unsafe frame.open(limit: limit) { answers in
        unsafe source.fill(FrameRoom(slots: slots, answers: answers), now: Clock.wallMilliseconds())
      }
      return (frame.slotCount, frame.count)
    }
    frame.isMeasured = false
    generated = consume batch
    return place
  }

  /// What the overflow holds, without a step more.
  private func prepareFlush() -> Int? {
    if let place = prepared {
      prepared = nil
      return place
    }
    let overflow = source.overflowCount
    return overflow == 0 ? nil : generate(limit: min(overflow, batch))
  }

  private func send(_ place: Int) {
    guard let batch = generated.take() else { preconditionFailure("a frame has bytes") }
    run.board.sent(frames[place].count)
    client.submit(consume batch, token: UInt64(place), handler: self)
    prepareAhead()
  }

  /// Generates the next frame of an open loop while there is time, so that its generation is no part of its latency.
  private func prepareAhead() {
    guard case .open(let until, let next, _) = phase, next < until, prepared == nil, !run.isUsedUp else { return }
    prepared = generate(limit: batch)
  }

  // MARK: Reads

  /// A contract to read beside the operations; nil when there is none yet.
  func chooseRead() -> ReadChoice? {
    // Answers come in the order of the frames, but that of a broken connection's need not: what counts is the oldest
    // frame that is open.
    let answered = frames.lazy.filter(\.isOpen).map(\.first).min() ?? source.writtenCount
    return source.chooseRead(answeredCount: answered)
  }

  func judge(_ choice: ReadChoice, _ found: [ReadMilestone]?) -> ReadJudgement { source.judge(choice, found) }

  // MARK: Answers

  func submitCompleted(token: UInt64, batch: consuming SubmitBatch, results: RawSpan, replayed: Bool) {
    let place = Int(token)
    check(frames[place], batch, results)
    batch.removeAll()
    batches.append(consume batch)
    free.append(place)
    pump()
  }

  private func check(_ frame: PendingFrame, _ batch: borrowing SubmitBatch, _ results: RawSpan) {
    let count = frame.count
    run.board.inFlight -= count
    run.board.answered += count
    if frame.isMeasured { run.board.record(frame, at: Clock.nanoseconds()) }
    if !frame.matches(results) { report(frame, batch, results) }
    frame.close()
  }

  private func report(_ frame: PendingFrame, _ batch: borrowing SubmitBatch, _ results: RawSpan) {
    guard results.byteCount == frame.count * OperationResult.byteCount else {
      run.board.differenceCount += frame.count
      return run.note("a frame of \(frame.count) operations got \(results.byteCount) bytes of answers")
    }
    for (index, operation) in batch.operations.enumerated() {
      let result = ResultBody.result(results, at: index)
      if result == frame.answer(index) || isCollision(result, frame.answer(index)) { continue }
      run.board.differenceCount += 1
      run.note(Difference.text(operation, got: result, predicted: frame.answer(index)))
    }
  }

  /// The kernel remembers 16 bits of an operation's body: one reused id in 65,536 with another body is taken for a
  /// repeat, which refuses it all the same. The only answer that is not predicted exactly.
  private func isCollision(_ result: OperationResult, _ predicted: OperationResult) -> Bool {
    var other = predicted
    other.code = ResultCode.exists.rawValue
    return predicted.code == ResultCode.existsWithDifferentFields.rawValue && result == other
  }

  func submitFailed(token: UInt64, batch: consuming SubmitBatch, error: ClientError) {
    hasFailed = true
    timer?.cancel()
    timer = nil
    waiter?.fail(error)
    waiter = nil
  }
}
