import Foundation
import Kernel
import Testing

/// Seeded random batches through model and kernel: every answer, every balance and every state
/// must be the same. `KERNEL_MODEL_SEEDS` sets how many runs, `KERNEL_MODEL_SEED` the first seed.
@Suite struct ModelComparisonTests {
  static let seedCount = UInt64(ProcessInfo.processInfo.environment["KERNEL_MODEL_SEEDS"] ?? "") ?? 150
  static let firstSeed = UInt64(ProcessInfo.processInfo.environment["KERNEL_MODEL_SEED"] ?? "") ?? 1
  static let batchCount = 150

  @Test func kernelAgreesWithModel() {
    var operationCount = 0
    var codes: [UInt8: Int] = [:]
    var accepted: [UInt16: Int] = [:]
    var failures = 0
    for seed in Self.firstSeed..<Self.firstSeed + Self.seedCount where failures < 3 {
      var generator = RunGenerator(seed: seed)
      var comparison = Comparison()
      var batches: [Batch] = []
      for index in 0..<Self.batchCount {
        let batch = generator.nextBatch()
        batches.append(batch)
        operationCount += batch.requests.count
        if let difference = comparison.apply(batch, isThorough: index % 10 == 9 || index == Self.batchCount - 1) {
          failures += 1
          report(seed, batches, difference)
          break
        }
      }
      var replay = Model()
      for batch in batches {
        for (request, result) in zip(batch.requests, replay.apply(batch.requests, stamp: batch.stamp)) {
          codes[result.code, default: 0] += 1
          if result.isAccepted {
            accepted[UInt16(request.operation.code) << 8 | UInt16(request.operation.mode), default: 0] += 1
          }
        }
      }
    }
    let ever = ResultCode.allCases.filter { codes[$0.rawValue, default: 0] > 0 }.count
    print(
      "model comparison: \(Self.seedCount) seeds, \(operationCount) operations, \(ever) codes,",
      "\(accepted.count) accepted kinds and modes")
    if Self.seedCount >= 150, failures == 0 {
      // A generator that no longer gets deep would make the comparison worthless.
      #expect(ever >= 70, "codes seen")
      #expect(accepted.count >= 62, "operations and modes accepted")
    }
    if ProcessInfo.processInfo.environment["KERNEL_MODEL_STATISTICS"] != nil { printStatistics(codes, accepted) }
  }

  private func report(_ seed: UInt64, _ batches: [Batch], _ difference: String) {
    let short = Trace.shrink(batches)
    Issue.record(
      """
      seed \(seed) (KERNEL_MODEL_SEED=\(seed) KERNEL_MODEL_SEEDS=1): \(difference)
      shrunk to: \(Trace.difference(short) ?? "nothing")
      \(Trace.text(short))
      """)
  }

  private func printStatistics(_ codes: [UInt8: Int], _ accepted: [UInt16: Int]) {
    for code in ResultCode.allCases { print("  \(code.name): \(codes[code.rawValue, default: 0])") }
    for kind in OperationCode.allCases {
      let modes = Shape.of(kind).modes.map { "\($0): \(accepted[UInt16(kind.rawValue) << 8 | UInt16($0), default: 0])" }
      print("  \(kind.name) \(modes.joined(separator: ", "))")
    }
  }
}
