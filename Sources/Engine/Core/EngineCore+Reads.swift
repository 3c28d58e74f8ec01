#if MILEPOST_PLANTED_DEFECTS
  internal import CIntrinsics
#endif
import Kernel
import Store
import Synchronization

extension EngineCore {
  /// Reads under the tenant's shard lock and answers when what was seen is durable.
  func read<Value: Sendable>(
    tenant: UInt32, _ body: (borrowing Shard) -> Value,
    _ completion: @escaping @Sendable (Result<Value, EngineError>) -> Void
  ) {
    guard !isStopped.load(ordering: .relaxed) else { return completion(.failure(refusal())) }
    let cell = cell(ofTenant: tenant)
    cell.lock.acquire()
    let value = body(cell.shard)
    let position = cell.lastRingEnd
    cell.lock.release()
    counters.read()
    waiters.whenDurable(through: position) { error in
      completion(error.map { .failure($0) } ?? .success(value))
    }
  }

  /// Reads something of a contract, in memory or else in the archive.
  ///
  /// Memory comes first, and a contract leaves it only when its row can be seen, so one of the two has it. Its row was
  /// durable when it was published.
  func read<Value: Sendable>(
    _ name: ContractName, _ body: (borrowing Shard) -> Value?, archived: (ArchivedContract) -> Value?,
    _ completion: @escaping @Sendable (Result<Value?, EngineError>) -> Void
  ) {
    guard !isStopped.load(ordering: .relaxed) else { return completion(.failure(refusal())) }
    let cell = cell(ofTenant: name.tenant)
    cell.lock.acquire()
    var value = body(cell.shard)
    let isElsewhere = value == nil && !cell.shard.holds(name) && !cell.shard.isPruned(name)
    let mayBePruned = cell.shard.hasPruned
    let position = cell.lastRingEnd
    cell.lock.release()
    counters.read()
    if isElsewhere, store.archive.mayContain(ArchiveKey(name), in: .contracts) {
      do throws(EngineError) {
        // A contract that is pruned only now is one that may still be seen.
        let isPruned = mayBePruned ? try store.archive.hasPruned(name, cell) : false
        if !isPruned { value = try archivedContract(name).flatMap(archived) }
      } catch {
        return completion(.failure(error))
      }
    }
    let found = value
    #if MILEPOST_PLANTED_DEFECTS
      if milepost_has_defect(milepost_defect_read_ahead_of_disk) { return completion(.success(found)) }
    #endif
    waiters.whenDurable(through: position) { error in
      completion(error.map { .failure($0) } ?? .success(found))
    }
  }

  private func archivedContract(_ name: ContractName) throws(EngineError) -> ArchivedContract? {
    let bytes: [UInt8]?
    do throws(StoreError) { bytes = try store.archive.fetch(ArchiveKey(name), in: .contracts) } catch {
      throw EngineError(reading: error)
    }
    guard let bytes else {
      counters.foundNothingInArchive()
      return nil
    }
    counters.loadedFromArchive(1)
    return try ArchivedContract(bytes, of: name)
  }

  /// Digest of each shard over memory and archive; empty when the archive cannot be read, which ends the engine.
  func digests() -> [UInt64] {
    // Nothing leaves memory meanwhile, so no contract or reference is seen twice or not at all.
    leavingLock.acquire()
    defer { leavingLock.release() }
    var digests = cells.map { cell in cell.lock.withLock { cell.shard.digest() } }
    var damage: EngineError?
    do throws(EngineError) {
      try store.archive.allContracts { name, contract in
        guard let contract else {
          damage = .damagedRow(name)
          return
        }
        do throws(EngineError) {
          let cell = cell(ofTenant: name.tenant)
          guard try isArchived(name, cell) else { return }
          digests[Int(cell.index)] &+= cell.lock.withLock { cell.shard.digest(of: contract) }
        } catch { damage = error }
      }
      for cell in cells {
        try store.archive.allReferences(shard: cell.index) { id in
          let isElsewhere = cell.lock.withLock { !cell.shard.holds(reference: id) }
          if isElsewhere { digests[Int(cell.index)] &+= Shard.digest(ofReference: id) }
        }
      }
    } catch { damage = error }
    guard let damage else { return digests }
    fail(damage)
    return []
  }

  /// Whether a contract's row says what the contract is: it is not in memory, and not pruned.
  private func isArchived(_ name: ContractName, _ cell: ShardCell) throws(EngineError) -> Bool {
    let (isHere, mayBePruned) = cell.lock.withLock {
      (cell.shard.holds(name) || cell.shard.isPruned(name), cell.shard.hasPruned)
    }
    if isHere { return false }
    return mayBePruned ? try !store.archive.hasPruned(name, cell) : true
  }

  /// Slots looked at in one hold of the lock, and in one page.
  private static let scanBiteSlots = 1_024
  private static let scanPageSlots = 65_536
  /// Milestones copied in one hold of the lock, and in one page: a contract may have 65,535.
  private static let scanBiteMilestones = 4_096
  private static let scanPageMilestones = 65_536
  /// Rows of the archive read in one snapshot, and in one page.
  private static let scanBiteRows = 256
  private static let scanPageRows = 4_096

