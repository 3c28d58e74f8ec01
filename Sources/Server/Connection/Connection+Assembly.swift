import Access
import Engine
import Kernel
import NIOCore
import Telemetry
import Wire

// Bytes to frames. A submit's body goes from the receive buffer straight into the memory that the engine reads.

extension Connection {
  /// Takes all of `buffer`, frame by frame.
  func consume(_ buffer: inout ByteBuffer) {
    do throws(FrameError) {
      while buffer.readableBytes > 0 {
        switch phase {
        case .hello, .open: try step(&buffer)
        case .opening:
          stash.writeBuffer(&buffer)
          return
        // Nobody will answer these bytes: the client sends them again, or never reads on.
        case .finishing, .lingering, .closed: return
        }
      }
    } catch {
      fail(error)
    }
  }

  private func step(_ buffer: inout ByteBuffer) throws(FrameError) {
    switch assembly {
    case .header:
      guard let header = try takeHeader(&buffer) else { return }
      try begin(header)
    case .submit(let header, let request):
      if request.fill(from: &buffer) {
        assembly = .header
        try complete(header, request)
      } else {
        worker.waits(for: request, of: self)
      }
    case .body(let header):
      let wanted = min(Int(header.bodyByteCount) - partial.readableBytes, buffer.readableBytes)
      if var part = buffer.readSlice(length: wanted) { partial.writeBuffer(&part) }
      guard partial.readableBytes == Int(header.bodyByteCount) else { return }
      assembly = .header
      let body = partial
      partial = ByteBuffer()
      try header.check(body: body.readableBytesSpan)
      count(header.kind)
      try dispatch(header, body)
    case .refused(let header, let left):
      let passed = min(left, buffer.readableBytes)
      buffer.moveReaderIndex(forwardBy: passed)
      if passed < left {
        assembly = .refused(header, left: left - passed)
      } else {
        assembly = .header
        frameBegan = .distantFuture
        refuse(header)
      }
    }
  }

  /// The frame under way is not taken any more: the rest of it is passed over, and then answered busy.
  func giveUpFrame() {
    guard case .submit(let header, let request) = assembly else { preconditionFailure("no frame is under way") }
    assembly = .refused(header, left: request.bodyByteCount - request.filledByteCount)
    worker.abandon(request)
  }

  /// The next header, or nil when it is not complete yet.
  private func takeHeader(_ buffer: inout ByteBuffer) throws(FrameError) -> FrameHeader? {
    if partial.readableBytes == 0, buffer.readableBytes >= FrameHeader.byteCount {
      let header = try FrameHeader(decoding: buffer.readableBytesSpan, limits: limits)
      buffer.moveReaderIndex(forwardBy: FrameHeader.byteCount)
      return header
    }
    let wanted = min(FrameHeader.byteCount - partial.readableBytes, buffer.readableBytes)
    if var part = buffer.readSlice(length: wanted) { partial.writeBuffer(&part) }
    guard let header = try FrameHeader(decodingFrontOf: partial.readableBytesSpan, limits: limits) else { return nil }
    partial.clear()
    return header
  }

  /// A header has come: checks what it alone can tell, and makes room for the body.
  private func begin(_ header: FrameHeader) throws(FrameError) {
    if case .hello = phase {
      guard header.kind == .hello else { throw .kind(.notHelloFirst, header) }
    } else {
      guard header.kind != .hello else { throw .kind(.helloTwice, header) }
      guard header.session == sessionID else {
        throw FrameError(.wrongSession, place: 16, value: UInt64(truncatingIfNeeded: header.session))
      }
    }
    switch header.kind {
    case .submit: try beginSubmit(header)
    case .hello, .read, .subscribe, .manage: assembly = .body(header)
    case .credit, .ping, .goodbye:
      try header.check(body: RawSpan())
      count(header.kind)
      try dispatch(header, ByteBuffer())
    case .welcome, .result, .readReply, .events, .pong, .busy, .error, .managed:
      throw .kind(.badKind, header)
    }
  }

