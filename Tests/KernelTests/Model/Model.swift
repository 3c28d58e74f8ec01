import Kernel

struct ContractKey: Hashable {
  var tenant: UInt32
  var contract: UInt128
}

struct Reference: Hashable {
  var tenant: UInt32
  var digest: UInt64
}

/// The slow, obvious second version of the kernel: it judges the fast one.
///
/// Written from DOMAIN 3 to 6 and the decisions page, without a look at the kernel's rules. All
/// state is values, so a chain that fails is undone by an assignment.
struct Model: Hashable {
  var lastStamp = Instant.min
  var contracts: [ContractKey: Contract] = [:]
  /// What was pruned, as it was then.
  var pruned: [ContractKey: Contract] = [:]
  /// Deposits, repaid advances and returned payouts.
  var credits: Set<Reference> = []
  /// Payouts, refunds and other deductions paid.
  var utrs: Set<Reference> = []
  /// What an accepted operation broke. Stays empty.
  var violations: [String] = []

  mutating func apply(_ batch: [Request], stamp: Instant) -> [OperationResult] {
    guard stamp >= lastStamp else { return batch.map { answer($0, .timestampRegression) } }
    lastStamp = stamp
    var results: [OperationResult] = []
    for chain in Self.chains(batch) {
      results +=
        chain.count == 1 && !chain[0].operation.isLinked
        ? [applyOne(chain[0], stamp)] : applyChain(chain, stamp)
    }
    return results
  }

  /// The batch cut into chains; an operation that is linked to nothing is a chain of one.
  static func chains(_ batch: [Request]) -> [[Request]] {
    var chains: [[Request]] = []
    var open: [Request] = []
    for request in batch {
      open.append(request)
      if !request.operation.isLinked {
        chains.append(open)
        open = []
      }
    }
    if !open.isEmpty { chains.append(open) }
    return chains
  }

  private mutating func applyChain(_ chain: [Request], _ now: Instant) -> [OperationResult] {
    func failed(at index: Int, _ code: ResultCode, in model: Model) -> [OperationResult] {
      chain.indices.map { model.answer(chain[$0], $0 == index ? code : .linkedEventFailed) }
    }
    if chain.last!.operation.isLinked {
      return failed(at: chain.count - 1, .linkedEventChainOpen, in: self)
    }
    let tenant = chain[0].operation.tenant
    if let foreign = chain.firstIndex(where: { $0.operation.tenant != tenant }) {
      return failed(at: foreign, .chainSpansTenants, in: self)
    }
    let before = self
    let results = chain.map { applyOne($0, now, isInChain: true) }
    if results.allSatisfy({ $0.isAccepted }) { return results }
    if results.allSatisfy({ $0.code == ResultCode.exists.rawValue }) { return results }
    let first = results.firstIndex { !$0.isAccepted }!
    self = before
    return failed(at: first, ResultCode(rawValue: results[first].code)!, in: self)
  }

  /// A refusal, or a repeat: nothing moved, the record as it stands.
  func answer(_ request: Request, _ code: ResultCode, amount: Int64 = 0) -> OperationResult {
    let o = request.operation
    guard let contract = contracts[ContractKey(tenant: o.tenant, contract: o.contract)] else {
      return OperationResult(code: code)
    }
    if o.ordinal == 0 {
      return OperationResult(
        code: code, state: contract.state.rawValue, payoutAttempt: contract.advanceAttempt,
        version: contract.version, amount: amount)
    }
    guard Int(o.ordinal) <= contract.milestones.count else { return OperationResult(code: code) }
    let milestone = contract.milestones[Int(o.ordinal) - 1]
    return OperationResult(
      code: code, state: milestone.state.rawValue, payoutAttempt: milestone.payoutAttempt,
      version: milestone.version, amount: amount)
  }

  private mutating func applyOne(_ request: Request, _ now: Instant, isInChain: Bool = false) -> OperationResult {
    func lowest(_ codes: [ResultCode]) -> ResultCode? { codes.min { $0.rawValue < $1.rawValue } }
    if let code = lowest(Self.formatFailures(request)) { return answer(request, code) }
    if let code = lowest(existenceFailures(request)) { return answer(request, code) }

    let key = ContractKey(tenant: request.operation.tenant, contract: request.operation.contract)
    var situation = Situation(request, now: now, model: self, isInChain: isInChain)
    let rule = Rule.of(request.kind!)
    if let code = lowest(rule.authority(situation)) { return answer(request, code) }
    if let code = lowest(situation.stateFailures(rule)) { return answer(request, code) }
    if let code = lowest(rule.guards(situation)) { return answer(request, code) }

    let before = contracts[key]
    let amount = rule.effect(&situation)
    situation.finish(rule)
    contracts[key] = situation.contract
    if request.kind == .prune { pruned[key] = contracts.removeValue(forKey: key) }
    for digest in situation.newCredits { credits.insert(Reference(tenant: key.tenant, digest: digest)) }
    for digest in situation.newUTRs { utrs.insert(Reference(tenant: key.tenant, digest: digest)) }
    violations += situation.contract.violations(after: before, request).map { "\(request): \($0)" }
    return answer(request, .ok, amount: amount)
  }

  /// A deadline that fires: at its tenant's own time, which may be behind the shard's, and with an id that is not
  /// remembered.
  mutating func applyTimer(_ timer: Request, stamp: Instant) -> OperationResult {
    let key = ContractKey(tenant: timer.operation.tenant, contract: timer.operation.contract)
    let before = contracts[key]
    let newest = lastStamp
    lastStamp = .min
    let result = apply([timer], stamp: stamp)[0]
    lastStamp = max(newest, stamp)
    guard var contract = contracts[key], let before else { return result }
    contract.memory = before.memory
    for index in contract.milestones.indices { contract.milestones[index].memory = before.milestones[index].memory }
    contracts[key] = contract
    return result
  }

  /// All codes of the existence phase that fail.
  private func existenceFailures(_ request: Request) -> [ResultCode] {
    let o = request.operation
    let kind = request.kind!
    let key = ContractKey(tenant: o.tenant, contract: o.contract)
    if pruned[key] != nil { return [.contractPruned] }
    guard let contract = contracts[key] else { return kind == .createContract ? [] : [.notFound] }
    // CONSENT(0) names a milestone that is not there yet: the contract stands for it.
    let isConsentToAdd = kind == .consent && o.mode == 0
    let namesNext = kind == .addMilestone || isConsentToAdd
    let namesContract = o.ordinal == 0 || isConsentToAdd
    let milestone = contract.milestones.first { $0.ordinal == o.ordinal }
    let memory = namesContract ? contract.memory : milestone?.memory ?? []
    // The ids of timers are not remembered, and a client's id does not stand in their way.
    let remembered = o.isTimer ? nil : memory.first { $0.operation.id == o.id }
    return failing(
      (.exists, remembered?.body == request.body),
      (.existsWithDifferentFields, remembered != nil && remembered?.body != request.body),
      (.contractExists, kind == .createContract),
      (.milestoneExists, namesNext && milestone != nil),
      (.milestoneNotFound, !namesNext && o.ordinal != 0 && milestone == nil),
      (.ordinalGap, namesNext && Int(o.ordinal) > contract.milestones.count + 1))
  }
}
