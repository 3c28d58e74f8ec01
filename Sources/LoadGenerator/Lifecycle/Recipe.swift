import Kernel

/// A kind of contract: its terms and the habits of its parties. The mix follows the trades of DOMAIN 10.
struct Recipe {
  var terms = ContractTerms()
  var policy = ApproverPolicy()
  /// Retention cap as a share of value; 10,000: no lower cap than the value.
  var retentionCapBP: Int64 = 10_000
  /// Claims from here on need the second approver's vote too; 0: one vote is enough.
  var secondVoteFrom: Int32 = 0
  /// Milestones follow one another: each has the one before as its predecessor.
  var isSequential = false
  /// Work is billed in parts.
  var billsInParts = false
  /// A mobilisation advance is paid after acceptance.
  var paysAdvance = false

  static let count = 8
  /// The place in `all()` of the one with the fewest habits of its own.
  static let software = 0

  /// Every recipe the workload mixes. All windows are far longer than a run, so that no timer fires.
  static func all() -> [Recipe] {
    var base = Recipe()
    base.terms.review = 14 * 86_400
    base.terms.payBy = 45 * 86_400
    base.terms.disputeWindow = 15 * 86_400
    base.terms.arbitration = 30 * 86_400
    base.terms.grace = 30 * 86_400
    base.terms.holdDays = 30
    base.terms.dormantDays = 90
    // No share falls due at completion: the kernel's timer would release it in between our operations.
    base.terms.retentionFirstBP = 0
    base.terms.defectPeriod = 365 * 86_400
    base.terms.defaultSplitBP = 5_000
    base.policy.maxLevel = 3
    base.policy.escalation = 5 * 86_400

    // Fixed-price software: GST 18 %, income tax at source 10 %.
    var software = base
    software.terms.gstBP = 1_800
    software.terms.tdsBP = 1_000

    // A machine made to order: retention 10 % for the defect period, damages for delay.
    var machine = base
    machine.terms.gstBP = 1_800
    machine.terms.tdsBP = 10
    machine.terms.retentionBP = 1_000
    machine.terms.ldCapBP = 1_000

    // Municipal works by running bills: whole rupees, GST TDS, cess, retention capped at 3 % of value.
    var works = base
    works.terms.gstBP = 1_800
    works.terms.tdsBP = 200
    works.terms.gstTDSBP = 200
    works.terms.cessBP = 100
    works.terms.retentionBP = 500
    works.terms.ldCapBP = 1_000
    works.terms.flags = [.wholeUnits]
    works.retentionCapBP = 300
    works.billsInParts = true
    works.isSequential = true

    // Health services: exempt from GST, platform fee.
    var health = base
    health.terms.tdsBP = 1_000
    health.terms.feeBP = 50

    // Civil works with a mobilisation advance against a bank guarantee.
    var mobilised = base
    mobilised.terms.gstBP = 1_800
    mobilised.terms.tdsBP = 200
    mobilised.terms.advanceBP = 1_000
    mobilised.terms.advanceRecoveryBP = 1_200
    mobilised.terms.flags = [.guarantee]
    mobilised.paysAdvance = true
    mobilised.billsInParts = true

    // Public procurement: evidence with each claim, second approver for larger claims, in order.
    var procurement = base
    procurement.terms.gstBP = 1_800
    procurement.terms.gstTDSBP = 200
    procurement.terms.tdsBP = 200
    procurement.terms.flags = [.evidence]
    procurement.policy.votes = (1, 1, 0, 0)
    procurement.policy.band = (0, 2_000_000, 0, 0)
    procurement.policy.ordered = 1
    procurement.secondVoteFrom = 2_000_000

    // Small retail orders: GST 5 %, fee, auto-approval by silence (which never comes within a run).
    var retail = base
    retail.terms.gstBP = 500
    retail.terms.feeBP = 200
    retail.terms.flags = [.autoApprove]

    // Interior fit-out: retention 5 %, milestones one after another.
    var fitOut = base
    fitOut.terms.gstBP = 1_800
    fitOut.terms.tdsBP = 100
    fitOut.terms.retentionBP = 500
    fitOut.isSequential = true

    return [software, machine, works, health, mobilised, procurement, retail, fitOut]
  }

  /// Whether the contract needs SET_POLICY and SET_APPROVER.
  var hasSecondApprover: Bool { secondVoteFrom != 0 }
}
