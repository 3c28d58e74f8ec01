import Kernel
import Testing

/// The format of every operation in every mode: what it may carry, and what it may not.
@Suite struct FormatTests {
  /// A well-formed operation that meets no contract, and is `not_found` (or made, for CREATE_CONTRACT).
  static func wellFormed(_ kind: OperationCode, _ mode: UInt8) -> Request {
    let shape = Shape.of(kind)
    let ordinal: UInt16 = shape.named == .milestone ? 1 : 0
    var o = Operation(kind, mode: mode, tenant: 1, contract: 1, ordinal: ordinal, id: 1, actor: 1)
    if shape.amount.contains(mode) { o.amount = 5 }
    if shape.argument.contains(mode) { o.argument = kind == .setApprover ? 0xFF_FFFF_FFFF_FF : 7 }
    if shape.slot[mode] == .required { return Request(o, slot: Array(repeating: 0, count: 64)) }
    return Request(o)
  }

  static let kindsAndModes: [(OperationCode, UInt8)] = OperationCode.allCases.flatMap { kind in
    Shape.of(kind).modes.map { (kind, $0) }
  }

  private func code(_ request: Request) -> ResultCode {
    var comparison = Comparison()
    let difference = comparison.apply(Batch(stamp: dayZero, requests: [request]), isThorough: true)
    #expect(difference == nil)
    var machine = Machine()
    return machine.apply([request], stamp: dayZero)[0].resultCode
  }

  @Test(arguments: kindsAndModes)
  func formatIsChecked(_ kind: OperationCode, _ mode: UInt8) {
    let good = Self.wellFormed(kind, mode)
    let passed: ResultCode = kind == .createContract ? .notAuthorised : .notFound
    #expect(code(good) == passed)
    func expect(_ expected: ResultCode, _ name: Comment, _ change: (inout Operation) -> Void) {
      var request = good
      change(&request.operation)
      #expect(code(request) == expected, name)
    }
    let shape = Shape.of(kind)
    expect(shape.amount.contains(mode) ? passed : .reservedBits, "amount") { $0.amount = 6 }
    let isWhole = shape.argument.contains(mode) && kind != .setApprover
    expect(isWhole ? passed : .reservedBits, "argument") { $0.argument = .max }
    expect(shape.reference.contains(mode) ? .badReference : passed, "no argument") { $0.argument = 0 }
    expect(shape.amount.contains(mode) ? .badAmount : .reservedBits, "negative") { $0.amount = .min }
    expect(shape.amount.contains(mode) ? .amountOverflow : .reservedBits, "too large") {
      $0.amount = Model.amountMax + 1
    }
    expect(.reservedBits, "bit 2") { $0.flags |= 4 }
    expect(.reservedBits, "bit 3") { $0.flags |= 8 }
    expect(.badId, "no id") { $0.id = 0 }
    expect(.badId, "no contract") { $0.contract = 0 }
    expect(shape.named == .contract ? .badOrdinal : passed, "ordinal 1") { $0.ordinal = 1 }
    expect(shape.named == .milestone && !(kind == .consent && mode == 7) ? .badOrdinal : passed, "ordinal 0") {
      $0.ordinal = 0
    }
    expect(.badOperation, "unknown mode") { $0.flags = 15 << 4 | $0.flags & 15 }
    expect(.badOperation, "unknown code") { $0.code = 38 }
    var without = good
    var with = good
    switch shape.slot[mode] ?? .none {
    case .required:
      without.operation.flags &= ~2
      without.slot = nil
      #expect(code(without) == .badExtension, "missing extension")
      with.slot![63] = 1
      #expect(code(with) == .badExtension, "reserved byte of the extension")
    case .optional:
      with = Request(good.operation, slot: Array(repeating: 0, count: 64))
      #expect(code(with) == passed, "extension")
      with.slot![8] = 1
      #expect(code(with) == .badExtension, "reserved byte of the extension")
    case .none:
      with = Request(good.operation, slot: Array(repeating: 0, count: 64))
      #expect(code(with) == .badExtension, "extension not allowed")
    }
  }

  @Test(arguments: [UInt8(0), 38, 128, 255]) func unknownCodesAreRefused(_ code: UInt8) {
    var request = Self.wellFormed(.offer, 0)
    request.operation.code = code
    #expect(self.code(request) == .badOperation)
  }

  @Test func unknownTermFlagsAreRefused() {
    var request = Self.wellFormed(.createContract, 0)
    request.slot![61] = 1
    #expect(code(request) == .badExtension)
  }
}
