import Kernel

/// The model's state in the words of the kernel's readers.
extension Contract {
  var buckets: Totals {
    var t = Totals()
    t.funded = funded
    t.unallocated = unallocated
    t.held = held
    t.retained = retained
    t.payoutPending = payoutPending
    t.refundPending = refundPending
    t.taxWithheld = tax
    t.otherWithheld = other
    t.paidOut = paidOut
    t.returned = returned
    t.refunded = refunded
    t.taxDeposited = taxDeposited
    t.otherPaid = otherPaid
    t.fee = fee
    return t
  }
}

extension Totals {
  static func + (a: Totals, b: Totals) -> Totals {
    var sum = a
    let fields: [WritableKeyPath<Totals, Int64>] = [
      \.funded, \.unallocated, \.held, \.retained, \.payoutPending, \.refundPending, \.taxWithheld, \.otherWithheld,
      \.paidOut, \.returned, \.refunded, \.taxDeposited, \.otherPaid, \.fee,
    ]
    for field in fields { sum[keyPath: field] += b[keyPath: field] }
    return sum
  }
}

extension ContractSnapshot {
  /// Fields with their names, for comparison and for traces.
  var fields: [String] {
    [
      "state \(state.name)", "version \(version)", "payer \(payer)", "payee \(payee)", "arbiter \(arbiter)",
      "value \(value)", "buckets \(buckets)", "advanceOutstanding \(advanceOutstanding)",
      "payoutAttempt \(payoutAttempt)", "milestones \(milestoneCount)",
    ]
  }
}

extension Contract {
  var fields: [String] {
    [
      "state \(state.name)", "version \(version)", "payer \(payer)", "payee \(payee)", "arbiter \(terms.arbiter)",
      "value \(value)", "buckets \(buckets)", "advanceOutstanding \(advanceOutstanding)",
      "payoutAttempt \(advanceAttempt)", "milestones \(milestones.count)",
    ]
  }
}

extension MilestoneSnapshot {
  var fields: [String] {
    [
      "ordinal \(ordinal)", "state \(state.name)", "version \(version)", "payoutAttempt \(payoutAttempt)",
      "amount \(amount)", "held \(held)", "retained \(retained)", "certified \(certified)", "released \(released)",
      "owed \(owed)", "pending \(pending)", "paid \(paid)", "refunded \(refunded)", "due \(due)",
    ]
  }
}

extension Milestone {
  var fields: [String] {
    [
      "ordinal \(ordinal)", "state \(state.name)", "version \(version)", "payoutAttempt \(payoutAttempt)",
      "amount \(amount)", "held \(held)", "retained \(retained)", "certified \(certified)", "released \(released)",
      "owed \(owed)", "pending \(pending)", "paid \(paid)", "refunded \(refunded)", "due \(due)",
    ]
  }
}
