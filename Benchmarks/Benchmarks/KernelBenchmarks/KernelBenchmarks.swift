import Benchmark
import Foundation

/// Kernel alone, one core: what `Shard.apply` does to the life of milestones that are spread over 64 shards.
///
/// A frame is copied into one buffer before it is applied, and so is in the cache, as a socket leaves it; the copy is not
/// counted. Records are met in an order that looks random. MILEPOST_BENCHMARK_MILESTONES sets how many are live
/// (1,000,000 unless set).
let benchmarks: @Sendable () -> Void = {
  let milestones =
    ProcessInfo.processInfo.environment["MILEPOST_BENCHMARK_MILESTONES"].flatMap { Int($0) } ?? 1_000_000

  let rate = BenchmarkMetric.custom("operations/s", polarity: .prefersLarger, useScalingFactor: false)

  Benchmark(
    "lifecycle, \(milestones) live milestones",
    configuration: .init(
      metrics: [rate, .wallClock, .peakMemoryResident], warmupIterations: 0, scalingFactor: .one,
      maxDuration: .seconds(60), maxIterations: 3)
  ) { benchmark in
    let frames = LifecycleFrames(milestones: milestones, tenants: 1_000)
    let shards = Shards()
    for frame in frames.setup { precondition(shards.apply(frame) == 0, "set-up was refused") }
    var operations = 0
    var time = Duration.zero
    benchmark.startMeasurement()
    for frame in frames.life {
      shards.receive(frame)
      let start = ContinuousClock.now
      let refused = shards.applyReceived(frame)
      time += ContinuousClock.now - start
      precondition(refused == 0, "an operation was refused")
      operations += frame.operationCount
    }
    benchmark.stopMeasurement()
    benchmark.measurement(rate, Int(Double(operations) / (time / .seconds(1))))
    precondition(shards.audit().isEmpty, "the books do not add up")
  }
}
