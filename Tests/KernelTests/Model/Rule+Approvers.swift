import Kernel

// SET_APPROVER, and who may vote. Source: DOMAIN 4.2.
extension Situation {
  var namedPerson: UInt32 { UInt32(truncatingIfNeeded: argument) }
  var namedStep: Int { Int(argument >> 32 & 0xFF) }
  var namedLevel: Int { Int(argument >> 40 & 0xFF) }

  var namedEntry: Int? { contract.approvers.firstIndex { $0.person == namedPerson } }

  /// The person of a seat by index: not of a delegate, nor of a seat that was removed.
  func holder(ofSeat index: Int) -> UInt32? {
    guard contract.approvers.indices.contains(index) else { return nil }
    let entry = contract.approvers[index]
    return entry.delegation != nil || entry.isRemoved ? nil : entry.person
  }

  /// The delegate stands for a seat now.
  func isCurrent(_ delegation: Approver.Delegation) -> Bool {
    !delegation.isEnded && now < delegation.expiry
  }

  /// Entry and seat through which the actor may vote on the milestone now.
  var votingRight: (entry: Int, seat: Int)? {
    guard let entry = contract.approvers.firstIndex(where: { $0.person == actor }) else { return nil }
    var seat = entry
    if let delegation = contract.approvers[entry].delegation {
      guard isCurrent(delegation) else { return nil }
      seat = delegation.seat
    }
    let held = contract.approvers[seat]
    return held.isRemoved || held.level > milestone.level ? nil : (entry, seat)
  }
}

extension Rule {
  static var setApprover: Rule {
    Rule(
      actors: { s in
        if s.isPayer { return true }
        switch s.mode {
        case 2: return s.actor != 0 && s.holder(ofSeat: s.namedStep) == s.actor
        case 3:
          guard let entry = s.namedEntry, let delegation = s.contract.approvers[entry].delegation else { return false }
          return s.actor != 0 && s.holder(ofSeat: delegation.seat) == s.actor
        default: return false
        }
      },
      isSelfApproval: { $0.namedPerson == $0.contract.payee },
      contractStates: { _ in .open },
      guards: { s in
        let isNobody = s.namedPerson == 0 || s.namedPerson == s.terms.arbiter
        let entry = s.namedEntry.map { s.contract.approvers[$0] }
        let isSeat = entry != nil && entry?.delegation == nil
        let isFull = entry == nil && s.contract.approvers.count >= 16
        switch s.mode {
        case 0:
          let comesBack =
            isSeat && entry!.isRemoved && entry!.step == s.namedStep && entry!.level == s.namedLevel
          return failing(
            (.badTerms, isNobody || !(1...4).contains(s.namedStep)),
            (.approverExists, entry != nil && !comesBack),
            (.approverLimit, isFull))
        case 1:
          var after = s.contract
          if let index = s.namedEntry { after.approvers[index].isRemoved = true }
          return failing(
            (.badTerms, !isSeat || entry!.isRemoved),
            (.quorumUnreachable, !after.quorumIsReachable))
        case 2:
          let seat = s.namedStep
          let seatIsThere = s.holder(ofSeat: seat) != nil
          let delegatesElsewhere = entry?.delegation.map { s.isCurrent($0) && $0.seat != seat } ?? false
          return failing(
            (.badTerms, isNobody || s.sum <= s.now || !seatIsThere || s.namedLevel != 0),
            (.approverExists, isSeat || delegatesElsewhere),
            (.approverLimit, isFull))
        default:
          let delegates = entry?.delegation.map { s.isCurrent($0) } ?? false
          return failing((.badTerms, !delegates))
        }
      },
      effect: { s in
        switch s.mode {
        case 0:
          if let index = s.namedEntry {
            s.contract.approvers[index].isRemoved = false
          } else {
            s.contract.approvers.append(Approver(person: s.namedPerson, step: s.namedStep, level: s.namedLevel))
          }
        case 1: s.contract.approvers[s.namedEntry!].isRemoved = true
        case 2:
          let delegation = Approver.Delegation(seat: s.namedStep, expiry: s.sum)
          if let index = s.namedEntry {
            s.contract.approvers[index].delegation = delegation
          } else {
            s.contract.approvers.append(Approver(person: s.namedPerson, step: 0, level: 0, delegation: delegation))
          }
        default: s.contract.approvers[s.namedEntry!].delegation!.isEnded = true
        }
        return 0
      })
  }
}
