import Kernel
import Store

/// A cursor over the log: every operation with its answer, in the order it became durable.
///
/// Delivery is at least once for whoever keeps `FeedChunk.next` and starts again from there; positions are stable
/// ids. One caller at a time. As long as the object lives the log is kept for it, up to the retention cap.
public final class ChangeFeed: @unchecked Sendable {
  // One caller at a time uses `position`; the core is thread-safe.
  private let core: EngineCore
  private let filter: FeedFilter
  /// The next event that was not looked at.
  public private(set) var position: FeedPosition

  /// Bytes of log that one call looks at, beyond the commit that reaches it.
  private static let chunkByteCount = 1 << 20

  init(core: EngineCore, from position: FeedPosition, filter: FeedFilter) {
    self.core = core
    self.position = position
    self.filter = filter
    core.feeds.note(self, needs: position.commit)
  }

  deinit { core.feeds.remove(ObjectIdentifier(self)) }

  /// Reads on: at most `credit` events, and at most about 1 MiB of log. An empty chunk that is not at the end found
  /// nothing that passes the filter; call again.
  ///
  /// - Throws: `tooOld` when the log was trimmed past the position, `corrupt`, `store`, `failed`.
  /// - Precondition: `credit` is at least 1.
  public func next(credit: Int) throws(EngineError) -> FeedChunk {
    precondition(credit > 0, "a follower without credit has nothing to ask for")
    if let failure = core.failureNow { throw failure }
    var reading = FeedReading(
      position: position, filter: filter, credit: credit, shardCount: core.cells.count)
    if position.commit <= core.waiters.commit {
      var failure: EngineError?
      do throws(StoreError) {
        _ = try core.store.log.read(from: CommitNumber(position.commit), byteCountMax: Self.chunkByteCount) {
          header, body in
          unsafe body.withUnsafeBytes { bytes in
            do throws(EngineError) {
              try unsafe reading.visit(bytes, commit: header.number.rawValue)
              return reading.isSated ? .stop : .next
            } catch {
              failure = error
              return .stop
            }
          }
        }
      } catch {
        throw EngineError(reading: error)
      }
      if let failure { throw failure }
    }
    position = reading.position
    core.feeds.note(self, needs: position.commit)
    return FeedChunk(events: reading.events, next: position, isAtEnd: position.commit > core.waiters.commit)
  }
}

extension EngineError {
  /// What a failed read of the log means to a follower.
  init(reading error: StoreError) {
    switch error.kind {
    case .tooOld(let first):
      self.init(.tooOld(firstKept: first.rawValue), "the log starts at commit \(first)")
    case .positionMismatch(let expected, _):
      self.init(.invalid, "the position lies ahead of the log, whose next commit is \(expected)")
    case .damaged: self.init(.corrupt, "\(error)")
    default: self.init(.store, "\(error)")
    }
  }
}

/// One call's walk through commits.
struct FeedReading {
  private(set) var position: FeedPosition
  private let filter: FeedFilter
  private let credit: Int
  private let shardCount: Int
  private(set) var events: [FeedEvent] = []
  /// The credit ran out before the commit's last operation.
  private var isCut = false

  init(position: FeedPosition, filter: FeedFilter, credit: Int, shardCount: Int) {
    self.shardCount = shardCount
    self.position = position
    self.filter = filter
    self.credit = credit
  }

  var isSated: Bool { events.count >= credit }

  /// Takes the events of one commit from the position on.
  mutating func visit(_ body: UnsafeRawBufferPointer, commit: UInt64) throws(EngineError) {
    var index: UInt32 = 0
    try unsafe LogGroup.forEach(in: body, commit: commit) { group throws(EngineError) in
      guard !isSated else {
        if group.operationCount > 0 { isCut = true }
        return
      }
      try visit(group, commit, &index)
    }
    if !isCut { position = FeedPosition(commit: commit + 1, index: 0) }
  }

