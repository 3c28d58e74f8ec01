import Formats
import Kernel

extension OperationForm {
  /// Every operation, by code.
  static let all: [OperationForm] = agreement + funding + work + money + ends

  private static let byCode = Dictionary(uniqueKeysWithValues: all.map { ($0.code.rawValue, $0) })
  private static let byWord = Dictionary(uniqueKeysWithValues: all.map { ($0.word, $0) })

  static func form(of code: UInt8) -> OperationForm? { byCode[code] }
  static func form(named word: String) -> OperationForm? { byWord[word] }

  // MARK: Agreement

  private static let agreement = [
    one(
      .createContract, on: .contract, "contracts", "contract.created", "Create a contract in draft",
      money("value", "Sum of all milestones when it is offered"),
      person("payer", .argumentLow, "Who pays"), person("payee", .argumentHigh, "Who does the work"),
      slot: OperationSlot(
        "terms", .terms, .defaulted, defaults: ContractTerms(),
        "Terms. Spans (`_s`) are seconds, shares (`_bp`) basis points: 100 are one per cent")),
    one(
      .setPolicy, on: .contract, "policy", "contract.policy_set", "Set who must approve what",
      slot: OperationSlot(
        "policy", .policy, .required, defaults: ApproverPolicy(),
        "Up to four steps of approval; `k` is the votes that each needs, `band` from which claim on it counts")),
    many(
      .setApprover, on: .contract, "approvers", "change",
      [
        (0, "add", "approver.added"), (1, "remove", "approver.removed"), (2, "delegate", "approver.delegated"),
        (3, "end_delegation", "approver.delegation_ended"),
      ],
      "Add, remove or delegate an approver", person("person", .argumentLow, "The approver, or the delegate"),
      number("step", .argumentStep, max: 4, in: [0], "Step of the seat, 1 to 4"),
      number("seat", .argumentStep, max: 15, in: [2], "Index of the seat that is delegated"),
      number(
        "level", .argumentLevel, max: 255, in: [0], isRequired: false, "Escalation from which on the seat may vote"),
      instant("until", .amount, in: [2], "When the delegation ends")),
    many(
      .verifyPayee, on: .contract, "payee-verification", "outcome",
      [(0, "verified", "payee.verified"), (1, "unverified", "payee.unverified")],
      "Say whether the payee's account is verified"),
    one(
      .addMilestone, on: .milestone, "milestones", "milestone.added", "Add the next milestone",
      money("amount", "What it is worth"), instant("due", .argument, "When it is due"),
      slot: OperationSlot(
        "predecessors", .predecessors, .optional, defaults: Predecessors(),
        "Milestones that must be done before this one starts")),
    one(.offer, on: .contract, "offer", "contract.offered", "Offer the contract to the other party"),
    one(.accept, on: .contract, "accept", "contract.accepted", "Accept the offer"),
    many(
      .consent, on: .either, "consents", "to",
      [
        (0, "add_milestone", "consent.given"), (1, "amend", "consent.given"), (2, "refund", "consent.given"),
        (3, "cancel", "consent.given"), (4, "reopen", "consent.given"), (5, "resolve", "consent.given"),
        (7, "nothing", "consent.withdrawn"),
      ],
      "Consent to what the other party is about to do, with the same values; `nothing` takes a consent back",
      money("amount", in: [0, 1, 2, 5], "As the operation meant"),
      instant("due", .argument, in: [0, 1, 4], "As the operation meant"),
      money("payer_share", at: .argument, in: [5], "As the decision meant")),
    many(
      .suspend, on: .contract, "suspensions", "change",
      [(0, "suspend", "contract.suspended"), (1, "resume", "contract.resumed")], "Suspend or resume the contract",
      instant("until", .argument, in: [0], "When the suspension ends by itself")),
    many(
      .complete, on: .contract, "complete", "outcome",
      [(0, "completed", "contract.completed"), (1, "terminated", "contract.terminated")],
      "Complete the contract, or terminate it"),
    one(.closeContract, on: .contract, "close", "contract.closed", "Close a contract that is paid up"),
    one(
      .prune, on: .contract, "prune", "contract.pruned",
      "Forget a closed contract for ever; export it first, this cannot be taken back"),
  ]

  // MARK: Funding

