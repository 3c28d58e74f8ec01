internal import Crypto
package import Documents
package import Kernel

/// The operations that make a contract of a schedule: one linked chain, applied as a whole or not at all.
///
/// The same template, form and order give the same operation ids. A chain that is sent again changes nothing: its first
/// operation finds the contract, so none of it is applied.
package struct OperationChain: Sendable {
  package private(set) var members: [Member] = []

  package struct Member: Sendable {
    package var operation: Operation
    package var slot: Slot
  }

  /// The extension behind an operation.
  package enum Slot: Sendable {
    case none
    case terms(ContractTerms)
    case policy(ApproverPolicy)
    case predecessors(Predecessors)

    /// Eight words of a slot; nil for none.
    package var words: InlineArray<8, UInt64>? {
      switch self {
      case .none: nil
      // All three are 64 bytes of plain fields, as the wire has them.
      case .terms(let terms): unsafe unsafeBitCast(terms, to: InlineArray<8, UInt64>.self)
      case .policy(let policy): unsafe unsafeBitCast(policy, to: InlineArray<8, UInt64>.self)
      case .predecessors(let predecessors): unsafe unsafeBitCast(predecessors, to: InlineArray<8, UInt64>.self)
      }
    }
  }

  private let order: ContractOrder
  private var ids: OperationNames

  /// - Precondition: `order.findings(for:now:)` has no errors.
  /// - Parameter template: digest of the template; with the form's it names the operations.
  package init(_ schedule: Schedule, _ order: ContractOrder, template: DocumentDigest, form: JSONValue) {
    self.init(schedule, order, template: template, form: DocumentDigest(of: form))
  }

  /// The same with the form's digest, see `ParameterSet.digest`.
  package init(_ schedule: Schedule, _ order: ContractOrder, template: DocumentDigest, form: DocumentDigest) {
    self.order = order
    ids = OperationNames(order, template, form)
    // Terms and policy, one to offer, one to accept, one to deposit, and for each milestone one to add and one to fund it.
    members.reserveCapacity(5 + order.approvers.count + 2 * schedule.milestones.count)
    create(schedule)
    if order.stage >= .offered { append(.offer, actor: order.payer) }
    if order.stage >= .active { append(.accept, actor: order.payee) }
    if order.stage >= .funded { fund(schedule) }
    if !members.isEmpty { members[members.count - 1].operation.flags &= ~1 }
  }

  /// As on the wire and in files: 64 bytes for each operation and each extension, little-endian.
  package var slots: [UInt8] {
    var bytes: [UInt8] = []
    for member in members {
      unsafe withUnsafeBytes(of: member.operation) { unsafe bytes.append(contentsOf: $0) }
      guard let words = member.slot.words else { continue }
      for index in words.indices {
        unsafe withUnsafeBytes(of: words[index].littleEndian) { unsafe bytes.append(contentsOf: $0) }
      }
    }
    return bytes
  }

  private mutating func create(_ schedule: Schedule) {
    var terms = schedule.terms
    terms.arbiter = order.arbiter
    append(
      .createContract, actor: order.payer, amount: schedule.value,
      argument: UInt64(order.payer) | UInt64(order.payee) << 32, slot: .terms(terms))
    append(.setPolicy, actor: order.payer, slot: .policy(schedule.policy))
    for approver in order.approvers {
      append(
        .setApprover, actor: order.payer,
        argument: UInt64(approver.person) | UInt64(approver.step) << 32 | UInt64(approver.level) << 40)
    }
    for milestone in schedule.milestones {
      append(
        .addMilestone, ordinal: milestone.ordinal, actor: order.payer, amount: milestone.amount,
        argument: UInt64(bitPattern: milestone.deadline), slot: Slot(milestone.predecessors))
    }
  }

  private mutating func fund(_ schedule: Schedule) {
    append(.deposit, actor: order.payer, amount: schedule.value + schedule.advance, argument: order.depositReference)
    for milestone in schedule.milestones {
      append(.fund, ordinal: milestone.ordinal, actor: order.payer, amount: milestone.amount)
    }
  }

  private mutating func append(
    _ code: OperationCode, ordinal: UInt16 = 0, actor: UInt32, amount: Int64 = 0, argument: UInt64 = 0,
    slot: Slot = .none
  ) {
    let operation = Operation(
      code, tenant: order.tenant, contract: order.contract, ordinal: ordinal, id: ids.next(), actor: actor,
      amount: amount, argument: argument, linked: true, extended: slot.isThere)
    members.append(Member(operation: operation, slot: slot))
  }
}

extension OperationChain.Slot {
  fileprivate var isThere: Bool { if case .none = self { false } else { true } }

  fileprivate init(_ ordinals: MilestoneOrdinals) {
    guard !ordinals.isEmpty else {
      self = .none
      return
    }
    func ordinal(_ index: Int) -> UInt16 { index < ordinals.count ? ordinals[index] : 0 }
    var predecessors = Predecessors()
    predecessors.ordinals = (ordinal(0), ordinal(1), ordinal(2), ordinal(3))
    self = .predecessors(predecessors)
  }
}

/// Ids of the operations of a chain: 112 bits of SHA-256 over what the contract is made of, then the place in the chain.
struct OperationNames {
  private let base: UInt128
  private var index: UInt128 = 0

  init(_ order: ContractOrder, _ template: DocumentDigest, _ form: DocumentDigest) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32 + 2 * DocumentDigest.byteCount)
    func append(_ word: UInt64) {
      for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift * 8))) }
    }
    append(UInt64(order.tenant))
    append(UInt64(truncatingIfNeeded: order.contract))
    append(UInt64(truncatingIfNeeded: order.contract >> 64))
    append(UInt64(order.payer) | UInt64(order.payee) << 32)
    bytes.append(contentsOf: template.bytes)
    bytes.append(contentsOf: form.bytes)
    var (name, count) = (UInt128(0), 0)
    for byte in SHA256.hash(data: bytes) {
      if count == 14 { break }
      name = name << 8 | UInt128(byte)
      count += 1
    }
    base = name << 16
  }

  /// A chain has far fewer than 65,536 members.
  mutating func next() -> UInt128 {
    index += 1
    return base | index
  }
}
