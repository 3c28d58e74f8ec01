import Benchmark
import Foundation

/// Kernel alone, one core: what `Shard.apply` does to the life of milestones that are spread over 64 shards.
///
/// MILEPOST_BENCHMARK_MILESTONES sets how many are live (1,000,000 unless set).
let benchmarks: @Sendable () -> Void = {
  let milestones =
    ProcessInfo.processInfo.environment["MILEPOST_BENCHMARK_MILESTONES"].flatMap { Int($0) } ?? 1_000_000

  Benchmark(
    "lifecycle, \(milestones) live milestones",
    configuration: .init(
      metrics: [.throughput, .wallClock, .peakMemoryResident], warmupIterations: 0, scalingFactor: .one,
      maxDuration: .seconds(60), maxIterations: 3)
  ) { benchmark in
    let frames = LifecycleFrames(milestones: milestones, tenants: 1_000)
    let shards = Shards()
    for frame in frames.setup { precondition(shards.apply(frame) == 0, "set-up was refused") }
    var operations = 0
    let start = ContinuousClock.now
    benchmark.startMeasurement()
    for frame in frames.life {
      precondition(shards.apply(frame) == 0, "an operation was refused")
      operations += frame.operationCount
    }
    benchmark.stopMeasurement()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    benchmark.measurement(.custom("operations/s"), Int(Double(operations) / seconds))
    precondition(shards.audit().isEmpty, "the books do not add up")
  }
}
