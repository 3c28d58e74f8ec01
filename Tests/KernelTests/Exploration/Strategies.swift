import Kernel

/// A single willing party, or time alone, with honest bank answers. Source: DOMAIN 4.1, liveness.
enum Strategy: String, CaseIterable {
  case payer, payee, time

  /// The money is out and, for a party, the contract is closed.
  func isDone(_ c: Contract) -> Bool {
    switch self {
    case .payer, .payee: c.state == .closed
    case .time:
      c.milestones.allSatisfy { $0.held == 0 && $0.pending == 0 && ($0.retained == 0 || waitsWithoutHeld($0)) }
    }
  }

  /// ESCALATE opens a dispute only when H > 0, by the letter of DOMAIN 4.1: retention of earlier bills
  /// under a bill without money waits for a party.
  private func waitsWithoutHeld(_ m: Milestone) -> Bool {
    m.held == 0 && (m.state == .submitted || m.state == .approved)
  }

  /// What the party tries in a state, in order; the first that is accepted is done.
  func moves(_ c: Contract, _ now: Instant, _ ids: inout Moves.Ids) -> [Operation] {
    var moves = bankAnswers(c, &ids)
    if c.state == .suspended {
      moves.append(ids.make(.suspend, mode: 1, actor: person))
    }
    for m in c.milestones { moves += self.moves(m, c, &ids) }
    guard c.milestones.allSatisfy(\.isDone) else { return moves }
    moves.append(ids.make(.complete, actor: person))
    if c.completedAt != nil {
      // The operator's timer gives back what nobody claims.
      if c.unallocated > 0 {
        moves.append(ids.make(.refund, actor: self == .payer ? person : 0, amount: c.unallocated))
      }
      if c.advanceOutstanding > 0 {
        moves.append(
          self == .payer
            ? ids.make(.advance, mode: 2, actor: person, amount: c.advanceOutstanding)
            : ids.make(.advance, mode: 1, actor: person, amount: c.advanceOutstanding, argument: ids.reference))
      }
      moves.append(ids.make(.closeContract, actor: person))
    }
    return moves
  }

  private var person: UInt32 {
    switch self {
    case .payer: Moves.payer
    case .payee: Moves.payee
    case .time: 0
    }
  }

  /// Payouts and refunds settle, what was withheld is remitted.
  private func bankAnswers(_ c: Contract, _ ids: inout Moves.Ids) -> [Operation] {
    var answers: [Operation] = []
    for m in c.milestones where m.pending > 0 {
      answers.append(
        ids.make(
          .payoutResult, m.ordinal, amount: m.pending, argument: ids.reference, version: UInt32(m.payoutAttempt)))
    }
    if c.advancePending > 0 {
      answers.append(
        ids.make(
          .payoutResult, amount: c.advancePending, argument: ids.reference, version: UInt32(c.advanceAttempt)))
    }
    if c.refundPending > 0 {
      answers.append(ids.make(.refundResult, amount: c.refundPending, argument: ids.reference))
    }
    if c.tax > 0 { answers.append(ids.make(.remit, amount: c.tax, argument: ids.reference)) }
    if c.other > 0 { answers.append(ids.make(.remit, mode: 1, amount: c.other, argument: ids.reference)) }
    return answers
  }

