import Kernel

/// Repeatable random numbers (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
  mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &self)] }
}

/// Random runs. Which operations are likely, terms and policies vary from seed to seed; persons,
/// ordinals, references and sums come from small pools, so that runs get deep.
struct RunGenerator {
  static let payer: UInt32 = 1
  static let payee: UInt32 = 2
  static let arbiter: UInt32 = 3
  static let approvers: [UInt32] = [4, 5, 6, 7]
  static let start: Instant = 1_700_000_000_000

  var random: SeededGenerator
  private(set) var model = Model()
  private(set) var now = Self.start
  private var nextID: UInt128 = 1
  private var recent: [Request] = []
  private var last: [Request] = []
  var bankReferences: [UInt64] = []
  private let weights: [(OperationCode, Int)]
  private let guidedPercent: Int
  private let garbagePercent: Int
  private let chainPercent: Int
  private let setUpPercent: Int
  private let roadPercent: Int
  private let jumpPercent: Int
  private let tenantCount: UInt32
  private let contractCount: UInt128
  /// Contracts that end as they begin, in one run of four; from numbers of their own, so that the other runs are what they were.
  private let whimPercent: Int
  private var whims: SeededGenerator

  init(seed: UInt64) {
    random = SeededGenerator(seed)
    var random = random
    let work: Set<OperationCode> = [.submit, .approve, .release, .payoutResult, .releaseRetention, .levy, .resolve]
    weights = OperationCode.allCases.map { ($0, random.pick([0, 1, 1, 2, 6]) * (work.contains($0) ? 4 : 1)) }
    roadPercent = random.pick([0, 40, 60, 80])
    jumpPercent = random.pick([3, 10, 30])
    guidedPercent = random.pick([20, 60, 90])
    garbagePercent = random.pick([0, 1, 5])
    chainPercent = random.pick([0, 10, 40])
    setUpPercent = random.pick([40, 90, 97, 97])
    tenantCount = random.pick([1, 1, 2])
    contractCount = random.pick([1, 1, 2, 3])
    whims = SeededGenerator(seed ^ 0x5EED_0F_A11)
    whimPercent = seed % 4 == 0 ? 15 : 0
    self.random = random
  }

  /// The next batch; the generator's own model has applied it.
  mutating func nextBatch() -> Batch {
    advanceTime()
    if !last.isEmpty, random.chance(3) {
      _ = model.apply(last, stamp: now)
      return Batch(stamp: now, requests: last)
    }
    var requests: [Request] = []
    if whims.chance(whimPercent) { requests = whim() }
    let size = random.pick([1, 1, 1, 2, 3, 6])
    var preview = model
    if !requests.isEmpty { _ = preview.apply(requests, stamp: now) }
    while requests.count < size {
      for request in step(&preview) { requests.append(request) }
    }
    if requests.count > 1, random.chance(chainPercent) {
      for index in requests.indices.dropLast() where random.chance(80) { requests[index] = requests[index].linked }
      if random.chance(5) { requests[requests.count - 1] = requests[requests.count - 1].linked }
    }
    let stamp = random.chance(1) ? now - 1 : now
    _ = model.apply(requests, stamp: stamp)
    last = requests
    recent = Array((recent + requests).suffix(12))
    return Batch(stamp: stamp, requests: requests)
  }

  /// Goes on from a model that has seen more than the generator's batches.
  mutating func follow(_ model: Model) { self.model = model }

  private mutating func advanceTime() {
    switch Int.random(in: 0..<100, using: &random) {
    case ..<jumpPercent:
      let deadlines = model.contracts.values.flatMap(\.deadlines).filter { $0 > now && $0 < now + 400 * 86_400_000 }
      guard !deadlines.isEmpty else { return }
      now = max(now, random.pick(deadlines.sorted()) + random.pick([-1, 0, 0, 0, 1]))
    case ..<50: now += random.pick([1, 1, 1000, 3_600_000, 86_400_000])
    default: break
    }
  }

  /// A contract that is created and cancelled at once, mostly in a chain; where that fails it was never there, and the next one has its place.
  private mutating func whim() -> [Request] {
    swap(&random, &whims)
    defer { swap(&random, &whims) }
    let key = ContractKey(
      tenant: UInt32.random(in: 1...tenantCount, using: &random), contract: 1 << 64 + UInt128(random.next() >> 1))
    var create = create(key)
    create.operation.actor = Self.payer
    create.operation.argument = UInt64(Self.payee) << 32 | UInt64(Self.payer)
    var cancel = Request(make(.cancel, key))
    cancel.operation.actor = Self.payer
    guard random.chance(70) else { return [create, cancel] }
    guard random.chance(70) else { return [create.linked, cancel] }
    return [create.linked, cancel.linked, Request(make(.closeContract, key))]
  }

