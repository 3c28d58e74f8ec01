import Kernel

/// What has left memory.
struct MemoryArchive {
  var contracts: [ContractName: [UInt8]] = [:]
  var references: Set<UInt128> = []

  /// Whether a contract's row says what the contract is.
  func counts(_ name: ContractName, beside shard: borrowing Shard) -> Bool {
    !shard.holds(name) && !shard.isPruned(name) && !references.contains(shard.referenceNamer.key(ofPruned: name))
  }

  func row(_ name: ContractName, beside shard: borrowing Shard) -> [UInt8]? {
    counts(name, beside: shard) ? contracts[name] : nil
  }
}

/// A machine whose closed contracts and references leave memory for collections, at moments that a generator chooses.
struct ArchivingMachine: ~Copyable {
  var machine = Machine()
  var archive = MemoryArchive()
  /// References that the shard set aside and did not let go of.
  private var aside: [UInt128] = []
  private var random: SeededGenerator
  /// How often contracts left, came back, and came back for nothing.
  private(set) var leftCount = 0
  private(set) var loadedCount = 0
  private(set) var refusedCount = 0
  private(set) var recalledCount = 0
  /// Rows of pruned contracts that were dropped.
  private(set) var droppedCount = 0

  init(seed: UInt64) { random = SeededGenerator(seed) }

  mutating func apply(_ batch: [Request], stamp: Instant) -> [OperationResult] {
    var loaded: [ContractName: [UInt8]] = [:]
    let results = Machine.layOut(batch) { slots, entries, results in
      machine.shard.look(slots: slots, entries: entries)
      for name in machine.shard.missing where !machine.shard.holds(name) {
        if machine.shard.hasPruned {
          let pruned = machine.shard.referenceNamer.key(ofPruned: name)
          if archive.references.contains(pruned) { machine.shard.recall(reference: pruned) }
          // Its row may still be there.
          if machine.shard.isPruned(name) { continue }
        }
        guard let bytes = archive.contracts[name] else { continue }
        loaded[name] = bytes
        let insertion = machine.shard.insert(ArchivedContract(bytes.span.bytes)!)
        precondition(insertion == .done, "there is room")
      }
      var names: [UInt128] = []
      var created: [ContractName] = []
      machine.shard.referenceNamer.append(slots: slots, entries: entries, to: &names, created: &created)
      for id in names where archive.references.contains(id) {
        if !machine.shard.holds(reference: id) { recalledCount += 1 }
        machine.shard.recall(reference: id)
      }
      machine.shard.apply(slots: slots, entries: entries, stamp: stamp, results: results, isLookedAt: true)
      machine.shard.forgetRecalledReferences()
    }
    loadedCount += loaded.count
    for (name, bytes) in loaded where machine.shard.remove(name, archivedAs: bytes) { refusedCount += 1 }
    return results
  }

  /// Archives some of what waits.
  mutating func archiveSome(percent: Int, sweeps: Bool = true) {
    if sweeps, random.chance(30) { machine.shard.sweepTimers(limit: random.pick([1, 5, 1_000]), isForced: true) }
    if random.chance(percent / 2) { settleReferences() }
    if random.chance(percent / 2) { setReferencesAside() }
    for name in archive.contracts.keys.sorted(by: { $0.contract < $1.contract })
    where !archive.counts(name, beside: machine.shard) && !machine.shard.holds(name) && random.chance(percent) {
      archive.contracts[name] = nil
      droppedCount += 1
    }
    for closed in Set(machine.shard.takeClosed()).sorted(by: { $0.slot < $1.slot }) {
      guard let (bytes, digest) = machine.shard.archivedRecord(closed) else { continue }
      let name = closed.name
      guard random.chance(percent) else {
        machine.shard.returnClosed([closed])
        continue
      }
      archive.contracts[name] = bytes
      let hasLeft =
        random.chance(50)
        ? machine.shard.remove(name, archivedAs: bytes) : machine.shard.remove(name, digest: digest)
      precondition(hasLeft, "nothing happened between")
      leftCount += 1
    }
  }

  /// Starts an image, as an owner with an archive does: with what is aside in it.
  mutating func beginCheckpoint() -> [CheckpointSection] {
    setReferencesAside()
    return machine.shard.beginCheckpoint()
  }

  private mutating func setReferencesAside() {
    let count = machine.shard.setReferencesAside(atLeast: random.pick([1, 4]))
    aside = machine.shard.referencesAside(0..<count)
  }

  private mutating func settleReferences() {
    if aside.isEmpty { return }
    archive.references.formUnion(aside)
    // A crash before they leave has both.
    if random.chance(20) { return }
    machine.shard.removeReferencesAside(aside.count)
    aside = []
  }

  /// Digest over memory and archive.
  func digest() -> UInt64 { Self.digest(machine.shard, archive) }

  static func digest(_ shard: borrowing Shard, _ archive: MemoryArchive) -> UInt64 {
    var sum = shard.digest()
    for id in archive.references where !shard.holds(reference: id) { sum &+= Shard.digest(ofReference: id) }
    for (name, bytes) in archive.contracts where archive.counts(name, beside: shard) {
      sum &+= shard.digest(of: ArchivedContract(bytes.span.bytes)!)
    }
    return sum
  }

  func audit() -> (findings: [String], contractCount: Int) {
    var audit = machine.shard.beginAudit()
    for (name, bytes) in archive.contracts where archive.counts(name, beside: machine.shard) {
      audit.add(ArchivedContract(bytes.span.bytes)!)
    }
    return (machine.shard.finish(audit), audit.contractCount)
  }

  func contract(_ name: ContractName) -> ContractSnapshot? {
    machine.shard.contract(tenant: name.tenant, contract: name.contract)
      ?? archive.row(name, beside: machine.shard).flatMap { ArchivedContract($0.span.bytes)!.snapshot }
  }

  func milestone(_ name: ContractName, _ ordinal: UInt16) -> MilestoneSnapshot? {
    if machine.shard.holds(name) {
      return machine.shard.milestone(tenant: name.tenant, contract: name.contract, ordinal: ordinal)
    }
    return archive.row(name, beside: machine.shard).flatMap { ArchivedContract($0.span.bytes)!.milestone(ordinal) }
  }
}
