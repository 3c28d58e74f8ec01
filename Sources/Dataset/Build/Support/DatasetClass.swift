/// Classes of difference between what a public record says and where the kernel ends, each with its reason.
///
/// A builder names a class for a case from the public record alone, before any operation runs; a difference without a
/// class is an error of ours.
public enum DatasetClass: String, CaseIterable, Sendable {
  case zeroAmount = "zero_amount"
  case paidWithoutApproval = "paid_without_approval"
  case rejectedAfterApproval = "rejected_after_approval"
  case grantedWithoutRequest = "granted_without_request"
  case clearedWithoutInvoice = "cleared_without_invoice"
  case overpaid = "overpaid"
  case paidBeyondValue = "paid_beyond_value"

  /// Why the kernel ends elsewhere.
  public var reason: String {
    switch self {
    case .zeroAmount:
      "the record's amount rounds to nothing: a bill of nothing is approved, but never released or paid"
    case .paidWithoutApproval:
      "the log pays a claim that it never shows approved: RELEASE and PAYOUT_RESULT are refused"
    case .rejectedAfterApproval:
      "the log rejects a claim after its final approval and leaves it there: what is certified stays certified, on hold"
    case .grantedWithoutRequest:
      "the log approves or rejects what it never shows submitted: votes need a submission"
    case .clearedWithoutInvoice:
      "the log clears more invoices than it shows recorded: RELEASE of nothing certified is refused"
    case .overpaid:
      "the log shows more paid than was ever demanded: a claim cannot exceed its milestone"
    case .paidBeyondValue:
      "the record's payments add up to more than the contract's value without an amendment"
    }
  }
}
