import Engine
import Kernel
import Store
import Telemetry

extension Engine {
  /// Adds the engine's figures to every scrape. They are kept by the engine and only read when somebody asks.
  func addMetrics(to registry: MetricsRegistry) {
    registry.onScrape { exposition in
      let metrics = self.metrics()
      exposition.addOperations(metrics)
      exposition.addCommits(metrics)
      exposition.addShards(metrics)
      exposition.addCheckpoints(metrics)
      exposition.addArchive(metrics)
      do {
        let usage = try self.storeUsage()
        exposition.addStore([("log", usage.log), ("state", usage.state), ("catalog", usage.catalog)])
      } catch {
        exposition.addStore([])
      }
    }
  }
}

extension Exposition {
  fileprivate mutating func addOperations(_ metrics: EngineMetrics) {
    for (code, count) in metrics.operationsByCode.enumerated() {
      // Unknown codes are counted together under index 0.
      let name = OperationCode(rawValue: UInt8(code))?.name ?? "unknown"
      addCounter(
        "milepost_operations_total", help: "Operations of clients applied, accepted or refused, by operation.",
        labels: [MetricLabel("operation", name)], count)
    }
    for (code, count) in metrics.resultsByCode.enumerated() {
      guard let result = ResultCode(rawValue: UInt8(code)) else { continue }
      addCounter(
        "milepost_results_total", help: "Answers to operations, by result code.",
        labels: [MetricLabel("code", "\(result.name)")], count)
    }
    addCounter("milepost_timers_fired_total", help: "Deadlines fired as operations.", metrics.timersFired)
    addCounter("milepost_reads_total", help: "Durable reads served.", metrics.readsServed)
    addCounter("milepost_batches_applied_total", help: "Submit frames applied.", metrics.framesApplied)
    addCounter("milepost_groups_applied_total", help: "Groups of frames applied together.", metrics.groupsApplied)
    addGauge("milepost_sessions", help: "Sessions the engine remembers.", metrics.sessions)
  }

  fileprivate mutating func addCommits(_ metrics: EngineMetrics) {
    addCounter("milepost_commits_total", help: "Group commits to the log.", metrics.commits)
    addCounter("milepost_commit_bytes_total", help: "Bytes committed to the log.", metrics.commitBytes)
    addHistogram(
      "milepost_commit_seconds", help: "Time of a group commit, from its append until it is on disk.",
      HistogramSnapshot(metrics.commitTime))
    addGauge(
      "milepost_durable_commit", help: "Number of the newest durable commit.", Int(clamping: metrics.durableCommit))
    addGauge(
      "milepost_commit_ring_used_bytes", help: "Bytes applied and not yet durable, in the commit ring.",
      Int(clamping: metrics.ringUsedBytes))
    addGauge("milepost_commit_ring_bytes", help: "Size of the commit ring.", Int(clamping: metrics.ringBytes))
    addGauge(
      "milepost_engine_operations_in_flight", help: "Operations applied and not yet durable.",
      metrics.operationsInFlight)
    addGauge(
      "milepost_engine_operations_in_flight_max", help: "Most operations applied and not yet durable at one moment.",
      metrics.operationsInFlightMax)
  }

  fileprivate mutating func addShards(_ metrics: EngineMetrics) {
    addCounter(
      "milepost_shard_lock_waits_total", help: "Times that a shard's lock was not free.", metrics.lockWaits)
    addCounter(
      "milepost_shard_lock_wait_seconds_total", help: "Time spent waiting for shard locks.",
      Double(metrics.lockWaitNanoseconds) / 1e9)
  }

  fileprivate mutating func addCheckpoints(_ metrics: EngineMetrics) {
    addCounter("milepost_checkpoints_total", help: "Shard checkpoints published.", metrics.checkpoints)
    addCounter(
      "milepost_checkpoint_blocks_total", help: "Blocks of 64 KiB written for checkpoints.", metrics.checkpointBlocks)
    addGauge(
      "milepost_checkpoint_lag_bytes", help: "Log that no checkpoint has yet: what a start would replay.",
      Int(clamping: metrics.uncoveredLogBytes))
    addCounter(
      "milepost_commit_pause_seconds_total", help: "Pauses between commits, for checkpoints and pruning to keep up.",
      Double(metrics.commitPauseNanoseconds) / 1e9)
    // Absent before the first round: there is no age to tell.
    if let age = metrics.checkpointAgeSeconds {
      addGauge("milepost_checkpoint_age_seconds", help: "Seconds since the last full checkpoint round.", age)
    }
  }
}

