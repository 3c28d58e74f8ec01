import Formats
import Kernel
import Store
import Wire

// Records as documents. Sums are minor units.

extension JSONWriter {
  mutating func write(_ record: Wire.ContractRecord) {
    object { writer in
      writer.member("tenant", string: String(record.tenant))
      writer.member("contract", string: Identifier.text(record.contract))
      writer.member("state", string: StateName.text(record.state, isContract: true) ?? "UNKNOWN")
      writer.member("version", Int64(record.version))
      writer.member("payer", string: String(record.payer))
      writer.member("payee", string: String(record.payee))
      if record.arbiter != 0 { writer.member("arbiter", string: String(record.arbiter)) }
      writer.member("milestone_count", Int64(record.milestoneCount))
      writer.member("payout_attempt", Int64(record.payoutAttempt))
      writer.member("value", record.value)
      writer.member("advance_outstanding", record.advanceOutstanding)
      writer.key("buckets")
      writer.write(record.buckets)
    }
  }

  mutating func write(_ record: Wire.MilestoneRecord) {
    object { writer in
      writer.member("tenant", string: String(record.tenant))
      writer.member("contract", string: Identifier.text(record.contract))
      writer.member("milestone", Int64(record.ordinal))
      writer.member("state", string: StateName.text(record.state, isContract: false) ?? "UNKNOWN")
      writer.member("version", Int64(record.version))
      writer.member("payout_attempt", Int64(record.payoutAttempt))
      for (name, sum) in zip(MilestoneSums.names, MilestoneSums.values(record)) { writer.member(name, sum) }
      writer.member("due", string: RFC3339.text(record.due))
    }
  }

  mutating func write(_ totals: Totals) {
    object { writer in
      for (name, sum) in totals.named { writer.member(name, sum) }
    }
  }
}

/// The sums of a milestone by name.
enum MilestoneSums {
  static let names = ["amount", "held", "retained", "certified", "released", "owed", "pending", "paid", "refunded"]

  static func values(_ record: Wire.MilestoneRecord) -> [Int64] {
    [
      record.amount, record.held, record.retained, record.certified, record.released, record.owed, record.pending,
      record.paid, record.refunded,
    ]
  }
}

extension Totals {
  /// The buckets by name, in the order of the protocol's page.
  var named: [(String, Int64)] {
    [
      ("funded", funded), ("unallocated", unallocated), ("held", held), ("retained", retained),
      ("payout_pending", payoutPending), ("refund_pending", refundPending), ("tax_withheld", taxWithheld),
      ("other_withheld", otherWithheld), ("paid_out", paidOut), ("returned", returned), ("refunded", refunded),
      ("tax_deposited", taxDeposited), ("other_paid", otherPaid), ("fee", fee),
    ]
  }
}
