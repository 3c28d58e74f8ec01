import Kernel

@testable import Engine

/// Bodies of commits through replay, as recovery and `verify` do it: refused, or applied to shards that are sound after.
///
/// Input: bodies, each behind its length (2 bytes).
enum LogReplay {
  static let shardCount = 4

  static func run(_ bytes: [UInt8]) throws(Finding) {
    let cells = (0..<shardCount).map { ShardCell(index: UInt16($0), Shard(ShardScene.configuration)) }
    let sessions = SessionTable(countMax: 64, windowCapacity: 16)
    guard let replayer = try? Replayer(cells: cells, sessions: sessions, archive: nil) else { return }
    var input = Input(bytes)
    var commit: UInt64 = 1
    do throws(EngineError) {
      while !input.isAtEnd {
        let body = input.take(Int(input.integer(UInt16.self)))
        try unsafe body.withBytes { (bytes) throws(EngineError) in
          try unsafe replayer.replay(bytes, commit: commit)
        }
        commit += 1
      }
    } catch {}
    for cell in cells {
      let findings = cell.shard.audit()
      try must(findings.isEmpty, "after replay: \(findings)")
    }
  }
}
