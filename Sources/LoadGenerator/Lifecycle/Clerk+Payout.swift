import Kernel

/// Paying what is due, what the bank says, retention and damages.
extension Clerk {
  mutating func stepApproved(_ c: inout ContractRecord, _ m: inout MilestoneRecord, _ dice: inout Dice) {
    if m.owed > 0 { return retry(&c, &m) }
    if dice.oneIn(6) { return hold(&c, &m) }
    if isDisputed(&dice, oneIn: 7) { return dispute(&c, &m, byPayer: dice.oneIn(1)) }
    if dice.oneIn(5) && mayLevy(c, m.due / 64) { return levyDamages(&c, &m, m.due / 64) }
    if dice.oneIn(6) && m.due > 100 { return releaseExplicit(&c, &m) }
    let gross = dice.oneIn(4) && m.due > 1 ? m.due / 2 : m.due
    // Paying and remitting the tax at once is the usual chain.
    let remits = dice.oneIn(4) && hasRoom(2, slots: 2)
    release(&c, &m, gross, linked: remits && willWithholdTax(c, m, gross))
  }

  @inline(__always)
  private func deductions(_ c: ContractRecord, before: Int32, gross: Int32, retains: Bool) -> Deductions {
    Deductions(
      terms: recipes[Int(c.recipe)].terms, before: Int64(before), gross: Int64(gross),
      retentionRoom: retains ? c.retentionCap - c.retained : 0, advance: c.advanceOutstanding)
  }

  @inline(__always)
  private func willWithholdTax(_ c: ContractRecord, _ m: MilestoneRecord, _ gross: Int32) -> Bool {
    c.taxWithheld + deductions(c, before: m.released - m.billBase, gross: gross, retains: true).tax > 0
  }

  /// RELEASE(0): the kernel computes the lines, and so does the generator.
  private mutating func release(
    _ c: inout ContractRecord, _ m: inout MilestoneRecord, _ gross: Int32, linked: Bool
  ) {
    let lines = deductions(c, before: m.released - m.billBase, gross: gross, retains: true)
    m.released += gross
    m.held -= gross
    book(c) { $0.held -= Int64(gross) }
    bookLines(lines, &c, &m)
    pay(lines.net, &c, &m)
    writeMilestone(
      .release, c, &m, actor: c.payer, amount: Int64(gross), argument: nextDigest(), linked: linked, moved: lines.net)
    if linked { remitTax(&c, c.taxWithheld) }
  }

  /// RELEASE(1): a twentieth each for tax and other recoveries, as the operator says.
  private mutating func releaseExplicit(_ c: inout ContractRecord, _ m: inout MilestoneRecord) {
    let gross = Int64(m.due)
    var lines = Deductions.none
    lines.tax = gross / 20
    lines.other = gross / 20
    lines.net = gross - lines.tax - lines.other
    var slot = ReleaseLines()
    slot.net = lines.net
    slot.tax = lines.tax
    slot.other = lines.other
    m.released += Int32(truncatingIfNeeded: gross)
    m.held -= Int32(truncatingIfNeeded: gross)
    book(c) { $0.held -= gross }
    bookLines(lines, &c, &m)
    pay(lines.net, &c, &m)
    m.version &+= 1
    write(
      Operation(
        .release, mode: 1, tenant: tenant(c), contract: contractId(c.serial), ordinal: m.ordinal,
        id: nextOperationId(), amount: gross, argument: nextDigest(), extended: true),
      extension: slot, m.answer(.ok, moved: lines.net))
  }

  /// Where the lines of a gross sum that has left H go.
  mutating func bookLines(_ lines: Deductions, _ c: inout ContractRecord, _ m: inout MilestoneRecord) {
    m.retained += Int32(truncatingIfNeeded: lines.retention)
    c.retained += lines.retention
    c.advanceOutstanding -= lines.recovery
    c.unallocated += lines.recovery
    c.taxWithheld += lines.tax
    c.otherWithheld += lines.other
    book(c) {
      $0.retained += lines.retention
      $0.unallocated += lines.recovery
      $0.taxWithheld += lines.tax
      $0.otherWithheld += lines.other
      $0.fee += lines.fee
      $0.payoutPending += lines.net
    }
  }

  /// Reserves a payout of `net`, which has left its bucket, or rests when there is none.
  func pay(_ net: Int64, _ c: inout ContractRecord, _ m: inout MilestoneRecord) {
    guard net > 0 else { return rest(&c, &m) }
    m.pending = Int32(truncatingIfNeeded: net)
    m.attempt &+= 1
    enter(.payoutPending, &c, &m)
  }

