import Kernel
import Synchronization

/// Counters that any thread adds to, a few times for each group and never for each operation.
final class EngineCounters: @unchecked Sendable {
  // Each counter is atomic; the arrays' memory is owned and fixed.
  private let operations = AtomicCounters(count: GroupPlan.codeCount)
  private let results = AtomicCounters(count: GroupPlan.answerCount)
  private let commitTimes = AtomicCounters(count: EngineHistogram.bucketCount)
  private let commitNanoseconds = Atomic<UInt64>(0)
  private let frames = Atomic<UInt64>(0)
  private let groups = Atomic<UInt64>(0)
  private let timers = Atomic<UInt64>(0)
  private let reads = Atomic<UInt64>(0)
  private let commits = Atomic<UInt64>(0)
  private let commitBytes = Atomic<UInt64>(0)
  private let lockWaits = Atomic<UInt64>(0)
  private let lockWaitNanoseconds = Atomic<UInt64>(0)
  private let inFlight = Atomic<Int>(0)
  private let inFlightMax = Atomic<Int>(0)
  private let checkpoints = Atomic<UInt64>(0)
  private let checkpointBlocks = Atomic<UInt64>(0)
  private let archiveRows = Atomic<UInt64>(0)
  private let archiveLeft = Atomic<UInt64>(0)
  private let archiveReferences = Atomic<UInt64>(0)
  private let archiveLoads = Atomic<UInt64>(0)
  private let archiveMisses = Atomic<UInt64>(0)
  private let archiveExported = Atomic<UInt64>(0)
  private let archivePruned = Atomic<UInt64>(0)
  private let archiveExportFailures = Atomic<UInt64>(0)
  private let exportLock = Lock()
  /// Guarded by `exportLock`.
  private var exportFailure: String?

  func applied(_ plan: GroupPlan, frames count: Int) {
    groups.wrappingAdd(1, ordering: .relaxed)
    frames.wrappingAdd(UInt64(count), ordering: .relaxed)
    // Both are the plan's own memory, which nobody changes during these calls.
    unsafe operations.add(plan.countsByCode)
    unsafe results.add(plan.countsByResult)
  }

  func fired(_ count: Int) { timers.wrappingAdd(UInt64(count), ordering: .relaxed) }
  func read() { reads.wrappingAdd(1, ordering: .relaxed) }

  func lockWaited(nanoseconds: UInt64) {
    lockWaits.wrappingAdd(1, ordering: .relaxed)
    lockWaitNanoseconds.wrappingAdd(nanoseconds, ordering: .relaxed)
  }

  func accepted(_ count: Int) {
    let now = inFlight.wrappingAdd(count, ordering: .relaxed).newValue
    inFlightMax.max(now, ordering: .relaxed)
  }

  func answered(_ count: Int) { inFlight.wrappingSubtract(count, ordering: .relaxed) }

  func committed(byteCount: Int, nanoseconds: UInt64) {
    commits.wrappingAdd(1, ordering: .relaxed)
    commitBytes.wrappingAdd(UInt64(byteCount), ordering: .relaxed)
    commitNanoseconds.wrappingAdd(nanoseconds, ordering: .relaxed)
    commitTimes.add(1, at: EngineHistogram.bucket(nanoseconds))
  }

  /// Bytes committed since the engine was opened; paces checkpoints.
  var committedByteCount: UInt64 { commitBytes.load(ordering: .relaxed) }

  func checkpointed(blocks: Int) {
    checkpoints.wrappingAdd(1, ordering: .relaxed)
    checkpointBlocks.wrappingAdd(UInt64(blocks), ordering: .relaxed)
  }

