import Benchmark
import Foundation
import Store

/// Durable appends to the commit log, full sync, on a growing file under the temporary directory.
let benchmarks: @Sendable () -> Void = {
  for (name, byteCount) in [("4 KiB", 4 << 10), ("512 KiB", 512 << 10)] {
    Benchmark(
      "append a commit of \(name)",
      configuration: .init(metrics: [.wallClock, .throughput], warmupIterations: 20, maxDuration: .seconds(10))
    ) { benchmark, log in
      let header = CommitHeader(number: log.log.range.next, epoch: 1, timeMilliseconds: 0, bodyByteCount: byteCount)
      benchmark.startMeasurement()
      try log.log.append(header) { $0.initializeMemory(as: UInt8.self, repeating: 7) }
      benchmark.stopMeasurement()
    } setup: {
      try TemporaryStore()
    } teardown: { store in
      store.remove()
    }
  }
}

/// A store in a directory of its own.
final class TemporaryStore: Sendable {
  private let directory = FileManager.default.temporaryDirectory
    .appendingPathComponent("milepost-benchmark-\(UUID().uuidString)")
  private let store: Store
  var log: any CommitLog { store.log }

  init() throws { store = try Store.open(directory.path, .createOrOpen(shardCount: 64)) }

  func remove() {
    do { try FileManager.default.removeItem(at: directory) } catch { print("left behind: \(directory.path): \(error)") }
  }
}
