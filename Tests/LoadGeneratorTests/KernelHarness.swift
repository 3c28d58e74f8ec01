import Kernel

@testable import LoadGenerator

/// Runs generated frames through one kernel shard, without log or network.
struct KernelHarness: ~Copyable {
  var shard: Shard
  private(set) var codes = [UInt8: Int]()
  /// The first differences, as text.
  private(set) var differences = [String]()
  private(set) var operationCount = 0
  private(set) var acceptedByCode = [UInt8: Int]()
  private(set) var offeredByCode = [UInt8: Int]()

  init() {
    var configuration = ShardConfiguration()
    configuration.contractCountMax = 1 << 16
    configuration.milestoneCountMax = 1 << 19
    configuration.referenceCountMax = 1 << 22
    configuration.tenantCountMax = 1 << 10
    shard = Shard(configuration)
    shard.armTimers()
  }

  /// Applies a frame at `stamp` and compares each answer with its prediction.
  mutating func apply(
    _ slots: UnsafeRawBufferPointer, _ predicted: UnsafeBufferPointer<OperationResult>, stamp: Instant
  ) {
    var entries = [BatchEntry]()
    var operations = [Operation]()
    var slot = 0
    while slot * Operation.byteCount < slots.count {
      let operation = slots.loadUnaligned(fromByteOffset: slot * Operation.byteCount, as: Operation.self)
      entries.append(BatchEntry(slot: UInt32(slot), result: UInt32(entries.count)))
      operations.append(operation)
      slot += operation.hasExtension ? 2 : 1
    }
    if entries.count != predicted.count {
      differences.append("\(entries.count) operations, \(predicted.count) answers")
    }
    var results = [OperationResult](repeating: OperationResult(code: .ok), count: entries.count)
    entries.withUnsafeBufferPointer { entries in
      results.withUnsafeMutableBufferPointer { results in
        shard.apply(slots: slots.baseAddress!, entries: entries, stamp: stamp, results: results.baseAddress!)
      }
    }
    // The workload's windows are longer than any run; a timer that fired would spoil every prediction behind it.
    if let timer = shard.nextDueTimer(by: stamp + 3_600_000) { differences.append("a timer is due: \(timer)") }
    operationCount += results.count
    for (index, result) in results.enumerated() {
      codes[result.code, default: 0] += 1
      offeredByCode[operations[index].code, default: 0] += 1
      if result.isAccepted { acceptedByCode[operations[index].code, default: 0] += 1 }
      if result != predicted[index] && differences.count < 20 {
        let name = OperationCode(rawValue: operations[index].code)?.name ?? "?"
        differences.append(
          "\(operationCount - results.count + index) \(name)(\(operations[index].mode)) \(operations[index].ordinal) "
            + "amount \(operations[index].amount): got \(result), predicted \(predicted[index])")
      }
    }
  }
}
