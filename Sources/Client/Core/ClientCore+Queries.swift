import NIOCore
import Wire

/// A read or ping that is not answered. It changes nothing, so it is simply sent again on a new connection.
struct Query {
  /// What is asked, and who wants to know.
  enum Asked {
    case read(ReadBody, CheckedContinuation<Result<ReadAnswer, ClientError>, Never>)
    case ping(CheckedContinuation<Result<PongBody, ClientError>, Never>)
  }
  var frame: ByteBuffer
  var asked: Asked
}

/// A read's answer, copied out of the stream.
struct ReadAnswer: Sendable {
  var head: ReadReplyHead
  var count: Int
  /// Head and records.
  var body: ByteBuffer
}

extension ClientCore {
  /// Any thread.
  func read(_ query: ReadBody) async throws(ClientError) -> ReadAnswer {
    let result: Result<ReadAnswer, ClientError> = await withCheckedContinuation { waiter in
      eventLoop.execute { [self] in
        if isClosed {
          waiter.resume(returning: .failure(closeReason))
        } else {
          askInTurn(.read(query, waiter))
        }
      }
    }
    return try result.get()
  }

  /// Any thread.
  func ping() async throws(ClientError) -> PongBody {
    let result: Result<PongBody, ClientError> = await withCheckedContinuation { waiter in
      eventLoop.execute { [self] in
        if isClosed {
          waiter.resume(returning: .failure(closeReason))
        } else {
          askInTurn(.ping(waiter))
        }
      }
    }
    return try result.get()
  }

  private func askInTurn(_ asked: Query.Asked) {
    waitingQueries.append(asked)
    admitWaiting()
  }

  /// Numbers and sends a question.
  func ask(_ asked: Query.Asked) {
    let number = newNumber()
    let frame: ByteBuffer
    switch asked {
    case .read(let body, _):
      let header = FrameHeader(.read, session: session, request: number)
      frame = Self.frame(header, bodyByteCount: ReadBody.byteCount) { body.store(into: &$0) }
    case .ping: frame = Self.frame(FrameHeader(.ping, session: session, request: number))
    }
    // Behind the submits that came first.
    pump()
    queries[number] = Query(frame: frame, asked: asked)
    guard case .ready = state else { return }
    send(frame)
    flushSoon()
  }

  func resendQueries() {
    for (_, query) in queries.sorted(by: { $0.key < $1.key }) { send(query.frame) }
  }

  func readReplied(_ header: FrameHeader, _ body: RawSpan) throws(FrameError) {
    let head = try ReadReplyHead(decoding: body, count: header.count)
    guard let query = queries[header.request], case .read(_, let waiter) = query.asked else {
      throw FrameError(.requestOutOfWindow, place: 48, value: header.request)
    }
    queries[header.request] = nil
    var copy = ByteBufferAllocator().buffer(capacity: body.byteCount)
    copy.writeBytes(body)
    waiter.resume(returning: .success(ReadAnswer(head: head, count: Int(header.count), body: copy)))
    afterAnswer()
  }

  func ponged(_ header: FrameHeader, _ pong: PongBody) {
    // The keep-alive's own pongs carry number 0.
    guard let query = queries[header.request], case .ping(let waiter) = query.asked else { return }
    queries[header.request] = nil
    waiter.resume(returning: .success(pong))
    afterAnswer()
  }

  func failQueries(_ error: ClientError) {
    let asked = queries.values.map(\.asked) + waitingQueries
    queries = [:]
    waitingQueries.removeAll()
    for one in asked {
      switch one {
      case .read(_, let waiter): waiter.resume(returning: .failure(error))
      case .ping(let waiter): waiter.resume(returning: .failure(error))
      }
    }
  }
}