  private func beginSubmit(_ header: FrameHeader) throws(FrameError) {
    guard unanswered < Int(limits.requestWindow) else {
      throw FrameError(.requestOutOfWindow, place: 48, value: header.request)
    }
    let byteCount = Int(header.bodyByteCount)
    let follows = header.request <= lastTaken &+ 1
    // Before anything is counted by the number: what a gap passed over would count as paid for.
    guard follows || isRefusing else {
      throw FrameError(.requestGap, place: 48, value: lastTaken &+ 1)
    }
    guard follows, worker.reserve(byteCount: byteCount, for: flow) else {
      assembly = .refused(header, left: byteCount)
      return
    }
    let request = worker.pool.take(bodyByteCount: byteCount)
    request.connection = self
    request.trace = header.trace
    request.operationCount = Int(header.count)
    let submission = request.submission
    submission.context = request
    submission.slotCount = byteCount / Operation.byteCount
    submission.session = session
    submission.request = header.request
    submission.traceID = UInt64(truncatingIfNeeded: header.trace)
    assembly = .submit(header, request)
    frameBegan = worker.now
  }

  private func complete(_ header: FrameHeader, _ request: Request) throws(FrameError) {
    do throws(FrameError) {
      try header.check(body: request.body)
      try SubmitBody.check(request.body, header: header)
    } catch {
      worker.abandon(request)
      throw error
    }
    count(.submit)
    frameBegan = .distantFuture
    // What is granted now, not when the frame began.
    request.submission.authority = grant.authority
    if let over = overQuota(header, request) {
      worker.abandon(request)
      note(.quotaExceeded, "tenant \(over.tenant)")
      return refuse(header, retryMilliseconds: over.retryMilliseconds)
    }
    isRefusing = false
    lastTaken = max(lastTaken, header.request)
    unanswered += 1
    worker.accept(request)
  }

  private func dispatch(_ header: FrameHeader, _ body: ByteBuffer) throws(FrameError) {
    switch header.kind {
    case .hello: try hello(header, HelloBody(decoding: body.readableBytesSpan))
    case .read: try read(header, ReadBody(decoding: body.readableBytesSpan, limits: limits))
    case .subscribe: try subscribe(header, SubscribeBody(decoding: body.readableBytesSpan, limits: limits))
    case .manage: try manage(header, body)
    case .credit: credit(header)
    case .ping: pong(header)
    case .goodbye:
      endsSession = header.flags.contains(.endsSession)
      phase = .finishing
      updateReading()
      finishIfAnswered()
    case .submit, .welcome, .result, .readReply, .events, .pong, .busy, .error, .managed:
      preconditionFailure("`begin` lets no other kind through")
    }
  }

  private func count(_ kind: FrameKind) {
    worker.counts.frames[Int(kind.rawValue) - 1] += 1
  }

  private func refuse(_ header: FrameHeader, retryMilliseconds: UInt32? = nil) {
    isRefusing = true
    worker.metrics.busyReplies.add()
    let body = BusyBody(
      retryMilliseconds: retryMilliseconds ?? UInt32(clamping: min(worker.recentMilliseconds, 1_000)),
      lastRequest: lastTaken)
    send(
      FrameHeader(.busy, session: sessionID, trace: header.trace, request: header.request),
      bodyByteCount: BusyBody.byteCount
    ) { body.store(into: &$0) }
  }

  private func pong(_ header: FrameHeader) {
    let body = PongBody(now: WallClock.milliseconds(), commit: worker.engine.durableCommit)
    send(
      FrameHeader(.pong, session: sessionID, trace: header.trace, request: header.request),
      bodyByteCount: PongBody.byteCount
    ) { body.store(into: &$0) }
  }
}

extension FrameError {
  /// A kind that is out of place. Its byte in the header is the fifth.
  static func kind(_ reason: ErrorReason, _ header: FrameHeader) -> FrameError {
    FrameError(reason, place: 5, value: UInt64(header.kind.rawValue))
  }
}
