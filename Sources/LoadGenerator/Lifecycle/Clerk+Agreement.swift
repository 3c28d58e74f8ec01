import Kernel

/// What both sides agree on, or fall out over: amendments, refunds, cancellations, holds, disputes.
extension Clerk {
  /// CONSENT and AMEND: a new sum, up or down a little. In a chain where the frame has room.
  mutating func amend(_ c: inout ContractRecord, _ m: inout MilestoneRecord) {
    let word = random.next()
    let change = max(1, m.amount / 16)
    // Up only while far from the 32-bit bound; down only while something stays uncertified.
    let mayRise = m.amount < 500_000_000
    let mayFall = m.amount - change > max(m.certified, m.released)
    guard mayRise || mayFall else { return hold(&c, &m) }
    let amount = (word & 1 == 0 && mayFall) || !mayRise ? m.amount - change : m.amount + change
    let due = dueDate()
    let linked = hasRoom(2, slots: 2)
    writeConsent(.amend, c, m, actor: c.payee, amount: Int64(amount), argument: due, linked: linked)
    c.value += Int64(amount - m.amount)
    m.amount = amount
    let surplus = max(0, -m.room)
    m.held -= surplus
    c.unallocated += Int64(surplus)
    if m.state == .planned || m.state == .funded { m.state = m.room == 0 ? .funded : .planned }
    book(c) {
      $0.held -= Int64(surplus)
      $0.unallocated += Int64(surplus)
    }
    writeMilestone(
      .amend, c, &m, actor: c.payer, amount: Int64(amount), argument: due, moved: Int64(surplus))
  }

  /// REFUND of money that nobody has earned: by the payer before START, by the payee at any time.
  mutating func refund(
    _ c: inout ContractRecord, _ m: inout MilestoneRecord, sum: Int32, actor: UInt32, linked: Bool = false
  ) {
    m.held -= sum
    // Refunded money counts as never allocated, so the amount may be funded again.
    c.refundPending += Int64(sum)
    if m.state == .funded { m.state = .planned }
    book(c) {
      $0.held -= Int64(sum)
      $0.refundPending += Int64(sum)
    }
    writeMilestone(.refund, c, &m, actor: actor, amount: Int64(sum), linked: linked, moved: Int64(sum))
  }

  /// The payer takes money back from work under way, with the payee's consent.
  mutating func refundWithConsent(_ c: inout ContractRecord, _ m: inout MilestoneRecord) {
    let sum = max(1, m.held / 4)
    let linked = hasRoom(2, slots: 2)
    writeConsent(.refund, c, m, actor: c.payee, amount: Int64(sum), linked: linked)
    refund(&c, &m, sum: sum, actor: c.payer)
  }

  /// REFUND of everything held, then CANCEL: a chain where the frame has room.
  mutating func refundAndCancel(_ c: inout ContractRecord, _ m: inout MilestoneRecord, actor: UInt32) {
    refund(&c, &m, sum: m.held, actor: actor, linked: hasRoom(2, slots: 2))
    cancel(&c, &m, actor: actor)
  }

  /// CANCEL of a milestone that holds nothing. Paid work stays paid: the milestone is cut to it.
  mutating func cancel(_ c: inout ContractRecord, _ m: inout MilestoneRecord, actor: UInt32) {
    if m.released > 0 {
      c.value += Int64(m.released - m.amount)
      m.amount = m.released
      m.certified = m.released
      rest(&c, &m)
    } else {
      enter(.cancelled, &c, &m)
    }
    writeMilestone(.cancel, c, &m, actor: actor)
  }

  /// A cancelled milestone is taken up again, with consent.
  mutating func reopen(_ c: inout ContractRecord, _ m: inout MilestoneRecord) {
    let due = dueDate()
    writeConsent(.reopen, c, m, actor: c.payer, argument: due, linked: hasRoom(2, slots: 2))
    m.certified = m.released
    enter(.planned, &c, &m)
    writeMilestone(.reopen, c, &m, actor: c.payee, argument: due)
  }

  // MARK: Holds