  private static let funding = [
    one(
      .deposit, on: .contract, "deposits", "contract.deposited", "Book money that arrived for the contract",
      money("amount", "What arrived"), digest("reference", "The bank's reference; each counts once")),
    one(.fund, on: .milestone, "fund", "milestone.funded", "Hold money for the milestone", money("amount", "How much")),
    many(
      .advance, on: .contract, "advances", "kind",
      [
        (0, "pay", "advance.released"), (1, "repaid", "advance.repaid"), (2, "write_off", "advance.written_off"),
        (3, "guarantee", "advance.guarantee_noted"),
      ],
      "Pay an advance, book its return, write it off, or put a guarantee on file",
      money("amount", in: [0, 1, 2], "How much"), digest("reference", in: [1], "The bank's reference"),
      digest("guarantee", in: [3], isRequired: false, "The guarantee; without it there is none any more")),
    many(
      .remit, on: .contract, "remittances", "kind",
      [(0, "tax", "tax.remitted"), (1, "other", "deduction.remitted")], "Book tax or other deductions as paid on",
      money("amount", "How much"), digest("reference", "Challan or bank reference; each counts once")),
  ]

  // MARK: Work

  private static let work = [
    one(.start, on: .milestone, "start", "milestone.started", "Start work"),
    many(
      .submit, on: .milestone, "submissions", "basis",
      [(0, "this_claim", "milestone.submitted"), (1, "cumulative", "milestone.submitted")], "Submit work with a claim",
      money("amount", "The claim, or with `cumulative` the claim to date"),
      digest("evidence", isRequired: false, "What proves the work")),
    one(
      .withdrawSubmission, on: .milestone, "withdraw-submission", "milestone.submission_withdrawn",
      "Take the submission back"),
    one(
      .approve, on: .milestone, "approvals", "milestone.approval_given", "Vote for the submission",
      money("amount", "What is certified"), digest("evidence", isRequired: false, "What was looked at")),
    many(
      .reject, on: .milestone, "rejections", "outcome",
      [(0, "changes", "milestone.changes_requested"), (1, "rejected", "milestone.rejected")],
      "Vote against the submission: ask for changes, or reject it", digest("reason", "Why")),
    one(
      .autoApprove, on: .milestone, "auto-approve", "milestone.approved_by_silence", "Approve after the review span"),
    one(.escalate, on: .milestone, "escalate", "milestone.escalated", "Raise the level of approval"),
    many(
      .hold, on: .milestone, "holds", "change", [(0, "hold", "milestone.held"), (1, "lift", "milestone.hold_lifted")],
      "Hold the milestone, or lift the hold",
      instant("until", .amount, in: [0], isRequired: false, "When the payer's hold ends by itself"),
      digest("reason", isRequired: false, "Why")),
    one(.dispute, on: .milestone, "disputes", "milestone.disputed", "Dispute the milestone", digest("reason", "Why")),
    one(
      .withdrawDispute, on: .milestone, "withdraw-dispute", "milestone.dispute_withdrawn", "Take one's dispute back"),
    many(
      .resolve, on: .milestone, "resolutions", "basis",
      [
        (0, "decision", "milestone.resolved"), (1, "consent", "milestone.resolved"),
        (2, "default", "milestone.resolved"),
      ],
      "Resolve the dispute by decision, by consent, or by default after the time for it",
      money("payee_share", in: [0, 1], "What the payee gets of what is held and retained"),
      money("payer_share", at: .argument, in: [0, 1], "What the payer gets")),
  ]

  // MARK: Money

