/// What a read asks for. Numbers are part of the protocol: add, never reuse.
public enum ReadQuery: UInt8, CaseIterable, Sendable {
  /// One `ContractRecord`. Uses tenant, contract.
  case contract = 1
  /// One `MilestoneRecord`. Uses tenant, contract, ordinal.
  case milestone = 2
  /// One `TotalsRecord`. Uses tenant.
  case totals = 3
  /// The milestones of a contract, by ordinal. Uses tenant, contract, cursor, limit.
  case milestonesOfContract = 4
  /// A tenant's contracts in a state. Uses tenant, state (0: any), cursor, limit.
  case contractsByState = 5
  /// A tenant's milestones in a state. Uses tenant, state (0: any), cursor, limit.
  case milestonesByState = 6
  /// A tenant's milestones with `dueFrom <= due < dueBefore` that are not closed, cancelled or expired. Uses tenant,
  /// state (0: any), dueFrom, dueBefore, cursor, limit.
  case milestonesByDue = 7
  /// The timers of a contract and its milestones that run, by ordinal and kind. Uses tenant, contract, cursor, limit.
  case timersOfContract = 8
  /// A tenant's timers that fire in `dueFrom <= due < dueBefore`. Uses tenant, dueFrom, dueBefore, cursor, limit.
  case timersByDue = 9

  /// Bytes of one record of the answer.
  public var itemByteCount: Int {
    switch self {
    case .contract, .contractsByState: ContractRecord.byteCount
    case .milestone, .milestonesOfContract, .milestonesByState, .milestonesByDue: MilestoneRecord.byteCount
    case .totals: TotalsRecord.byteCount
    case .timersOfContract, .timersByDue: TimerRecord.byteCount
    }
  }

  var usesContract: Bool {
    self == .contract || self == .milestone || self == .milestonesOfContract || self == .timersOfContract
  }
  var usesDue: Bool { self == .milestonesByDue || self == .timersByDue }
  var usesState: Bool { self == .contractsByState || self == .milestonesByState || self == .milestonesByDue }
  /// Whether an answer may be continued.
  public var isScan: Bool { usesState || usesDue || self == .milestonesOfContract || self == .timersOfContract }
}

/// The body of `read`: 64 bytes. What a query does not use is zero.
///
/// ```
///  0 query 1 | 1 state 1 | 2 ordinal 2 | 4 tenant 4 | 8 limit 4 | 12 reserved 4 | 16 contract 16
/// 32 cursor 8 | 40 dueFrom 8 | 48 dueBefore 8 | 56 reserved 8
/// ```
public struct ReadBody: Sendable, Hashable {
  public var query: ReadQuery
  public var state: UInt8 = 0
  public var ordinal: UInt16 = 0
  public var tenant: UInt32 = 0
  /// Most records wanted, 1...readItemCountMax.
  public var limit: UInt32 = 0
  public var contract: UInt128 = 0
  /// 0 for the beginning, then what the answer before gave.
  public var cursor: UInt64 = 0
  /// Milliseconds since 1970 UTC.
  public var dueFrom: Int64 = 0
  /// Milliseconds since 1970 UTC.
  public var dueBefore: Int64 = 0

  public static let byteCount = 64

  public init(_ query: ReadQuery, tenant: UInt32) {
    self.query = query
    self.tenant = tenant
  }

  /// - Throws: `badQuery` (unknown query; a field the query needs or does not have), `reservedBits`.
  public init(decoding body: RawSpan, limits: Limits = Limits()) throws(FrameError) {
    let queryByte = body.load(at: 0, as: UInt8.self)
    guard let query = ReadQuery(rawValue: queryByte) else { throw Self.badQuery(0, UInt64(queryByte)) }
    self.query = query
    state = body.load(at: 1)
    ordinal = body.load(at: 2)
    tenant = body.load(at: 4)
    limit = body.load(at: 8)
    contract = body.load(at: 16)
    cursor = body.load(at: 32)
    dueFrom = body.load(at: 40)
    dueBefore = body.load(at: 48)
    try body.requireZero(12..<16)
    try body.requireZero(56..<64)
    guard query.usesState || state == 0 else { throw Self.badQuery(1, UInt64(state)) }
    guard (query == .milestone) == (ordinal != 0) else { throw Self.badQuery(2, UInt64(ordinal)) }
    guard query.isScan ? (1...limits.readItemCountMax).contains(limit) : limit == 0 else {
      throw Self.badQuery(8, UInt64(limit))
    }
    guard query.usesContract == (contract != 0) else { throw Self.badQuery(16, UInt64(truncatingIfNeeded: contract)) }
    guard query.isScan || cursor == 0 else { throw Self.badQuery(32, cursor) }
    guard query.usesDue || dueFrom == 0 else { throw Self.badQuery(40, UInt64(bitPattern: dueFrom)) }
    guard query.usesDue ? dueFrom < dueBefore : dueBefore == 0 else {
      throw Self.badQuery(48, UInt64(bitPattern: dueBefore))
    }
  }

