import Kernel
import Store
import Synchronization

@testable import Engine

/// A clock that stands until it is moved.
final class ManualClock: EngineClock {
  private let milliseconds: Atomic<Int64>

  init(_ start: Instant = 1_750_000_000_000) { milliseconds = Atomic(start) }

  func now() -> Instant { milliseconds.load(ordering: .relaxed) }
  func monotonicNanoseconds() -> UInt64 { UInt64(milliseconds.load(ordering: .relaxed)) * 1_000_000 }
  func advance(_ span: Int64) { milliseconds.add(span, ordering: .relaxed) }
}

extension EngineConfiguration {
  /// Small and quick to open.
  static func test(_ path: String, shards: Int = 4) -> EngineConfiguration {
    var configuration = EngineConfiguration(path: path)
    configuration.shardCount = shards
    configuration.shard.contractCountMax = 1 << 12
    configuration.shard.milestoneCountMax = 1 << 17
    configuration.shard.referenceCountMax = 1 << 14
    configuration.shard.tenantCountMax = 1 << 13
    configuration.shard.usesHugePages = false
    configuration.ringByteCount = 8 << 20
    configuration.archivedReferencesMin = 1
    configuration.prefaultsRing = false
    configuration.checkpointSeconds = 3_600
    return configuration
  }
}

extension StoreOptions {
  /// Small maps: many stores at once fit into the address space that a sanitizer leaves.
  static var test: StoreOptions { StoreOptions(mapByteCount: 1 << 28) }
}

/// Operations with ids that never repeat inside one object.
struct Script {
  let payer: UInt32 = 11
  let payee: UInt32 = 22
  var start: Instant
  private var nextID: UInt128

  /// - Parameter start: due dates count from here; by default the present.
  init(seed: UInt128 = 1, start: Instant = SystemClock().now()) {
    nextID = seed << 64
    self.start = start
  }

  mutating func id() -> UInt128 {
    nextID += 1
    return nextID
  }

  var terms: ContractTerms {
    var terms = ContractTerms()
    terms.flags = [.autoApprove]
    return terms
  }

  mutating func create(_ tenant: UInt32, _ contract: UInt128, value: Int64 = 100_000) -> Operation {
    Operation(
      .createContract, tenant: tenant, contract: contract, id: id(), actor: payer, amount: value,
      argument: UInt64(payer) | UInt64(payee) << 32, extended: true)
  }

  mutating func plain(
    _ code: OperationCode, _ tenant: UInt32, _ contract: UInt128, m: UInt16 = 0, actor: UInt32, amount: Int64 = 0,
    argument: UInt64 = 0, linked: Bool = false
  ) -> Operation {
    Operation(
      code, tenant: tenant, contract: contract, ordinal: m, id: id(), actor: actor, amount: amount, argument: argument,
      linked: linked)
  }

  /// Creates a contract with one milestone, opens it and pays in: 7 operations.
  mutating func open(_ tenant: UInt32, _ contract: UInt128, value: Int64 = 100_000) -> OperationBatch {
    var batch = OperationBatch()
    batch.append(create(tenant, contract, value: value), extension: terms)
    batch.append(
      plain(
        .addMilestone, tenant, contract, m: 1, actor: payer, amount: value, argument: UInt64(start + 90 * 86_400_000)))
    batch.append(plain(.offer, tenant, contract, actor: payer))
    batch.append(plain(.accept, tenant, contract, actor: payee))
    batch.append(
      plain(
        .deposit, tenant, contract, actor: payer, amount: value,
        argument: UInt64(truncatingIfNeeded: id() ^ contract << 20 | 1)))
    batch.append(plain(.fund, tenant, contract, m: 1, actor: payer, amount: value))
    batch.append(plain(.start, tenant, contract, m: 1, actor: payee))
    return batch
  }
}

extension Submission {
  /// A submission that holds a batch.
  /// - Parameter capacity: slots; a sanitizer's allocator puts those of different capacities too far apart for one group.
  static func of(
    _ batch: OperationBatch, session: Session? = nil, request: UInt64 = 0, capacity: Int = 1
  ) -> Submission {
    let submission = Submission(slotCapacity: max(capacity, batch.slots.count))
    for slot in batch.slots { submission.append(slot) }
    submission.session = session
    submission.request = request
    return submission
  }

  var codes: [UInt8] { results.map(\.code) }
}

extension Engine {
  /// Submits and waits on this thread; gives back what came, in the order it came.
  func submitAndWait(_ submissions: [Submission], _ queue: CompletionQueue) -> [Submission] {
    var done: [Submission] = []
    var rest = submissions
    while done.count < submissions.count {
      rest.removeFirst(submit(rest, to: queue))
      queue.drain { done.append($0) }
      if done.count < submissions.count { queue.wait() }
      queue.drain { done.append($0) }
    }
    return done
  }
}
