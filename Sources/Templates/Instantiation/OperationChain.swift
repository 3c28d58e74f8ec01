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

  /// - Precondition: `order.findings(for:now:)` has no errors.
  /// - Parameter template: digest of the template; with the form's it names the operations.
  package init(_ schedule: Schedule, _ order: ContractOrder, template: DocumentDigest, form: JSONValue) {
    members.reserveCapacity(Self.memberCount(of: schedule, order))
    Self.forEachMember(of: schedule, order, template: template, form: DocumentDigest(of: form)) { operation, slot in
      members.append(Member(operation: operation, slot: slot))
    }
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

  /// Terms and policy, approvers, milestones, then one to offer, one to accept, and one to deposit with one for each milestone to fund it.
  package static func memberCount(of schedule: Schedule, _ order: ContractOrder) -> Int {
    let steps = order.stage == .draft ? 0 : order.stage == .offered ? 1 : 2
    let funding = order.stage == .funded ? 1 + schedule.milestones.count : 0
    return 2 + order.approvers.count + schedule.milestones.count + steps + funding
  }

  /// The members one by one, for who has a place of his own for them. An operation whose slot is not `none` is marked as extended.
  /// - Precondition: `order.findings(for:now:)` has no errors.
  /// - Parameters:
  ///   - template: digest of the template; with the form's it names the operations.
  ///   - form: see `ParameterSet.digest`.
  package static func forEachMember(
    of schedule: Schedule, _ order: ContractOrder, template: DocumentDigest, form: DocumentDigest,
    _ body: (Operation, Slot) -> Void
  ) {
    var ids = OperationNames(order, template, form)
    var left = memberCount(of: schedule, order)
    func add(
      _ code: OperationCode, ordinal: UInt16 = 0, actor: UInt32, amount: Int64 = 0, argument: UInt64 = 0,
      slot: Slot = .none
    ) {
      left -= 1
      let operation = Operation(
        code, tenant: order.tenant, contract: order.contract, ordinal: ordinal, id: ids.next(), actor: actor,
        amount: amount, argument: argument, linked: left > 0, extended: slot.isThere)
      body(operation, slot)
    }
    var terms = schedule.terms
    terms.arbiter = order.arbiter
    let value = schedule.value
    add(
      .createContract, actor: order.payer, amount: value, argument: UInt64(order.payer) | UInt64(order.payee) << 32,
      slot: .terms(terms))
    add(.setPolicy, actor: order.payer, slot: .policy(schedule.policy))
    for approver in order.approvers {
      add(
        .setApprover, actor: order.payer,
        argument: UInt64(approver.person) | UInt64(approver.step) << 32 | UInt64(approver.level) << 40)
    }
    for milestone in schedule.milestones {
      add(
        .addMilestone, ordinal: milestone.ordinal, actor: order.payer, amount: milestone.amount,
        argument: UInt64(bitPattern: milestone.deadline), slot: Slot(milestone.predecessors))
    }
    if order.stage >= .offered { add(.offer, actor: order.payer) }
    if order.stage >= .active { add(.accept, actor: order.payee) }
    guard order.stage >= .funded else { return }
    add(.deposit, actor: order.payer, amount: value + schedule.advance, argument: order.depositReference)
    for milestone in schedule.milestones {
      add(.fund, ordinal: milestone.ordinal, actor: order.payer, amount: milestone.amount)
    }
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
