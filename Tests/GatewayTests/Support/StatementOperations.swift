import Engine
import Kernel

/// Operations on a few contracts of tenant 1, payer 10 and payee 20, that a seed decides: most of them sensible, some refused.
struct StatementOperations {
  static let contractCount = 5
  /// Operations so far that moved money.
  private(set) var moneyMoved = 0
  private var random: UInt64
  private var lastID: UInt128 = 1_000
  /// By contract and milestone: number and net of the payout that waits.
  private var payouts: [[UInt32]: (attempt: UInt16, net: Int64)] = [:]
  private var isMade = Set<UInt128>()

  init(seed: UInt64) { random = seed &* 0x9E37_79B9_7F4A_7C15 }

  /// SplitMix64.
  private mutating func number(below bound: Int) -> Int {
    random &+= 0x9E37_79B9_7F4A_7C15
    var word = random
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((word ^ word >> 31) % UInt64(bound))
  }

  private mutating func operation(
    _ code: OperationCode, _ contract: UInt128, _ mode: UInt8 = 0, milestone: UInt16 = 0, by actor: UInt32 = 0,
    _ amount: Int64 = 0, _ argument: UInt64 = 0, version: UInt32 = 0, linked: Bool = false
  ) -> Kernel.Operation {
    lastID += 1
    return Kernel.Operation(
      code, mode: mode, tenant: 1, contract: contract, ordinal: milestone, id: lastID, actor: actor, amount: amount,
      argument: argument, expectedVersion: version, linked: linked)
  }

  /// Those of the next batch: a chain that makes a contract, or some that do something with one.
  mutating func next() -> [Kernel.Operation] {
    let contract = UInt128(1 + number(below: Self.contractCount))
    if isMade.insert(contract).inserted { return chain(contract) }
    return (0...number(below: 4)).map { _ in step(contract) }
  }

  private mutating func chain(_ contract: UInt128) -> [Kernel.Operation] {
    let due = UInt64(4_102_444_800_000)
    return [
      operation(.createContract, contract, by: 10, 9_000, 10 | 20 << 32, linked: true),
      operation(.addMilestone, contract, milestone: 1, by: 10, 5_000, due, linked: true),
      operation(.addMilestone, contract, milestone: 2, by: 10, 4_000, due, linked: true),
      operation(.offer, contract, by: 10, linked: true), operation(.accept, contract, by: 20, linked: true),
      operation(.verifyPayee, contract, linked: true),
      operation(.deposit, contract, by: 10, 8_000, UInt64(contract) << 32 | 1),
    ]
  }

  private mutating func step(_ contract: UInt128) -> Kernel.Operation {
    let milestone = UInt16(1 + number(below: 2))
    let amount = Int64(1 + number(below: 2_500))
    let reference = UInt64(contract) << 32 | UInt64(2 + number(below: 1 << 20))
    switch number(below: 14) {
    case 0: return operation(.deposit, contract, by: 10, amount, reference)
    case 1, 2: return operation(.fund, contract, milestone: milestone, by: 10, amount)
    case 3: return operation(.start, contract, milestone: milestone, by: 20)
    case 4: return operation(.submit, contract, milestone: milestone, by: 20, amount, reference)
    case 5: return operation(.approve, contract, milestone: milestone, by: 10, amount)
    case 6, 7: return operation(.release, contract, milestone: milestone, by: 10, amount)
    case 8, 9:
      let payout = payouts[[UInt32(contract), UInt32(milestone)]] ?? (1, amount)
      let mode = UInt8(number(below: 3) / 2)
      return operation(
        .payoutResult, contract, mode, milestone: milestone, payout.net, mode == 0 ? reference : 0,
        version: UInt32(payout.attempt))
    case 10: return operation(.refund, contract, by: 10, amount)
    case 11: return operation(.refundResult, contract, 0, amount, reference)
    case 12: return operation(.refund, contract, milestone: milestone, by: 10, amount)
    // A hold whose end has come: a deadline lifts it.
    default: return operation(.hold, contract, milestone: milestone, by: 10, 1, reference)
    }
  }

  mutating func note(_ operations: [Kernel.Operation], _ results: [OperationResult]) {
    for (operation, result) in zip(operations, results) where result.isAccepted {
      if result.amount > 0 { moneyMoved += 1 }
      guard operation.code == OperationCode.release.rawValue else { continue }
      payouts[[UInt32(operation.contract), UInt32(operation.ordinal)]] = (result.payoutAttempt, result.amount)
    }
  }

  static func batch(_ operations: [Kernel.Operation]) -> OperationBatch {
    var batch = OperationBatch()
    for operation in operations {
      guard operation.code == OperationCode.createContract.rawValue else {
        batch.append(operation)
        continue
      }
      var terms = ContractTerms()
      (terms.retentionBP, terms.retentionCap, terms.retentionFirstBP) = (500, 400, 5_000)
      (terms.tdsBP, terms.feeBP, terms.holdDays) = (200, 100, 30)
      terms.defectPeriod = 86_400
      batch.append(operation, extension: terms)
    }
    return batch
  }
}