  /// Writes 64 bytes.
  public func store(into body: inout MutableRawSpan) {
    body.zero(0..<Self.byteCount)
    body.store(query.rawValue, at: 0)
    body.store(state, at: 1)
    body.store(ordinal, at: 2)
    body.store(tenant, at: 4)
    body.store(limit, at: 8)
    body.store(contract, at: 16)
    body.store(cursor, at: 32)
    body.store(dueFrom, at: 40)
    body.store(dueBefore, at: 48)
  }

  private static func badQuery(_ offset: Int, _ value: UInt64) -> FrameError {
    FrameError(.badQuery, place: FrameHeader.byteCount + offset, value: value)
  }
}

/// How a read went. Numbers are part of the protocol.
public enum ReadStatus: UInt8, CaseIterable, Sendable {
  case ok = 0
  /// No such contract, milestone, or tenant.
  case notFound = 1
  /// A tenant outside the session's scope.
  case tenantScope = 2
  /// A cursor that the server did not give.
  case badCursor = 3
}

/// The first 32 bytes of a `readReply`'s body; `count` records follow.
///
/// ```
/// 0 query 1 | 1 status 1 | 2 itemByteCount 2 | 4 tenant 4 | 8 cursor 8 | 16 commit 8 | 24 reserved 8
/// ```
public struct ReadReplyHead: Sendable, Hashable {
  public var query: ReadQuery
  public var status: ReadStatus
  public var tenant: UInt32
  /// Where a scan goes on; 0: it is complete. A part may be empty and still not be the last.
  public var cursor: UInt64 = 0
  /// Everything through this commit is in the answer, and it is durable.
  public var commit: UInt64 = 0

  public static let byteCount = 32

  public init(_ query: ReadQuery, status: ReadStatus = .ok, tenant: UInt32) {
    self.query = query
    self.status = status
    self.tenant = tenant
  }

  /// - Throws: `reservedBits`, `badLength` (record size), `countMismatch` (records are missing or too many).
  public init(decoding body: RawSpan, count: UInt32) throws(FrameError) {
    let queryByte = body.load(at: 0, as: UInt8.self)
    guard let query = ReadQuery(rawValue: queryByte) else { throw .reserved(0, UInt64(queryByte)) }
    let statusByte = body.load(at: 1, as: UInt8.self)
    guard let status = ReadStatus(rawValue: statusByte) else { throw .reserved(1, UInt64(statusByte)) }
    self.query = query
    self.status = status
    let itemByteCount = Int(body.load(at: 2, as: UInt16.self))
    guard itemByteCount == query.itemByteCount else {
      throw FrameError(.badLength, place: FrameHeader.byteCount + 2, value: UInt64(itemByteCount))
    }
    tenant = body.load(at: 4)
    cursor = body.load(at: 8)
    commit = body.load(at: 16)
    try body.requireZero(24..<32)
    guard body.byteCount == Self.byteCount + Int(count) * itemByteCount else {
      throw FrameError(.countMismatch, place: FrameHeader.Offset.count, value: UInt64(count))
    }
  }

  /// Writes 32 bytes.
  public func store(into body: inout MutableRawSpan) {
    body.zero(0..<Self.byteCount)
    body.store(query.rawValue, at: 0)
    body.store(status.rawValue, at: 1)
    body.store(UInt16(query.itemByteCount), at: 2)
    body.store(tenant, at: 4)
    body.store(cursor, at: 8)
    body.store(commit, at: 16)
  }
}
