/// Life of a contract. Numbers are part of the protocol. Source: DOMAIN 4, 4.5.
public enum ContractState: UInt8, CaseIterable, Sendable {
  case draft = 1
  case offered, active, suspended, completed, terminated, closed, cancelled

  public var name: StaticString {
    switch self {
    case .draft: "DRAFT"
    case .offered: "OFFERED"
    case .active: "ACTIVE"
    case .suspended: "SUSPENDED"
    case .completed: "COMPLETED"
    case .terminated: "TERMINATED"
    case .closed: "CLOSED"
    case .cancelled: "CANCELLED"
    }
  }
}

/// Life of a milestone. Numbers are part of the protocol. Source: DOMAIN 4, 4.5.
public enum MilestoneState: UInt8, CaseIterable, Sendable {
  case planned = 1
  case funded, inProgress, submitted, changesRequested, approved, payoutPending, paid, disputed
  case closed, cancelled, expired

  public var name: StaticString {
    switch self {
    case .planned: "PLANNED"
    case .funded: "FUNDED"
    case .inProgress: "IN_PROGRESS"
    case .submitted: "SUBMITTED"
    case .changesRequested: "CHANGES_REQUESTED"
    case .approved: "APPROVED"
    case .payoutPending: "PAYOUT_PENDING"
    case .paid: "PAID"
    case .disputed: "DISPUTED"
    case .closed: "CLOSED"
    case .cancelled: "CANCELLED"
    case .expired: "EXPIRED"
    }
  }
}

/// How a closed milestone ended.
public enum MilestoneOutcome: UInt8, Sendable {
  case none = 0
  case paid, split, refunded
}
