import Kernel

/// Which fields an operation uses. Source: DOMAIN 4.1 (modes, ordinals) and 4.5 (slots).
struct Shape {
  enum Named { case contract, milestone, either }
  enum Extension { case none, optional, required }

  var modes: [UInt8] = [0]
  var named = Named.milestone
  /// Modes in which the field may hold anything; in the others it is zero.
  var amount: [UInt8] = []
  var argument: [UInt8] = []
  /// Modes in which the argument is a bank reference and may not be zero.
  var reference: [UInt8] = []
  var slot: [UInt8: Extension] = [:]

  static func of(_ code: OperationCode) -> Shape {
    switch code {
    case .createContract: Shape(named: .contract, amount: [0], argument: [0], slot: [0: .required])
    case .setPolicy: Shape(named: .contract, slot: [0: .required])
    case .setApprover: Shape(modes: [0, 1, 2, 3], named: .contract, amount: [2], argument: [0, 1, 2, 3])
    case .verifyPayee: Shape(modes: [0, 1], named: .contract)
    case .addMilestone: Shape(amount: [0], argument: [0], slot: [0: .optional])
    case .offer, .accept, .closeContract, .prune: Shape(named: .contract)
    case .consent:
      Shape(
        modes: [0, 1, 2, 3, 4, 5, 7], amount: [0, 1, 2, 3, 4, 5, 7],
        argument: [0, 1, 2, 3, 4, 5, 7])
    case .deposit: Shape(named: .contract, amount: [0], argument: [0], reference: [0])
    case .fund: Shape(amount: [0])
    case .advance:
      Shape(modes: [0, 1, 2, 3], named: .contract, amount: [0, 1, 2], argument: [1, 3], reference: [1])
    case .start, .withdrawSubmission, .autoApprove, .escalate, .withdrawDispute, .expire: Shape()
    case .submit: Shape(modes: [0, 1], amount: [0, 1], argument: [0, 1])
    case .approve: Shape(amount: [0], argument: [0])
    case .reject: Shape(modes: [0, 1], argument: [0, 1])
    case .release: Shape(modes: [0, 1, 2], amount: [0, 1, 2], argument: [0, 1, 2], slot: [1: .required])
    case .payoutResult:
      Shape(modes: [0, 1, 2], named: .either, amount: [0, 1, 2], argument: [0, 1, 2], reference: [0, 2])
    case .hold: Shape(modes: [0, 1], amount: [0, 1], argument: [0, 1])
    case .dispute: Shape(argument: [0])
    case .resolve: Shape(modes: [0, 1, 2], amount: [0, 1], argument: [0, 1])
    case .releaseRetention: Shape(modes: [0, 1], amount: [0, 1], argument: [1])
    case .levy: Shape(modes: [0, 1], amount: [0, 1], argument: [0, 1])
    case .refund: Shape(named: .either, amount: [0])
    case .refundResult:
      Shape(modes: [0, 1], named: .contract, amount: [0, 1], argument: [0], reference: [0])
    case .remit: Shape(modes: [0, 1], named: .contract, amount: [0, 1], argument: [0, 1], reference: [0, 1])
    case .amend: Shape(amount: [0], argument: [0])
    case .cancel: Shape(named: .either)
    case .reopen: Shape(argument: [0])
    case .suspend: Shape(modes: [0, 1], named: .contract, argument: [0])
    case .complete: Shape(modes: [0, 1], named: .contract)
    }
  }
}

extension Model {
  static let amountMax: Int64 = 1_000_000_000_000_000

  /// All codes of the format phase that fail.
  static func formatFailures(_ request: Request) -> [ResultCode] {
    let o = request.operation
    guard let code = OperationCode(rawValue: o.code) else { return [.badOperation] }
    let shape = Shape.of(code)
    guard shape.modes.contains(o.mode) else { return [.badOperation] }

    let ordinalIsRight =
      switch shape.named {
      case .contract: o.ordinal == 0
      case .milestone: code == .consent && o.mode == 7 ? true : o.ordinal != 0
      case .either: true
      }
    let slotIsRight: Bool
    switch (shape.slot[o.mode] ?? .none, request.slot) {
    case (.none, nil), (.optional, nil): slotIsRight = true
    case (.none, .some), (.required, nil): slotIsRight = false
    case (.optional, .some(let slot)), (.required, .some(let slot)):
      slotIsRight =
        switch code {
        case .createContract: Terms.reservedBytesAreZero(slot)
        case .setPolicy: Policy.reservedBytesAreZero(slot)
        case .addMilestone: PredecessorSlot.reservedBytesAreZero(slot)
        default: Lines.reservedBytesAreZero(slot)
        }
    }
    return failing(
      (.reservedBits, o.flags & 0b1100 != 0),
      (.reservedBits, o.amount != 0 && !shape.amount.contains(o.mode)),
      (.reservedBits, o.argument != 0 && !shape.argument.contains(o.mode)),
      // SET_APPROVER names a person, a step and a level: the upper 16 bits are left over.
      (.reservedBits, code == .setApprover && o.argument >> 48 != 0),
      (.badExtension, !slotIsRight),
      (.badId, o.contract == 0 || o.id == 0),
      (.badOrdinal, !ordinalIsRight),
      (.badAmount, o.amount < 0),
      (.amountOverflow, o.amount > amountMax),
      (.badReference, shape.reference.contains(o.mode) && o.argument == 0))
  }
}

/// The codes whose condition holds.
func failing(_ checks: (ResultCode, Bool)...) -> [ResultCode] {
  checks.filter { $0.1 }.map { $0.0 }
}
