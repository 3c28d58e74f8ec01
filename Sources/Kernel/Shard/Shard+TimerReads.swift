/// Which timers run. Records are asked, not the wheel: its entries are bounds, and it has only each record's next one.
extension Shard {
  /// Milestones looked at in one hold of the lock.
  private static let lookCount = 4_096

  /// The timers of a contract and its milestones behind a place, by ordinal and kind; nil when there is no such contract.
  ///
  /// A bounded look: a page may be shorter than its limit, or empty, and still not be the last.
  ///
  /// - Parameter place: 0 for the beginning, then `TimerPage.next`.
  /// - Precondition: `limit` is at least 1.
  public func timers(tenant: UInt32, contract: UInt128, after place: UInt32 = 0, limit: Int) -> TimerPage? {
    precondition(limit > 0, "a page without room")
    guard let slot = findContract(tenant: tenant, contract: contract) else { return nil }
    var page = TimerPage(timers: [], next: nil)
    let count = contracts[slot].milestoneCount
    var ordinal = Int(place >> 8)
    let end = min(Int(count), ordinal + Self.lookCount)
    while ordinal <= end {
      for timer in timers(slot, UInt16(truncatingIfNeeded: ordinal)) where timer.place > place {
        page.timers.append(timer)
        guard page.timers.count <= limit else {
          page.timers.removeLast()
          page.next = page.timers.last?.place
          return page
        }
      }
      ordinal += 1
    }
    // Behind every kind of the last one that was looked at.
    if end < Int(count) { page.next = UInt32(end) << 8 | 0xFF }
    return page
  }

  /// All timers of a contract and its milestones that fire in a span, by ordinal and kind; none where there is no such contract.
  ///
  /// - Complexity: O(milestones).
  public func timers(tenant: UInt32, contract: UInt128, due: Range<Instant>) -> [TimerSnapshot] {
    guard let slot = findContract(tenant: tenant, contract: contract) else { return [] }
    var found: [TimerSnapshot] = []
    for ordinal in 0...Int(contracts[slot].milestoneCount) {
      found += timers(slot, UInt16(truncatingIfNeeded: ordinal)).filter { due.contains($0.due) }
    }
    return found
  }

  /// The timers of one record, by kind. Ordinals are at most 65,535.
  private func timers(_ slot: Int, _ ordinal: UInt16) -> [TimerSnapshot] {
    let step = idleStep(slot)
    // Copies: the rules take records as what may be changed.
    var contract = contracts[slot]
    var found: [TimerSnapshot] = []
    guard ordinal > 0 else {
      guard let next = step.nextTimer(&contract) else { return [] }
      let amount = next.kind == .dormantRefund ? step.fired(next, contract).amount : 0
      return [TimerSnapshot(ordinal: 0, kind: next.kind, due: next.instant, amount: amount)]
    }
    var milestone = milestones.slab[milestoneIndex(slot, ordinal)]
    var side = sides[Int(contract.side)]
    step.eachTimer(&milestone, &contract, &side) { instant, kind in
      guard mayFire(slot, NextTimer(instant: instant, kind: kind)) else { return }
      found.append(TimerSnapshot(ordinal: ordinal, kind: kind, due: instant, amount: 0))
    }
    for index in found.indices where found[index].kind == .retention {
      let timer = NextTimer(instant: found[index].due, kind: .retention)
      found[index].amount = step.fired(timer, ordinal: ordinal, milestone, contract).amount
    }
    return found.sorted { $0.kind.rawValue < $1.kind.rawValue }
  }
}