  func scan(_ request: ScanRequest, _ completion: @escaping @Sendable (Result<ScanPage, EngineError>) -> Void) {
    guard !isStopped.load(ordering: .relaxed) else { return completion(.failure(refusal())) }
    guard (1...1_024).contains(request.limit) else {
      return completion(.failure(EngineError(.invalid, "a scan returns 1 to 1,024 contracts, not \(request.limit)")))
    }
    let cell = cell(ofTenant: request.tenant)
    var page = ScanPage(rows: [], next: request.cursor)
    var position: UInt64 = 0
    var slotsLeft = Self.scanPageSlots
    var milestonesLeft = Self.scanPageMilestones
    while let cursor = page.next, !ScanCursors.isOfArchive(cursor), slotsLeft > 0, milestonesLeft > 0,
      page.rows.count < request.limit
    {
      // Each slot gives at most one row, so the page cannot grow past its limit.
      let bite = min(Self.scanBiteSlots, slotsLeft, request.limit - page.rows.count)
      cell.lock.acquireBehindOthers()
      let milestoneLimit = request.timersDue == nil && request.includesMilestones ? Self.scanBiteMilestones : 0
      page.next = cell.shard.scan(from: cursor, limit: bite, tenant: request.tenant, milestoneLimit: milestoneLimit) {
        contract, milestones in
        milestonesLeft -= milestones.count
        let row =
          if let due = request.timersDue {
            request.row(contract) { cell.shard.timers(tenant: $0.tenant, contract: $0.contract, due: due) }
          } else {
            request.row(contract, milestones)
          }
        if let row { page.rows.append(row) }
      }
      position = cell.lastRingEnd
      cell.lock.release()
      slotsLeft -= page.next.map { Int($0) - Int(cursor) } ?? bite
      // Behind the last slot lies the archive.
      if page.next == nil, request.includesClosed { page.next = ScanCursors.mark }
    }
    do throws(EngineError) { try scanArchive(request, &page) } catch { return completion(.failure(error)) }
    counters.read()
    let result = page
    waiters.whenDurable(through: position) { error in
      completion(error.map { .failure($0) } ?? .success(result))
    }
  }

  /// Fills the rest of a page that has come to the archive.
  private func scanArchive(_ request: ScanRequest, _ page: inout ScanPage) throws(EngineError) {
    guard let cursor = page.next, ScanCursors.isOfArchive(cursor) else { return }
    guard let start = scanCursors.key(cursor, tenant: request.tenant) else {
      throw EngineError(.invalid, "the cursor \(cursor) is too old, or of another scan: begin again")
    }
    let cell = cell(ofTenant: request.tenant)
    var next: ArchiveKey? = start
    var rowsLeft = Self.scanPageRows
    while let from = next, rowsLeft > 0, page.rows.count < request.limit {
      let bite = min(Self.scanBiteRows, rowsLeft, request.limit - page.rows.count)
      var found: [ArchivedContract] = []
      var damage: EngineError?
      next = try store.archive.contracts(from: from, countMax: bite) { name, contract in
        guard name.tenant == request.tenant else { return false }
        if let contract { found.append(contract) } else { damage = .damagedRow(name) }
        return damage == nil
      }
      if let damage { throw damage }
      if let key = next, key.tenant != request.tenant { next = nil }
      rowsLeft -= bite
      // Brought back to memory: seen there, if it was there when the scan passed.
      for contract in found where try isArchived(contract.name, cell) {
        if let row = request.row(contract.snapshot, contract.milestoneSnapshots) { page.rows.append(row) }
      }
    }
    page.next = next.map { scanCursors.cursor(for: $0) }
  }
}

extension ScanRequest {
  /// Whether closed or cancelled contracts can match: the archive has no others.
  fileprivate var includesClosed: Bool {
    timersDue == nil && (contractState == nil || contractState == .closed || contractState == .cancelled)
  }

  private func takes(_ contract: ContractSnapshot) -> Bool {
    contract.tenant == tenant && (contractState == nil || contract.state == contractState)
  }

  /// The row of a contract that matches, with its timers that do.
  fileprivate func row(_ contract: ContractSnapshot, _ timers: (ContractSnapshot) -> [TimerSnapshot]) -> ScanRow? {
    guard takes(contract) else { return nil }
    let matching = timers(contract)
    return matching.isEmpty ? nil : ScanRow(contract: contract, milestones: [], timers: matching)
  }

  /// The row of a contract that matches, with the milestones that do.
  fileprivate func row(_ contract: ContractSnapshot, _ milestones: [MilestoneSnapshot]) -> ScanRow? {
    guard takes(contract) else { return nil }
    guard milestoneState != nil || dueBefore != nil else { return ScanRow(contract: contract, milestones: milestones) }
    let matching = milestones.filter { milestone in
      (milestoneState == nil || milestone.state == milestoneState) && (dueBefore.map { milestone.due < $0 } ?? true)
    }
    return matching.isEmpty ? nil : ScanRow(contract: contract, milestones: matching)
  }
}