  private static let money = [
    many(
      .release, on: .milestone, "releases", "basis",
      [
        (0, "computed", "milestone.released"), (1, "lines", "milestone.released"), (2, "owed", "milestone.released"),
      ],
      "Release what is due: deductions by the terms, by explicit lines, or once more what is owed",
      money("amount", "Gross; with `owed` exactly what is owed"),
      digest("beneficiary", isRequired: false, "Account that is paid"),
      slot: OperationSlot(
        "lines", .lines, .required, modes: [1], defaults: ReleaseLines(),
        "Lines of the release; they add up to the gross amount")),
    many(
      .payoutResult, on: .either, "payout-results", "outcome",
      [(0, "settled", "payout.settled"), (1, "failed", "payout.failed"), (2, "returned", "payout.returned")],
      "Book what the bank said about a payout; below the contract, about an advance",
      money("amount", "The payout's amount"),
      number(
        "attempt", .expectedVersion, max: 65_535, in: [0, 1], "Number of the payout, from the answer that started it"),
      digest("reference", in: [0, 2], "The bank's reference; each counts once")),
    many(
      .releaseRetention, on: .milestone, "retention-releases", "basis",
      [(0, "date", "retention.released"), (1, "certificate", "retention.released")],
      "Release retained money when it is due, or by certificate", money("amount", "How much"),
      digest("certificate", in: [1], "The certificate")),
    many(
      .levy, on: .milestone, "levies", "kind",
      [(0, "retention", "milestone.retention_forfeited"), (1, "damages", "milestone.damages_levied")],
      "Forfeit retention, or levy liquidated damages", money("amount", "How much"), digest("reason", "Why")),
    one(
      .refund, on: .either, "refunds", "refund.released", "Give money back to the payer", money("amount", "How much")),
    many(
      .refundResult, on: .contract, "refund-results", "outcome",
      [(0, "settled", "refund.settled"), (1, "failed", "refund.failed")], "Book what the bank said about refunds",
      money("amount", "How much"), digest("reference", in: [0], "The bank's reference; each counts once")),
  ]

  // MARK: Ends

  private static let ends = [
    one(
      .amend, on: .milestone, "amendments", "milestone.amended", "Change amount and due date, with consent",
      money("amount", "The new amount"), instant("due", .argument, "The new due date")),
    one(.cancel, on: .either, "cancel", "cancelled", "Cancel the contract, or the milestone"),
    one(.expire, on: .milestone, "expire", "milestone.expired", "Expire a milestone that is long overdue"),
    one(
      .reopen, on: .milestone, "reopen", "milestone.reopened", "Open a milestone again, with consent",
      instant("due", .argument, "The new due date")),
  ]

  // MARK: Words of the table

  private static func one(
    _ code: OperationCode, on subject: Subject, _ path: String, _ event: String, _ summary: String,
    _ members: OperationMember..., slot: OperationSlot? = nil
  ) -> OperationForm {
    OperationForm(
      code, on: subject, path: path, summary: summary, modeName: "",
      modes: [Mode(raw: 0, word: "", event: event)], members: members, slot: slot)
  }

  private static func many(
    _ code: OperationCode, on subject: Subject, _ path: String, _ modeName: String,
    _ modes: [(UInt8, String, String)], _ summary: String, _ members: OperationMember..., slot: OperationSlot? = nil
  ) -> OperationForm {
    OperationForm(
      code, on: subject, path: path, summary: summary, modeName: modeName,
      modes: modes.map { Mode(raw: $0, word: $1, event: $2) }, members: members, slot: slot)
  }

  private static func money(
    _ name: String, at place: OperationMember.Place = .amount, in modes: ModeSet = .all, _ summary: String
  ) -> OperationMember {
    OperationMember(name: name, kind: .money, place: place, modes: modes, isRequired: true, summary: summary)
  }

  private static func instant(
    _ name: String, _ place: OperationMember.Place, in modes: ModeSet = .all, isRequired: Bool = true,
    _ summary: String
  ) -> OperationMember {
    OperationMember(name: name, kind: .instant, place: place, modes: modes, isRequired: isRequired, summary: summary)
  }

  private static func person(_ name: String, _ place: OperationMember.Place, _ summary: String) -> OperationMember {
    OperationMember(name: name, kind: .person, place: place, modes: .all, isRequired: true, summary: summary)
  }

  private static func digest(
    _ name: String, in modes: ModeSet = .all, isRequired: Bool = true, _ summary: String
  ) -> OperationMember {
    OperationMember(name: name, kind: .digest, place: .argument, modes: modes, isRequired: isRequired, summary: summary)
  }

  private static func number(
    _ name: String, _ place: OperationMember.Place, max: UInt64, in modes: ModeSet, isRequired: Bool = true,
    _ summary: String
  ) -> OperationMember {
    OperationMember(
      name: name, kind: .number(max: max), place: place, modes: modes, isRequired: isRequired, summary: summary)
  }
}
