/// The format phase: what an operation may carry, by code and mode. Source: DOMAIN 4.5.
struct FormatRule: OptionSet, BitwiseCopyable {
  let rawValue: UInt8
  static let known = FormatRule(rawValue: 1 << 0)
  static let onContract = FormatRule(rawValue: 1 << 1)
  static let onMilestone = FormatRule(rawValue: 1 << 2)
  static let amount = FormatRule(rawValue: 1 << 3)
  static let argument = FormatRule(rawValue: 1 << 4)
  static let extensionRequired = FormatRule(rawValue: 1 << 5)
  static let extensionAllowed = FormatRule(rawValue: 1 << 6)
  /// The argument is a bank reference and not zero.
  static let reference = FormatRule(rawValue: 1 << 7)
}

enum Format {
  /// Rules by `code << 4 | mode`; codes go to 63.
  static let tableCount = 64 << 4
  static let amountMax: Int64 = 1_000_000_000_000_000

  static func makeTable() -> [FormatRule] {
    var table = [FormatRule](repeating: [], count: tableCount)
    func set(_ code: OperationCode, _ modes: [Int] = [0], _ rule: FormatRule) {
      for mode in modes { table[Int(code.rawValue) << 4 | mode] = rule.union(.known) }
    }
    let contract = FormatRule.onContract
    let milestone = FormatRule.onMilestone
    let referenced: FormatRule = [.amount, .argument, .reference]
    set(.createContract, [contract, .amount, .argument, .extensionRequired])
    set(.setPolicy, [contract, .extensionRequired])
    set(.setApprover, [0, 1, 3], [contract, .argument])
    set(.setApprover, [2], [contract, .amount, .argument])
    set(.verifyPayee, [0, 1], contract)
    set(.addMilestone, [milestone, .amount, .argument, .extensionAllowed])
    set(.offer, contract)
    set(.accept, contract)
    set(.consent, [0, 1, 2, 3, 4, 5], [milestone, .amount, .argument])
    set(.consent, [7], [contract, milestone, .amount, .argument])
    set(.deposit, [contract, referenced])
    set(.fund, [milestone, .amount])
    set(.advance, [0, 2], [contract, .amount])
    set(.advance, [1], [contract, referenced])
    set(.advance, [3], [contract, .argument])
    set(.start, milestone)
    set(.submit, [0, 1], [milestone, .amount, .argument])
    set(.withdrawSubmission, milestone)
    set(.approve, [milestone, .amount, .argument])
    set(.reject, [0, 1], [milestone, .argument])
    set(.autoApprove, milestone)
    set(.escalate, milestone)
    set(.release, [0, 2], [milestone, .amount, .argument])
    set(.release, [1], [milestone, .amount, .argument, .extensionRequired])
    set(.payoutResult, [0, 2], [contract, milestone, referenced])
    set(.payoutResult, [1], [contract, milestone, .amount, .argument])
    set(.hold, [0, 1], [milestone, .amount, .argument])
    set(.dispute, [milestone, .argument])
    set(.withdrawDispute, milestone)
    set(.resolve, [0, 1], [milestone, .amount, .argument])
    set(.resolve, [2], milestone)
    set(.releaseRetention, [0], [milestone, .amount])
    set(.releaseRetention, [1], [milestone, .amount, .argument])
    set(.levy, [0, 1], [milestone, .amount, .argument])
    set(.refund, [contract, milestone, .amount])
    set(.refundResult, [0], [contract, referenced])
    set(.refundResult, [1], [contract, .amount])
    set(.remit, [0, 1], [contract, referenced])
    set(.amend, [milestone, .amount, .argument])
    set(.cancel, [contract, milestone])
    set(.expire, milestone)
    set(.reopen, [milestone, .argument])
    set(.suspend, [0], [contract, .argument])
    set(.suspend, [1], contract)
    set(.complete, [0, 1], contract)
    set(.closeContract, contract)
    set(.prune, contract)

    func set(_ code: OperationCode, _ rule: FormatRule) { set(code, [0], rule) }
    return table
  }

  /// The first failing check of the format phase, or `ok`.
  @inline(__always)
  static func check(_ operation: OperationView, rule: FormatRule) -> ResultCode {
    guard rule.contains(.known) else { return .badOperation }
    // One question for all three: which of them an operation uses changes from one to the next, and none is ever wrong.
    let amount = rule.contains(.amount) ? 0 : UInt64(bitPattern: operation.amount)
    let argument = rule.contains(.argument) ? 0 : operation.argument
    if amount | argument | UInt64(operation.flags & 0b1100) != 0 { return .reservedBits }
    if operation.code == OperationCode.setApprover.rawValue && operation.argument >> 48 != 0 { return .reservedBits }
    if operation.hasExtension
      ? rule.isDisjoint(with: [.extensionRequired, .extensionAllowed]) : rule.contains(.extensionRequired)
    {
      return .badExtension
    }
    return .ok
  }

  /// The checks of the format phase that come after the extension's content.
  @inline(__always)
  static func checkFields(_ operation: OperationView, rule: FormatRule) -> ResultCode {
    if operation.id == 0 || operation.contract == 0 { return .badId }
    if operation.ordinal == 0 ? !rule.contains(.onContract) : !rule.contains(.onMilestone) { return .badOrdinal }
    if operation.amount < 0 { return .badAmount }
    if operation.amount > amountMax { return .amountOverflow }
    if rule.contains(.reference) && operation.argument == 0 { return .badReference }
    return .ok
  }
}

extension ContractTerms {
  var hasReservedBits: Bool { reserved != 0 || flags.rawValue & ~Flags.all.rawValue != 0 }
}

extension ApproverPolicy {
  var hasReservedBits: Bool { reserved0 != 0 || reserved1 != 0 }
}

extension Predecessors {
  var hasReservedBits: Bool {
    reserved.0 | reserved.1 | reserved.2 | reserved.3 | reserved.4 | reserved.5 | reserved.6 != 0
  }
}

extension ReleaseLines {
  var hasReservedBits: Bool { reserved != 0 }
}
