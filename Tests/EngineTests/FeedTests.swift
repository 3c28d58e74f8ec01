import Kernel
import Store
import Testing

@testable import Engine

@Suite struct FeedTests {
  /// Every operation with its answer, once, in order, whatever the credit.
  @Test(arguments: [1, 2, 5, 7, 1_000]) func followsEverythingOnce(credit: Int) async throws {
    let directory = TemporaryDirectory()
    let engine = try Engine.open(.test(directory.path), storeOptions: .test)
    var script = Script()
    var submitted: [UInt128] = []
    for contract in 1...6 as ClosedRange<UInt128> {
      let batch = script.open(UInt32(contract % 3), contract)
      submitted += batch.slots.filter { $0.tenant == UInt32(contract % 3) && $0.contract == contract }.map(\.id)
      _ = try await engine.submit(batch)
    }
    let feed = try engine.follow(from: .start)
    var seen: [FeedEvent] = []
    while true {
      let chunk = try feed.next(credit: credit)
      #expect(chunk.events.count <= credit)
      seen += chunk.events
      if chunk.isAtEnd { break }
    }
    #expect(seen.map(\.operation.id) == submitted)
    #expect(seen.map(\.position) == seen.map(\.position).sorted())
    #expect(seen[0].content != nil && seen[1].content == nil)
    #expect(seen.allSatisfy { $0.result.isAccepted })
    // Each with its shard and its number there: together all that the shard has applied.
    let shardCount = engine.configuration.shardCount
    for (shard, events) in Dictionary(grouping: seen, by: \.shard) {
      #expect(events.map(\.sequence) == Array(0..<UInt64(events.count)))
      #expect(
        events.allSatisfy {
          BatchLayout.shardIndex(tenant: $0.operation.tenant, shardCount: shardCount) == Int(shard)
        })
    }

    // From the middle: the same tail.
    let middle = try engine.follow(from: seen[10].position)
    let tail = try middle.next(credit: 1_000).events
    #expect(tail == Array(seen[10...]))
    try engine.close()
  }

  @Test func filtersCostNoCredit() async throws {
    let directory = TemporaryDirectory()
    let engine = try Engine.open(.test(directory.path), storeOptions: .test)
    var script = Script()
    for contract in 1...6 as ClosedRange<UInt128> {
      _ = try await engine.submit(script.open(UInt32(contract), contract))
    }
    var batch = OperationBatch()
    batch.append(script.plain(.start, 2, 99, m: 1, actor: 1))
    _ = try await engine.submit(batch)
    var filter = FeedFilter()
    filter.scope = .some([2, 5])
    filter.codes = [OperationCode.deposit.rawValue, OperationCode.start.rawValue]
    let feed = try engine.follow(from: .start, filter: filter)
    let chunk = try feed.next(credit: 4)
    #expect(chunk.events.map(\.operation.tenant) == [2, 2, 5, 5])
    filter.acceptedOnly = false
    filter.contract = 99
    let refused = try engine.follow(from: .start, filter: filter).next(credit: 9).events
    #expect(refused.map(\.result.code) == [ResultCode.notFound.rawValue])
    try engine.close()
  }

  /// What a caller sent in the name of a tenant that is none of its own is not that tenant's to see.
  @Test func strangersMistakesAreNotInATenantsFeed() async throws {
    let directory = TemporaryDirectory()
    let engine = try Engine.open(.test(directory.path), storeOptions: .test)
    let queue = CompletionQueue()
    var script = Script()
    var batch = script.open(7, 1)
    batch.append(script.plain(.start, 8, 1, m: 1, actor: 1))
    let submission = Submission.of(batch)
    submission.authority = Authority(scope: .one(7), asPerson: .all, asOperator: .all)
    _ = engine.submitAndWait([submission], queue)
    #expect(submission.codes.last == ResultCode.tenantMismatch.rawValue)
    var filter = FeedFilter()
    filter.acceptedOnly = false
    #expect(try engine.follow(from: .start, filter: filter).next(credit: 99).events.count == 8)
    filter.scope = .one(8)
    #expect(try engine.follow(from: .start, filter: filter).next(credit: 99).events.isEmpty)
    try engine.close()
  }

  @Test func tooOldAndAheadAreNamed() async throws {
    let directory = TemporaryDirectory()
    var options = StoreOptions.test
    options.retention = LogRetention(keepByteCount: 0, trimCountMax: 64)
    let engine = try Engine.open(.test(directory.path), storeOptions: options)
    var script = Script()
    for contract in 1...6 as ClosedRange<UInt128> { _ = try await engine.submit(script.open(1, contract)) }
    try engine.checkpoint()
    _ = try await engine.submit(script.open(1, 7))
    let first = engine.oldestCommit
    #expect(first > 1)
    do {
      _ = try engine.follow(from: .start)
      Issue.record("a trimmed position was accepted")
    } catch { #expect(error.kind == .tooOld(firstKept: first)) }
    #expect(throws: EngineError.self) { try engine.follow(from: FeedPosition(commit: 1_000, index: 0)) }
    try engine.close()
  }

  @Test func tellsWhenThereIsMore() async throws {
    let directory = TemporaryDirectory()
    let engine = try Engine.open(.test(directory.path), storeOptions: .test)
    var script = Script()
    let before = engine.durableCommit
    async let told: UInt64 = withCheckedContinuation { continuation in
      engine.whenDurable(after: before) { continuation.resume(returning: (try? $0.get()) ?? 0) }
    }
    _ = try await engine.submit(script.open(1, 1))
    #expect(await told > before)
    try engine.close()
  }
}
