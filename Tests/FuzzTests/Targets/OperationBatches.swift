import Kernel

/// Batches of operations on a shard that has contracts: every one is answered, every invariant holds after, what was
/// accepted is known when it comes again, and an image of the shard restores to the same.
///
/// Input: flags (bit 0: timers run, bit 1: closed contracts leave and come back), then batches: a byte (bits 0 to 2:
/// operations less one, bits 3 and up: hours since the batch before), then operations, see `operation`.
enum OperationBatches {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = Input(bytes)
    let flags = input.byte()
    var shard = Shard(ShardScene.configuration)
    ShardScene.fill(&shard)
    if flags & 1 != 0 { shard.armTimers() }
    var stamp = ShardScene.start
    var number: UInt128 = 1
    var last = Batch()
    var results: [OperationResult] = []
    while !input.isAtEnd {
      let head = input.byte()
      // Up to forty days at once: some deadlines come up, others do not.
      let hours = Instant(head >> 3)
      stamp += hours * hours * 3_600_000
      if flags & 1 != 0 { _ = ShardScene.fire(&shard, by: stamp, limit: 64) }
      last = Batch()
      for _ in 0...(head & 7) {
        let (operation, content) = operation(&input, &number, at: stamp)
        last.append(operation, content)
      }
      guard shard.hasRoom(for: last.count, milestoneNeed: last.milestoneNeed) else { return }
      results = last.apply(to: &shard, at: stamp)
      for result in results { try must(ResultCode(rawValue: result.code) != nil, "an operation was not answered") }
      if flags & 2 != 0 { try archive(&shard) }
    }
    let findings = shard.audit()
    try must(findings.isEmpty, "\(findings)")
    try repeatAccepted(last, results, in: &shard, at: stamp)
    try restore(&shard)
  }

  /// One operation: a byte; 255 is followed by a slot as it is, and by an extension when its flags announce one.
  /// Else the byte is the code, and 11 more choose small values for the fields, so that operations meet contracts.
  private static func operation(
    _ input: inout Input, _ number: inout UInt128, at stamp: Instant
  ) -> (Operation, [UInt8]) {
    number += 1
    let code = input.byte()
    var operation = Operation(.createContract, tenant: 1, contract: 1, id: number)
    if code == .max {
      let slot = padded(input.take(Operation.byteCount))
      operation.contract = slot.integer(at: 0)
      operation.id = slot.integer(at: 16)
      operation.amount = slot.integer(at: 32)
      operation.argument = slot.integer(at: 40)
      operation.tenant = slot.integer(at: 48)
      operation.actor = slot.integer(at: 52)
      operation.ordinal = slot.integer(at: 56)
      operation.code = slot[58]
      operation.flags = slot[59]
      operation.expectedVersion = slot.integer(at: 60)
      return (operation, operation.hasExtension ? padded(input.take(Operation.byteCount)) : [])
    }
    operation.code = code
    operation.flags = input.byte()
    let place = input.byte()
    operation.contract = UInt128(place & 7)
    operation.tenant = 1 + UInt32(place >> 6)
    if operation.contract == 3 { operation.tenant += 1 }
    operation.ordinal = UInt16(input.byte())
    operation.actor = UInt32(input.byte())
    let id = input.byte()
    if id != 0 { operation.id = UInt128(id) }
    let amount = Int64(input.integer(UInt16.self))
    let argument = UInt64(input.integer(UInt16.self))
    let form = input.byte()
    let scales: [Int64] = [1, 100, 1_000_000_000, 30_517_578_125]
    operation.amount = amount * scales[Int(form & 3)] * (form & 32 != 0 ? -1 : 1)
    operation.argument =
      switch form >> 2 & 7 {
      case 0: argument
      case 1: UInt64(stamp) + argument * 3_600_000
      case 2: UInt64(ShardScene.payer) | UInt64(ShardScene.payee) << 32
      case 3: (argument & 255) | (argument >> 8 & 15) << 32 | (argument >> 12) << 40
      case 4: .max
      case 5: UInt64(stamp) - argument * 60_000
      case 6: argument << 32 | argument
      default: 1 << 60 - argument
      }
    operation.expectedVersion = UInt32(input.byte())
    return (operation, operation.hasExtension ? content(&input) : [])
  }

  /// An extension: a byte, then what of it is chosen.
  private static func content(_ input: inout Input) -> [UInt8] {
    switch input.byte() {
    case 0: return [UInt8](of: ShardScene.terms)
    case 1:
      var terms = ShardScene.terms
      terms.retentionBP = UInt16(input.byte()) * 40
      terms.gstBP = UInt16(input.byte()) * 40
      terms.tdsBP = UInt16(input.byte()) * 40
      terms.retentionCap = Int64(input.byte()) * 10
      terms.holdDays = input.byte()
      terms.flags = ContractTerms.Flags(rawValue: UInt16(input.byte()))
      return [UInt8](of: terms)
    case 2:
      var policy = ApproverPolicy()
      policy.votes = (input.byte() & 3, input.byte() & 3, input.byte() & 3, input.byte() & 3)
      policy.band.1 = Int64(input.byte()) * 10
      policy.reworkLimit = input.byte() & 3
      policy.maxLevel = input.byte() & 3
      policy.ordered = input.byte() & 1
      policy.majority = input.byte() & 1
      return [UInt8](of: policy)
    case 3:
      var predecessors = Predecessors()
      predecessors.ordinals = (UInt16(input.byte()), UInt16(input.byte()), 0, 0)
      return [UInt8](of: predecessors)
    case 4:
      var lines = ReleaseLines()
      lines.net = Int64(input.integer(UInt16.self))
      lines.retention = Int64(input.byte())
      lines.tax = Int64(input.byte())
      lines.other = Int64(input.byte())
      lines.advance = Int64(input.byte())
      lines.fee = Int64(input.byte())
      lines.liquidatedDamages = Int64(input.byte())
      return [UInt8](of: lines)
    default: return padded(input.take(Operation.byteCount))
    }
  }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: Operation.byteCount - bytes.count)
  }

  /// What was accepted and comes again, alone and at the same time, answers `exists` and changes nothing.
  ///
  /// A record remembers its last four accepted operations, so those with four younger ones on the same record are left
  /// out. So are timers, whose ids are not remembered: they fire from the log, once. A contract that was pruned answers just that.
  private static func repeatAccepted(
    _ batch: Batch, _ results: [OperationResult], in shard: inout Shard, at stamp: Instant
  ) throws(Finding) {
    struct Record: Hashable {
      var name: ContractName
      var ordinal: UInt16
    }
    var younger: [Record: Int] = [:]
    var pruned: Set<ContractName> = []
    for index in batch.operations.indices.reversed() where results[index].isAccepted {
      let operation = batch.operations[index]
      if operation.isTimer { continue }
      let isOfContract =
        operation.ordinal == 0 || operation.code == OperationCode.consent.rawValue && operation.mode == 0
      let record = Record(
        name: ContractName(tenant: operation.tenant, contract: operation.contract),
        ordinal: isOfContract ? 0 : operation.ordinal)
      let isPrune = operation.code == OperationCode.prune.rawValue
      if isPrune { pruned.insert(record.name) }
      if pruned.contains(record.name) && !isPrune { continue }
      younger[record, default: 0] += 1
      if younger[record, default: 0] > 4 { continue }
      let digest = shard.digest()
      let again = batch.single(index, flags: operation.flags & ~1).apply(to: &shard, at: stamp)
      let expected: ResultCode = isPrune ? .contractPruned : .exists
      try must(
        again[0].code == expected.rawValue, "\(operation) was accepted and answers \(again[0].code) again")
      try must(shard.digest() == digest, "\(operation) was repeated and changed the shard")
    }
  }

  /// Closed contracts leave as bytes that can be read, and come back.
  private static func archive(_ shard: inout Shard) throws(Finding) {
    let digest = shard.digest()
    for closed in Set(shard.takeClosed()).sorted(by: { $0.slot < $1.slot }) {
      guard let (bytes, _) = shard.archivedRecord(closed) else { continue }
      let name = closed.name
      guard let archived = unsafe ArchivedContract(bytes.span.bytes) else {
        throw Finding(description: "a closed contract cannot be read back from its bytes")
      }
      try must(shard.remove(name, archivedAs: bytes), "a closed contract cannot leave")
      try must(shard.insert(archived) == .done, "a closed contract cannot come back")
    }
    try must(shard.digest() == digest, "a contract that left and came back changed the shard")
  }

  /// An image restores to an equal shard.
  private static func restore(_ shard: inout Shard) throws(Finding) {
    let (sections, blocks) = ShardScene.image(&shard)
    var other = Shard(ShardScene.configuration)
    let fits = other.restore(
      sections: sections, operationCount: shard.operationCount, lastStamp: shard.lastStamp)
    try must(fits, "an image's sections are refused")
    for (kind, bytes) in blocks where bytes.count <= Shard.checkpointBlockByteCount {
      guard sections.contains(where: { $0.kind == kind && $0.blockCount == 1 }) else { return }
      let isTaken = unsafe bytes.withUnsafeBytes { unsafe other.restore(kind: kind, block: 0, bytes: $0) }
      try must(isTaken, "an image's block is refused")
    }
    let isWhole = other.finishRestore()
    try must(isWhole, "an image is refused")
    try must(other.digest() == shard.digest(), "an image restores to another shard")
    let findings = other.audit()
    try must(findings.isEmpty, "after a restore: \(findings)")
  }
}
