public import Kernel

/// A bounded look through a shard's contracts for those of one tenant that match; those in the archive come last.
public struct ScanRequest: Sendable, Hashable {
  public var tenant: UInt32
  /// Only contracts in this state.
  public var contractState: ContractState?
  /// Only milestones in this state; contracts without one are left out.
  public var milestoneState: MilestoneState?
  /// Only milestones that are due before this instant; contracts without one are left out.
  public var dueBefore: Instant?
  /// Timers that fire in this span, instead of milestones; contracts without one are left out. Those in the archive have none.
  public var timersDue: Range<Instant>?
  /// Whether contracts come with their milestones.
  public var includesMilestones = true
  /// Where to go on: 0, or `ScanPage.next` of the page before. A cursor of the archive does not outlive the engine, nor
  /// 16,384 newer ones: then the scan is `invalid` and begins again.
  public var cursor: UInt32 = 0
  /// Most contracts to return, 1...1,024.
  public var limit = 128

  public init(tenant: UInt32) { self.tenant = tenant }
}

/// A contract that matched, with those of its milestones that did (all when no milestone filter is given).
public struct ScanRow: Sendable, Hashable {
  public var contract: ContractSnapshot
  public var milestones: [MilestoneSnapshot]
  /// Only when they were asked for.
  public var timers: [TimerSnapshot] = []
}

/// One page of a scan. A contract that changes between pages is seen at most once, and with the state it has then; only
/// one that is archived between them may come twice, and one that a returned payout brings back not at all.
public struct ScanPage: Sendable {
  public var rows: [ScanRow]
  /// The cursor of the next page, nil at the end. A page may be empty and still have a next one: the look is bounded.
  public var next: UInt32?
}
