import Kernel

/// A shard that takes batches of requests the way a frame brings them.
struct Machine: ~Copyable {
  var shard: Shard

  init() {
    var configuration = ShardConfiguration()
    configuration.contractCountMax = 1 << 12
    configuration.milestoneCountMax = 1 << 14
    configuration.referenceCountMax = 1 << 16
    configuration.tenantCountMax = 1 << 8
    configuration.usesHugePages = false
    shard = Shard(configuration)
  }

  mutating func apply(_ batch: [Request], stamp: Instant) -> [OperationResult] {
    Self.layOut(batch) { slots, entries, results in
      shard.apply(slots: slots, entries: entries, stamp: stamp, results: results)
    }
  }

  /// Puts requests into a frame and returns the answers that `body` gives.
  static func layOut(
    _ batch: [Request],
    _ body: (UnsafeRawPointer, UnsafeBufferPointer<BatchEntry>, UnsafeMutablePointer<OperationResult>) -> Void
  ) -> [OperationResult] {
    var entries: [BatchEntry] = []
    var slotCount: UInt32 = 0
    for (index, request) in batch.enumerated() {
      entries.append(BatchEntry(slot: slotCount, result: UInt32(index)))
      slotCount += request.slot == nil ? 1 : 2
    }
    let slots = UnsafeMutableRawBufferPointer.allocate(byteCount: max(64, Int(slotCount) * 64), alignment: 64)
    defer { slots.deallocate() }
    for (request, entry) in zip(batch, entries) {
      let offset = Int(entry.slot) * 64
      slots.storeBytes(of: request.operation, toByteOffset: offset, as: Operation.self)
      if let slot = request.slot {
        for (index, byte) in slot.enumerated() { slots[offset + 64 + index] = byte }
      }
    }
    var results = batch.map { _ in OperationResult(code: .idAlreadyFailed) }
    results.withUnsafeMutableBufferPointer { results in
      entries.withUnsafeBufferPointer { entries in
        body(UnsafeRawPointer(slots.baseAddress!), entries, results.baseAddress!)
      }
    }
    return results
  }
}

/// One batch of a run.
struct Batch: Hashable {
  var stamp: Instant
  var requests: [Request]
}

/// A run of batches through model and kernel.
struct Comparison: ~Copyable {
  var model = Model()
  var machine = Machine()

  /// Applies a batch to both; what differs, or nil.
  mutating func apply(_ batch: Batch, isThorough: Bool = false) -> String? {
    let expected = model.apply(batch.requests, stamp: batch.stamp)
    let found = machine.apply(batch.requests, stamp: batch.stamp)
    for (index, pair) in zip(expected, found).enumerated() where pair.0 != pair.1 {
      return "operation \(index), \(batch.requests[index]): model \(pair.0.text), kernel \(pair.1.text)"
    }
    if let violation = model.violations.first { return "model: \(violation)" }
    let keys =
      isThorough
      ? Set(model.contracts.keys)
      : Set(batch.requests.map { ContractKey(tenant: $0.operation.tenant, contract: $0.operation.contract) })
    for key in keys {
      if let difference = difference(key) { return difference }
    }
    return isThorough ? audit() : nil
  }

  /// Applies what a timer fired: accepted by both, and not remembered by either.
  mutating func applyTimer(_ batch: Batch) -> String? {
    let request = batch.requests[0]
    let key = ContractKey(tenant: request.operation.tenant, contract: request.operation.contract)
    let before = model.contracts[key]
    let expected = [model.applyTimer(request, stamp: batch.stamp)]
    let found = machine.apply([request], stamp: batch.stamp)
    if expected != found { return "timer \(request): model \(expected[0].text), kernel \(found[0].text)" }
    if !expected[0].isAccepted {
      return
        "timer \(request) is refused: \(expected[0].text)\n\(before?.fields ?? []) \(before?.milestones.map(\.fields) ?? [])"
    }
    if let violation = model.violations.first { return "model: \(violation)" }
    return difference(key)
  }

  private func difference(_ key: ContractKey) -> String? {
    let name = "t\(key.tenant)/c\(key.contract)"
    let snapshot = machine.shard.contract(tenant: key.tenant, contract: key.contract)
    guard let contract = model.contracts[key] else { return snapshot == nil ? nil : "\(name): kernel has it" }
    guard let snapshot else { return "\(name): kernel lacks it" }
    if let pair = zip(contract.fields, snapshot.fields).first(where: { $0 != $1 }) {
      return "\(name): model \(pair.0), kernel \(pair.1)"
    }
    for milestone in contract.milestones {
      let ordinal = milestone.ordinal
      guard let other = machine.shard.milestone(tenant: key.tenant, contract: key.contract, ordinal: ordinal) else {
        return "\(name)/\(ordinal): kernel lacks it"
      }
      if let pair = zip(milestone.fields, other.fields).first(where: { $0 != $1 }) {
        return "\(name)/\(ordinal): model \(pair.0), kernel \(pair.1)"
      }
    }
    return nil
  }

  private func audit() -> String? {
    if let finding = machine.shard.audit().first { return "audit: \(finding)" }
    let all = Array(model.contracts.values) + Array(model.pruned.values)
    for tenant in Set(all.map(\.tenant)) {
      let expected = all.filter { $0.tenant == tenant }.map(\.buckets).reduce(Totals(), +)
      let found = machine.shard.totals(tenant: tenant)
      if found != expected { return "totals of t\(tenant): model \(expected), kernel \(String(describing: found))" }
    }
    return nil
  }
}

extension OperationResult {
  var text: String {
    let name = ResultCode(rawValue: code).map { "\($0.name)" } ?? "code \(code)"
    return "\(name) state=\(state) attempt=\(payoutAttempt) version=\(version) amount=\(amount)"
  }

  var resultCode: ResultCode { ResultCode(rawValue: code)! }
}