  private mutating func visit(_ group: LogGroup, _ commit: UInt64, _ index: inout UInt32) throws(EngineError) {
    if UInt64(index) + UInt64(group.operationCount) <= UInt64(position.index) {
      index += UInt32(group.operationCount)
      return
    }
    var frame = FrameCursor(group)
    var shard = ShardCursor(group, shardCount: shardCount)
    var slot = 0
    for place in 0..<group.operationCount {
      guard slot < group.slotCount else {
        throw EngineError(.corrupt, "commit \(commit), operation \(index): the group has no slot for it")
      }
      let operation = group.operation(slot: slot)
      frame.advance()
      shard.advance(operation, place)
      if index >= position.index {
        guard !isSated else {
          isCut = true
          return
        }
        if let event = event(
          group, place, slot, operation, frame, shard, FeedPosition(commit: commit, index: index))
        {
          events.append(event)
        }
        position = FeedPosition(commit: commit, index: index + 1)
      }
      slot += operation.hasExtension ? 2 : 1
      index += 1
    }
  }

  private func event(
    _ group: LogGroup, _ place: Int, _ slot: Int, _ operation: Operation, _ frame: FrameCursor, _ shard: ShardCursor,
    _ position: FeedPosition
  ) -> FeedEvent? {
    guard filter.scope.contains(operation.tenant) else { return nil }
    if let contract = filter.contract, operation.contract != contract { return nil }
    if let codes = filter.codes, !codes.contains(operation.code) { return nil }
    let result = group.result(place)
    if filter.acceptedOnly && !result.isAccepted { return nil }
    // Somebody else's mistake, with somebody else's data: it names the tenant, and is none of its business.
    if result.code == ResultCode.tenantMismatch.rawValue && filter.scope != .all { return nil }
    return FeedEvent(
      position: position, stamp: group.stamp(place), shard: shard.shard, sequence: shard.sequence,
      session: frame.current?.session ?? 0,
      request: frame.current?.request ?? 0, operation: operation,
      content: operation.hasExtension && slot + 1 < group.slotCount ? group.operation(slot: slot + 1) : nil,
      result: result)
  }
}

/// Which frame the operations of a group belong to, one after the other.
struct FrameCursor {
  private let group: LogGroup
  private(set) var current: GroupFrame?
  private var next = 0
  private var left: UInt32 = 0

  init(_ group: LogGroup) { self.group = group }

  /// Moves to the frame of the next operation; there is none for timers.
  mutating func advance() {
    while left == 0, next < Int(group.header.frameCount) {
      let frame = group.frame(next)
      next += 1
      current = frame
      left = frame.operationCount
    }
    if left > 0 { left -= 1 }
  }
}

/// Which shard decided the operations of a group, and as its how manieth, one after the other.
///
/// The log has the shards' first sequence numbers; which operation went where is worked out as it was when they were
/// applied: see `GroupPlan.add`.
struct ShardCursor {
  private let group: LogGroup
  private let shardCount: Int
  private var next: [UInt16: UInt64] = [:]
  private var isInChain = false
  private var chainShard: UInt16 = 0
  private(set) var shard: UInt16 = 0
  private(set) var sequence: UInt64 = 0

  init(_ group: LogGroup, shardCount: Int) {
    self.group = group
    self.shardCount = shardCount
    for index in 0..<Int(group.header.shardCount) {
      let part = group.shard(index)
      next[part.shard] = part.firstSequence
    }
  }

  /// Moves to the next operation, at `place` of the group.
  mutating func advance(_ operation: Operation, _ place: Int) {
    // A chain goes whole to the shard of its first member.
    if !isInChain {
      chainShard = UInt16(BatchLayout.shardIndex(tenant: operation.tenant, shardCount: shardCount))
    }
    isInChain = operation.isLinked
    guard !group.isRefused(place), let number = next[chainShard] else {
      (shard, sequence) = (0, 0)
      return
    }
    (shard, sequence) = (chainShard, number)
    next[chainShard] = number + 1
  }
}
