/// Outcomes of a well-formed request, in documented order of precedence; numbers are never reused.
///
/// Phases: batch, format, existence, authority, version and state, then everything from 50 up as one
/// phase. Of all checks that fail in a phase the lowest number is answered; a phase starts when the
/// one before it passed. Source: DOMAIN 4.3.
public enum ResultCode: UInt8, CaseIterable, Sendable {
  // Batch
  case ok = 0
  case linkedEventFailed = 1
  case linkedEventChainOpen = 2
  case chainSpansTenants = 3
  case timestampRegression = 4

  // Format
  case badOperation = 10
  case reservedBits = 11
  case badExtension = 12
  case badId = 13
  case badOrdinal = 14
  case badAmount = 15
  case amountOverflow = 16
  case badReference = 17

  // Existence and idempotency
  case tenantMismatch = 20
  case notFound = 21
  case exists = 22
  case existsWithDifferentFields = 23
  case idAlreadyFailed = 24
  case contractExists = 25
  case milestoneExists = 26
  case milestoneNotFound = 27
  case ordinalGap = 28
  case contractPruned = 29

  // Authority
  case mfaRequired = 30
  case selfApproval = 31
  case notAuthorised = 32

  // Version and state
  case versionConflict = 40
  case contractState = 41
  case disputeOpen = 42
  case submissionPending = 43
  case payoutState = 44
  case holdState = 45
  case invalidTransition = 46

  // Terms and references
  case zeroAmount = 50
  case sameParty = 51
  case badTerms = 52
  case scheduleMismatch = 53
  case quorumUnreachable = 54
  case approverExists = 55
  case approverLimit = 56
  case duplicateDeposit = 60
  case duplicateUtr = 61
  case duplicateChallan = 62

  // Guards
  case notAllowed = 70
  case notDue = 71
  case blocked = 72
  case onHold = 73
  case consentRequired = 74
  case predecessorOpen = 75
  case notFunded = 76
  case claimExceeds = 77
  case evidenceMissing = 78
  case alreadyVoted = 79
  case stepOrder = 80
  case certifiedExceeds = 81
  case reasonRequired = 82
  case reworkLimit = 83
  case votesCast = 84
  case payeeUnverified = 85
  case windowClosed = 86
  case disputeState = 87
  case retentionNotDue = 88
  case maxLevel = 89
  case guaranteeMissing = 90
  case nothingHeld = 91
  case nothingOwed = 92
  case milestonesOpen = 93

  // Balances
  case overAllocation = 100
  case exceedsCertified = 101
  case belowCertified = 102
  case splitMismatch = 103
  case retentionCap = 104
  case advanceCap = 105
  case exceedsAdvance = 106
  case ldCap = 107
  case exceedsRetention = 108
  case exceedsWithheld = 109
  case exceedsPaid = 110
  case insufficientFunds = 111
  case insufficientHeld = 112
  case fundsHeld = 113
  case advanceOutstanding = 114
  case totalOverflow = 115

  /// The stable name, for example `insufficient_funds`.
  public var name: StaticString {
    switch self {
    case .ok: "ok"
    case .linkedEventFailed: "linked_event_failed"
    case .linkedEventChainOpen: "linked_event_chain_open"
    case .chainSpansTenants: "chain_spans_tenants"
    case .timestampRegression: "timestamp_regression"
    case .badOperation: "bad_operation"
    case .reservedBits: "reserved_bits"
    case .badExtension: "bad_extension"
    case .badId: "bad_id"
    case .badOrdinal: "bad_ordinal"
    case .badAmount: "bad_amount"
    case .amountOverflow: "amount_overflow"
    case .badReference: "bad_reference"
    case .tenantMismatch: "tenant_mismatch"
    case .notFound: "not_found"
    case .exists: "exists"
    case .existsWithDifferentFields: "exists_with_different_fields"
    case .idAlreadyFailed: "id_already_failed"
    case .contractExists: "contract_exists"
    case .milestoneExists: "milestone_exists"
    case .milestoneNotFound: "milestone_not_found"
    case .ordinalGap: "ordinal_gap"
    case .contractPruned: "contract_pruned"
    case .mfaRequired: "mfa_required"
    case .selfApproval: "self_approval"
    case .notAuthorised: "not_authorised"
    case .versionConflict: "version_conflict"
    case .contractState: "contract_state"
    case .disputeOpen: "dispute_open"
    case .submissionPending: "submission_pending"
    case .payoutState: "payout_state"
    case .holdState: "hold_state"
    case .invalidTransition: "invalid_transition"
    case .zeroAmount: "zero_amount"
    case .sameParty: "same_party"
    case .badTerms: "bad_terms"
    case .scheduleMismatch: "schedule_mismatch"
    case .quorumUnreachable: "quorum_unreachable"
    case .approverExists: "approver_exists"
    case .approverLimit: "approver_limit"
    case .duplicateDeposit: "duplicate_deposit"
    case .duplicateUtr: "duplicate_utr"
    case .duplicateChallan: "duplicate_challan"
    case .notAllowed: "not_allowed"
    case .notDue: "not_due"
    case .blocked: "blocked"
    case .onHold: "on_hold"
    case .consentRequired: "consent_required"
    case .predecessorOpen: "predecessor_open"
    case .notFunded: "not_funded"
    case .claimExceeds: "claim_exceeds"
    case .evidenceMissing: "evidence_missing"
    case .alreadyVoted: "already_voted"
    case .stepOrder: "step_order"
    case .certifiedExceeds: "certified_exceeds"
    case .reasonRequired: "reason_required"
    case .reworkLimit: "rework_limit"
    case .votesCast: "votes_cast"
    case .payeeUnverified: "payee_unverified"
    case .windowClosed: "window_closed"
    case .disputeState: "dispute_state"
    case .retentionNotDue: "retention_not_due"
    case .maxLevel: "max_level"
    case .guaranteeMissing: "guarantee_missing"
    case .nothingHeld: "nothing_held"
    case .nothingOwed: "nothing_owed"
    case .milestonesOpen: "milestones_open"
    case .overAllocation: "over_allocation"
    case .exceedsCertified: "exceeds_certified"
    case .belowCertified: "below_certified"
    case .splitMismatch: "split_mismatch"
    case .retentionCap: "retention_cap"
    case .advanceCap: "advance_cap"
    case .exceedsAdvance: "exceeds_advance"
    case .ldCap: "ld_cap"
    case .exceedsRetention: "exceeds_retention"
    case .exceedsWithheld: "exceeds_withheld"
    case .exceedsPaid: "exceeds_paid"
    case .insufficientFunds: "insufficient_funds"
    case .insufficientHeld: "insufficient_held"
    case .fundsHeld: "funds_held"
    case .advanceOutstanding: "advance_outstanding"
    case .totalOverflow: "total_overflow"
    }
  }
}
