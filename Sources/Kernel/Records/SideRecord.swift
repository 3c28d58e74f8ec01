/// What few contracts have: a policy of their own, approvers beside the payer, live consents.
///
/// Slot 0 of the slab is the shared default that contracts without a side record read.
struct SideRecord: BitwiseCopyable {
  var policy = ApproverPolicy()
  /// Person entries in order of entry, never removed; 0 means just the payer.
  var approverCount: UInt32 = 0
  var isUsed: UInt32 = 0
  var payerConsent = Consent()
  var payeeConsent = Consent()
  var approvers = InlineArray<16, Approver>(repeating: Approver())

  static let approverCountMax = 16
}

/// One person of an approver policy: a seat, or a delegate of a seat.
struct Approver: BitwiseCopyable {
  /// Delegation ends here (exclusive); seats: 0.
  var until: Instant = 0
  var person: UInt32 = 0
  /// 1...4 for a seat, 0 for a delegate.
  var step: UInt8 = 0
  var level: UInt8 = 0
  /// Delegates: the seat's index.
  var seat: UInt8 = 0
  /// Seats: taken out of the policy.
  var isRemoved: Bool = false

  var isSeat: Bool { step != 0 }
}

/// A party's agreement to one operation of the other party. Source: DOMAIN 4.4 (1).
struct Consent: BitwiseCopyable {
  var amount: Int64 = 0
  var argument: UInt64 = 0
  /// Version of the named record when the consent was given.
  var version: UInt32 = 0
  var ordinal: UInt16 = 0
  var mode: ConsentMode.RawValue = 0
  var isLive: Bool = false
}

/// What a consent is for; the modes of CONSENT.
enum ConsentMode: UInt8 {
  case addMilestone = 0
  case amend, refund, cancel, reopen, resolve
  case withdraw = 7
}

/// Reading here is `mutating`: an element taken from a value would copy the whole list, 256 bytes, first.
extension SideRecord {
  /// Entries, counting the payer's implied seat.
  func entryCount() -> Int { max(1, Int(approverCount)) }

  mutating func entry(_ index: Int, payer: UInt32) -> Approver {
    if approverCount == 0 { return Approver(person: payer, step: 1) }
    return approvers[index]
  }

  mutating func indexOf(_ person: UInt32, payer: UInt32) -> Int? {
    if approverCount == 0 { return person == payer ? 0 : nil }
    for index in 0..<Int(approverCount) where approvers[index].person == person { return index }
    return nil
  }

  /// Votes that step 1...4 needs.
  func votesNeeded(step: Int) -> Int {
    switch step {
    case 1: Int(policy.votes.0)
    case 2: Int(policy.votes.1)
    case 3: Int(policy.votes.2)
    default: Int(policy.votes.3)
    }
  }

  /// Whether step 1...4 counts for a claim to date.
  func counts(step: Int, claim: Int64) -> Bool {
    let band =
      switch step {
      case 1: policy.band.0
      case 2: policy.band.1
      case 3: policy.band.2
      default: policy.band.3
      }
    return votesNeeded(step: step) > 0 && claim >= band
  }
}