  /// The payer holds for a day; the next visit lifts it.
  mutating func hold(_ c: inout ContractRecord, _ m: inout MilestoneRecord) {
    m.flags.insert(.payerHold)
    writeMilestone(.hold, c, &m, actor: c.payer, amount: now + 86_400_000, argument: nextDigest())
  }

  mutating func lift(_ c: inout ContractRecord, _ m: inout MilestoneRecord) {
    m.flags.remove(.payerHold)
    writeMilestone(.hold, mode: 1, c, &m, actor: c.payer)
  }

  // MARK: Disputes

  /// Opens a dispute, when that side may; otherwise a hold, which anyone understands.
  mutating func dispute(_ c: inout ContractRecord, _ m: inout MilestoneRecord, byPayer: Bool) {
    let side: MilestoneRecord.Flags = byPayer ? .disputedByPayer : .disputedByPayee
    guard !m.flags.contains(side), m.held + m.retained > 0 else { return hold(&c, &m) }
    m.flags.insert(side)
    if byPayer { m.flags.insert(.openerPayer) } else { m.flags.remove(.openerPayer) }
    m.before = m.state
    enter(.disputed, &c, &m)
    writeMilestone(.dispute, c, &m, actor: byPayer ? c.payer : c.payee, argument: nextDigest())
  }

  mutating func stepDisputed(_ c: inout ContractRecord, _ m: inout MilestoneRecord, _ dice: inout Dice) {
    if dice.oneIn(1) {
      enter(m.before, &c, &m)
      let actor = m.flags.contains(.openerPayer) ? c.payer : c.payee
      return writeMilestone(.withdrawDispute, c, &m, actor: actor)
    }
    let frozen = m.held + m.retained
    // Mostly split; now and then all to one side.
    var share = frozen / 4 * 3
    if dice.oneIn(3) { share = frozen } else if dice.oneIn(3) { share = 0 }
    let isArbitrated = dice.oneIn(1)
    if isArbitrated { return resolve(&c, &m, payeeShare: share, mode: 0, actor: c.arbiter) }
    writeConsent(
      .resolve, c, m, actor: c.payee, amount: Int64(share), argument: UInt64(frozen - share),
      linked: hasRoom(2, slots: 2))
    resolve(&c, &m, payeeShare: share, mode: 1, actor: c.payer)
  }

  /// The payee's share comes out of what is owed, then retention, then fresh money with deductions; the
  /// payer gets the rest back.
  private mutating func resolve(
    _ c: inout ContractRecord, _ m: inout MilestoneRecord, payeeShare: Int32, mode: UInt8, actor: UInt32
  ) {
    let payerShare = m.held + m.retained - payeeShare
    let fromOwed = min(payeeShare, m.owed)
    let fromRetained = min(payeeShare - fromOwed, m.retained)
    let fresh = payeeShare - fromOwed - fromRetained
    var lines = Deductions.none
    if fresh > 0 {
      lines = Deductions(
        terms: recipes[Int(c.recipe)].terms, before: 0, gross: Int64(fresh), retentionRoom: 0,
        advance: c.advanceOutstanding)
    }
    lines.net += Int64(fromOwed) + Int64(fromRetained)
    let net = lines.net
    let (held, retained) = (Int64(m.held), Int64(m.retained))
    book(c) {
      $0.held -= held
      $0.retained -= retained
      $0.refundPending += Int64(payerShare)
    }
    c.refundPending += Int64(payerShare)
    m.released += fresh
    m.held = 0
    m.owed = 0
    m.retained = 0
    bookLines(lines, &c, &m)
    c.value += Int64(m.released - m.amount)
    m.amount = m.released
    m.certified = m.released
    m.billBase = m.released
    m.flags.insert(.decided)
    if net > 0 {
      pay(net, &c, &m)
    } else {
      enter(.closed, &c, &m)
    }
    writeMilestone(
      .resolve, mode: mode, c, &m, actor: actor, amount: Int64(payeeShare), argument: UInt64(payerShare), moved: net)
  }
}
