import HTTPTypes
import Logging
import NIOConcurrencyHelpers
import NIOPosix
import Store

/// Counts requests, each once, and keeps the counts by the hour.
///
/// What was counted is added to its rows every second, all in one transaction; a crash loses what was not, a second at most. Memory
/// and rows are bounded: past so many different ones in an hour, requests count together as `other`, and none is lost.
final class UsageMeter: Sendable {
  /// Rows of an hour, but for the one of `other`.
  static let rowCountMax = 1 << 14
  /// Hours that are kept: 92 days.
  static let hourCountMax: UInt32 = 92 * 24
  /// Rows that are taken away at once.
  private static let sweepCount = 1_000

  fileprivate struct State {
    var hour: UInt32 = 0
    /// Rows of the hour.
    var known: Set<UsageKey> = []
    /// Counted, and not yet in rows.
    var pending: [UsageKey: UsageCounts] = [:]
  }

  private let catalog: any Catalog
  private let logger: Logger
  private let state: NIOLockedValueBox<State>
  private let turns: Turns
  private let writing: Task<Void, Never>

  init(_ catalog: any Catalog, logger: Logger) {
    let (state, turns) = (NIOLockedValueBox(State()), Turns())
    (self.catalog, self.logger, self.state, self.turns) = (catalog, logger, state, turns)
    writing = Task {
      // Cancelled when the gateway stops, which ends the sleep.
      while (try? await Task.sleep(for: .seconds(1))) != nil {
        // What could not be written is counted on, and tried again.
        _ = await Self.write(state, turns, catalog, logger)
      }
    }
  }

  /// Counts a request that was answered.
  ///
  /// - Parameter now: milliseconds since 1970.
  func count(_ record: CallRecord, route: String, status: Int, nanoseconds: Int64, at now: Int64) {
    let key = UsageKey(hour: UsageKey.hour(now), tenant: record.tenant, key: record.key, route: route)
    let counts = UsageCounts(status: status, microseconds: UInt64(max(0, nanoseconds / 1_000)))
    state.withLockedValue { $0.add(counts, to: key) }
  }

  /// Puts what was counted so far into rows.
  ///
  /// - Throws: `Problem` when that cannot be done now.
  func flush() async throws(Problem) {
    guard await Self.write(state, turns, catalog, logger) else { throw .unwritableUsage }
  }

  private static func write(
    _ state: NIOLockedValueBox<State>, _ turns: Turns, _ catalog: any Catalog, _ logger: Logger
  ) async -> Bool {
    await turns.take {
      let pending = state.withLockedValue { state in
        defer { state.pending = [:] }
        return state.pending
      }
      guard !pending.isEmpty else { return true }
      do {
        // The disk is not for an event loop.
        try await NIOThreadPool.singleton.runIfActive { try add(pending, to: catalog) }
        return true
      } catch {
        state.withLockedValue { state in for (key, counts) in pending { state.pending[key, default: .init()] += counts }
        }
        logger.error("the usage of routes cannot be written", metadata: ["error": "\(error)"])
        return false
      }
    }
  }

  private static func add(_ pending: [UsageKey: UsageCounts], to catalog: any Catalog) throws(StoreError) {
    var changes: [CatalogChange] = []
    for (key, counts) in pending {
      let name = key.bytes
      var sum = try catalog.value(.requestUsage, key: name).flatMap { UsageCounts($0) } ?? UsageCounts()
      sum += counts
      changes.append(.put(.requestUsage, key: name, value: sum.bytes))
    }
    try catalog.apply(changes)
  }

  /// Takes rows away that are too old.
  /// - Returns: whether there may be more.
  func sweep(at now: Int64) async -> Bool {
    let (catalog, logger) = (catalog, logger)
    let end = UsageKey.hour(now) - min(UsageKey.hour(now), Self.hourCountMax)
    do {
      return try await NIOThreadPool.singleton.runIfActive {
        var old: [CatalogChange] = []
        _ = try catalog.scan(.requestUsage, from: nil, countMax: Self.sweepCount) { name, _ in
          guard let hour = UInt32(catalogKey: name.prefix(4)), hour < end else { return .stop }
          old.append(.delete(.requestUsage, key: name))
          return .next
        }
        if !old.isEmpty { try catalog.apply(old) }
        return old.count == Self.sweepCount
      }
    } catch {
      logger.error("old usage of routes cannot be taken away", metadata: ["error": "\(error)"])
      return false
    }
  }

  /// Visits rows of hours, of one tenant or of all, in order of their keys.
  ///
  /// - Parameter visit: returns false to end.
  func rows(
    of hours: Range<UInt32>, tenant: UInt32?, _ visit: (UsageKey, UsageCounts) -> Bool
  ) throws(StoreError) {
    var start = tenant == nil ? hours.lowerBound.catalogKey : UsageKey.prefix(hours.lowerBound, tenant)
    while true {
      var (isOver, jump) = (false, [UInt8]?.none)
      let next = try catalog.scan(.requestUsage, from: start, countMax: 1_024) { name, value in
        guard let key = UsageKey(name), hours.contains(key.hour) else {
          isOver = true
          return .stop
        }
        if let tenant, key.tenant != tenant {
          // Rows of others: on to the tenant's of this hour, or of the next one.
          let here = UsageKey.prefix(key.hour, tenant)
          jump = name.lexicographicallyPrecedes(here) ? here : UsageKey.prefix(key.hour &+ 1, tenant)
          return .stop
        }
        guard let counts = UsageCounts(unsafe value.withUnsafeBytes { unsafe Array($0) }), visit(key, counts) else {
          isOver = true
          return .stop
        }
        return .next
      }
      guard !isOver, let place = jump ?? next else { return }
      start = place
    }
  }

  /// Writes what is left.
  func stop() async {
    writing.cancel()
    await writing.value
    _ = await Self.write(state, turns, catalog, logger)
  }
}

extension UsageMeter.State {
  fileprivate mutating func add(_ counts: UsageCounts, to key: UsageKey) {
    if key.hour != hour { (hour, known) = (key.hour, []) }
    var key = key
    if !known.contains(key) {
      // Rows wait in memory when the disk fails, so these are bounded as well.
      if known.count < UsageMeter.rowCountMax, pending.count < 4 * UsageMeter.rowCountMax {
        known.insert(key)
      } else {
        key = UsageKey(hour: key.hour, tenant: nil, key: nil, route: "other")
      }
    }
    pending[key, default: UsageCounts()] += counts
  }
}

extension Problem {
  fileprivate static let unwritableUsage = Problem(
    .serviceUnavailable, "unavailable", "what was counted cannot be written now")
}
