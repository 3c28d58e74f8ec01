import Client
import Formats
import HTTPTypes
import Store
import Wire

/// Finds places in the log by time, with a few looks: each halves what is left.
///
/// Stamps never run back in a shard, but a deadline has its own stamp, also where it fired late, and shards do not wait for each other.
/// So a look is not one event but a run of them.
struct LogSearch {
  private let client: MilepostClient
  private let scope: TenantScope

  /// Events of a look. So many late deadlines in a row do not mislead.
  private static let lookCount = 1_024
  /// Milliseconds in which a server that is well says something.
  private static let patience: Int64 = 30_000

  init(_ client: MilepostClient, _ scope: TenantScope) {
    self.client = client
    self.scope = scope
  }

  /// The beginning of the first commit with an event of this time or later; the end of the log when there is none.
  ///
  /// - Parameter time: milliseconds since 1970.
  /// - Throws: `Problem` also when the log begins later.
  func firstCommit(since time: Int64) async throws(Problem) -> EventPosition {
    let (oldest, end) = try await bounds()
    // Before `low` everything is older; a look from `high` on finds `found`, or nothing.
    var (low, high, found) = (oldest, end, end)
    if oldest > 1, let first = try await look(from: oldest, before: end, for: time).first, first >= time {
      throw Problem(
        .gone, "position_too_old",
        "the log no longer reaches back to that time; it begins at \(oldest)-0, \(RFC3339.text(first))")
    }
    while low < high {
      let middle = low + (high - low) / 2
      let look = try await look(from: middle, before: end, for: time)
      if let match = look.match {
        (high, found) = (middle, match)
      } else if look.isAtEnd, look.first == nil {
        // Commits without events, at the end.
        high = middle
      } else {
        // The look may have ended within a commit, and the first one it saw whole.
        low = look.isAtEnd ? high : max(middle + 1, look.last)
      }
    }
    return EventPosition(commit: found)
  }

  /// The oldest commit that there is, and the one behind the newest.
  private func bounds() async throws(Problem) -> (oldest: UInt64, end: UInt64) {
    do throws(ClientError) {
      let end = try await client.ping().commit + 1
      let subscription = try await client.subscribe(
        from: EventPosition(commit: 1), scope: scope, reportsProgress: true)
      defer { subscription.cancel() }
      do throws(ClientError) {
        if case .timedOut = try await subscription.next(countMax: 1, within: Self.patience) { throw .closed }
      } catch {
        guard case .subscriptionEnded(let ended) = error, ended.reason == .positionTooOld else { throw error }
        return (ended.value, end)
      }
      return (1, end)
    } catch { throw Problem(error) }
  }

  /// What a run of events has.
  private struct Look {
    /// Stamp of the first event.
    var first: Int64?
    /// Commit of the first event of the time, or later.
    var match: UInt64?
    /// Commit of the last event.
    var last: UInt64 = 0
    var isAtEnd = false
  }

  private func look(from commit: UInt64, before end: UInt64, for time: Int64) async throws(Problem) -> Look {
    var (look, count) = (Look(), 0)
    do throws(ClientError) {
      let subscription = try await client.subscribe(
        from: EventPosition(commit: commit), scope: scope, reportsProgress: true)
      defer { subscription.cancel() }
      while true {
        let events: [Event]
        switch try await subscription.next(countMax: Self.lookCount, within: Self.patience) {
        case nil, .timedOut: throw .closed
        case .progress: events = []
        case .events(let more): events = more
        }
        for event in events where event.position.commit < end {
          if look.first == nil { look.first = event.record.stamp }
          look.last = event.position.commit
          guard event.record.stamp < time else {
            look.match = look.last
            return look
          }
        }
        count += events.count
        look.isAtEnd = subscription.progress != nil || events.contains { $0.position.commit >= end }
        if look.isAtEnd || (count >= Self.lookCount && look.last > commit) { return look }
      }
    } catch { throw Problem(error) }
  }
}
