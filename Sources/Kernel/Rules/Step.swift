/// One operation on its way through the rules: what it says, when, and what it moved.
///
/// A rule is a function on `Step` that takes the records it needs `inout`, also where it only reads one: a record
/// passed by value would be copied, 200 to 400 bytes an operation. It checks in the order of the
/// phases (authority, version and state, then codes 50 and up by number), returns at the first failure without
/// having written anything, and writes after the last check. Bumping versions, remembering ids and arming
/// timers is the shard's work, the same for all.
///
/// Four words, so that it travels in registers: operation and terms stay where they lie.
@safe
struct Step {
  let operation: OperationView
  let now: Instant
  /// A record of the terms table, or the extension of CREATE_CONTRACT; neither moves nor changes during the step.
  private let termsRecord: UnsafePointer<ContractTerms>
  /// The amount of the result: the sum that moved, unless a rule says otherwise.
  var moved: Int64

  @inline(__always)
  init(_ operation: OperationView, now: Instant, terms: UnsafePointer<ContractTerms>, moved: Int64 = 0) {
    self.operation = operation
    self.now = now
    unsafe termsRecord = terms
    self.moved = moved
  }

  /// The contract's terms; cap and arbiter are in its record.
  @inline(__always)
  var terms: ContractTerms { unsafe termsRecord.pointee }

  @inline(__always)
  var actor: UInt32 { operation.actor }
  @inline(__always)
  var amount: Int64 { operation.amount }
  @inline(__always)
  var mode: UInt8 { operation.mode }

  /// The argument as an instant; anything past year 36,000,000 means "never" and cannot overflow a sum of spans.
  @inline(__always)
  var instant: Instant { Int64(min(operation.argument, UInt64(Self.never))) }
  static let never: Instant = 1 << 60
  static let day: Int64 = 86_400_000

  @inline(__always)
  static func milliseconds(_ seconds: UInt32) -> Int64 { Int64(seconds) * 1000 }
  @inline(__always)
  static func days(_ count: UInt8) -> Int64 { Int64(count) * day }

  // Roles of the actor in a contract.
  @inline(__always)
  var isOperator: Bool { actor == 0 }
  @inline(__always)
  func isPayer(_ c: ContractRecord) -> Bool { actor == c.payer }
  @inline(__always)
  func isPayee(_ c: ContractRecord) -> Bool { actor == c.payee }
  @inline(__always)
  func isParty(_ c: ContractRecord) -> Bool { actor == c.payer || actor == c.payee }
  @inline(__always)
  func isArbiter(_ c: ContractRecord) -> Bool { actor != 0 && actor == c.arbiter }

  @inline(__always)
  func versionConflicts(_ version: UInt32) -> Bool {
    operation.expectedVersion != 0 && operation.expectedVersion != version
  }
}
