import Kernel
import NIOCore
import Wire

extension ClientCore {
  var isClosed: Bool {
    if case .closed = state { return true }
    return closing != nil
  }

  /// Why a new request is not taken.
  var closeReason: ClientError {
    if case .closed(let error) = state { return error }
    return .closed
  }

  /// Most submits and reads unanswered at once.
  var windowMax: Int { min(configuration.requestWindow, Int(limits.requestWindow)) }

  private var isFull: Bool { window.span + queries.count >= windowMax }

  /// Those who wait go first, reads before submits.
  var hasRoom: Bool { hasSession && !isFull && waiting.isEmpty && waitingQueries.isEmpty }

  var unansweredCount: Int { window.unansweredCount + waiting.count }

  func fits(_ batch: SubmitBatch) -> Bool {
    !batch.isEmpty && batch.count <= Int(limits.operationCountMax)
      && batch.frame.readableBytes <= Int(limits.frameByteCountMax)
  }

  // MARK: Taking

  /// Any thread.
  func submit(_ batch: SubmitBatch) async throws(ClientError) -> [OperationResult] {
    let result: Result<SubmitAnswer, ClientError> = await withCheckedContinuation { waiter in
      eventLoop.execute { [self] in
        guard !isClosed else {
          waiter.resume(returning: .failure(closeReason))
          return
        }
        guard fits(batch) else {
          waiter.resume(returning: .failure(.badBatch))
          return
        }
        if hasRoom {
          take(batch, .waiter(waiter))
          flushSoon()
        } else {
          waiting.append((batch, waiter))
        }
      }
    }
    return try result.get().results
  }

  /// On the event loop. Returns the request's number, 0 when the client is closed.
  func submit(_ batch: consuming SubmitBatch, handler: any SubmitHandler, token: UInt64) -> UInt64 {
    eventLoop.preconditionInEventLoop()
    if isClosed {
      let error = closeReason
      eventLoop.execute { [batch] in handler.submitFailed(token: token, batch: batch, error: error) }
      return 0
    }
    precondition(hasRoom, "submit only while `canSubmit`")
    precondition(fits(batch), "a batch keeps the server's limits")
    let request = take(consume batch, .handler(handler, token: token))
    flushSoon()
    return request
  }

  /// Numbers a request and completes its frame, whose only owner this must be: another would cost a copy.
  @discardableResult
  private func take(_ batch: consuming SubmitBatch, _ completion: SubmitCompletion) -> UInt64 {
    let request = window.next
    var header = FrameHeader(.submit, count: UInt32(batch.count), session: session, request: request)
    batch.complete(&header)
    window.add(RequestWindow.Entry(batch: consume batch, completion: completion))
    return request
  }

  /// Takes waiting reads and batches while there is room.
  func admitWaiting() {
    if waiting.isEmpty && waitingQueries.isEmpty { return }
    while !isFull, let completion = waitingQueries.popFirst() { ask(completion) }
    while !isFull, let (batch, waiter) = waiting.popFirst() {
      // The limits may be others than when it was queued.
      if fits(batch) {
        take(batch, .waiter(waiter))
      } else {
        waiter.resume(returning: .failure(.badBatch))
      }
    }
    flushSoon()
  }

  // MARK: Sending

  /// Sends requests that this connection has not carried yet, in number order.
  func pump() {
    guard case .ready = state, heldUntil == nil, let connection else { return }
    // Requests that were taken fit the window; only a server that came back with a smaller one makes them wait here.
    while sendCursor < window.next, connection.isWritable,
      awaitingCount + queries.count < Int(limits.requestWindow)
    {
      if let frame = window.frame(sendCursor) {
        if sendCursor <= highestSent { statistics.resentCount += 1 } else { highestSent = sendCursor }
        send(frame)
        awaitingCount += 1
      }
      sendCursor += 1
    }
  }

  // MARK: Answers

  func answered(_ header: FrameHeader, _ body: RawSpan) throws(FrameError) {
    guard let count = window.operationCount(header.request), header.request < sendCursor else {
      throw FrameError(.requestOutOfWindow, place: 48, value: header.request)
    }
    guard count == Int(header.count) else { throw FrameError(.countMismatch, place: 12, value: UInt64(header.count)) }
    guard let (batch, completion) = window.take(header.request) else { return }
    awaitingCount -= 1
    let replayed = header.flags.contains(.replayed)
    if replayed { statistics.replayedCount += 1 }
    switch completion {
    case .handler(let handler, let token):
      handler.submitCompleted(token: token, batch: consume batch, results: body, replayed: replayed)
    case .waiter(let waiter):
      waiter.resume(returning: .success(SubmitAnswer(results: ResultBody.results(body))))
    }
    afterAnswer()
  }

  /// The server did not take a request, nor any behind it: wait, then send from there again.
  func wasBusy(_ header: FrameHeader, _ busy: BusyBody) throws(FrameError) {
    guard window.operationCount(header.request) != nil, header.request < sendCursor else {
      throw FrameError(.requestOutOfWindow, place: 48, value: header.request)
    }
    statistics.busyCount += 1
    awaitingCount -= 1
    let until = NIODeadline.now() + .milliseconds(Int64(busy.retryMilliseconds))
    heldUntil = max(heldUntil ?? until, until)
    afterAnswer()
  }

  /// Something was answered: others may have room now.
  func afterAnswer() {
    // A handler or waiter may have ended the client.
    guard connection != nil else { return }
    admitWaiting()
    if let heldUntil, awaitingCount == 0, !isRetryScheduled {
      isRetryScheduled = true
      // Everything sent on this connection is answered now, so no old `busy` can be mistaken for a new one.
      timer = eventLoop.scheduleTask(deadline: heldUntil) { [self] in
        self.heldUntil = nil
        isRetryScheduled = false
        sendCursor = window.oldest
        flush()
      }
    }
    finishClosingIfIdle()
  }

  func failSubmits(_ error: ClientError) {
    while let (batch, completion) = window.takeOldest() {
      // Requests that never left certainly had no effect, but they share the fate and the error of those before.
      switch completion {
      case .handler(let handler, let token): handler.submitFailed(token: token, batch: batch, error: error)
      case .waiter(let waiter): waiter.resume(returning: .failure(error))
      }
    }
    while let (_, waiter) = waiting.popFirst() { waiter.resume(returning: .failure(error)) }
  }
}
