import NIOCore
import Store

/// The places behind the lobby, over all event loops: how many are taken, by which keys, and who has no session yet.
///
/// Who has no session yet makes room for who comes later, so connections that begin and say nothing more keep nobody out. A key
/// gets no more places than are left for everybody: alone half of all (dynamic thresholds, as for bytes in flight).
/// Asked when connections come and go only.
final class ConnectionPlaces: Sendable {
  /// A connection that was admitted and has not proved who it is.
  struct Newcomer: Sendable {
    /// Whose it is, among the lobby's workers.
    let worker: Int
    let connection: UInt64
    /// When its session must have begun.
    let deadline: NIODeadline
  }

  private struct State {
    /// Admitted and not gone.
    var count = 0
    /// Of them those that proved who they are.
    var seatedCount = 0
    var countsOfKeys: [UInt32: Int] = [:]
    /// In the order in which they came; who is not in `unseated` any more is passed over.
    var newcomers = CircularBuffer<Newcomer>()
    var unseated: Set<UInt64> = []
  }

  let countMax: Int
  private let state = Locked(State())

  init(countMax: Int) { self.countMax = countMax }

  /// Connections admitted and not gone.
  var count: Int { state.withLock { $0.count } }

  func admit(_ newcomer: Newcomer) {
    state.withLock { state in
      state.count += 1
      state.newcomers.append(newcomer)
      state.unseated.insert(newcomer.connection)
      // Those who left behind one who stays.
      if state.newcomers.count > 2 * state.unseated.count + 64 {
        state.newcomers.removeAll { !state.unseated.contains($0.connection) }
      }
    }
  }

  /// A connection has proved who it is: nobody takes its place any more.
  ///
  /// - Parameters:
  ///   - key: its key; nil without keys, where there are no shares.
  ///   - takesOver: it takes up the session of another connection, which ends with that: the share stays as it is.
  /// - Returns: nil, or of how many places it would have been one too many: of all, when somebody else was promised its place, or of its key's share.
  func seat(_ connection: UInt64, key: UInt32?, takesOver: Bool) -> Int? {
    state.withLock { state in
      guard state.unseated.contains(connection) else { return countMax }
      if let key {
        let taken = state.countsOfKeys[key, default: 0]
        guard takesOver || taken < countMax - state.seatedCount else { return taken }
        state.countsOfKeys[key] = taken + 1
      }
      state.unseated.remove(connection)
      state.seatedCount += 1
      return nil
    }
  }

  /// A connection is gone.
  ///
  /// - Parameters:
  ///   - isSeated: whether `seat` gave it its place.
  ///   - key: as it was given to `seat`.
  func leave(_ connection: UInt64, isSeated: Bool, key: UInt32?) {
    state.withLock { state in
      state.count -= 1
      state.unseated.remove(connection)
      guard isSeated else { return }
      state.seatedCount -= 1
      guard let key, let taken = state.countsOfKeys[key] else { return }
      state.countsOfKeys[key] = taken > 1 ? taken - 1 : nil
    }
  }

  /// The newcomer who came first, if that one's deadline is before `deadline`. Its place is promised to somebody else from now on.
  func takeOldestNewcomer(before deadline: NIODeadline) -> Newcomer? {
    state.withLock { state in
      while let newcomer = state.newcomers.first {
        guard state.unseated.contains(newcomer.connection) else {
          state.newcomers.removeFirst()
          continue
        }
        guard newcomer.deadline < deadline else { return nil }
        state.newcomers.removeFirst()
        state.unseated.remove(newcomer.connection)
        return newcomer
      }
      return nil
    }
  }
}
