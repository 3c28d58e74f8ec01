import Kernel
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

  /// Slots looked at in one hold of the lock, and in one page.
  private static let scanBiteSlots = 1_024
  private static let scanPageSlots = 65_536

  func scan(_ request: ScanRequest, _ completion: @escaping @Sendable (Result<ScanPage, EngineError>) -> Void) {
    guard !isStopped.load(ordering: .relaxed) else { return completion(.failure(refusal())) }
    guard (1...1_024).contains(request.limit) else {
      return completion(.failure(EngineError(.invalid, "a scan returns 1 to 1,024 contracts, not \(request.limit)")))
    }
    let cell = cell(ofTenant: request.tenant)
    var page = ScanPage(rows: [], next: request.cursor)
    var position: UInt64 = 0
    var slotsLeft = Self.scanPageSlots
    while let cursor = page.next, slotsLeft > 0, page.rows.count < request.limit {
      // Each slot gives at most one row, so the page cannot grow past its limit.
      let bite = min(Self.scanBiteSlots, slotsLeft, request.limit - page.rows.count)
      cell.lock.acquire()
      page.next = cell.shard.scan(from: cursor, limit: bite) { contract, milestones in
        if let row = request.row(contract, milestones) { page.rows.append(row) }
      }
      position = cell.lastRingEnd
      cell.lock.release()
      slotsLeft -= bite
    }
    counters.read()
    let result = page
    waiters.whenDurable(through: position) { error in
      completion(error.map { .failure($0) } ?? .success(result))
    }
  }
}

extension ScanRequest {
  /// The row of a contract that matches, with the milestones that do.
  fileprivate func row(_ contract: ContractSnapshot, _ milestones: [MilestoneSnapshot]) -> ScanRow? {
    guard contract.tenant == tenant else { return nil }
    if let contractState, contract.state != contractState { return nil }
    guard milestoneState != nil || dueBefore != nil else { return ScanRow(contract: contract, milestones: milestones) }
    let matching = milestones.filter { milestone in
      (milestoneState == nil || milestone.state == milestoneState) && (dueBefore.map { milestone.due < $0 } ?? true)
    }
    return matching.isEmpty ? nil : ScanRow(contract: contract, milestones: matching)
  }
}