  private func moves(_ m: Milestone, _ c: Contract, _ ids: inout Moves.Ids) -> [Operation] {
    let n = m.ordinal
    var moves: [Operation] = []
    // A compliance hold waits for the operator, by design: here the operator lifts it.
    if m.complianceHold { moves.append(ids.make(.hold, mode: 1, n, argument: 1)) }
    // Time ends a payer hold; the payer may end it at once, but not in every state.
    if m.payerHoldUntil != nil {
      for actor in Set([0, self == .payer ? person : 0]) {
        moves.append(ids.make(.hold, mode: 1, n, actor: actor, argument: 1))
      }
    }
    if self == .time {
      moves += [
        ids.make(.expire, n), ids.make(.resolve, mode: 2, n), ids.make(.autoApprove, n), ids.make(.escalate, n),
      ]
      if m.retained > 0 { moves.append(ids.make(.releaseRetention, n, amount: m.retained)) }
      return moves
    }
    switch m.state {
    case .planned, .funded, .inProgress, .changesRequested:
      if m.owed > 0 { moves.append(ids.make(.release, mode: 2, n, actor: person, amount: m.owed)) }
      if m.free > 0 { moves.append(ids.make(.refund, n, actor: person, amount: m.free)) }
      moves.append(ids.make(.cancel, n, actor: person))
    case .submitted:
      if self == .payee {
        moves.append(ids.make(.withdrawSubmission, n, actor: person))
      } else {
        let claim = m.claimIsCumulative ? m.claimToDate : m.claimToDate - m.certified
        moves.append(ids.make(.approve, n, actor: person, amount: claim))
        moves.append(ids.make(.dispute, n, actor: person, argument: 1))
        // Nothing to dispute and other approvers are silent: the payer names some who are not.
        for step in UInt32(1)...4 {
          moves.append(ids.make(.approve, n, actor: 90 + step, amount: claim))
          let seat = UInt64(90 + step) | UInt64(step) << 32
          moves.append(ids.make(.setApprover, actor: person, argument: seat))
        }
      }
    case .approved:
      if m.owed > 0 { moves.append(ids.make(.release, mode: 2, n, actor: person, amount: m.owed)) }
      let covered = min(m.dueSum, m.held - m.owed)
      if covered > 0 { moves.append(ids.make(.release, n, actor: person, amount: covered)) }
      if m.free > 0 { moves.append(ids.make(.refund, n, actor: person, amount: m.free)) }
      if covered <= 0, m.dueSum > 0 {
        if self == .payee {
          moves.append(ids.make(.cancel, n, actor: person))
        } else {
          let short = min(m.dueSum, m.amount - (m.allocated - m.refunded))
          if c.unallocated < short {
            moves.append(ids.make(.deposit, actor: person, amount: short, argument: ids.reference))
          }
          if short > 0 { moves.append(ids.make(.fund, n, actor: person, amount: short)) }
        }
      }
    case .disputed:
      moves.append(ids.make(.resolve, mode: 2, n, actor: person))
    case .paid:
      moves.append(
        self == .payer
          ? ids.make(.releaseRetention, mode: 1, n, actor: person, amount: m.retained, argument: 1)
          : ids.make(.releaseRetention, n, actor: person, amount: m.retained))
    case .payoutPending, .closed, .cancelled, .expired: break
    }
    return moves
  }
}

/// Proves for node after node that a strategy comes to an end.
struct LivenessProof {
  let strategy: Strategy
  private var proved: Set<Explorer.Key> = []

  init(_ strategy: Strategy) { self.strategy = strategy }

  /// Why the strategy is stuck, or nil.
  mutating func check(_ node: Explorer.Node) -> String? {
    var model = node.model
    var now = node.now
    var visited: [Explorer.Key] = []
    var log: [String] = []
    var ids = Moves.Ids(1 << 40)
    for _ in 0..<400 {
      let contract = model.contracts[Explorer.key]!
      let key = Explorer.key(contract, now)
      if strategy.isDone(contract) || proved.contains(key) {
        proved.formUnion(visited)
        return nil
      }
      visited.append(key)
      let move = strategy.moves(contract, now, &ids).first { move in
        var trial = model
        return trial.apply([Request(move)], stamp: now)[0].isAccepted
      }
      if let move {
        _ = model.apply([Request(move)], stamp: now)
        log.append("[day \((now - Explorer.start) / Explorer.day)] \(Request(move))")
      } else {
        now += Explorer.day
      }
    }
    return "\(strategy.rawValue) is stuck in \(model.contracts[Explorer.key]!.fields)"
      + "\(model.contracts[Explorer.key]!.milestones.map(\.fields)):\n\(log.suffix(20).joined(separator: "\n"))"
  }
}
