/// What a claim of an expense log is for.
enum ClaimKind {
  /// Leave to travel: approved, never paid.
  case permit
  /// Costs after the fact.
  case declaration
  /// Money asked for in advance.
  case request

  init?(_ name: Substring) {
    switch name {
    case "Permit": self = .permit
    case "Declaration": self = .declaration
    case "Request For Payment": self = .request
    default: return nil
    }
  }
}

/// What an event of an expense log does to a claim.
enum ClaimAction {
  case saved, submitted, approved, granted, rejected, handedBack, requested, paid
}

/// An event of an expense log, taken apart: `Declaration APPROVED by BUDGET OWNER`.
struct ExpenseActivity {
  var kind: ClaimKind?
  var action: ClaimAction
  var role: String

  /// Nil for events that touch no claim: trips, reminders.
  init?(_ activity: String) {
    role = ""
    switch activity {
    case "Request Payment": action = .requested
    case "Payment Handled": action = .paid
    default:
      for (word, meaning) in Self.words {
        guard let range = activity.ranges(of: word).first, let kind = ClaimKind(activity[..<range.lowerBound]) else {
          continue
        }
        self.kind = kind
        role = String(activity[range.upperBound...])
        action = meaning == .rejected && role == "EMPLOYEE" ? .handedBack : meaning
        return
      }
      return nil
    }
  }

  private static let words: [(String, ClaimAction)] = [
    (" SAVED by ", .saved), (" SUBMITTED by ", .submitted), (" FINAL_APPROVED by ", .granted),
    (" APPROVED by ", .approved),
    (" REJECTED by ", .rejected),
  ]
}

/// A claim as the log tells it, without any rule of the kernel.
struct ClaimHistory {
  enum State {
    case saved, submitted, rejected, handedBack, granted, requested, paid
  }

  var kind: ClaimKind
  var state = State.saved
  var rounds: [ApprovalRound] = []
  var wasGranted = false
  /// Paid, or asked to be paid, without a final approval before.
  var isPaidUnapproved = false
  /// Granted or rejected without a submission before.
  var isGrantedUnsubmitted = false
  var amount: Int64 = 0

  init(_ kind: ClaimKind) { self.kind = kind }

  var votes: [UInt32] { rounds.last?.votes ?? [] }
}

/// A case of an expense log, read once from front to back: which claims it has, and which claim each event is about.
///
/// The logs do not number claims. An event goes to the first claim of its kind that it fits.
struct ExpensePlan {
  struct Step {
    var claim: Int
    var action: ClaimAction
    var person: UInt32
  }

  private(set) var claims: [ClaimHistory] = []
  /// For each event of the case, what it does; nil when it touches no claim.
  private(set) var steps: [Step?] = []
  /// Rejections that the claimant has not taken note of yet.
  private var unnoted: [ClaimKind: Int] = [:]

  /// - Parameter singles: kinds of which a case has one claim, whatever happens.
  init(_ activities: [String], singles: Set<ClaimKind>) {
    for activity in activities {
      guard let event = ExpenseActivity(activity) else {
        steps.append(nil)
        continue
      }
      steps.append(take(event, singles))
    }
  }

  /// Every round of every claim.
  var rounds: [ApprovalRound] { claims.flatMap(\.rounds) }

  private mutating func take(_ event: ExpenseActivity, _ singles: Set<ClaimKind>) -> Step? {
    if let kind = event.kind {
      if event.action == .rejected { unnoted[kind, default: 0] += 1 }
      if event.action == .handedBack, let count = unnoted[kind], count > 0 {
        // Often late: the claim was handed in again before its rejection was noted.
        unnoted[kind] = count - 1
        return nil
      }
    }
    guard let index = find(event, singles) else { return nil }
    var person: UInt32 = 0
    switch event.action {
    case .saved: break
    case .submitted:
      claims[index].rounds.append(ApprovalRound())
      claims[index].state = .submitted
    case .approved, .granted, .rejected:
      person = vote(event, index)
    case .handedBack: claims[index].state = .handedBack
    case .requested:
      if claims[index].state != .granted { claims[index].isPaidUnapproved = true }
      claims[index].state = .requested
    case .paid:
      if claims[index].state != .requested && claims[index].state != .granted { claims[index].isPaidUnapproved = true }
      claims[index].state = .paid
    }
    return Step(claim: index, action: event.action, person: person)
  }

