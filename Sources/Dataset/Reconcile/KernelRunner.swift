public import Kernel

/// One shard in this process: what operations do, without store, timers or server.
///
/// For scenarios, conformance runs and tests. Not thread-safe. Do not use it to keep books: nothing it does is durable.
public struct KernelRunner: ~Copyable {
  private var shard: Shard
  private var entries: [BatchEntry] = []
  private var results: [OperationResult] = []

  /// An empty kernel.
  ///
  /// - Parameter contractCountMax: most contracts, and most tenants, at one time; address space is reserved for sixteen milestones and bank
  ///   references each.
  public init(contractCountMax: Int) {
    var configuration = ShardConfiguration()
    configuration.contractCountMax = contractCountMax
    configuration.milestoneCountMax = max(1 << 20, contractCountMax * 16)
    configuration.referenceCountMax = max(1 << 16, contractCountMax * 16)
    configuration.tenantCountMax = contractCountMax
    configuration.usesHugePages = false
    shard = Shard(configuration)
  }

  /// The newest stamp applied; the least `Instant` before the first.
  public var lastStamp: Instant { shard.lastStamp }

  /// Operations applied, accepted or refused.
  public var operationCount: UInt64 { shard.operationCount }

  /// Applies all operations in `slots` as one batch.
  ///
  /// - Parameters:
  ///   - slots: operations with their extensions, as `OperationReader` hands them out; 8-byte aligned.
  ///   - stamp: when earlier than `lastStamp`, every operation answers `timestamp_regression`.
  /// - Returns: an answer for each operation, valid until the next call.
  public mutating func apply(slots: UnsafeRawBufferPointer, stamp: Instant) -> [OperationResult] {
    entries.removeAll(keepingCapacity: true)
    var slot = 0
    while slot * Operation.byteCount < slots.count {
      entries.append(BatchEntry(slot: UInt32(slot), result: UInt32(entries.count)))
      // Byte 59 of an operation is its flags; bit 1 announces an extension.
      slot += unsafe slots[slot * Operation.byteCount + 59] & 2 != 0 ? 2 : 1
    }
    precondition(
      slot * Operation.byteCount == slots.count, "the last operation announces an extension that is not there")
    results.removeAll(keepingCapacity: true)
    results.append(contentsOf: repeatElement(OperationResult(code: .ok), count: entries.count))
    guard let base = slots.baseAddress else { return [] }
    // Entries point into `slots` and `results`, both of which outlive the call.
    unsafe entries.withUnsafeBufferPointer { entries in
      unsafe results.withUnsafeMutableBufferPointer { results in
        guard let first = results.baseAddress else { return }
        unsafe shard.apply(slots: base, entries: entries, stamp: stamp, results: first)
      }
    }
    return results
  }

  /// Every contract with its milestones, by tenant and contract id.
  public func contracts() -> [(contract: ContractSnapshot, milestones: [MilestoneSnapshot])] {
    var all: [(contract: ContractSnapshot, milestones: [MilestoneSnapshot])] = []
    var cursor: UInt32? = 0
    while let from = cursor {
      cursor = shard.scan(from: from, limit: 65_536) { all.append(($0, $1)) }
    }
    return all.sorted { ($0.contract.tenant, $0.contract.contract) < ($1.contract.tenant, $1.contract.contract) }
  }

  /// A contract, or nil.
  public func contract(tenant: UInt32, contract: UInt128) -> ContractSnapshot? {
    shard.contract(tenant: tenant, contract: contract)
  }

  /// A milestone, or nil.
  public func milestone(tenant: UInt32, contract: UInt128, ordinal: UInt16) -> MilestoneSnapshot? {
    shard.milestone(tenant: tenant, contract: contract, ordinal: ordinal)
  }

  /// What the kernel's own audit finds wrong; empty when every invariant holds.
  public func audit() -> [String] { shard.audit() }
}
