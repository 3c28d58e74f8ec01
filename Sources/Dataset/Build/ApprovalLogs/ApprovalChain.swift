internal import Kernel

/// Persons of the approval logs. The logs name roles only, so a role is a person.
enum Role {
  static let payer: UInt32 = 1
  static let payee: UInt32 = 2

  /// Who acts in a role on the way; `final` is the same role as the one that decides, a seat of its own.
  static func person(_ role: String, final: Bool = false) -> UInt32 {
    let number: UInt32 =
      switch role {
      case "ADMINISTRATION": 11
      case "PRE_APPROVER": 12
      case "BUDGET OWNER": 13
      case "SUPERVISOR": 14
      case "DIRECTOR": 15
      case "MISSING": 16
      default: 17
      }
    return final ? number + 10 : number
  }

  static func isFinal(_ person: UInt32) -> Bool { person > 20 }
}

/// One round of a claim: who voted, in order, and whether it was granted at its end.
struct ApprovalRound {
  var votes: [UInt32] = []
  var isGranted = false
}

/// The approver policy that the rounds of a contract followed, as far as they agree.
///
/// Steps that every granted round passed come first, in their order; the deciding seat is the last step. Who voted only
/// in some rounds gets a seat in a step that never counts, and then the steps are not ordered.
struct ApprovalChain {
  private(set) var policy = ApproverPolicy()
  /// Persons with the step of their seat.
  private(set) var seats: [(person: UInt32, step: UInt8)] = []

  init(_ rounds: [ApprovalRound]) {
    let granted = rounds.filter(\.isGranted).map { round in round.votes.filter { !Role.isFinal($0) } }
    var everyone: [UInt32] = []
    for person in rounds.flatMap(\.votes) where !everyone.contains(person) { everyone.append(person) }
    let deciders = everyone.filter(Role.isFinal)
    var required = (granted.first ?? []).filter { person in granted.allSatisfy { $0.contains(person) } }
    // Four steps: the deciding one, and one for those that do not count, when there are any.
    let hasOthers = everyone.count > required.count + deciders.count || required.count > 3
    if hasOthers { required = Array(required.prefix(2)) }
    let decision = UInt8(required.count + 1)
    for person in everyone {
      if Role.isFinal(person) {
        seats.append((person, decision))
      } else if let index = required.firstIndex(of: person) {
        seats.append((person, UInt8(index + 1)))
      } else {
        seats.append((person, 4))
      }
    }
    policy.votes = (1, decision >= 2 ? 1 : 0, decision >= 3 ? 1 : 0, decision >= 4 ? 1 : 0)
    policy.reworkLimit = .max
    policy.escalation = DatasetSink.longSpan
    policy.ordered = !hasOthers && rounds.allSatisfy(isOrdered) ? 1 : 0
  }

  private func isOrdered(_ round: ApprovalRound) -> Bool {
    var reached: UInt8 = 0
    for person in round.votes {
      guard let step = seats.first(where: { $0.person == person })?.step, step <= reached + 1 else { return false }
      reached = max(reached, step)
    }
    return true
  }
}
