import Kernel

/// What happens to a contract as a whole: advance, remittances, suspension, completion, closing.
extension Clerk {
  /// The mobilisation advance: guarantee, payment, the bank's answer.
  mutating func stepAdvance(_ c: inout ContractRecord, _ dice: inout Dice) {
    if !c.flags.contains(.guarantee) {
      c.flags.insert(.guarantee)
      return writeContract(.advance, mode: 3, &c, actor: c.payer, argument: nextDigest())
    }
    guard c.advancePending > 0 else {
      let sum = c.value * Int64(recipes[Int(c.recipe)].terms.advanceBP) / 10_000
      c.unallocated -= sum
      c.advancePending = sum
      c.attempt &+= 1
      book(c) {
        $0.unallocated -= sum
        $0.payoutPending += sum
      }
      return writeContract(.advance, mode: 0, &c, actor: c.payer, amount: sum, moved: sum)
    }
    let sum = c.advancePending
    let failed = dice.oneIn(3)
    c.advancePending = 0
    if failed {
      c.unallocated += sum
    } else {
      c.advanceOutstanding += sum
      c.flags.insert(.advanceDone)
    }
    book(c) {
      $0.payoutPending -= sum
      if failed { $0.unallocated += sum } else { $0.paidOut += sum }
    }
    writeContract(
      .payoutResult, mode: failed ? 1 : 0, &c, actor: 0, amount: sum, argument: failed ? 0 : nextReference(),
      expectedVersion: UInt32(c.attempt), moved: sum)
  }

  mutating func remitTax(_ c: inout ContractRecord, _ sum: Int64) {
    c.taxWithheld -= sum
    book(c) {
      $0.taxWithheld -= sum
      $0.taxDeposited += sum
    }
    writeContract(
      .remit, mode: 0, &c, actor: c.payer, amount: sum, argument: nextReference(), moved: sum)
  }

  mutating func remitOther(_ c: inout ContractRecord, _ sum: Int64) {
    c.otherWithheld -= sum
    book(c) {
      $0.otherWithheld -= sum
      $0.otherPaid += sum
    }
    writeContract(
      .remit, mode: 1, &c, actor: c.payer, amount: sum, argument: nextReference(), moved: sum)
  }

  /// The bank's answer to what goes back to the payer; a failed transfer is simply tried again.
  mutating func refundResult(_ c: inout ContractRecord, _ dice: inout Dice) {
    let sum = c.refundPending
    if dice.oneIn(4) {
      return writeContract(.refundResult, mode: 1, &c, actor: 0, amount: sum, moved: sum)
    }
    c.refundPending = 0
    book(c) {
      $0.refundPending -= sum
      $0.refunded += sum
    }
    writeContract(
      .refundResult, mode: 0, &c, actor: 0, amount: sum, argument: nextReference(), moved: sum)
  }

  mutating func suspend(_ c: inout ContractRecord) {
    c.state = .suspended
    writeContract(.suspend, mode: 0, &c, actor: c.payer, argument: UInt64(now + 86_400_000))
  }

  mutating func resume(_ c: inout ContractRecord) {
    c.state = .active
    writeContract(.suspend, mode: 1, &c, actor: c.payer)
  }

  mutating func complete(_ c: inout ContractRecord) {
    c.state = .completed
    writeContract(.complete, &c, actor: c.payee)
  }

  /// One step of winding a completed contract up, when no milestone is left to end; false once it is closed.
  mutating func windUp(_ c: inout ContractRecord, _ dice: inout Dice) -> Bool {
    if c.advanceOutstanding > 0 {
      settleAdvance(&c, writesOff: dice.oneIn(1))
    } else if c.unallocated > 0 {
      let sum = c.unallocated
      c.unallocated = 0
      c.refundPending += sum
      book(c) {
        $0.unallocated -= sum
        $0.refundPending += sum
      }
      writeContract(.refund, &c, actor: c.payer, amount: sum, moved: sum)
    } else if c.refundPending > 0 {
      refundResult(&c, &dice)
    } else if c.taxWithheld > 0 {
      remitTax(&c, c.taxWithheld)
    } else if c.otherWithheld > 0 {
      remitOther(&c, c.otherWithheld)
    } else {
      c.state = .closed
      writeContract(.closeContract, &c, actor: c.payer)
      return false
    }
    return true
  }

  /// What is left of the advance is written off or paid back by the payee.
  private mutating func settleAdvance(_ c: inout ContractRecord, writesOff: Bool) {
    let sum = c.advanceOutstanding
    c.advanceOutstanding = 0
    if writesOff {
      return writeContract(.advance, mode: 2, &c, actor: c.payer, amount: sum, moved: sum)
    }
    c.unallocated += sum
    book(c) {
      $0.funded += sum
      $0.unallocated += sum
    }
    writeContract(.advance, mode: 1, &c, actor: c.payee, amount: sum, argument: nextReference(), moved: sum)
  }
}
