/// Pauses. A milestone's own pause (hold, dispute) moves due date and phase on when it ends; a suspension
/// of the contract moves due date and review in addition, without touching the milestones: their instants
/// are kept less the suspensions that ended. While a pause runs, instants stand where they were; one that is
/// set meanwhile is kept less the pause so far, so that only the rest moves it. Source: DOMAIN 6.
extension Step {
  /// Length of all suspensions, the running one too.
  @inline(__always)
  func suspension(_ c: inout ContractRecord) -> Int64 {
    c.state == .suspended ? c.suspensions + (now - c.suspendedAt) : c.suspensions
  }

  /// Length of the milestone's running pause.
  @inline(__always)
  func pause(_ m: MilestoneRecord) -> Int64 { m.isPaused ? now - m.pausedSince : 0 }

  @inline(__always)
  func dueDate(_ m: MilestoneRecord, _ c: inout ContractRecord) -> Instant { m.dueAt + c.suspensions }

  @inline(__always)
  func setDueDate(_ instant: Instant, _ m: inout MilestoneRecord, _ c: inout ContractRecord) {
    m.dueAt = instant - suspension(&c) - pause(m)
  }

  @inline(__always)
  func reviewEnd(_ m: MilestoneRecord, _ c: inout ContractRecord) -> Instant {
    m.phaseAt + c.suspensions + Self.milliseconds(terms.review)
  }

  /// The certification, moved on by pauses: base of pay-by and dispute window.
  @inline(__always)
  func approvedAt(_ m: MilestoneRecord) -> Instant { m.phaseAt }

  @inline(__always)
  func startReview(_ m: inout MilestoneRecord, _ c: inout ContractRecord) {
    m.phaseAt = now - suspension(&c) - pause(m)
    m.levelAt = now
  }

  @inline(__always)
  func startApproval(_ m: inout MilestoneRecord) {
    m.phaseAt = now - pause(m)
    m.levelAt = now
  }

  /// To be called before the first reason of a pause is set.
  func beginPause(_ m: inout MilestoneRecord) {
    if !m.isPaused { m.pausedSince = now }
  }

  /// To be called after the last reason of a pause is cleared; does nothing while one is left.
  func endPause(_ m: inout MilestoneRecord) {
    if m.isPaused { return }
    let length = now - m.pausedSince
    m.dueAt += length
    m.phaseAt += length
    m.pausedSince = 0
  }

  /// ACTIVE, not APPROVED, and past due and grace.
  @inline(__always)
  func isLate(_ m: MilestoneRecord, _ c: inout ContractRecord) -> Bool {
    c.state == .active && m.state != .approved && now >= dueDate(m, &c) + Self.milliseconds(terms.grace)
  }
}
