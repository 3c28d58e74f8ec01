import Kernel

extension Seeds {
  static var operationBatches: [Seed] {
    [
      Seed("payout", [1] + payout), Seed("dispute", [1] + dispute), Seed("amendment", [0] + amendment),
      Seed("closing", [2] + closing), Seed("raw", [0] + raw), Seed("refusals", [3] + refusals),
    ]
  }

  /// A batch: hours pass by the square of `hours`.
  private static func batch(hours: UInt8 = 1, _ operations: [[UInt8]]) -> [UInt8] {
    [UInt8(operations.count - 1) | hours << 3] + operations.flatMap { $0 }
  }

  /// An operation in the short form that the target reads.
  private static func op(
    _ code: OperationCode, _ contract: UInt8 = 1, m ordinal: UInt8 = 0, mode: UInt8 = 0, linked: Bool = false,
    by actor: UInt32 = ShardScene.payer, amount: Int64 = 0, argument: UInt16 = 0, form: UInt8 = 0, version: UInt8 = 0,
    content: [UInt8] = []
  ) -> [UInt8] {
    let flags = mode << 4 | (content.isEmpty ? 0 : 2) | (linked ? 1 : 0)
    return join(
      [code.rawValue, flags, contract, ordinal, UInt8(actor), 0], [UInt8](of: UInt16(truncatingIfNeeded: amount)),
      [UInt8](of: argument), [form, version], content)
  }

  /// A time `argument` hours from now.
  private static let later: UInt8 = 1 << 2

  private static var payout: [UInt8] {
    var shard = Shard(ShardScene.configuration)
    ShardScene.fill(&shard)
    let pending = shard.milestone(tenant: 1, contract: 1, ordinal: 1)?.pending ?? 0
    let payee = ShardScene.payee
    return join(
      batch([
        op(.payoutResult, m: 1, by: 0, amount: pending, argument: 21, version: 1),
        op(.submit, m: 2, by: payee, amount: 600, argument: 6), op(.approve, m: 2, amount: 600),
        op(.release, m: 2, amount: 600, argument: 9),
      ]),
      batch(
        hours: 3,
        [
          op(.payoutResult, m: 2, mode: 1, by: 0, amount: 500, argument: 22, version: 1),
          op(.hold, m: 2, amount: 5, argument: 30, form: later), op(.cancel, m: 3), op(.levy, m: 2, amount: 10),
        ]),
      batch(hours: 20, [op(.complete), op(.releaseRetention, m: 1, amount: 20), op(.refund, amount: 500)]),
      batch(hours: 20, [op(.refundResult, by: 0, amount: 500, argument: 31), op(.closeContract)]))
  }

  private static var dispute: [UInt8] {
    let arbiter = ShardScene.arbiter
    return join(
      batch([
        op(.approve, 3, m: 1, by: 12, amount: 1_000), op(.approve, 3, m: 1, by: 11, amount: 1_000),
        op(.dispute, 3, m: 1, argument: 4),
      ]),
      batch(
        hours: 5,
        [
          op(.escalate, 3, m: 1, by: 0), op(.resolve, 3, m: 1, by: arbiter, amount: 400, argument: 8),
          op(.reject, 3, m: 2, by: 12, argument: 3),
        ]),
      batch(hours: 27, [op(.suspend, 3, argument: 48, form: later), op(.suspend, 3, mode: 1)]))
  }

  private static var amendment: [UInt8] {
    let payee = ShardScene.payee
    return join(
      batch([
        op(.consent, m: 3, mode: 1, linked: true, by: payee, amount: 1_200, argument: 900, form: later),
        op(.amend, m: 3, linked: true, amount: 1_200, argument: 900, form: later),
        op(.deposit, amount: 700, argument: 81),
      ]),
      batch([
        op(.offer, 2), op(.accept, 2, by: payee), op(.advance, 2, mode: 3, argument: 5),
        op(.setApprover, 2, argument: 0x10D, form: 3 << 2), op(.verifyPayee, 2, by: 0),
      ]))
  }

  private static var closing: [UInt8] {
    join(
      batch([
        op(.createContract, 6, amount: 30, form: 2 << 2, content: [1, 10, 45, 5, 1, 3, 1]),
        op(.setPolicy, 6, content: [2, 1, 1, 0, 0, 0, 3, 3, 1, 0]),
        op(.addMilestone, 6, m: 1, amount: 30, argument: 90, form: later, content: [3, 0, 0]), op(.cancel, 6),
      ]),
      batch([op(.reopen, 4, m: 1, argument: 90, form: later), op(.cancel, 2), op(.cancel, 2)]))
  }

  /// A slot as it is.
  private static var raw: [UInt8] {
    let fund = Operation(
      .fund, tenant: 1, contract: 1, ordinal: 3, id: 1 << 90, actor: ShardScene.payer, amount: 500)
    return batch([[255] + [UInt8](of: fund), [255] + [UInt8](of: fund)])
  }

  private static var refusals: [UInt8] {
    batch([
      op(.fund, m: 3, amount: 100, form: 3), op(.release, m: 2, mode: 1, content: [4, 10, 0, 1, 2, 3, 4, 5, 6]),
      op(.deposit, linked: true, amount: 9, argument: 1, form: 4 << 2), op(.start, 7, m: 9, linked: true),
      op(.remit, by: 0, amount: 1, argument: 77), op(.expire, m: 3, by: 0), op(.autoApprove, 3, m: 1, by: 0),
    ])
  }
}
