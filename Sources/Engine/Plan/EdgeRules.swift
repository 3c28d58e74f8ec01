import Kernel

/// What is refused before it reaches a shard: tenants outside the caller's scope, operations, actors or sums that it may
/// not use, and those for which it has not shown a second factor.
enum EdgeRules {
  /// Refuses what `authority` does not allow among the operations that were added last.
  ///
  /// A chain with such a member is refused as a whole, as the kernel would: the member with its own code, the others
  /// `linked_event_failed`, and the last `linked_event_chain_open` when the frame ends inside the chain.
  /// - Parameters:
  ///   - first: index of the frame's first operation in the plan.
  ///   - slots: the group's first slot; `results`: the group's first result.
  /// - Returns: how many operations the authority does not allow.
  static func apply(
    _ authority: Authority, to plan: GroupPlan, from first: Int, slots: UnsafeRawPointer,
    results: UnsafeMutablePointer<OperationResult>
  ) -> Int {
    var refusalCount = 0
    var chainStart = first
    var isRefused = false
    for index in first..<plan.operationCount {
      // Slots and results of the group, at indices that the plan holds.
      let operation = unsafe slots.loadUnaligned(
        fromByteOffset: plan.slot(of: index) * Operation.byteCount, as: Operation.self)
      let code = authority.refusal(of: operation)
      unsafe results[plan.result(of: index)] = OperationResult(code: code ?? .linkedEventFailed)
      if code != nil {
        isRefused = true
        refusalCount += 1
      }
      let isOpen = operation.isLinked && index + 1 == plan.operationCount
      guard !operation.isLinked || isOpen else { continue }
      if isRefused {
        if isOpen { unsafe results[plan.result(of: index)] = OperationResult(code: .linkedEventChainOpen) }
        for member in chainStart...index { unsafe plan.refuse(member, slots: slots) }
      }
      chainStart = index + 1
      isRefused = false
    }
    return refusalCount
  }
}