  func archived(_ count: Int) { archiveRows.wrappingAdd(UInt64(count), ordering: .relaxed) }
  func leftMemory(_ count: Int) { archiveLeft.wrappingAdd(UInt64(count), ordering: .relaxed) }
  func archivedReferences(_ count: Int) { archiveReferences.wrappingAdd(UInt64(count), ordering: .relaxed) }
  func loadedFromArchive(_ count: Int) { archiveLoads.wrappingAdd(UInt64(count), ordering: .relaxed) }
  func exported(_ count: Int) {
    archiveExported.wrappingAdd(UInt64(count), ordering: .relaxed)
    exportLock.withLock { exportFailure = nil }
  }
  func exportFailed(_ reason: String) {
    archiveExportFailures.wrappingAdd(1, ordering: .relaxed)
    exportLock.withLock { exportFailure = reason }
  }
  func pruned(_ count: Int) { archivePruned.wrappingAdd(UInt64(count), ordering: .relaxed) }
  func foundNothingInArchive() { archiveMisses.wrappingAdd(1, ordering: .relaxed) }

  /// Fills in what is counted here.
  func fill(_ metrics: inout EngineMetrics) {
    metrics.operationsByCode = operations.values
    metrics.resultsByCode = results.values
    metrics.framesApplied = frames.load(ordering: .relaxed)
    metrics.groupsApplied = groups.load(ordering: .relaxed)
    metrics.timersFired = timers.load(ordering: .relaxed)
    metrics.readsServed = reads.load(ordering: .relaxed)
    metrics.commits = commits.load(ordering: .relaxed)
    metrics.commitBytes = commitBytes.load(ordering: .relaxed)
    metrics.commitTime = EngineHistogram(
      counts: commitTimes.values, sumNanoseconds: commitNanoseconds.load(ordering: .relaxed))
    metrics.lockWaits = lockWaits.load(ordering: .relaxed)
    metrics.lockWaitNanoseconds = lockWaitNanoseconds.load(ordering: .relaxed)
    metrics.operationsInFlight = inFlight.load(ordering: .relaxed)
    metrics.operationsInFlightMax = inFlightMax.load(ordering: .relaxed)
    metrics.checkpoints = checkpoints.load(ordering: .relaxed)
    metrics.checkpointBlocks = checkpointBlocks.load(ordering: .relaxed)
    metrics.contractsArchived = archiveRows.load(ordering: .relaxed)
    metrics.contractsLeftMemory = archiveLeft.load(ordering: .relaxed)
    metrics.referencesArchived = archiveReferences.load(ordering: .relaxed)
    metrics.contractsLoaded = archiveLoads.load(ordering: .relaxed)
    metrics.contractsExported = archiveExported.load(ordering: .relaxed)
    metrics.exportFailures = archiveExportFailures.load(ordering: .relaxed)
    metrics.exportFailure = exportLock.withLock { exportFailure }
    metrics.contractsPruned = archivePruned.load(ordering: .relaxed)
    metrics.archiveFalsePositives = archiveMisses.load(ordering: .relaxed)
  }
}

/// A fixed number of atomic counters.
@safe private final class AtomicCounters: @unchecked Sendable {
  // Atomics in memory that lives as long as the object; indices are checked against `count`.
  private let base: UnsafeMutablePointer<Atomic<UInt64>>
  private let count: Int

  init(count: Int) {
    self.count = count
    unsafe base = .allocate(capacity: count)
    for index in 0..<count { unsafe (base + index).initialize(to: Atomic(0)) }
  }

  deinit {
    unsafe base.deinitialize(count: count)
    unsafe base.deallocate()
  }

  func add(_ amount: UInt64, at index: Int) {
    precondition(index < count, "no such counter")
    unsafe base[index].wrappingAdd(amount, ordering: .relaxed)
  }

  /// Adds what is not zero.
  func add(_ amounts: UnsafeBufferPointer<UInt32>) {
    for index in 0..<amounts.count {
      let amount = unsafe amounts[index]
      if amount > 0 { add(UInt64(amount), at: index) }
    }
  }

  var values: [UInt64] { (0..<count).map { unsafe base[$0].load(ordering: .relaxed) } }
}
