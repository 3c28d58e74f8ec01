import Kernel
public import Store

extension Engine {
  /// Derives a store's state again and compares: checksums of every record, the audit chain, every result against its
  /// replay, every balance and total against the records, and checkpoints against the log where the log reaches back
  /// that far.
  ///
  /// The store must not be open for writing. Needs memory for one copy of the state; where the history is whole also for
  /// everything that was ever archived, within the configured limits.
  /// - Parameters:
  ///   - configuration: `path` and shard sizes.
  ///   - segments: paths of exported segments that lie before the log's first commit.
  ///   - progress: called while the log is replayed.
  /// - Returns: what was looked at, with the differences.
  /// - Throws: `store` when the store cannot be opened or read at all.
  public static func verify(
    _ configuration: EngineConfiguration, segments: [String] = [], storeOptions: StoreOptions = StoreOptions(),
    progress: ((RecoveryProgress) -> Void)? = nil
  ) throws(EngineError) -> VerificationReport {
    let store: Store
    let source: any CommitSource
    do throws(StoreError) {
      store = try Store.open(configuration.path, .readOnly, options: storeOptions)
      source = segments.isEmpty ? store.log : try history(segments, store.log)
    } catch { throw EngineError(.store, "\(error)") }
    return try verify(store, source, configuration, progress: progress)
  }

  /// Verifies a store that is open, for reading only.
  static func verify(
    _ store: Store, _ source: any CommitSource, _ configuration: EngineConfiguration,
    progress: ((RecoveryProgress) -> Void)?
  ) throws(EngineError) -> VerificationReport {
    var verification = Verification(store: store, source: source, configuration: configuration)
    try verification.run(progress: progress)
    return verification.report
  }

  /// Segments that lie before a log, and the log, as one source.
  static func history(_ paths: [String], _ log: any CommitLog) throws(StoreError) -> CommitHistory {
    var segments: [SegmentFile] = []
    for path in paths {
      let segment = try SegmentFile(path: path)
      // What the log still has is read there.
      if segment.range.first < log.range.first { segments.append(segment) }
    }
    return try CommitHistory(segments: segments, log: log)
  }
}

/// One run of `Engine.verify`.
private struct Verification {
  let store: Store
  let source: any CommitSource
  var recovery: Recovery
  var report = VerificationReport()

  init(store: Store, source: any CommitSource, configuration: EngineConfiguration) {
    self.store = store
    self.source = source
    var configuration = configuration
    // Deadlines that are due now are not the store's business yet.
    configuration.firesTimers = false
    recovery = Recovery(store: store, configuration: configuration)
  }

  mutating func run(progress: ((RecoveryProgress) -> Void)?) throws(EngineError) {
    let range = source.range
    report.shards = store.manifest.shardCount
    report.firstCommit = range.isEmpty ? 0 : range.first.rawValue
    report.lastCommit = range.last?.rawValue ?? 0
    report.startsAtFirstCommit = range.first == .first
    try note { (self) throws(EngineError) in try self.checkChain() }
    try note { (self) throws(EngineError) in try self.checkRecovered(progress) }
    if report.startsAtFirstCommit && report.checkpoints > 0 {
      try note { (self) throws(EngineError) in try self.checkAgainstHistory(progress) }
    }
  }

  /// Runs a check; what it finds corrupt is a difference, what cannot be read at all is an error.
  private mutating func note(_ check: (inout Verification) throws(EngineError) -> Void) throws(EngineError) {
    do throws(EngineError) { try check(&self) } catch {
      guard error.kind == .corrupt else { throw error }
      report.differences.append(error.message)
    }
  }

  private mutating func checkChain() throws(EngineError) {
    do throws(StoreError) {
      let chain = try AuditChain.verify(log: store.log, source: source)
      report.sealsVerified = chain.verifiedSealCount
      report.sealsLinkOnly = chain.linkOnlySealCount
      report.newestSeal = chain.newestHash
    } catch { throw EngineError(reading: error) }
  }

