import Kernel

/// A machine whose closed contracts leave memory for a dictionary, at moments that a generator chooses.
struct ArchivingMachine: ~Copyable {
  var machine = Machine()
  var archive: [ContractName: [UInt8]] = [:]
  private var random: SeededGenerator
  /// How often contracts left, came back, and came back for nothing.
  private(set) var leftCount = 0
  private(set) var loadedCount = 0
  private(set) var refusedCount = 0

  init(seed: UInt64) { random = SeededGenerator(seed) }

  mutating func apply(_ batch: [Request], stamp: Instant) -> [OperationResult] {
    var loaded: [ContractName: [UInt8]] = [:]
    let results = Machine.layOut(batch) { slots, entries, results in
      machine.shard.look(slots: slots, entries: entries)
      for name in machine.shard.missing where !machine.shard.holds(name) {
        guard let bytes = archive[name] else { continue }
        loaded[name] = bytes
        let insertion = machine.shard.insert(ArchivedContract(bytes.span.bytes)!)
        precondition(insertion == .done, "there is room")
      }
      machine.shard.apply(slots: slots, entries: entries, stamp: stamp, results: results, isLookedAt: true)
    }
    loadedCount += loaded.count
    for (name, bytes) in loaded where machine.shard.remove(name, archivedAs: bytes) { refusedCount += 1 }
    return results
  }

  /// Archives some of what waits.
  mutating func archiveSome(percent: Int) {
    for slot in Set(machine.shard.takeClosed()).sorted() {
      guard let (name, bytes) = machine.shard.archivedRecord(slot: slot) else { continue }
      guard random.chance(percent) else {
        machine.shard.returnClosed([slot])
        continue
      }
      archive[name] = bytes
      let hasLeft = machine.shard.remove(name, archivedAs: bytes)
      precondition(hasLeft, "nothing happened between")
      leftCount += 1
    }
  }

  /// Digest over memory and archive.
  func digest() -> UInt64 { Self.digest(machine.shard, archive) }

  static func digest(_ shard: borrowing Shard, _ archive: [ContractName: [UInt8]]) -> UInt64 {
    var sum = shard.digest()
    for (name, bytes) in archive where !shard.holds(name) {
      sum &+= shard.digest(of: ArchivedContract(bytes.span.bytes)!)
    }
    return sum
  }

  func audit() -> (findings: [String], contractCount: Int) {
    var audit = machine.shard.beginAudit()
    for (name, bytes) in archive where !machine.shard.holds(name) {
      audit.add(ArchivedContract(bytes.span.bytes)!)
    }
    return (machine.shard.finish(audit), audit.contractCount)
  }

  func contract(_ name: ContractName) -> ContractSnapshot? {
    machine.shard.contract(tenant: name.tenant, contract: name.contract)
      ?? archive[name].flatMap { ArchivedContract($0.span.bytes)!.snapshot }
  }

  func milestone(_ name: ContractName, _ ordinal: UInt16) -> MilestoneSnapshot? {
    if machine.shard.holds(name) {
      return machine.shard.milestone(tenant: name.tenant, contract: name.contract, ordinal: ordinal)
    }
    return archive[name].flatMap { ArchivedContract($0.span.bytes)!.milestone(ordinal) }
  }
}
