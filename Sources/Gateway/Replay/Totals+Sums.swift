import Kernel

extension Totals {
  /// Bucket by bucket; nil when a sum leaves 64 bits.
  func adding(_ other: Totals) -> Totals? { combining(other) { $0.addingReportingOverflow($1) } }

  /// Bucket by bucket; nil when a difference leaves 64 bits.
  func subtracting(_ other: Totals) -> Totals? { combining(other) { $0.subtractingReportingOverflow($1) } }

  private func combining(
    _ other: Totals, _ body: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
  ) -> Totals? {
    var (result, overflows) = (self, false)
    func combine(_ value: inout Int64, _ operand: Int64) {
      let (sum, isOver) = body(value, operand)
      value = sum
      overflows = overflows || isOver
    }
    combine(&result.funded, other.funded)
    combine(&result.unallocated, other.unallocated)
    combine(&result.held, other.held)
    combine(&result.retained, other.retained)
    combine(&result.payoutPending, other.payoutPending)
    combine(&result.refundPending, other.refundPending)
    combine(&result.taxWithheld, other.taxWithheld)
    combine(&result.otherWithheld, other.otherWithheld)
    combine(&result.paidOut, other.paidOut)
    combine(&result.returned, other.returned)
    combine(&result.refunded, other.refunded)
    combine(&result.taxDeposited, other.taxDeposited)
    combine(&result.otherPaid, other.otherPaid)
    combine(&result.fee, other.fee)
    return overflows ? nil : result
  }
}
