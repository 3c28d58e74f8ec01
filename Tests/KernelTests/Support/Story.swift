import Kernel

let payer: UInt32 = 1
let payee: UInt32 = 2
let arbiter: UInt32 = 3
let operatorPerson: UInt32 = 0

let dayMilliseconds: Int64 = 86_400_000
/// Midnight of day 0 of every story.
let dayZero: Instant = 1_700_000_000_000

func day(_ number: Int64, plus milliseconds: Int64 = 0) -> Instant {
  dayZero + number * dayMilliseconds + milliseconds
}

func days(_ number: Int) -> Int { number * 86_400 }

/// An operation of contract 1 of tenant 1; the story gives it an id of its own.
func op(
  _ kind: OperationCode, _ mode: UInt8 = 0, m: UInt16 = 0, by actor: UInt32 = 0, _ amount: Int64 = 0, arg: UInt64 = 0,
  ver: UInt32 = 0, slot: [UInt8]? = nil
) -> Request {
  let operation = Operation(
    kind, mode: mode, tenant: 1, contract: 1, ordinal: m, id: 0, actor: actor, amount: amount, argument: arg,
    expectedVersion: ver)
  return slot.map { Request(operation, slot: $0) } ?? Request(operation)
}

/// What SET_APPROVER names.
func person(_ person: UInt64, step: UInt64 = 0, level: UInt64 = 0) -> UInt64 { person | step << 32 | level << 40 }

/// An instant as an argument.
func at(_ instant: Instant) -> UInt64 { UInt64(instant) }

/// A run of single operations through model and kernel, which must agree at every step.
struct Story: ~Copyable {
  var comparison = Comparison()
  var now = dayZero
  var nextID: UInt128 = 1_000
  /// Where model and kernel differed.
  var difference: String?

  @discardableResult
  mutating func tell(_ request: Request) -> OperationResult { tell([request])[0] }

  @discardableResult
  mutating func tell(_ requests: [Request]) -> [OperationResult] {
    var requests = requests
    for index in requests.indices where requests[index].operation.id == 0 {
      nextID += 1
      requests[index].operation.id = nextID
    }
    var model = comparison.model
    let results = model.apply(requests, stamp: now)
    if let found = comparison.apply(Batch(stamp: now, requests: requests), isThorough: true), difference == nil {
      difference = found
    }
    return results
  }

  /// Tells what must be accepted; otherwise the reason why not.
  mutating func mustTell(_ requests: [Request]) -> String? {
    for request in requests {
      let result = tell(request)
      if !result.isAccepted { return "\(request): \(result.text)" }
    }
    return nil
  }

  var contract: Contract { comparison.model.contracts[ContractKey(tenant: 1, contract: 1)]! }
  func milestone(_ ordinal: Int) -> Milestone { contract.milestones[ordinal - 1] }
}

/// Steps of the main road of one contract with two milestones of 1,000 each.
enum Scene: Int, Comparable {
  case nothing, draft, offered, active, verified, deposited, funded, started, submitted, approved, pending, paidPart
  /// The whole milestone 1 certified and paid but retention; milestone 2 cancelled.
  case paid, completed

  static func < (a: Scene, b: Scene) -> Bool { a.rawValue < b.rawValue }

  static var terms: Terms {
    var t = Terms()
    t.retentionCap = 100
    t.arbiter = arbiter
    (t.review, t.payBy, t.disputeWindow) = (days(2), days(2), days(4))
    (t.arbitration, t.defectPeriod, t.grace) = (days(5), days(10), days(1))
    (t.retention, t.retentionFirst, t.advance, t.advanceRecovery) = (1000, 5000, 1000, 2000)
    (t.tds, t.damagesCap, t.defaultSplit) = (200, 1000, 5000)
    (t.holdDays, t.dormantDays) = (3, 20)
    (t.evidence, t.guarantee, t.autoApprove, t.expire) = (true, true, true, true)
    return t
  }

  /// What leads from the scene before to this one.
  func steps(_ terms: Terms, _ policy: Policy?, _ seats: [Request]) -> [Request] {
    switch self {
    case .nothing: []
    case .draft:
      [
        op(.createContract, by: payer, 2000, arg: UInt64(payee) << 32 | UInt64(payer), slot: terms.slot),
        policy.map { op(.setPolicy, by: payer, slot: $0.slot) },
        op(.addMilestone, m: 1, by: payer, 1000, arg: at(day(10))),
        op(.addMilestone, m: 2, by: payer, 1000, arg: at(day(10)), slot: PredecessorSlot.slot([1])),
      ].compactMap { $0 } + seats
    case .offered: [op(.offer, by: payer)]
    case .active: [op(.accept, by: payee)]
    case .verified: [op(.verifyPayee)]
    case .deposited: [op(.deposit, by: payer, 1500, arg: 11)]
    case .funded: [op(.fund, m: 1, by: payer, 1000)]
    case .started: [op(.start, m: 1, by: payee)]
    case .submitted: [op(.submit, m: 1, by: payee, 600, arg: 9)]
    case .approved: [op(.approve, m: 1, by: payer, 600)]
    case .pending: [op(.release, m: 1, by: payer, 600)]
    case .paidPart: [op(.payoutResult, m: 1, 528, arg: 21, ver: 1)]
    case .paid:
      [
        op(.submit, m: 1, by: payee, 400, arg: 9), op(.approve, m: 1, by: payer, 400),
        op(.release, m: 1, by: payer, 400), op(.payoutResult, m: 1, 352, arg: 22, ver: 2),
        op(.cancel, m: 2, by: payer),
      ]
    case .completed: [op(.complete, by: payee)]
    }
  }

  /// All steps up to this scene.
  func road(_ terms: Terms = Scene.terms, _ policy: Policy? = nil, _ seats: [Request] = []) -> [Request] {
    (0...rawValue).flatMap { Scene(rawValue: $0)!.steps(terms, policy, seats) }
  }
}
