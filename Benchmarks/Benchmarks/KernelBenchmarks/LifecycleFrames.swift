import Kernel

typealias Operation = Kernel.Operation

/// The life of many milestones as frames, made ahead of the measurement: set-up, then FUND, START, SUBMIT, APPROVE,
/// RELEASE and PAYOUT_RESULT, each step over all milestones in an order that looks random.
struct LifecycleFrames {
  static let operationsPerFrame = 8_190
  static let milestonesPerContract = 8
  static let shardCount = 64

  /// One frame: slots, and its operations by shard.
  struct Frame {
    var slots: [UInt64] = []
    var entries: [[BatchEntry]] = Array(repeating: [], count: LifecycleFrames.shardCount)
    var operationCount = 0
  }

  private(set) var setup: [Frame] = []
  private(set) var life: [Frame] = []
  private var open = Frame()
  private var serial: UInt64 = 0
  private let tenantCount: Int

  init(milestones: Int, tenants: Int) {
    tenantCount = tenants
    let contracts = milestones / Self.milestonesPerContract
    let due = UInt64(Self.start) + 90 * 86_400_000
    var terms = ContractTerms()
    terms.gstBP = 1_800
    terms.tdsBP = 200
    terms.retentionBP = 500
    terms.retentionCap = 80_000
    terms.flags = [.autoApprove]
    for index in 0..<contracts {
      add(.createContract, index, 0, actor: 1, amount: 800_000, argument: 1 | 2 << 32, terms: terms)
      add(.verifyPayee, index, 0)
      for ordinal in 1...Self.milestonesPerContract {
        add(.addMilestone, index, ordinal, actor: 1, amount: 100_000, argument: due)
      }
      add(.offer, index, 0, actor: 1)
      add(.accept, index, 0, actor: 2)
      add(.deposit, index, 0, actor: 1, amount: 800_000, argument: UInt64(index + 1))
      if open.operationCount + 16 > Self.operationsPerFrame { close(\.setup) }
    }
    close(\.setup)
    // 4,237 paise retained and 1,695 withheld of 1,00,000 at 18 % GST, 5 % and 2 %.
    let net: Int64 = 94_068
    let steps: [(OperationCode, UInt32, Int64, UInt64, UInt32)] = [
      (.fund, 1, 100_000, 0, 0), (.start, 2, 0, 0, 0), (.submit, 2, 100_000, 7, 0), (.approve, 1, 100_000, 0, 0),
      (.release, 1, 100_000, 0, 0), (.payoutResult, 0, net, 1 << 40, 1),
    ]
    let stride = Self.stride(for: milestones)
    for (code, actor, amount, argument, version) in steps {
      var place = 0
      for _ in 0..<milestones {
        place = (place + stride) % milestones
        let reference = code == .payoutResult ? argument + UInt64(place) : argument
        add(
          code, place / Self.milestonesPerContract, place % Self.milestonesPerContract + 1, actor: actor,
          amount: amount,
          argument: reference, version: version)
        if open.operationCount == Self.operationsPerFrame { close(\.life) }
      }
      close(\.life)
    }
  }

  static let start: Int64 = 1_790_000_000_000

  /// A step near the golden section that meets every index before it meets one again.
  private static func stride(for count: Int) -> Int {
    var stride = Int(Double(count) * 0.618) | 1
    func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
    while divisor(stride, count) != 1 { stride += 2 }
    return stride
  }

  private mutating func add(
    _ code: OperationCode, _ contract: Int, _ ordinal: Int, actor: UInt32 = 0, amount: Int64 = 0, argument: UInt64 = 0,
    version: UInt32 = 0, terms: ContractTerms? = nil
  ) {
    serial += 1
    let tenant = UInt32(contract % tenantCount + 1)
    let high = UInt64(contract + 1) &* 0x9E37_79B9_7F4A_7C15
    let operation = Operation(
      code, tenant: tenant, contract: UInt128(high) << 64 | UInt128(contract + 1), ordinal: UInt16(ordinal),
      id: UInt128(serial) << 64 | UInt128(serial &* 0xD1B5_4A32_D192_ED03), actor: actor, amount: amount,
      argument: argument, expectedVersion: version, extended: terms != nil)
    let entry = BatchEntry(slot: UInt32(open.slots.count / 8), result: UInt32(open.operationCount))
    open.entries[BatchLayout.shardIndex(tenant: tenant, shardCount: Self.shardCount)].append(entry)
    withUnsafeBytes(of: operation) { open.slots.append(contentsOf: $0.bindMemory(to: UInt64.self)) }
    if let terms { withUnsafeBytes(of: terms) { open.slots.append(contentsOf: $0.bindMemory(to: UInt64.self)) } }
    open.operationCount += 1
  }

  private mutating func close(_ frames: WritableKeyPath<LifecycleFrames, [Frame]>) {
    if open.operationCount > 0 { self[keyPath: frames].append(open) }
    open = Frame()
  }
}

/// 64 shards and the answers of one frame.
final class Shards {
  private var shards: [Box] = []
  private let results = UnsafeMutablePointer<OperationResult>.allocate(capacity: LifecycleFrames.operationsPerFrame)
  /// Room for a frame whose operations all have extensions.
  private let received = UnsafeMutableRawPointer.allocate(
    byteCount: 2 * LifecycleFrames.operationsPerFrame * 64, alignment: 64)
  private var stamp = LifecycleFrames.start

  private final class Box {
    var shard: Shard
    init(_ configuration: ShardConfiguration) {
      shard = Shard(configuration)
      shard.armTimers()
    }
  }

  init(_ configuration: ShardConfiguration = ShardConfiguration()) {
    for _ in 0..<LifecycleFrames.shardCount { shards.append(Box(configuration)) }
  }
  deinit {
    results.deallocate()
    received.deallocate()
  }

  /// Copies a frame to where frames are applied.
  func receive(_ frame: LifecycleFrames.Frame) {
    frame.slots.withUnsafeBytes { received.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
  }

  /// Applies the frame that was received; the number of operations that were refused.
  func applyReceived(_ frame: LifecycleFrames.Frame) -> Int {
    stamp += 1
    for (index, entries) in frame.entries.enumerated() where !entries.isEmpty {
      entries.withUnsafeBufferPointer { entries in
        shards[index].shard.apply(slots: received, entries: entries, stamp: stamp, results: results)
      }
    }
    var refused = 0
    for index in 0..<frame.operationCount where !results[index].isAccepted { refused += 1 }
    return refused
  }

  func apply(_ frame: LifecycleFrames.Frame) -> Int {
    receive(frame)
    return applyReceived(frame)
  }

  func audit() -> [String] { shards.flatMap { $0.shard.audit() } }
}