extension Exposition {
  fileprivate mutating func addArchive(_ metrics: EngineMetrics) {
    addCounter(
      "milepost_archive_contracts_total", help: "Closed contracts written to the archive.", metrics.contractsArchived)
    addCounter(
      "milepost_archive_left_memory_total", help: "Closed contracts that left memory for the archive.",
      metrics.contractsLeftMemory)
    addCounter(
      "milepost_archive_exported_total", help: "Records of closed contracts exported to files, to be pruned.",
      metrics.contractsExported)
    addCounter(
      "milepost_archive_export_failures_total",
      help: "Exports of closed contracts that failed; nothing is pruned then.",
      metrics.exportFailures)
    if let reason = metrics.exportFailure {
      addGauge(
        "milepost_archive_export_failing",
        help: "Why the last export of closed contracts failed; absent when it did not.",
        labels: [MetricLabel("reason", reason)], 1)
    }
    addCounter(
      "milepost_archive_pruned_total", help: "Closed contracts pruned from the archive.", metrics.contractsPruned)
    addGauge(
      "milepost_archive_row_blocks", help: "Blocks of 64 KiB of records of closed contracts in the archive.",
      Int(clamping: metrics.archiveRowBlocks))
    addGauge(
      "milepost_archive_runs_max",
      help: "Sorted runs of the archive's table that has the most: a look-up of what is new asks the filter of each.",
      metrics.archiveRunsMax)
    addCounter(
      "milepost_archive_references_total", help: "Bank references that left memory for the archive.",
      metrics.referencesArchived)
    addCounter(
      "milepost_archive_loads_total", help: "Contracts fetched from the archive for operations and reads.",
      metrics.contractsLoaded)
    addCounter(
      "milepost_archive_false_positives_total",
      help: "Look-ups in the archive that its filters let through and that found nothing.",
      metrics.archiveFalsePositives)
  }
}

extension Exposition {
  /// The parts' sizes and sync times; none when they could not be read.
  fileprivate mutating func addStore(_ parts: [(String, StoreUsage)]) {
    addGauge(
      "milepost_store_readable", help: "Whether the sizes of the store's parts could be read.", parts.isEmpty ? 0 : 1)
    for (part, usage) in parts {
      let labels = [MetricLabel("part", part)]
      addGauge(
        "milepost_store_used_bytes", help: "Bytes of the part's file up to the last page ever used.", labels: labels,
        Int(clamping: usage.usedByteCount))
      addGauge(
        "milepost_store_live_bytes", help: "Bytes of it that hold live data.", labels: labels,
        Int(clamping: usage.liveByteCount))
      addGauge(
        "milepost_store_map_bytes", help: "Address space of the part: its largest size.", labels: labels,
        Int(clamping: usage.mapByteCount))
      addCounter(
        "milepost_store_syncs_total", help: "Transactions of the part made durable.", labels: labels, usage.syncCount)
      addCounter(
        "milepost_store_sync_seconds_total", help: "Time spent in writing and syncing them.", labels: labels,
        Double(usage.syncNanoseconds) / 1e9)
    }
  }
}

extension HistogramSnapshot {
  fileprivate init(_ histogram: EngineHistogram) {
    let bounds = (0..<EngineHistogram.bucketCount)
      .compactMap { EngineHistogram.upperBound($0) }.map { Double($0) / 1e9 }
    // An engine that has not counted yet has no buckets.
    let counts = histogram.counts.isEmpty ? [UInt64](repeating: 0, count: bounds.count + 1) : histogram.counts
    self.init(upperBounds: bounds, counts: counts, sum: Double(histogram.sumNanoseconds) / 1e9)
  }
}
