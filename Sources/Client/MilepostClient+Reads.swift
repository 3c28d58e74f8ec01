public import Kernel
import NIOCore
public import Wire

/// One part of a scan.
public struct ReadPage<Record: Sendable>: Sendable {
  public var records: [Record]
  /// Where the scan goes on, or nil when it is complete. A page may be empty and still not be the last.
  public var next: UInt64?
  /// Everything through this commit was seen, and it is durable.
  public var commit: UInt64

  public init(records: [Record], next: UInt64?, commit: UInt64) {
    self.records = records
    self.next = next
    self.commit = commit
  }
}

/// Reads show durable state only. They are asked again by themselves when the connection breaks.
/// Each throws `readStatus` (tenantScope, badCursor), `refused`, `badReply`, `outcomeUnknown`, `closed`.
extension MilepostClient {
  /// A contract, or nil when there is none.
  public func contract(tenant: UInt32, contract: UInt128) async throws(ClientError) -> ContractRecord? {
    var query = ReadBody(.contract, tenant: tenant)
    query.contract = contract
    return try await page(query, ContractRecord.init(decoding:at:))?.records.first
  }

  /// A milestone, or nil when there is none.
  public func milestone(
    tenant: UInt32, contract: UInt128, ordinal: UInt16
  ) async throws(ClientError) -> MilestoneRecord? {
    var query = ReadBody(.milestone, tenant: tenant)
    query.contract = contract
    query.ordinal = ordinal
    return try await page(query, MilestoneRecord.init(decoding:at:))?.records.first
  }

  /// A tenant's totals, or nil when it has no contract.
  public func totals(tenant: UInt32) async throws(ClientError) -> Totals? {
    try await page(ReadBody(.totals, tenant: tenant), TotalsRecord.init(decoding:at:))?.records.first?.totals
  }

  /// A contract's milestones by ordinal, or nil when there is no such contract.
  public func milestones(
    tenant: UInt32, contract: UInt128, cursor: UInt64 = 0, limit: UInt32 = 1_024
  ) async throws(ClientError) -> ReadPage<MilestoneRecord>? {
    var query = ReadBody(.milestonesOfContract, tenant: tenant)
    query.contract = contract
    query.cursor = cursor
    query.limit = limit
    return try await page(query, MilestoneRecord.init(decoding:at:))
  }

  /// A tenant's contracts in `state` (nil: any).
  public func contracts(
    tenant: UInt32, state: ContractState? = nil, cursor: UInt64 = 0, limit: UInt32 = 1_024
  ) async throws(ClientError) -> ReadPage<ContractRecord> {
    var query = ReadBody(.contractsByState, tenant: tenant)
    query.state = state?.rawValue ?? 0
    query.cursor = cursor
    query.limit = limit
    return try await scan(query, ContractRecord.init(decoding:at:))
  }

  /// A tenant's milestones in `state` (nil: any).
  public func milestones(
    tenant: UInt32, state: MilestoneState? = nil, cursor: UInt64 = 0, limit: UInt32 = 1_024
  ) async throws(ClientError) -> ReadPage<MilestoneRecord> {
    var query = ReadBody(.milestonesByState, tenant: tenant)
    query.state = state?.rawValue ?? 0
    query.cursor = cursor
    query.limit = limit
    return try await scan(query, MilestoneRecord.init(decoding:at:))
  }

  /// A tenant's open milestones with a due date in `due`, in `state` (nil: any).
  public func milestones(
    tenant: UInt32, due: Range<Instant>, state: MilestoneState? = nil, cursor: UInt64 = 0, limit: UInt32 = 1_024
  ) async throws(ClientError) -> ReadPage<MilestoneRecord> {
    var query = ReadBody(.milestonesByDue, tenant: tenant)
    query.state = state?.rawValue ?? 0
    query.dueFrom = due.lowerBound
    query.dueBefore = due.upperBound
    query.cursor = cursor
    query.limit = limit
    return try await scan(query, MilestoneRecord.init(decoding:at:))
  }

  /// The timers of a contract and its milestones that run, by milestone and kind, or nil when there is no such contract.
  public func timers(
    tenant: UInt32, contract: UInt128, cursor: UInt64 = 0, limit: UInt32 = 1_024
  ) async throws(ClientError) -> ReadPage<TimerRecord>? {
    var query = ReadBody(.timersOfContract, tenant: tenant)
    query.contract = contract
    query.cursor = cursor
    query.limit = limit
    return try await page(query, TimerRecord.init(decoding:at:))
  }

  /// A tenant's timers that fire in `due`.
  public func timers(
    tenant: UInt32, due: Range<Instant>, cursor: UInt64 = 0, limit: UInt32 = 1_024
  ) async throws(ClientError) -> ReadPage<TimerRecord> {
    var query = ReadBody(.timersByDue, tenant: tenant)
    query.dueFrom = due.lowerBound
    query.dueBefore = due.upperBound
    query.cursor = cursor
    query.limit = limit
    return try await scan(query, TimerRecord.init(decoding:at:))
  }

  /// A scan of a tenant that does not exist is empty.
  private func scan<Record: Sendable>(
    _ query: ReadBody, _ decode: (RawSpan, Int) -> Record
  ) async throws(ClientError) -> ReadPage<Record> {
    try await page(query, decode) ?? ReadPage(records: [], next: nil, commit: 0)
  }

  private func page<Record: Sendable>(
    _ query: ReadBody, _ decode: (RawSpan, Int) -> Record
  ) async throws(ClientError) -> ReadPage<Record>? {
    let reply = try await core.read(query)
    switch reply.head.status {
    case .ok: break
    case .notFound: return nil
    case .tenantScope, .badCursor: throw .readStatus(reply.head.status)
    }
    let body = reply.body.readableBytesSpan
    var records: [Record] = []
    records.reserveCapacity(reply.count)
    for index in 0..<reply.count { records.append(decode(body, index)) }
    return ReadPage(records: records, next: reply.head.cursor == 0 ? nil : reply.head.cursor, commit: reply.head.commit)
  }
}
