/// Who may vote. Source: DOMAIN 4.2 and the kernel's page, decisions 19 to 25.
extension Step {
  private var person: UInt32 { UInt32(truncatingIfNeeded: operation.argument) }
  /// Step 1...4 of a seat, or the seat's index for delegation.
  private var place: UInt8 { UInt8(truncatingIfNeeded: operation.argument >> 32) }
  private var level: UInt8 { UInt8(truncatingIfNeeded: operation.argument >> 40) }

  /// 3 SET_APPROVER (0 add, 1 remove, 2 delegate, 3 end delegation).
  func setApprover(_ c: ContractRecord, _ side: inout SideRecord) -> ResultCode {
    let known = side.indexOf(person, payer: c.payer)
    if person == c.payee { return .selfApproval }
    if !isPayer(c) && !holdsNamedSeat(known, c, &side) { return .notAuthorised }
    if versionConflicts(c.version) { return .versionConflict }
    if !c.isOpen { return .contractState }
    let isNoApprover = person == 0 || person == c.arbiter
    switch mode {
    case 0:
      if isNoApprover || place < 1 || place > 4 { return .badTerms }
      if let known {
        let entry = side.entry(known, payer: c.payer)
        if !entry.isRemoved || entry.step != place || entry.level != level { return .approverExists }
        seat(c, &side)
        side.approvers[known].isRemoved = false
        return .ok
      }
      return enter(Approver(person: person, step: place, level: level), c, &side)
    case 1:
      guard let known else { return .badTerms }
      let entry = side.entry(known, payer: c.payer)
      if !entry.isSeat || entry.isRemoved { return .badTerms }
      if !isQuorumReachable(&side, without: known) { return .quorumUnreachable }
      seat(c, &side)
      side.approvers[known].isRemoved = true
      return .ok
    case 2:
      let index = Int(place)
      if isNoApprover || level != 0 || index >= side.entryCount() || amount <= now { return .badTerms }
      let seatEntry = side.entry(index, payer: c.payer)
      if !seatEntry.isSeat || seatEntry.isRemoved { return .badTerms }
      let delegate = Approver(until: amount, person: person, seat: place)
      guard let known else { return enter(delegate, c, &side) }
      let entry = side.entry(known, payer: c.payer)
      if entry.isSeat || now < entry.until && entry.seat != place { return .approverExists }
      side.approvers[known] = delegate
      return .ok
    default:
      guard let known else { return .badTerms }
      let entry = side.entry(known, payer: c.payer)
      if entry.isSeat || now >= entry.until { return .badTerms }
      side.approvers[known].until = now
      return .ok
    }
  }

  /// Whether the actor holds the seat that a delegation names.
  private func holdsNamedSeat(_ known: Int?, _ c: ContractRecord, _ side: inout SideRecord) -> Bool {
    var index = Int(place)
    if mode == 3 {
      guard let known else { return false }
      let entry = side.entry(known, payer: c.payer)
      if entry.isSeat { return false }
      index = Int(entry.seat)
    } else if mode != 2 {
      return false
    }
    if index >= side.entryCount() { return false }
    let seat = side.entry(index, payer: c.payer)
    return seat.isSeat && !seat.isRemoved && seat.person == actor
  }

  /// Writes the payer's implied seat down before the list changes.
  private func seat(_ c: ContractRecord, _ side: inout SideRecord) {
    if side.approverCount > 0 { return }
    side.approvers[0] = Approver(person: c.payer, step: 1)
    side.approverCount = 1
  }

  private func enter(_ approver: Approver, _ c: ContractRecord, _ side: inout SideRecord) -> ResultCode {
    if side.entryCount() >= SideRecord.approverCountMax { return .approverLimit }
    seat(c, &side)
    side.approvers[Int(side.approverCount)] = approver
    side.approverCount += 1
    return .ok
  }

  /// Every step with votes to give has as many seats of level 0.
  func isQuorumReachable(_ side: inout SideRecord, without removed: Int = -1) -> Bool {
    for step in 1...4 {
      let needed = side.votesNeeded(step: step)
      if needed == 0 { continue }
      var seats = 0
      for index in 0..<side.entryCount() where index != removed {
        let entry = side.entry(index, payer: 0)
        if Int(entry.step) == step && !entry.isRemoved && entry.level == 0 { seats += 1 }
      }
      if seats < needed { return false }
    }
    return true
  }

  /// The seat the actor votes for and the actor's own entry, or nil.
  @inline(__always)
  func vote(
    _ m: inout MilestoneRecord, _ c: inout ContractRecord, _ side: inout SideRecord
  ) -> (seat: Int, person: Int)? {
    guard actor != 0, let person = side.indexOf(actor, payer: c.payer) else { return nil }
    var index = person
    let entry = side.entry(person, payer: c.payer)
    if !entry.isSeat {
      if now >= entry.until { return nil }
      index = Int(entry.seat)
    }
    let seat = side.entry(index, payer: c.payer)
    if seat.isRemoved || seat.level > m.level { return nil }
    return (index, person)
  }

  /// Approving votes given in a step.
  @inline(__always)
  func votes(step: Int, _ m: inout MilestoneRecord, _ side: inout SideRecord) -> Int {
    let approving = m.voted & ~m.rejected
    var count = 0
    for index in 0..<side.entryCount() where approving >> UInt16(index) & 1 != 0 {
      if Int(side.entry(index, payer: 0).step) == step { count += 1 }
    }
    return count
  }

  /// Every counting step up to `last` has its votes.
  @inline(__always)
  func isComplete(through last: Int, _ m: inout MilestoneRecord, _ side: inout SideRecord) -> Bool {
    if last < 1 { return true }
    for step in 1...last where side.counts(step: step, claim: m.claimOrPending) {
      if votes(step: step, &m, &side) < side.votesNeeded(step: step) { return false }
    }
    return true
  }

  /// A majority of the step's seats rejected, or its quorum can no longer be reached.
  @inline(__always)
  func isRejected(step: Int, _ m: inout MilestoneRecord, _ side: inout SideRecord) -> Bool {
    if side.policy.majority == 0 { return true }
    var seats = 0
    var rejects = 0
    var silent = 0
    for index in 0..<side.entryCount() {
      let entry = side.entry(index, payer: 0)
      if Int(entry.step) != step { continue }
      let bit = UInt16(1) << UInt16(index)
      if m.rejected & bit != 0 { rejects += 1 }
      if entry.isRemoved || entry.level > m.level { continue }
      seats += 1
      if m.voted & bit == 0 { silent += 1 }
    }
    if rejects * 2 > seats { return true }
    return side.counts(step: step, claim: m.claimOrPending)
      && votes(step: step, &m, &side) + silent < side.votesNeeded(step: step)
  }
}