  /// Checkpoints plus the log behind them: what a start would serve.
  private mutating func checkRecovered(_ progress: ((RecoveryProgress) -> Void)?) throws(EngineError) {
    var replayed: UInt64 = 0
    let state = try recovery.run { step in
      replayed = step.operationsReplayed
      progress?(step)
    }
    report.operationsReplayed = replayed
    report.sessions = state.sessions.count
    do throws(StoreError) {
      for cell in state.cells where try store.state.manifest(shard: cell.index) != nil { report.checkpoints += 1 }
    } catch { throw EngineError(reading: error) }
    var audits = state.cells.map { $0.shard.beginAudit() }
    report.digests = state.cells.map { $0.shard.digest() }
    try note { (self) throws(EngineError) in try self.addArchived(to: &audits, state.cells) }
    for (cell, audit) in zip(state.cells, audits) {
      report.contracts += audit.contractCount
      for finding in cell.shard.finish(audit) { report.differences.append("shard \(cell.index): \(finding)") }
      for tenant in cell.shard.tenantIDs() {
        report.tenants += 1
        if let totals = cell.shard.totals(tenant: tenant) { add(totals, tenant) }
      }
    }
  }

  /// Adds the contracts and references that have left memory to digests and audits.
  private mutating func addArchived(to audits: inout [ShardAudit], _ cells: [ShardCell]) throws(EngineError) {
    var differences: [String] = []
    defer { report.differences += differences }
    var failure: EngineError?
    var count: UInt64 = 0
    try store.archive.allContracts { name, contract in
      if failure != nil { return }
      count += 1
      let shard = BatchLayout.shardIndex(tenant: name.tenant, shardCount: cells.count)
      guard let contract else {
        differences.append(EngineError.damagedRow(name).message)
        return
      }
      // What is in memory wins: the row is older. That of a pruned contract is only not dropped yet.
      if cells[shard].shard.holds(name) || cells[shard].shard.isPruned(name) { return }
      if cells[shard].shard.hasPruned {
        do throws(EngineError) { if try store.archive.hasPruned(name, cells[shard]) { return } } catch {
          failure = error
          return
        }
      }
      report.archivedContracts += 1
      report.digests[shard] &+= cells[shard].shard.digest(of: contract)
      audits[shard].add(contract)
    }
    if let failure { throw failure }
    do throws(StoreError) {
      // Entries without their record, or records that no entry names.
      let named = try store.archive.contractCount()
      if named != count { differences.append("archive: \(count) contracts were found, its runs name \(named)") }
    } catch { throw EngineError(reading: error) }
    for (shard, cell) in cells.enumerated() {
      try store.archive.allReferences(shard: cell.index) { id in
        if cell.shard.holds(reference: id) { return }
        report.archivedReferences += 1
        report.digests[shard] &+= Shard.digest(ofReference: id)
      }
    }
  }

  /// The whole history from nothing must lead to the same state, whatever the checkpoints say.
  private mutating func checkAgainstHistory(_ progress: ((RecoveryProgress) -> Void)?) throws(EngineError) {
    let cells = recovery.emptyCells()
    // Nothing has left these shards: what the archive holds must come out of the history as well.
    let replayer = try Replayer(cells: cells, sessions: nil, archive: nil)
    try Recovery.replay(source, from: 1, with: replayer, progress: progress)
    report.operationsReplayed = max(report.operationsReplayed, replayer.operationCount)
    for (index, cell) in cells.enumerated() where index < report.digests.count {
      let digest = cell.shard.digest()
      if digest != report.digests[index] {
        report.differences.append(
          "shard \(index): the history gives digest \(digest), the checkpoint with the log behind it \(report.digests[index])"
        )
      }
    }
  }

  private mutating func add(_ totals: Totals, _ tenant: UInt32) {
    let paths: [WritableKeyPath<Totals, Int64>] = [
      \.funded, \.unallocated, \.held, \.retained, \.payoutPending, \.refundPending, \.taxWithheld, \.otherWithheld,
      \.paidOut, \.returned, \.refunded, \.taxDeposited, \.otherPaid, \.fee,
    ]
    for path in paths {
      let (sum, overflow) = report.totals[keyPath: path].addingReportingOverflow(totals[keyPath: path])
      report.totals[keyPath: path] = overflow ? .max : sum
    }
    let outflow =
      totals.paidOut - totals.returned + totals.refunded + totals.taxDeposited + totals.otherPaid + totals.fee
    let balance =
      totals.unallocated + totals.held + totals.retained + totals.payoutPending + totals.refundPending
      + totals.taxWithheld + totals.otherWithheld
    if totals.funded != balance + outflow {
      report.differences.append(
        "tenant \(tenant): funded \(totals.funded) is not balances \(balance) plus outflows \(outflow)")
    }
  }
}
