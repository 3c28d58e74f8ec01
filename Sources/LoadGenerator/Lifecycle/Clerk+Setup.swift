import Kernel

/// A contract's beginning: terms, schedule, agreement, first deposit.
extension Clerk {
  /// Makes the record a new contract and writes everything up to the first deposit.
  ///
  /// - Parameters:
  ///   - serial: not 0, and never used before by this clerk.
  ///   - milestones: the contract's, in order.
  mutating func setUp(
    _ contract: inout ContractRecord, serial: UInt64, tenantSlot: Int, milestones: inout FlatArray<MilestoneRecord>,
    from first: Int, count: Int
  ) {
    contract = ContractRecord()
    contract.serial = serial
    contract.tenantSlot = UInt16(truncatingIfNeeded: tenantSlot)
    contract.recipe = nextRecipe()
    for index in 0..<count {
      var milestone = MilestoneRecord()
      milestone.ordinal = UInt16(truncatingIfNeeded: index + 1)
      milestone.amount = scheduledAmount()
      milestone.version = 1
      contract.value += Int64(milestone.amount)
      milestones[first + index] = milestone
    }
    let recipe = recipes[Int(contract.recipe)]
    create(&contract, recipe)
    if recipe.hasSecondApprover { appointApprovers(&contract, recipe) }
    writeContract(.verifyPayee, &contract, actor: 0)
    for index in 0..<count { addMilestone(contract, milestones[first + index], recipe) }
    contract.state = .offered
    writeContract(.offer, &contract, actor: contract.payer)
    contract.state = .active
    writeContract(.accept, &contract, actor: contract.payee)
    deposit(&contract, contract.value)
  }

  /// Rs 1,000 to about Rs 10 lakh: three magnitudes, small sums more often, as in public payment logs.
  private mutating func scheduledAmount() -> Int32 {
    let word = random.next()
    let magnitude: UInt64 = [100_000, 400_000, 1_500_000, 6_000_000][Int(word & 3)]
    let sum = magnitude + (word >> 8) % (magnitude * 3)
    // Every other sum is in whole rupees.
    return Int32(truncatingIfNeeded: word & 4 == 0 ? sum / 100 * 100 : sum)
  }

  private mutating func create(_ contract: inout ContractRecord, _ recipe: Recipe) {
    contract.version = 1
    contract.retentionCap = contract.value * recipe.retentionCapBP / 10_000
    var terms = recipe.terms
    terms.arbiter = contract.arbiter
    terms.retentionCap = contract.retentionCap
    write(
      Operation(
        .createContract, tenant: tenant(contract), contract: contractId(contract.serial), id: nextOperationId(),
        actor: contract.payer, amount: contract.value, argument: parties(contract), extended: true),
      extension: terms, contract.answer(.ok))
  }

  @inline(__always)
  func tenant(_ contract: ContractRecord) -> UInt32 { firstTenant &+ UInt32(contract.tenantSlot) }

  @inline(__always)
  func parties(_ contract: ContractRecord) -> UInt64 { UInt64(contract.payer) | UInt64(contract.payee) << 32 }

  private mutating func appointApprovers(_ contract: inout ContractRecord, _ recipe: Recipe) {
    contract.version &+= 1
    write(
      Operation(
        .setPolicy, tenant: tenant(contract), contract: contractId(contract.serial), id: nextOperationId(),
        actor: contract.payer, extended: true),
      extension: recipe.policy, contract.answer(.ok))
    // Person, then step 2, then level 0.
    writeContract(
      .setApprover, &contract, actor: contract.payer, argument: UInt64(contract.approver) | 2 << 32)
  }

  /// Adding a milestone to a draft makes the milestone's record and leaves the contract's version alone.
  private mutating func addMilestone(_ contract: ContractRecord, _ milestone: MilestoneRecord, _ recipe: Recipe) {
    let follows = recipe.isSequential && milestone.ordinal > 1
    let operation = Operation(
      .addMilestone, tenant: tenant(contract), contract: contractId(contract.serial), ordinal: milestone.ordinal,
      id: nextOperationId(), actor: contract.payer, amount: Int64(milestone.amount), argument: dueDate(),
      extended: follows)
    guard follows else { return write(operation, milestone.answer(.ok)) }
    var predecessors = Predecessors()
    predecessors.ordinals.0 = milestone.ordinal - 1
    write(operation, extension: predecessors, milestone.answer(.ok))
  }

  /// A year ahead and more: nothing falls due during a run.
  mutating func dueDate() -> UInt64 {
    UInt64(now) + (365 + (random.next() >> 58)) * 86_400_000
  }

  mutating func deposit(_ contract: inout ContractRecord, _ sum: Int64) {
    let reference = nextReference()
    contract.depositReference = reference
    contract.unallocated += sum
    book(contract) {
      $0.funded += sum
      $0.unallocated += sum
    }
    writeContract(.deposit, &contract, actor: contract.payer, amount: sum, argument: reference, moved: sum)
  }
}