  /// One operation, with what it needs before it when that is easily given.
  private mutating func step(_ preview: inout Model) -> [Request] {
    var request = candidate(preview)
    if random.chance(guidedPercent) {
      for _ in 0..<16 {
        var trial = preview
        let code = trial.apply([request], stamp: now)[0].resultCode
        if code == .ok { break }
        if let first = remedy(code, for: request, preview) {
          _ = preview.apply([first, request], stamp: now)
          return [first, request]
        }
        request = candidate(preview)
      }
    }
    _ = preview.apply([request], stamp: now)
    return [request]
  }

  /// An operation that removes the reason for a refusal.
  private mutating func remedy(_ code: ResultCode, for request: Request, _ model: Model) -> Request? {
    let o = request.operation
    let payer = model.contracts[ContractKey(tenant: o.tenant, contract: o.contract)]?.payer ?? Self.payer
    let payee = model.contracts[ContractKey(tenant: o.tenant, contract: o.contract)]?.payee ?? Self.payee
    func make(_ kind: OperationCode, mode: UInt8 = 0, ordinal: UInt16 = 0, actor: UInt32 = 0) -> Operation {
      Operation(kind, mode: mode, tenant: o.tenant, contract: o.contract, ordinal: ordinal, id: nextID, actor: actor)
    }
    nextID += 1
    switch code {
    case .consentRequired:
      let modes: [OperationCode: UInt8] = [
        .addMilestone: 0, .amend: 1, .refund: 2, .cancel: 3, .reopen: 4, .resolve: 5,
      ]
      guard let mode = modes[request.kind!] else { return nil }
      var consent = make(.consent, mode: mode, ordinal: o.ordinal, actor: o.actor == payer ? payee : payer)
      consent.amount = o.amount
      consent.argument = o.argument
      return Request(consent)
    case .payeeUnverified: return Request(make(.verifyPayee))
    case .insufficientFunds:
      var deposit = make(.deposit, actor: payer)
      deposit.amount = o.amount
      deposit.argument = random.next() % 1000 + 100
      return Request(deposit)
    case .guaranteeMissing:
      var guarantee = make(.advance, mode: 3)
      guarantee.argument = 77
      return Request(guarantee)
    case .onHold, .blocked:
      var lift = make(.hold, mode: 1, ordinal: o.ordinal, actor: random.pick([0, payer]))
      lift.argument = 1
      return Request(lift)
    default: return nil
    }
  }

  // MARK: Candidates

  private mutating func pickKind() -> OperationCode {
    let total = weights.reduce(0) { $0 + $1.1 }
    var ticket = Int.random(in: 0..<total, using: &random)
    for (kind, weight) in weights {
      ticket -= weight
      // Ends come seldom, else nothing gets deep.
      let isEnd = [.cancel, .complete, .closeContract, .suspend, .setPolicy, .createContract].contains(kind)
      if ticket < 0 { return isEnd && random.chance(80) ? pickWork() : kind }
    }
    return .deposit
  }

  /// The main road of a milestone.
  private mutating func pickWork() -> OperationCode {
    random.pick([.fund, .start, .submit, .approve, .approve, .release, .payoutResult, .deposit])
  }

  private mutating func candidate(_ model: Model) -> Request {
    let tenant = UInt32.random(in: 1...tenantCount, using: &random)
    var id = UInt128(UInt64.random(in: 1...UInt64(contractCount), using: &random))
    // A contract that has ended is mostly left alone: a new one takes its place.
    while Self.isOver(ContractKey(tenant: tenant, contract: id), model), random.chance(85) {
      id += contractCount
    }
    let key = ContractKey(tenant: tenant, contract: id)
    if !recent.isEmpty, random.chance(3) { return repeated() }
    guard let contract = model.contracts[key] else { return create(key) }
    if contract.state == .draft || contract.state == .offered, random.chance(setUpPercent) { return setUp(contract) }
    if random.chance(roadPercent), let request = roadStep(contract) { return request }
    var request = fill(pickKind(), contract)
    if random.chance(12) { request.operation.expectedVersion = version(request.operation, contract) }
    if random.chance(garbagePercent) { spoil(&request) }
    return request
  }

  private static func isOver(_ key: ContractKey, _ model: Model) -> Bool {
    if model.pruned[key] != nil { return true }
    guard let state = model.contracts[key]?.state else { return false }
    return state == .closed || state == .cancelled
  }

  private mutating func repeated() -> Request {
    var request = random.pick(recent)
    request.operation.flags &= ~1
    if random.chance(30) { request.operation.amount += 1 }
    return request
  }

