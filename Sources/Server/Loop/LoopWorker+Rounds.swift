import Engine
import NIOCore
import Telemetry

// MARK: - Rounds

extension LoopWorker {
  /// Runs a round behind all socket events of this pass over the sockets.
  func scheduleRound() {
    guard !isRoundScheduled else { return }
    isRoundScheduled = true
    loop.execute { self.round() }
  }

  private func round() {
    isRoundScheduled = false
    applyQueued()
    deliverCompletions()
    // Else the engine wakes us, with what became durable.
    if !isRingFull, bytesApplied < configuration.appliedByteCountMax, !(queue.isEmpty && group.isEmpty) { deferRound() }
  }

  /// Goes on with what is left after the sockets were looked at again.
  private func deferRound() {
    if !isRoundScheduled { requestTick?() }
  }

  /// The sockets were looked at.
  func ticked() {
    now = .now()
    scheduleRound()
  }

  func applyQueued() {
    guard !isRingFull, bytesApplied < configuration.appliedByteCountMax else { return }
    // What is applied at once keeps everybody else waiting.
    var budget =
      queue.isContested ? configuration.operationsPerContestedRoundMax : configuration.operationsPerRoundMax
    while budget > 0 {
      gather: while groupOperationCount < budget, let work = queue.first {
        guard case .submit(let request) = work else { break gather }
        queue.removeFirst()
        groupOperationCount += request.operationCount
        groupByteCount += request.bodyByteCount
        group.append(request.submission)
      }
      if !group.isEmpty {
        metrics.rounds.add()
        let taken = engine.submit(group, to: completions)
        guard taken == group.count else { return ringIsFull(taken: taken) }
        bytesApplied += groupByteCount
        groupByteCount = 0
        budget -= groupOperationCount
        operationsQueued -= groupOperationCount
        groupOperationCount = 0
        group.removeAll(keepingCapacity: true)
      }
      guard case .read(let connection, let request, let trace, let read) = queue.first else { return }
      queue.removeFirst()
      budget -= 1
      connection.perform(read, request: request, trace: trace)
    }
  }

  /// The engine took only the front of the group. Its queue wakes us when there is room; until then frames wait.
  func ringIsFull(taken: Int) {
    isRingFull = true
    group.removeFirst(taken)
    // What was not taken is still ours to look at.
    var left = (operations: 0, bytes: 0)
    for submission in group {
      let request = Self.request(of: submission)
      left.operations += request.operationCount
      left.bytes += request.bodyByteCount
    }
    operationsQueued -= groupOperationCount - left.operations
    bytesApplied += groupByteCount - left.bytes
    groupOperationCount = left.operations
    groupByteCount = left.bytes
  }

  private static func request(of submission: Submission) -> Request {
    guard let context = submission.context else { preconditionFailure("a submission comes back once") }
    // Every submission of this loop gets its request as context when its frame begins, and keeps it until recycled.
    return unsafe unsafeDowncast(context, to: Request.self)
  }

  /// The engine woke us: replies, or room in the ring.
  func completionsArrived() {
    now = .now()
    isRingFull = false
    deliverCompletions()
    // Not a round at once: commits can follow each other so closely that the sockets would never have their turn.
    if !(queue.isEmpty && group.isEmpty) { deferRound() }
  }

  /// Writes all replies that have come, one write a connection.
  func deliverCompletions() {
    var latency = LatencyRun()
    completions.drain { submission in
      let request = Self.request(of: submission)
      operationsInFlight -= request.operationCount
      release(request)
      latency.add(request.arrival, now: now, to: metrics.requestSeconds)
      request.connection?.reply(to: request)
      pool.recycle(request)
    }
    latency.finish(metrics.requestSeconds)
    if let milliseconds = latency.milliseconds { recentMilliseconds = milliseconds }
    // Before the replies leave: who has one finds it counted.
    publish()
    flush()
    resumeReadingIfPossible()
    notifyIfIdle()
  }

  /// Remembers that `connection` has bytes to write at the end of the round.
  func needsFlush(_ connection: Connection) {
    unflushed.append(connection)
    guard !isRoundScheduled, !isFlushScheduled else { return }
    isFlushScheduled = true
    loop.execute { self.flush() }
  }

  private func flush() {
    isFlushScheduled = false
    while let connection = unflushed.popLast() { connection.flushOutbound() }
  }

  func publish() {
    let bytes = bytesInFlight - published.bytes
    if bytes != 0 { metrics.bytesInFlight.add(bytes) }
    // The gauges are shared by all loops: each adds its change.
    let peak = metrics.operationsInFlight.value + operationsInFlightPeak - published.operations
    metrics.operationsInFlightMax.raise(to: peak)
    operationsInFlightPeak = operationsInFlight
    let operations = operationsInFlight - published.operations
    if operations != 0 { metrics.operationsInFlight.add(operations) }
    let waiting = operationsQueued - published.queued
    if waiting != 0 { metrics.operationsQueued.add(waiting) }
    published = Published(bytes: bytesInFlight, operations: operationsInFlight, queued: operationsQueued)
    if counts.operations != 0 { metrics.operationsReceived.add(counts.operations) }
    if counts.bytesReceived != 0 { metrics.bytesReceived.add(counts.bytesReceived) }
    if counts.bytesSent != 0 { metrics.bytesSent.add(counts.bytesSent) }
    for index in counts.frames.indices where counts.frames[index] != 0 {
      metrics.framesReceived[index].add(counts.frames[index])
      counts.frames[index] = 0
    }
    counts.operations = 0
    counts.bytesReceived = 0
    counts.bytesSent = 0
  }
}
