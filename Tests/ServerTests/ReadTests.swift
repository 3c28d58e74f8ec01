import Engine
import Kernel
import Testing
import Wire

@testable import Server

@Suite(.timeLimit(.minutes(1)))
struct ReadTests {
  @Test func aConnectionReadsItsOwnWrites() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      var read = ReadBody(.contract, tenant: 1)
      read.contract = 7
      // In one write: the read is behind the submit, so it sees what that did.
      try await client.send(
        Sample.create(7...7, session: session, request: 1) + Sample.read(read, session: session, request: 900))
      var kinds: [FrameKind] = []
      for _ in 0..<2 {
        let frame = try #require(try await client.frame())
        kinds.append(frame.header.kind)
        guard frame.header.kind == .readReply else { continue }
        #expect(frame.header.request == 900)
        let head = try ReadReplyHead(decoding: frame.body.span.bytes, count: frame.header.count)
        #expect(head.status == .ok)
        let record = ContractRecord(decoding: frame.body.span.bytes, at: 0)
        #expect(record.contract == 7)
        #expect(record.payer == 10)
        #expect(record.payee == 20)
        #expect(record.value == 1_000_000)
        #expect(record.state == ContractState.draft.rawValue)
      }
      #expect(Set(kinds) == [.result, .readReply])
    }
  }

  @Test(arguments: [ReadQuery.contract, .milestone, .milestonesOfContract, .timersOfContract])
  func whatIsNotThereIsNotFound(_ query: ReadQuery) async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      var read = ReadBody(query, tenant: 1)
      read.contract = 5
      if query == .milestone { read.ordinal = 1 }
      if query.isScan { read.limit = 10 }
      try await client.send(Sample.read(read, session: session, request: 1))
      let frame = try await client.expect(.readReply)
      let head = try ReadReplyHead(decoding: frame.body.span.bytes, count: frame.header.count)
      #expect(head.status == .notFound)
      #expect(frame.header.count == 0)
    }
  }

  @Test(arguments: [1, 7, 64, 1_000]) func scanVisitsEveryContractOnce(_ limit: Int) async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(Sample.create(1...200, session: session, request: 1))
      _ = try await client.expect(.result)
      var read = ReadBody(.contractsByState, tenant: 1)
      read.state = ContractState.draft.rawValue
      read.limit = UInt32(limit)
      var found: [UInt128] = []
      repeat {
        try await client.send(Sample.read(read, session: session, request: 5))
        let frame = try await client.expect(.readReply)
        let head = try ReadReplyHead(decoding: frame.body.span.bytes, count: frame.header.count)
        #expect(head.status == .ok)
        #expect(Int(frame.header.count) <= limit)
        for index in 0..<Int(frame.header.count) {
          found.append(ContractRecord(decoding: frame.body.span.bytes, at: index).contract)
        }
        read.cursor = head.cursor
      } while read.cursor != 0
      #expect(found.sorted() == (1...200).map { UInt128($0) })
    }
  }

  /// Contracts that have left memory are read and listed like others; a cursor nobody gave is refused.
  @Test func archivedContractsAreSeen() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(Sample.create(1...100, session: session, request: 1))
      _ = try await client.expect(.result)
      let cancels = (1...60 as ClosedRange<UInt128>).map {
        Operation(.cancel, tenant: 1, contract: $0, id: 1_000 + $0, actor: 10)
      }
      let results = try await fixture.engine.submit(OperationBatch(cancels))
      #expect(results.allSatisfy { $0.isAccepted })
      try fixture.engine.checkpoint()
      #expect(fixture.engine.metrics().contractsLeftMemory == 60)

      func ask(_ read: ReadBody) async throws -> (head: ReadReplyHead, contracts: [ContractRecord]) {
        try await client.send(Sample.read(read, session: session, request: 5))
        let frame = try await client.expect(.readReply)
        let head = try ReadReplyHead(decoding: frame.body.span.bytes, count: frame.header.count)
        let contracts = (0..<Int(frame.header.count)).map {
          ContractRecord(decoding: frame.body.span.bytes, at: $0)
        }
        return (head, contracts)
      }
      var one = ReadBody(.contract, tenant: 1)
      one.contract = 7
      #expect(try await ask(one).contracts.map(\.state) == [ContractState.cancelled.rawValue])
      var list = ReadBody(.contractsByState, tenant: 1)
      list.limit = 7
      var found: [UInt128] = []
      repeat {
        let (head, contracts) = try await ask(list)
        #expect(head.status == .ok)
        found += contracts.map(\.contract)
        list.cursor = head.cursor
      } while list.cursor != 0
      #expect(found.sorted() == (1...100).map { UInt128($0) })
      list.cursor = 0xFFFF_FF01 << 32
      #expect(try await ask(list).head.status == .badCursor)
    }
  }

  /// Timers of a contract and of a tenant come in pages of any length, each once; a cursor nobody gave is refused.
  @Test(arguments: [1, 3, 100]) func timersComeOnce(_ limit: Int) async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      let session = try await client.hello().session
      try await client.send(Sample.create(1...3, session: session, request: 1))
      _ = try await client.expect(.result)
      let due: Instant = 4_102_444_800_000
      var operations: [Operation] = []
      for contract in 1...3 as ClosedRange<UInt128> {
        for ordinal in 1...4 as ClosedRange<UInt16> {
          operations.append(
            Operation(
              .addMilestone, tenant: 1, contract: contract, ordinal: ordinal, id: contract << 8 | UInt128(ordinal),
              actor: 10, amount: 250_000, argument: UInt64(due + Instant(contract * 10) + Instant(ordinal))))
        }
        // The third stays an offer: nothing of it runs yet.
        operations.append(Operation(.offer, tenant: 1, contract: contract, id: contract << 8 | 10, actor: 10))
        if contract < 3 {
          operations.append(Operation(.accept, tenant: 1, contract: contract, id: contract << 8 | 11, actor: 20))
        }
      }
      #expect(try await fixture.engine.submit(OperationBatch(operations)).allSatisfy { $0.isAccepted })

      func all(_ query: ReadBody) async throws -> [TimerRecord] {
        var (read, found) = (query, [TimerRecord]())
        read.limit = UInt32(limit)
        repeat {
          try await client.send(Sample.read(read, session: session, request: 5))
          let frame = try await client.expect(.readReply)
          let head = try ReadReplyHead(decoding: frame.body.span.bytes, count: frame.header.count)
          #expect(head.status == .ok && Int(frame.header.count) <= limit)
          for index in 0..<Int(frame.header.count) {
            found.append(TimerRecord(decoding: frame.body.span.bytes, at: index))
          }
          read.cursor = head.cursor
        } while read.cursor != 0
        return found
      }
      for contract in 1...3 as ClosedRange<UInt128> {
        var read = ReadBody(.timersOfContract, tenant: 1)
        read.contract = contract
        let found = try await all(read)
        #expect(found.map(\.ordinal) == (contract < 3 ? [1, 2, 3, 4] : []))
        #expect(found.allSatisfy { $0.contract == contract && $0.kind == TimerKind.expire.rawValue && $0.amount == 0 })
        #expect(found.allSatisfy { $0.due >= due + Instant(contract * 10) + Instant($0.ordinal) })
      }
      var read = ReadBody(.timersByDue, tenant: 1)
      read.dueBefore = .max
      let whole = try await all(read)
      #expect(Set(whole.map { [Int($0.contract), Int($0.ordinal)] }).count == 8 && whole.count == 8)
      let middle = whole.map(\.due).sorted()[4]
      read.dueFrom = middle
      #expect(try await all(read).map(\.due).sorted() == Array(whole.map(\.due).sorted()[4...]))
      (read.dueFrom, read.dueBefore) = (0, middle)
      #expect(try await all(read).count == 4)
      read.tenant = 2
      #expect(try await all(read).isEmpty)
      var bad = ReadBody(.timersOfContract, tenant: 1)
      (bad.contract, bad.limit, bad.cursor) = (1, 10, 1 << 24)
      try await client.send(Sample.read(bad, session: session, request: 6))
      let frame = try await client.expect(.readReply)
      #expect(try ReadReplyHead(decoding: frame.body.span.bytes, count: 0).status == .badCursor)
    }
  }

  @Test func otherTenantsAreOutOfScope() async throws {
    try await withServer { fixture in
      let client = try await RawClient(port: fixture.port)
      var hello = HelloBody()
      hello.scope = .one(2)
      let session = try await client.hello(hello).session
      try await client.send(Sample.read(ReadBody(.totals, tenant: 1), session: session, request: 1))
      let frame = try await client.expect(.readReply)
      #expect(try ReadReplyHead(decoding: frame.body.span.bytes, count: 0).status == .tenantScope)
      try await client.send(Sample.create(1...1, session: session, request: 1))
      #expect(try await client.expect(.result).results.map(\.code) == [ResultCode.tenantMismatch.rawValue])
    }
  }
}
