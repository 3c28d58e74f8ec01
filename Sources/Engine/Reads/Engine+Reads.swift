public import Kernel

// Each read looks at memory under its shard's lock and answers when what it saw is on disk: at once on the caller's
// thread when it is already, else on a committing thread. Completions must not block. A closed contract that has left
// memory is read from the archive, on the caller's thread: that may wait for the disk.
extension Engine {
  /// The contract, or nil when there is none.
  public func contract(
    tenant: UInt32, contract: UInt128,
    _ completion: @escaping @Sendable (Result<ContractSnapshot?, EngineError>) -> Void
  ) {
    core.read(
      ContractName(tenant: tenant, contract: contract), { $0.contract(tenant: tenant, contract: contract) },
      archived: { $0.snapshot }, completion)
  }

  /// The milestone, or nil when there is none.
  public func milestone(
    tenant: UInt32, contract: UInt128, ordinal: UInt16,
    _ completion: @escaping @Sendable (Result<MilestoneSnapshot?, EngineError>) -> Void
  ) {
    core.read(
      ContractName(tenant: tenant, contract: contract),
      { $0.milestone(tenant: tenant, contract: contract, ordinal: ordinal) }, archived: { $0.milestone(ordinal) },
      completion)
  }

  /// A part of the timers of a contract and its milestones that run, or nil when there is no such contract.
  ///
  /// - Parameters:
  ///   - place: 0 for the beginning, then `TimerPage.next`.
  ///   - limit: most timers, at least 1.
  public func timers(
    tenant: UInt32, contract: UInt128, after place: UInt32, limit: Int,
    _ completion: @escaping @Sendable (Result<TimerPage?, EngineError>) -> Void
  ) {
    core.read(
      ContractName(tenant: tenant, contract: contract),
      { $0.timers(tenant: tenant, contract: contract, after: place, limit: limit) },
      // What is over has no deadlines.
      archived: { _ in TimerPage(timers: [], next: nil) }, completion)
  }

  /// The tenant's sums, or nil when it has never been named by an accepted operation.
  public func totals(tenant: UInt32, _ completion: @escaping @Sendable (Result<Totals?, EngineError>) -> Void) {
    core.read(tenant: tenant, { $0.totals(tenant: tenant) }, completion)
  }

  /// One page of a tenant's contracts by state, due date or timers.
  public func scan(_ request: ScanRequest, _ completion: @escaping @Sendable (Result<ScanPage, EngineError>) -> Void) {
    core.scan(request, completion)
  }

  /// See the form with a completion.
  public func contract(tenant: UInt32, contract: UInt128) async throws(EngineError) -> ContractSnapshot? {
    try await waitFor { self.contract(tenant: tenant, contract: contract, $0) }
  }

  /// See the form with a completion.
  public func milestone(
    tenant: UInt32, contract: UInt128, ordinal: UInt16
  ) async throws(EngineError) -> MilestoneSnapshot? {
    try await waitFor { self.milestone(tenant: tenant, contract: contract, ordinal: ordinal, $0) }
  }

  /// See the form with a completion.
  public func timers(
    tenant: UInt32, contract: UInt128, after place: UInt32 = 0, limit: Int
  ) async throws(EngineError) -> TimerPage? {
    try await waitFor { self.timers(tenant: tenant, contract: contract, after: place, limit: limit, $0) }
  }

  /// See the form with a completion.
  public func totals(tenant: UInt32) async throws(EngineError) -> Totals? {
    try await waitFor { self.totals(tenant: tenant, $0) }
  }

  /// See the form with a completion.
  public func scan(_ request: ScanRequest) async throws(EngineError) -> ScanPage {
    try await waitFor { self.scan(request, $0) }
  }

  /// See the form with a completion.
  public func openSession() async throws(EngineError) -> Session {
    try await waitFor { self.openSession($0) }
  }

  private func waitFor<Value: Sendable>(
    _ start: (@escaping @Sendable (Result<Value, EngineError>) -> Void) -> Void
  ) async throws(EngineError) -> Value {
    let result: Result<Value, EngineError> = await withCheckedContinuation { continuation in
      start { continuation.resume(returning: $0) }
    }
    return try result.get()
  }
}