  /// RELEASE(2): what a failed payout left owed.
  mutating func retry(_ c: inout ContractRecord, _ m: inout MilestoneRecord) {
    let sum = m.owed
    m.owed = 0
    m.held -= sum
    pay(Int64(sum), &c, &m)
    book(c) {
      $0.held -= Int64(sum)
      $0.payoutPending += Int64(sum)
    }
    writeMilestone(
      .release, mode: 2, c, &m, actor: c.payer, amount: Int64(sum), argument: nextDigest(), moved: Int64(sum))
  }

  /// The bank's answer to the payout under way; one in 32 fails.
  mutating func stepPayoutPending(_ c: inout ContractRecord, _ m: inout MilestoneRecord, _ dice: inout Dice) {
    let sum = m.pending
    let failed = dice.oneIn(5)
    m.pending = 0
    if failed {
      m.held += sum
      m.owed += sum
      m.flags.subtract([.disputedByPayer, .disputedByPayee])
    } else {
      m.paid += sum
    }
    book(c) {
      $0.payoutPending -= Int64(sum)
      if failed { $0.held += Int64(sum) } else { $0.paidOut += Int64(sum) }
    }
    rest(&c, &m)
    m.version &+= 1
    let reference = nextReference()
    write(
      Operation(
        .payoutResult, mode: failed ? 1 : 0, tenant: tenant(c), contract: contractId(c.serial), ordinal: m.ordinal,
        id: nextOperationId(), amount: Int64(sum), argument: failed ? 0 : reference,
        expectedVersion: UInt32(m.attempt)),
      m.answer(.ok, moved: Int64(sum)))
  }

  /// PAYOUT_RESULT(2): a settled payout of a done milestone comes back, and is owed again.
  mutating func returnPayout(_ c: inout ContractRecord, _ m: inout MilestoneRecord) {
    let sum = max(1, m.paid / 2)
    m.paid -= sum
    m.held += sum
    m.owed += sum
    rest(&c, &m)
    book(c) {
      $0.returned += Int64(sum)
      $0.held += Int64(sum)
    }
    writeMilestone(
      .payoutResult, mode: 2, c, &m, actor: 0, amount: Int64(sum), argument: nextReference(), moved: Int64(sum))
  }

  /// RELEASE_RETENTION(1): the payer's certificate frees the retention before its date.
  mutating func releaseRetention(_ c: inout ContractRecord, _ m: inout MilestoneRecord) {
    let sum = m.retained
    m.retained = 0
    pay(Int64(sum), &c, &m)
    book(c) {
      $0.retained -= Int64(sum)
      $0.payoutPending += Int64(sum)
    }
    writeMilestone(
      .releaseRetention, mode: 1, c, &m, actor: c.payer, amount: Int64(sum), argument: nextDigest(), moved: Int64(sum))
  }

  /// Whether the terms allow `sum` more of damages. Conservative: a share of today's value, rounded down.
  @inline(__always)
  func mayLevy(_ c: ContractRecord, _ sum: Int32) -> Bool {
    sum > 0 && (c.damages + Int64(sum)) * 10_000 <= c.value * Int64(recipes[Int(c.recipe)].terms.ldCapBP)
  }

  /// LEVY(1): damages out of what is due.
  private mutating func levyDamages(_ c: inout ContractRecord, _ m: inout MilestoneRecord, _ sum: Int32) {
    m.held -= sum
    m.released += sum
    c.damages += Int64(sum)
    c.refundPending += Int64(sum)
    rest(&c, &m)
    book(c) {
      $0.held -= Int64(sum)
      $0.refundPending += Int64(sum)
    }
    writeMilestone(
      .levy, mode: 1, c, &m, actor: c.payer, amount: Int64(sum), argument: nextDigest(), moved: Int64(sum))
  }

  /// LEVY(0): a part of the retention is forfeited.
  mutating func forfeit(_ c: inout ContractRecord, _ m: inout MilestoneRecord, _ sum: Int32) {
    m.retained -= sum
    c.damages += Int64(sum)
    c.refundPending += Int64(sum)
    rest(&c, &m)
    book(c) {
      $0.retained -= Int64(sum)
      $0.refundPending += Int64(sum)
    }
    writeMilestone(
      .levy, mode: 0, c, &m, actor: c.payer, amount: Int64(sum), argument: nextDigest(), moved: Int64(sum))
  }
}
