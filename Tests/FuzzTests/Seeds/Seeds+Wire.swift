import Kernel
import Wire

extension Seeds {
  static var wireFrames: [Seed] {
    var shard = Shard(ShardScene.configuration)
    ShardScene.fill(&shard, [1])
    let clients = join(hello, submit, questions, bare(.ping), bare(.credit, flags: [.cancels], count: 8))
    let servers = join(welcome, results, notices, bare(.goodbye, flags: [.endsSession]))
    return [
      Seed("client", [1, 40] + clients), Seed("server", [1, 130] + servers),
      Seed("replies", [1, 7] + replies(&shard)), Seed("events", [0, 255] + events),
    ]
  }

  private static func bare(_ kind: FrameKind, flags: FrameFlags = [], count: UInt32 = 0) -> [UInt8] {
    encodeFrame(FrameHeader(kind, flags: flags, count: count, request: 3))
  }

  private static var hello: [UInt8] {
    var body = HelloBody()
    body.authentication = .key
    body.scope = .one(7)
    body.credential = Array("secret".utf8)
    return encodeFrame(FrameHeader(.hello), bodyByteCount: body.encodedByteCount) { body.store(into: &$0) }
  }

  private static var welcome: [UInt8] {
    encodeFrame(FrameHeader(.welcome, session: 5), bodyByteCount: WelcomeBody.byteCount) {
      WelcomeBody().store(into: &$0)
    }
  }

  private static var submit: [UInt8] {
    var batch = Batch()
    for (operation, content) in ShardScene.setUp([1]).prefix(2) { batch.append(operation, content) }
    return encodeFrame(FrameHeader(.submit, count: 2, session: 5, request: 1), bodyByteCount: batch.bytes.count) {
      for (index, byte) in batch.bytes.enumerated() { $0.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
    }
  }

  private static var results: [UInt8] {
    let result = OperationResult(code: .ok, state: 3, payoutAttempt: 1, version: 2, amount: 1_000)
    return encodeFrame(FrameHeader(.result, flags: [.replayed], count: 2, request: 1), bodyByteCount: 32) {
      for index in 0..<2 {
        for (offset, byte) in [UInt8](of: result).enumerated() {
          $0.storeBytes(of: byte, toByteOffset: 16 * index + offset, as: UInt8.self)
        }
      }
    }
  }

  private static var questions: [UInt8] {
    var milestone = ReadBody(.milestone, tenant: 1)
    (milestone.contract, milestone.ordinal) = (1, 1)
    var due = ReadBody(.milestonesByDue, tenant: 1)
    (due.limit, due.dueFrom, due.dueBefore, due.state, due.cursor) = (10, -5, 1_800_000_000_000, 2, 9)
    var timers = ReadBody(.timersOfContract, tenant: 1)
    (timers.contract, timers.limit, timers.cursor) = (1, 10, 0x0103)
    let subscribe = SubscribeBody(from: EventPosition(commit: 1, index: 2), credit: 100)
    let reads = [milestone, due, timers].flatMap { read in
      encodeFrame(FrameHeader(.read, request: 2), bodyByteCount: ReadBody.byteCount) { read.store(into: &$0) }
    }
    return reads
      + encodeFrame(FrameHeader(.subscribe, request: 9), bodyByteCount: SubscribeBody.byteCount) {
        subscribe.store(into: &$0)
      }
  }

  private static func replies(_ shard: inout Shard) -> [UInt8] {
    guard let contract = shard.contract(tenant: 1, contract: 1),
      let milestone = shard.milestone(tenant: 1, contract: 1, ordinal: 1), let totals = shard.totals(tenant: 1)
    else { return [] }
    func reply(_ query: ReadQuery, _ body: (inout MutableRawSpan) -> Void) -> [UInt8] {
      encodeFrame(
        FrameHeader(.readReply, count: 1), bodyByteCount: ReadReplyHead.byteCount + query.itemByteCount
      ) {
        ReadReplyHead(query, tenant: 1).store(into: &$0)
        body(&$0)
      }
    }
    return join(
      reply(.contract) { ContractRecord(contract).store(into: &$0, at: 0) },
      reply(.milestone) { MilestoneRecord(milestone, tenant: 1, contract: 1).store(into: &$0, at: 0) },
      reply(.totals) { TotalsRecord(totals, tenant: 1).store(into: &$0, at: 0) })
  }

  private static var events: [UInt8] {
    let (operation, content) = ShardScene.setUp([1])[0]
    var extended = operation
    extended.flags |= 2
    let records = [extended, operation].enumerated().map { index, operation in
      EventRecord(
        position: EventPosition(commit: 1, index: UInt32(index)), stamp: ShardScene.start, sequence: UInt64(index),
        shard: 1, result: OperationResult(code: .ok, version: 1), operation: operation)
    }
    let end = EventsEnd(.positionTooOld, value: 3)
    let frame = encodeFrame(FrameHeader(.events, count: 2), bodyByteCount: 320) {
      records[0].store(into: &$0, at: 0)
      for (index, byte) in content.enumerated() {
        $0.storeBytes(of: byte, toByteOffset: 128 + index, as: UInt8.self)
      }
      records[1].store(into: &$0, at: 192)
    }
    return frame
      + encodeFrame(FrameHeader(.events, flags: [.ended]), bodyByteCount: EventsEnd.byteCount) { end.store(into: &$0) }
  }

  private static var notices: [UInt8] {
    let error = ErrorBody(.requestGap, value: 4, text: "a request was left out")
    return join(
      encodeFrame(FrameHeader(.pong), bodyByteCount: PongBody.byteCount) {
        PongBody(now: 1, commit: 2).store(into: &$0)
      },
      encodeFrame(FrameHeader(.busy, request: 4), bodyByteCount: BusyBody.byteCount) {
        BusyBody(retryMilliseconds: 5, lastRequest: 3).store(into: &$0)
      },
      encodeFrame(FrameHeader(.error), bodyByteCount: error.encodedByteCount) { error.store(into: &$0) })
  }
}