  /// Records a vote, and says which seat casts it.
  private mutating func vote(_ event: ExpenseActivity, _ index: Int) -> UInt32 {
    if claims[index].rounds.isEmpty || claims[index].state != .submitted && !claims[index].wasGranted {
      claims[index].isGrantedUnsubmitted = true
    }
    // A round ends with its grant: what comes after is not part of the chain that led to it.
    if claims[index].rounds.last?.isGranted == true { claims[index].rounds.append(ApprovalRound()) }
    let votes = claims[index].votes
    var person = Role.person(event.role, final: event.action == .granted)
    // One vote a seat: who rejects after approving on the way does it from the deciding seat.
    if event.action == .rejected && votes.contains(person) { person = Role.person(event.role, final: true) }
    if claims[index].rounds.isEmpty { claims[index].rounds.append(ApprovalRound()) }
    let last = claims[index].rounds.count - 1
    if !votes.contains(person) { claims[index].rounds[last].votes.append(person) }
    switch event.action {
    case .granted:
      claims[index].rounds[last].isGranted = true
      claims[index].wasGranted = true
      claims[index].state = .granted
    case .rejected: claims[index].state = .rejected
    default: break
    }
    return person
  }

  private mutating func find(_ event: ExpenseActivity, _ singles: Set<ClaimKind>) -> Int? {
    guard let kind = event.kind else {
      let payable = claims.indices.filter { claims[$0].kind != .permit }
      switch event.action {
      case .requested:
        return payable.first { claims[$0].state == .granted } ?? payable.first { claims[$0].state == .submitted }
          ?? payable.last { claims[$0].state != .paid && claims[$0].state != .requested }
      default:
        return payable.first { claims[$0].state == .requested } ?? payable.first { claims[$0].state == .granted }
          ?? payable.last { claims[$0].state != .paid }
      }
    }
    let own = claims.indices.filter { claims[$0].kind == kind }
    if singles.contains(kind), let only = own.first { return only }
    func first(_ state: ClaimHistory.State) -> Int? { own.first { claims[$0].state == state } }
    switch event.action {
    case .saved: return add(kind)
    case .submitted: return first(.rejected) ?? first(.handedBack) ?? first(.saved) ?? add(kind)
    case .approved:
      let person = Role.person(event.role)
      return own.first { claims[$0].state == .submitted && !claims[$0].votes.contains(person) } ?? first(.submitted)
        ?? own.last
        ?? add(kind)
    case .granted:
      let open = own.filter { claims[$0].state == .submitted }
      return open.max { claims[$0].votes.count < claims[$1].votes.count } ?? own.last ?? add(kind)
    case .rejected:
      if event.role == "MISSING", let granted = first(.granted) ?? first(.requested) { return granted }
      let person = Role.person(event.role)
      return own.first { claims[$0].state == .submitted && !claims[$0].votes.contains(person) } ?? first(.submitted)
        ?? first(.granted) ?? own.last ?? add(kind)
    case .handedBack: return first(.rejected) ?? first(.submitted) ?? own.last ?? add(kind)
    case .requested, .paid: return nil
    }
  }

  private mutating func add(_ kind: ClaimKind) -> Int {
    claims.append(ClaimHistory(kind))
    return claims.count - 1
  }

  /// Sets what a claim is about, minor units.
  mutating func setAmount(_ amount: Int64, of claim: Int) { claims[claim].amount = amount }
}
