import Access
import Engine
import Kernel
import NIOCore
import NIOSSL
import Wire

// Frames to bytes. Everything goes to `outbound` first and leaves in one write a round.

extension Connection {
  /// Whether frames may still be written.
  var canSend: Bool {
    switch phase {
    case .hello, .opening, .open, .finishing: true
    case .lingering, .closed: false
    }
  }

  /// Adds a frame to what leaves at the end of the round.
  func send(_ header: FrameHeader, bodyByteCount: Int = 0, _ body: (inout MutableRawSpan) -> Void = { _ in }) {
    guard canSend else { return }
    outbound.writeFrame(header, bodyByteCount: bodyByteCount, body)
    markUnflushed()
  }

  private func markUnflushed() {
    guard !needsFlush else { return }
    needsFlush = true
    worker.needsFlush(self)
  }

  /// Hands everything written so far to the socket.
  func flushOutbound() {
    needsFlush = false
    guard outbound.readableBytes > 0, let context else { return }
    worker.counts.bytesSent += outbound.readableBytes
    context.writeAndFlush(wrapOutboundOut(outbound), promise: nil)
    // Keeps the memory when the socket took everything at once; else the channel keeps it, and we start anew.
    outbound.clear(minimumCapacity: 0)
    guard !context.channel.isWritable, canSend, !isEnding else { return }
    let waiting = bufferedByteCount()
    countBuffered(waiting)
    if waiting > limits.replyByteCountMax || waiting > worker.bufferedByteCountLeft {
      fail(.slowReader, value: UInt64(waiting))
    }
  }

  /// The engine is done with `request`: its results leave with this round.
  func reply(to request: Request) {
    unanswered -= 1
    let submission = request.submission
    if submission.refusalCount > 0 {
      note(.operationsRefused, "session \(submission.session?.id ?? 0)", count: submission.refusalCount)
    }
    guard canSend else { return releaseSessionIfAnswered() }
    switch submission.outcome {
    case .committed, .repeated: sendResults(request)
    case .requestGap:
      fail(.requestGap, request: submission.request, value: (session?.lastRequest ?? 0) + 1)
    case .requestTooOld:
      fail(.requestOutOfWindow, request: submission.request, value: (session?.lastRequest ?? 0) + 1)
    case .requestMismatch: fail(.requestDiffers, request: submission.request)
    case .sessionEvicted: fail(.sessionEvicted, request: submission.request)
    case .sessionMoved: fail(.sessionTaken, request: submission.request)
    case .malformed: fail(.missingExtension, request: submission.request)
    case .tooLarge:
      fail(.tooManyOperations, request: submission.request, value: UInt64(limits.operationCountMax))
    case .failed, .pending:
      let failure = submission.failure ?? worker.engine.failure
      fail(.serverFailure, request: submission.request, text: failure?.message ?? "the server stops")
    }
    finishIfAnswered()
  }

  private func sendResults(_ request: Request) {
    let submission = request.submission
    let header = FrameHeader(
      .result, flags: submission.outcome == .repeated ? .replayed : [], count: UInt32(submission.operationCount),
      session: sessionID, trace: request.trace, request: submission.request)
    // Results stay valid until the request is recycled, behind this call.
    unsafe outbound.writeFrame(header, copying: UnsafeRawBufferPointer(submission.results))
    markUnflushed()
  }

  /// Once nothing is unanswered, a connection that takes nothing new says goodbye and closes.
  func finishIfAnswered() {
    guard phase == .finishing, unanswered == 0, !worker.isDraining else { return }
    if endsSession, let session {
      worker.engine.evict(session.id) { _ in
        // Ended or not: the client said that it does not care, and the session limit evicts what stays.
      }
    }
    send(FrameHeader(.goodbye, session: sessionID))
    closeGently(reason: "goodbye")
  }

  // MARK: Ends

  /// Answers what was wrong with a frame, then closes.
  func fail(_ error: FrameError) {
    fail(ErrorBody(error), request: 0)
  }

  /// Says why, then closes. What was accepted is applied all the same; its replies wait in the session.
  func fail(_ reason: ErrorReason, request: UInt64 = 0, value: UInt64 = 0, text: String = "") {
    fail(ErrorBody(reason, value: value, text: text), request: request)
  }

  private func fail(_ body: ErrorBody, request: UInt64) {
    guard canSend, !isEnding else { return }
    isEnding = true
    worker.metrics.countError(body.reason)
    send(
      FrameHeader(.error, session: sessionID, request: request), bodyByteCount: body.encodedByteCount
    ) { body.store(into: &$0) }
    closeGently(reason: "\(body.reason)")
  }

  /// Writes what there is, closes our direction, and waits for the peer to close its own.
  private func closeGently(reason: String) {
    flushOutbound()
    guard canSend, let context else { return }
    dropPartialFrame()
    leave(reason: reason)
    phase = .lingering(deadline: .now() + Self.lingering)
    updateReading()
    // Completes behind everything that was written before.
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in self.outputFlushed() }
  }

  private func outputFlushed() {
    isOutputFlushed = true
    // With the input closed already, to close the output is to close the socket.
    context?.close(mode: isInputClosed ? .all : .output, promise: nil)
  }

  /// Closes at once.
  func abort() {
    leave(reason: "aborted")
    context?.close(promise: nil)
  }

  /// Gives up session and subscriptions; the first reason counts.
  func leave(reason: String) {
    switch phase {
    case .lingering, .closed: break
    case .hello, .opening, .open, .finishing: worker.metrics.countClosed(reason)
    }
    phase = .closed
    for subscription in subscriptions.values { subscription.isOver = true }
    subscriptions = [:]
    releaseSessionIfAnswered()
  }

  /// What was accepted is applied all the same, so the session stays with a connection that has ended until then.
  func releaseSessionIfAnswered() {
    guard !canSend, unanswered == 0, let session else { return }
    worker.directory.release(session: session.id, by: number) { worker.engine.detach(session) }
    self.session = nil
  }

  /// Somebody else was promised this one's place, unless it has proved who it is. It goes at once, be it that it lingers already: to be
  /// polite to those who come in numbers would be to have connections beyond the limit.
  func makeRoom() {
    guard !isSeated, let context else { return }
    leave(reason: "\(ErrorReason.tooManyConnections)")
    do {
      // Past TLS, which would say goodbye and wait for an answer.
      guard worker.tls != nil else { return context.close(promise: nil) }
      try context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self).close(promise: nil)
    } catch {
      // It is gone already.
      context.close(promise: nil)
    }
  }

  // MARK: Draining

  /// The server drains: says goodbye, takes nothing new.
  func beginDraining() {
    switch phase {
    case .hello, .opening: fail(.draining)
    case .open:
      send(FrameHeader(.goodbye, session: sessionID))
      dropPartialFrame()
      phase = .finishing
      updateReading()
    case .finishing, .lingering, .closed: break
    }
  }

  /// Everything accepted was answered.
  func finishDraining() {
    if phase == .finishing { closeGently(reason: "drain") }
  }
}
