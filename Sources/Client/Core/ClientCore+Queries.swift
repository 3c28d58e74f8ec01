import NIOCore
import Wire

/// A read, ping or command that is not answered. Reads and pings change nothing, so they are simply sent again on a new
/// connection; commands are not.
struct Query {
  /// What is asked, and who wants to know.
  enum Asked {
    case read(ReadBody, CheckedContinuation<Result<ReadAnswer, ClientError>, Never>)
    case ping(CheckedContinuation<Result<PongBody, ClientError>, Never>)
    case manage([UInt8], CheckedContinuation<Result<[UInt8], ClientError>, Never>)
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

  /// Any thread.
  func manage(_ command: [UInt8]) async throws(ClientError) -> [UInt8] {
    precondition(command.count <= Limits.commandByteCountMax, "a command has at most 65,536 bytes")
    let result: Result<[UInt8], ClientError> = await withCheckedContinuation { waiter in
      eventLoop.execute { [self] in
        if isClosed {
          waiter.resume(returning: .failure(closeReason))
        } else {
          askInTurn(.manage(command, waiter))
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
    case .manage(let command, _):
      let header = FrameHeader(.manage, session: session, request: number)
      frame = Self.frame(header, bodyByteCount: command.count) { body in
        for (offset, byte) in command.enumerated() { body.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self) }
      }
    }
    // Behind the submits that came first.
    pump()
    queries[number] = Query(frame: frame, asked: asked)
    guard case .ready = state else { return }
    send(frame)
    flushSoon()
  }

  func resendQueries() {
    for (number, query) in queries.sorted(by: { $0.key < $1.key }) {
      if case .manage(_, let waiter) = query.asked {
        queries[number] = nil
        waiter.resume(returning: .failure(.outcomeUnknown("the connection broke before the command was answered")))
      } else {
        send(query.frame)
      }
    }
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

  func managed(_ header: FrameHeader, _ body: RawSpan) throws(FrameError) {
    guard let query = queries[header.request], case .manage(_, let waiter) = query.asked else {
      throw FrameError(.requestOutOfWindow, place: 48, value: header.request)
    }
    queries[header.request] = nil
    waiter.resume(returning: .success(unsafe body.withUnsafeBytes { unsafe Array($0) }))
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
      case .manage(_, let waiter): waiter.resume(returning: .failure(error))
      }
    }
  }
}
