import Kernel

/// The bytes of an archived contract: refused, or a contract that comes back into a shard as the same bytes, and with
/// which everything can be done.
enum ArchivedContracts {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    guard let archived = unsafe ArchivedContract(bytes.span.bytes) else { return }
    let name = archived.name
    _ = (archived.snapshot, archived.milestoneSnapshots, archived.milestone(1))
    var shard = Shard(ShardScene.configuration)
    var batch = Batch()
    let parties = UInt64(ShardScene.payer) | UInt64(ShardScene.payee) << 32
    batch.append(
      Operation(
        .createContract, tenant: name.tenant, contract: name.contract == 1 ? 2 : 1, id: 1, actor: ShardScene.payer,
        amount: 1_000, argument: parties), [UInt8](of: ShardScene.terms))
    _ = batch.apply(to: &shard, at: ShardScene.start)
    let before = shard.digest()
    guard shard.insert(archived) == .done else { return }
    let digest = shard.digest()
    try must(digest == before &+ shard.digest(of: archived), "a contract's digest is another one in the archive")
    var found: [UInt8]?
    for slot: UInt32 in 0..<2 {
      if let record = shard.archivedRecord(ClosedContract(slot: slot, name: name)) { found = record.bytes }
    }
    try must(found == bytes, "an archived contract comes back as other bytes")
    let hasLeft = shard.remove(name, archivedAs: bytes)
    let after = shard.digest()
    try must(hasLeft && after == before, "a contract does not leave as it came")
    guard shard.insert(archived) == .done else { return }
    ShardScene.probe(&shard)
    _ = shard.audit()
  }
}
