import Access
import Engine
import Kernel
import NIOCore
import Wire

// Questions. One record is looked up on the loop; what walks over many is done by a task, so that the loop goes on.

extension Connection {
  /// A read has come: it takes its turn behind the submits before it.
  func read(_ header: FrameHeader, _ body: ReadBody) throws(FrameError) {
    guard unanswered < Int(limits.requestWindow) else {
      throw FrameError(.requestOutOfWindow, place: 48, value: header.request)
    }
    unanswered += 1
    worker.accept(self, request: header.request, trace: header.trace, body)
  }

  /// It is the read's turn.
  func perform(_ read: ReadBody, request: UInt64, trace: UInt128) {
    guard canSend else {
      unanswered -= 1
      return releaseSessionIfAnswered()
    }
    let engine = worker.engine
    let answer = ReadAnswer(connection: self, read: read, request: request, trace: trace, commit: engine.durableCommit)
    worker.readBegins()
    guard grant.authority.scope.contains(read.tenant) else {
      note(.readRefused, "tenant scope")
      return answer.send(status: .tenantScope)
    }
    switch read.query {
    case .contract:
      engine.contract(tenant: read.tenant, contract: read.contract) { result in
        answer.send(result) { $0.map { [ReadItem.contract(ContractRecord($0))] } }
      }
    case .milestone:
      engine.milestone(tenant: read.tenant, contract: read.contract, ordinal: read.ordinal) { result in
        answer.send(result) {
          $0.map { [ReadItem.milestone(MilestoneRecord($0, tenant: read.tenant, contract: read.contract))] }
        }
      }
    case .totals:
      engine.totals(tenant: read.tenant) { result in
        answer.send(result) { $0.map { [ReadItem.totals(TotalsRecord($0, tenant: read.tenant))] } }
      }
    case .milestonesOfContract, .contractsByState, .milestonesByState, .milestonesByDue, .timersOfContract,
      .timersByDue:
      Task {
        let page = await ReadPage.collect(read, from: engine)
        answer.send(page)
      }
    }
  }

  /// The read was answered: counts it, on the loop.
  func answered() {
    unanswered -= 1
    worker.readEnds()
    finishIfAnswered()
    releaseSessionIfAnswered()
  }
}

/// One record of an answer.
enum ReadItem: Sendable {
  case contract(ContractRecord)
  case milestone(MilestoneRecord)
  case totals(TotalsRecord)
  case timer(TimerRecord)

  func store(into body: inout MutableRawSpan, at index: Int) {
    switch self {
    case .contract(let record): record.store(into: &body, at: index)
    case .milestone(let record): record.store(into: &body, at: index)
    case .totals(let record): record.store(into: &body, at: index)
    case .timer(let record): record.store(into: &body, at: index)
    }
  }
}

/// Where the answer to one read goes. May be called from any thread, once.
struct ReadAnswer: Sendable {
  let connection: Connection
  let read: ReadBody
  let request: UInt64
  let trace: UInt128
  /// Durable when the question was asked, so it is in the answer.
  let commit: UInt64

  /// Answers with the record found, or that there is none.
  func send<Value>(_ result: Result<Value?, EngineError>, _ items: (Value?) -> [ReadItem]?) {
    switch result {
    case .success(let value):
      if let items = items(value) { send(status: .ok, items) } else { send(status: .notFound) }
    case .failure(let error): fail(error)
    }
  }

  /// Answers with a page of a scan.
  func send(_ page: Result<ReadPage, EngineError>) {
    switch page {
    case .success(let page): send(status: page.status, page.items, cursor: page.cursor)
    case .failure(let error): fail(error)
    }
  }

  func send(status: ReadStatus, _ items: [ReadItem] = [], cursor: UInt64 = 0) {
    onLoop {
      var head = ReadReplyHead(read.query, status: status, tenant: read.tenant)
      head.cursor = cursor
      head.commit = commit
      let header = FrameHeader(
        .readReply, count: UInt32(items.count), session: connection.sessionID, trace: trace, request: request)
      let byteCount = ReadReplyHead.byteCount + items.count * read.query.itemByteCount
      connection.send(header, bodyByteCount: byteCount) { body in
        head.store(into: &body)
        for (index, item) in items.enumerated() { item.store(into: &body, at: index) }
      }
      connection.answered()
    }
  }

  private func fail(_ error: EngineError) {
    onLoop {
      connection.fail(.serverFailure, request: request, text: error.message)
      connection.answered()
    }
  }

  private func onLoop(_ body: @escaping @Sendable () -> Void) {
    let worker = connection.worker
    if worker.loop.inEventLoop { body() } else { worker.door.execute(body) }
  }
}
