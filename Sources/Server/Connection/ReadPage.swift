import Engine
import Kernel
import Wire

/// One part of an answer that may be continued.
///
/// The wire's cursor is the engine's in the high half and, in the low half, the records to pass over on the page
/// that begins there: a contract has up to 65,535 milestones, so a page of the engine can be larger than a reply.
struct ReadPage: Sendable {
  var status = ReadStatus.ok
  var items: [ReadItem] = []
  /// 0 when nothing is left.
  var cursor: UInt64 = 0

  /// Contracts looked at in one page of the engine. The same for every page: cursors count on it.
  private static let contractCountMax = 64

  /// Asks the engine for what `read` wants, at most `read.limit` records.
  static func collect(_ read: ReadBody, from engine: Engine) async -> Result<ReadPage, EngineError> {
    do throws(EngineError) {
      if read.query == .milestonesOfContract { return .success(try await milestones(read, from: engine)) }
      if read.query == .timersOfContract { return .success(try await timers(read, from: engine)) }
      return .success(try await scan(read, from: engine))
    } catch {
      // A cursor that the engine no longer knows: the question is well-formed otherwise.
      if error.kind == .invalid { return .success(ReadPage(status: .badCursor)) }
      return .failure(error)
    }
  }

  private static func milestones(_ read: ReadBody, from engine: Engine) async throws(EngineError) -> ReadPage {
    guard let contract = try await engine.contract(tenant: read.tenant, contract: read.contract) else {
      return ReadPage(status: .notFound)
    }
    // Ordinals have no gaps, so the cursor is the last ordinal given.
    let count = UInt64(contract.milestoneCount)
    guard read.cursor <= count else { return ReadPage(status: .badCursor) }
    var page = ReadPage()
    let last = min(count, read.cursor + UInt64(read.limit))
    var ordinal = read.cursor
    while ordinal < last {
      ordinal += 1
      // At most 65,535 by the kernel's rules; a milestone that is gone by now ends the list.
      guard
        let snapshot = try await engine.milestone(
          tenant: read.tenant, contract: read.contract, ordinal: UInt16(truncatingIfNeeded: ordinal))
      else { return page }
      page.items.append(.milestone(MilestoneRecord(snapshot, tenant: read.tenant, contract: read.contract)))
    }
    page.cursor = last < count ? last : 0
    return page
  }

  private static func timers(_ read: ReadBody, from engine: Engine) async throws(EngineError) -> ReadPage {
    // The cursor is the place of the last timer given.
    guard let place = UInt32(exactly: read.cursor), place <= TimerSnapshot.placeMax else {
      return ReadPage(status: .badCursor)
    }
    let found = try await engine.timers(
      tenant: read.tenant, contract: read.contract, after: place, limit: Int(read.limit))
    guard let found else { return ReadPage(status: .notFound) }
    var page = ReadPage()
    page.items = found.timers.map { .timer(TimerRecord($0, tenant: read.tenant, contract: read.contract)) }
    page.cursor = UInt64(found.next ?? 0)
    return page
  }

  private static func scan(_ read: ReadBody, from engine: Engine) async throws(EngineError) -> ReadPage {
    guard var request = request(for: read) else { return ReadPage(status: .badCursor) }
    request.cursor = UInt32(truncatingIfNeeded: read.cursor >> 32)
    request.limit = contractCountMax
    let found = try await engine.scan(request)
    let all = found.rows.flatMap { items(of: $0, for: read) }
    let passed = Int(UInt32(truncatingIfNeeded: read.cursor))
    guard passed <= all.count else { return ReadPage(status: .badCursor) }
    var page = ReadPage(items: Array(all[passed...].prefix(Int(read.limit))))
    let reached = passed + page.items.count
    if reached < all.count {
      page.cursor = UInt64(request.cursor) << 32 | UInt64(reached)
    } else {
      page.cursor = UInt64(found.next ?? 0) << 32
    }
    return page
  }

  /// Nil for a state that does not exist: then nothing can match, and no cursor was ever given.
  private static func request(for read: ReadBody) -> ScanRequest? {
    var request = ScanRequest(tenant: read.tenant)
    if read.query == .timersByDue {
      request.timersDue = read.dueFrom..<read.dueBefore
      return request
    }
    if read.query == .contractsByState {
      request.includesMilestones = false
      if read.state != 0 {
        guard let state = ContractState(rawValue: read.state) else { return nil }
        request.contractState = state
      }
      return request
    }
    if read.state != 0 {
      guard let state = MilestoneState(rawValue: read.state) else { return nil }
      request.milestoneState = state
    }
    if read.query == .milestonesByDue { request.dueBefore = read.dueBefore }
    return request
  }

  private static func items(of row: ScanRow, for read: ReadBody) -> [ReadItem] {
    if read.query == .contractsByState { return [.contract(ContractRecord(row.contract))] }
    if read.query == .timersByDue {
      return row.timers.map { .timer(TimerRecord($0, tenant: read.tenant, contract: row.contract.contract)) }
    }
    return row.milestones.compactMap { milestone in
      if read.query == .milestonesByDue, !isDue(milestone, read) { return nil }
      return .milestone(MilestoneRecord(milestone, tenant: read.tenant, contract: row.contract.contract))
    }
  }

  private static func isDue(_ milestone: MilestoneSnapshot, _ read: ReadBody) -> Bool {
    switch milestone.state {
    case .closed, .cancelled, .expired: false
    default: read.dueFrom <= milestone.due && milestone.due < read.dueBefore
    }
  }
}
