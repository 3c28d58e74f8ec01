import HTTPTypes
import NIOConcurrencyHelpers

/// Counts of contracts that are under way, and those that pages are still asked of.
final class CensusShelf: Sendable {
  /// Counts at once, of all tenants. Past it the oldest is forgotten: who pages through it begins again.
  static let countMax = 16

  private struct State {
    var last: UInt64 = 0
    /// The oldest first.
    var takers: [CensusTaker] = []
  }
  private let state = NIOLockedValueBox(State())

  /// A count that began with this request, or with an earlier one that did not come to its end.
  func begin(tenant: UInt32) async -> CensusTaker {
    for taker in state.withLockedValue({ $0.takers }) where taker.tenant == tenant {
      if await taker.isUnfinished { return taker }
    }
    return state.withLockedValue { state in
      state.last += 1
      let taker = CensusTaker(tenant: tenant, number: state.last)
      state.takers.append(taker)
      if state.takers.count > Self.countMax { state.takers.removeFirst() }
      return taker
    }
  }

  /// The count that a cursor is of.
  ///
  /// - Throws: `Problem` 410 when it was forgotten.
  func taker(_ number: UInt64, tenant: UInt32) throws(Problem) -> CensusTaker {
    let found = state.withLockedValue { $0.takers.first { $0.number == number && $0.tenant == tenant } }
    guard let found else { throw .forgottenCensus }
    return found
  }
}

extension Problem {
  fileprivate static let forgottenCensus = Problem(
    .gone, "invalid_cursor", "the cursor is none that was given out, or it is too old: begin again")
}