  private mutating func version(_ o: Operation, _ c: Contract) -> UInt32 {
    let exact =
      o.ordinal == 0 || Int(o.ordinal) > c.milestones.count ? c.version : c.milestones[Int(o.ordinal) - 1].version
    return random.chance(80) ? exact : exact + 1
  }

  private mutating func spoil(_ request: inout Request) {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: request.operation.flags |= 4
    case 1: request.operation.flags ^= random.pick([16, 32, 64, 128])
    case 2: request.operation.code = random.pick([0, 38, 200, 255])
    case 3: request.operation.amount = random.pick([-1, .min, 1_000_000_000_000_001, 1_000_000_000_000_000])
    case 4: request.operation.id = 0
    case 5: request.operation.contract = random.pick([0, 99])
    case 6: request.operation.ordinal = random.pick([0, 1, 9, 65535])
    case 7: request.operation.argument = 0
    case 8: request.operation.amount = 0
    case 9: request.operation.actor = random.pick([0, 1, 2, 3, 4, 9])
    case 10:
      if request.slot == nil { request = Request(request.operation, slot: Array(repeating: 0, count: 64)) }
    default: if request.slot != nil { request.slot![63] = 1 }
    }
  }

  mutating func make(_ kind: OperationCode, _ key: ContractKey) -> Operation {
    nextID += 1
    return Operation(kind, tenant: key.tenant, contract: key.contract, id: nextID)
  }

  private mutating func create(_ key: ContractKey) -> Request {
    var o = make(.createContract, key)
    let (payer, payee) =
      random.chance(95) ? (Self.payer, Self.payee) : (random.pick([0, 1, 2]), random.pick([1, 2, 3]))
    o.argument = UInt64(payee) << 32 | UInt64(payer)
    o.actor = random.pick([Self.payer, Self.payer, Self.payee, random.pick([0, 3, 1])])
    o.amount = random.pick([100, 1000, 10_007, 300_000])
    var terms = randomTerms(value: o.amount)
    if random.chance(3) { terms.arbiter = 1 }
    return Request(o, slot: terms.slot)
  }

  private mutating func randomTerms(value: Int64) -> Terms {
    func day(_ days: Int) -> Int { days * 86_400 }
    var t = Terms()
    t.retentionCap = random.pick([0, value / 20, value])
    t.arbiter = random.pick([0, Self.arbiter, Self.arbiter])
    t.review = day(random.pick([1, 3, 14]))
    t.payBy = day(random.pick([0, 2, 10]))
    t.disputeWindow = day(random.pick([0, 2, 7]))
    t.arbitration = day(random.pick([1, 5, 30]))
    t.defectPeriod = day(random.pick([0, 10, 60]))
    t.grace = day(random.pick([0, 1, 5]))
    t.retention = random.pick([0, 500, 1000, 3333])
    t.retentionFirst = random.pick([0, 5000, 3333, 10_000])
    t.advance = random.pick([0, 500, 1000])
    t.gst = random.pick([0, 500, 1800])
    t.advanceRecovery = random.pick([0, 590, 1500, 3000])
    t.tds = random.pick([0, 100, 200, 1000])
    t.gstTDS = random.pick([0, 200])
    t.cess = random.pick([0, 100])
    t.fee = random.pick([0, 50, 333, 3000])
    t.damagesCap = random.pick([0, 1000, 10_000])
    t.defaultSplit = random.pick([0, 3333, 5000, 10_000])
    t.holdDays = random.pick([0, 3, 10])
    t.dormantDays = random.pick([1, 20, 90])
    t.autoApprove = random.chance(60)
    t.unfundedStart = random.chance(30)
    t.evidence = random.chance(20)
    t.expire = random.chance(50)
    t.expireRefund = random.chance(50)
    t.guarantee = random.chance(20)
    t.wholeUnits = random.chance(25)
    t.escalateDispute = random.chance(50)
    if random.chance(4) { t.gst = 10_001 }
    if random.chance(4) { t.review = 0 }
    return t
  }

  private mutating func randomPolicy() -> Policy {
    var p = Policy()
    p.votes = random.pick([[1, 0, 0, 0], [2, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [2, 0, 1, 0], [0, 1, 0, 0]])
    p.band = random.pick([[0, 0, 0, 0], [0, 50, 0, 0], [0, 100, 500, 0], [1, 0, 0, 0]])
    p.escalation = random.pick([0, 86_400, 3 * 86_400])
    p.reworkLimit = random.pick([0, 1, 3])
    p.maxLevel = random.pick([0, 1, 3])
    p.ordered = random.pick([0, 1])
    p.majority = random.pick([0, 1, 1])
    p.autoMax = random.pick([50, 1_000_000_000_000_000])
    return p
  }

  /// The next thing a contract needs on its way to ACTIVE.
  private mutating func setUp(_ c: Contract) -> Request {
    let key = ContractKey(tenant: c.tenant, contract: c.id)
    if c.state == .offered {
      var o = make(.accept, key)
      o.actor = c.offeredBy == c.payer ? c.payee : c.payer
      return Request(o)
    }
    let sum = c.milestones.reduce(0) { $0 + $1.amount }
    if c.milestones.isEmpty, random.chance(40) {
      var o = make(.setPolicy, key)
      o.actor = c.payer
      return Request(o, slot: randomPolicy().slot)
    }
    if !c.quorumIsReachable || (c.approvers.count < 4 && random.chance(20)) { return seat(c) }
    if sum < c.value {
      var request = fill(.addMilestone, c)
      request.operation.actor = c.creator
      request.operation.ordinal = UInt16(c.milestones.count + 1)
      if c.milestones.count >= 2 || random.chance(40) { request.operation.amount = c.value - sum }
      return request
    }
    if sum > c.value, random.chance(50) {
      var o = make(.cancel, key)
      o.actor = c.payer
      return Request(o)
    }
    var o = make(.offer, key)
    o.actor = random.pick([c.payer, c.payee])
    return Request(o)
  }

  /// A seat where the policy lacks one, or any.
  private mutating func seat(_ c: Contract) -> Request {
    var o = make(.setApprover, ContractKey(tenant: c.tenant, contract: c.id))
    o.actor = c.payer
    let lacking = (1...4).first { step in
      c.policy.votes[step - 1] > c.approvers.count { $0.step == step && $0.level == 0 && !$0.isRemoved }
    }
    let taken = Set(c.approvers.map(\.person))
    let person = (Self.approvers + Array(8...30)).first { !taken.contains($0) } ?? 4
    let level = lacking == nil ? random.pick([0, 1, 1, 2]) : 0
    o.argument = UInt64(person) | UInt64(lacking ?? random.pick([1, 2])) << 32 | UInt64(level) << 40
    return Request(o)
  }

  private mutating func fill(_ kind: OperationCode, _ c: Contract) -> Request {
    var o = make(kind, ContractKey(tenant: c.tenant, contract: c.id))
    let shape = Shape.of(kind)
    let mode = random.pick(shape.modes)
    o.flags = mode << 4
    let isOfContract =
      shape.named == .contract || (shape.named == .either && random.chance(30)) || c.milestones.isEmpty
    if !isOfContract { o.ordinal = random.pick(c.milestones).ordinal }
    if kind == .addMilestone || (kind == .consent && mode == 0) { o.ordinal = UInt16(c.milestones.count + 1) }
    let m = o.ordinal > 0 && Int(o.ordinal) <= c.milestones.count ? c.milestones[Int(o.ordinal) - 1] : nil
    o.actor = random.chance(92) ? likelyActor(kind, mode, c, m) : random.pick([0, 1, 2, 3, 4, 5, 9])
    if shape.amount.contains(mode) { o.amount = likelyAmount(kind, mode, c, m) }
    if shape.argument.contains(mode) { o.argument = likelyArgument(kind, mode, c, m, amount: o.amount) }
    if kind == .payoutResult {
      let attempt = m?.payoutAttempt ?? c.advanceAttempt
      o.expectedVersion = mode == 2 ? 0 : UInt32(random.chance(95) ? attempt : attempt &+ 1)
    }
    guard let extensionKind = shape.slot[mode], extensionKind == .required || random.chance(30) else {
      return Request(o)
    }
    switch kind {
    case .createContract: return Request(o, slot: randomTerms(value: max(1, o.amount)).slot)
    case .setPolicy: return Request(o, slot: randomPolicy().slot)
    case .addMilestone:
      let lower = (0..<2).map { _ in UInt16.random(in: 0...max(1, o.ordinal), using: &random) }
      return Request(o, slot: PredecessorSlot.slot(lower))
    default: return Request(o, slot: explicitLines(o.amount, c).slot)
    }
  }

  private mutating func explicitLines(_ gross: Int64, _ c: Contract) -> Lines {
    var lines = Lines()
    lines.retention = random.pick([0, gross / 10])
    lines.tax = random.pick([0, gross / 50])
    lines.other = random.pick([0, 1])
    lines.advance = random.pick([0, min(gross / 4, c.advanceOutstanding)])
    lines.fee = random.pick([0, gross / 100])
    lines.damages = random.pick([0, 0, gross / 20])
    lines.net = gross - lines.all.reduce(0, +) + random.pick([0, 0, 0, 0, 1])
    if random.chance(5) { lines = Lines(); lines.fee = gross }
    return lines
  }
}
