import Foundation
import Store
import Testing

/// One appends, one seals, two follow: as in the engine, on threads of their own.
@Suite struct ConcurrencyTests {
  let directory = TemporaryDirectory()

  @Test func followersSeeEveryCommitOnceWhileOthersAppendSealAndTrim() async throws {
    let store = try Store.open(
      directory.path, .createOrOpen(shardCount: 4),
      options: small(retention: .init(keepByteCount: 200_000, capByteCount: 1 << 30)))
    let log = store.log
    let count = 400
    let positions = Positions(count: 3)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for number in 1...count {
          try log.append(body(number, byteCount: number * 37 % 9000))
          log.setFloors(LogFloors(recovery: log.range.next, subscribers: positions.lowest))
          await Task.yield()
        }
      }
      group.addTask { try await seal(log, until: count, positions) }
      for follower in 1...2 {
        group.addTask { () async throws -> Void in
          var next = CommitNumber.first
          while Int(next.rawValue) <= count {
            next = try log.read(from: next, byteCountMax: 5000) { header, bytes in
              let number = Int(header.number.rawValue)
              #expect(copy(bytes) == body(number, byteCount: number * 37 % 9000))
              return .next
            }
            positions.set(follower, next)
            await Task.yield()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(log.range.next == CommitNumber(UInt64(count + 1)))
    while try log.flush() {}
    #expect(log.range.first > 100)
    _ = try AuditChain.verify(log: log, source: log)
  }
}

private func seal(_ log: any CommitLog, until count: Int, _ positions: Positions) async throws {
  var chain = AuditChain(log: log, segmentCommitCount: 7)
  while Int(chain.position.rawValue) <= count {
    while try chain.step() {}
    positions.set(0, chain.position)
    await Task.yield()
  }
}

/// How far each of some followers is.
private final class Positions: @unchecked Sendable {
  private let lock = NSLock()
  private var all: [CommitNumber]
  init(count: Int) { all = Array(repeating: .first, count: count) }
  func set(_ index: Int, _ number: CommitNumber) { lock.withLock { all[index] = number } }
  var lowest: CommitNumber { lock.withLock { all.min()! } }
}
