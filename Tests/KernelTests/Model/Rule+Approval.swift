import Kernel

// APPROVE, REJECT, AUTO_APPROVE: from a submission to a certified sum. Source: DOMAIN 4.1, 4.2.
extension Situation {
  func counts(_ step: Int) -> Bool {
    policy.votes[step - 1] > 0 && milestone.claimToDate >= policy.band[step - 1]
  }

  func approvals(_ step: Int) -> Int {
    milestone.votes.count { !$0.isRejection && contract.approvers[$0.seat].step == step }
  }

  func isComplete(_ step: Int) -> Bool { approvals(step) >= policy.votes[step - 1] }

  /// Entry or seat has voted on this submission.
  var hasVoted: Bool {
    guard let right = votingRight else { return false }
    return milestone.votes.contains {
      [$0.entry, $0.seat].contains(right.entry) || [$0.entry, $0.seat].contains(right.seat)
    }
  }

  /// Ordered steps: a lower step that counts is not complete.
  var isOutOfOrder: Bool {
    guard let right = votingRight, policy.ordered == 1 else { return false }
    return (1..<contract.approvers[right.seat].step).contains { counts($0) && !isComplete($0) }
  }

  /// What an APPROVE certifies, to date.
  var certifiedByVote: Int64 { milestone.claimIsCumulative ? sum : milestone.certified + sum }

  mutating func certify(_ certified: Int64) -> Int64 {
    milestone.certified = certified
    milestone.billBase = milestone.released
    milestone.startApproval(now)
    milestone.rest(now)
    return max(0, milestone.dueSum)
  }

  /// Majority: rejections are more than half of the seats of the step, or its quorum is out of reach.
  func rejectionCarries(_ seat: Int) -> Bool {
    if policy.majority == 0 { return true }
    let step = contract.approvers[seat].step
    let seats = contract.approvers.indices.filter {
      let a = contract.approvers[$0]
      return a.delegation == nil && !a.isRemoved && a.step == step && a.level <= milestone.level
    }
    let rejections = milestone.votes.count { $0.isRejection && contract.approvers[$0.seat].step == step }
    let silent = seats.count { seat in !milestone.votes.contains { $0.seat == seat } }
    return rejections * 2 > seats.count
      || (counts(step) && approvals(step) + silent < policy.votes[step - 1])
  }
}

extension Rule {
  static var approve: Rule {
    Rule(
      actors: { $0.votingRight != nil },
      isSelfApproval: { $0.isPayee },
      contractStates: { _ in .live },
      milestoneStates: { _ in [.submitted] },
      guards: { s in
        failing(
          (.zeroAmount, s.sum == 0 && !s.milestone.claimIsCumulative),
          (.alreadyVoted, s.hasVoted),
          (.stepOrder, s.isOutOfOrder),
          (.certifiedExceeds, s.certifiedByVote > s.milestone.claimToDate))
      },
      effect: { s in
        let right = s.votingRight!
        s.milestone.votes.append(
          Vote(entry: right.entry, seat: right.seat, isRejection: false, certified: s.certifiedByVote))
        guard (1...4).allSatisfy({ !s.counts($0) || s.isComplete($0) }) else { return 0 }
        return s.certify(s.milestone.votes.filter { !$0.isRejection }.map(\.certified).min()!)
      })
  }

  static var reject: Rule {
    Rule(
      actors: { $0.votingRight != nil },
      isSelfApproval: { $0.isPayee },
      contractStates: { _ in .live },
      milestoneStates: { _ in [.submitted] },
      guards: { s in
        failing(
          (.alreadyVoted, s.hasVoted),
          (.stepOrder, s.isOutOfOrder),
          (.reasonRequired, s.argument == 0),
          (.reworkLimit, s.milestone.rejectionCount >= s.policy.reworkLimit))
      },
      effect: { s in
        let right = s.votingRight!
        s.milestone.votes.append(Vote(entry: right.entry, seat: right.seat, isRejection: true, certified: 0))
        guard s.rejectionCarries(right.seat) else { return 0 }
        s.milestone.votes = []
        s.milestone.rejectionCount += 1
        s.milestone.due = max(s.milestone.due, s.kept(s.now))
        s.milestone.enter(.changesRequested, s.now)
        return 0
      })
  }

  static var autoApprove: Rule {
    Rule(
      actors: { $0.isOperator },
      contractStates: { _ in .live },
      milestoneStates: { _ in [.submitted] },
      guards: { s in
        let m = s.milestone
        return failing(
          (.notAllowed, !s.terms.autoApprove || m.claimToDate > s.policy.autoMax),
          (.notDue, !s.isReached(m.review, seconds: s.terms.review)),
          (.blocked, m.isHeld || s.contract.state == .suspended || m.votes.contains { $0.isRejection }))
      },
      effect: { s in
        let lowestVote = s.milestone.votes.map(\.certified).min() ?? .max
        return s.certify(min(s.milestone.claimToDate, lowestVote))
      })
  }
}
