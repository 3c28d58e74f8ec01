import Kernel

/// Writes operations into a frame, and beside each the answer it must get.
///
/// One clerk belongs to one connection and one event loop. Its requests apply in order, so an answer can
/// be predicted when the operation is written, long before earlier answers have come back. The steps of
/// a contract's life are in the extensions, one file a family; each changes the generator's records first
/// and then writes the operation with the answer that these records imply.
struct Clerk: ~Copyable {
  var random: Random
  /// Milliseconds since 1970 UTC; deadlines are counted from here. Set before each frame.
  var now: Int64 = 0
  /// Predicted sums by tenant slot.
  var totals: FlatArray<Totals>
  let recipes: FlatArray<Recipe>

  let firstTenant: UInt32
  /// Upper halves of ids; the lower half of an operation's id is a counter.
  private let contractIdHigh: UInt64
  private let operationIdHigh: UInt64
  private let contractSalt: UInt64
  private let referenceSalt: UInt64
  private var operationSerial: UInt64 = 0
  private var referenceSerial: UInt64
  private let disputeShift: UInt64
  private let recipeChoices: FlatArray<UInt8>
  private var tenantChoice: TenantChoice

  // What is being written. Operations past the frame's limits go on into the overflow, which the next
  // frames take up first; a contract's setup is longer than a small frame.
  private var sheet = Sheet()

  init(
    run: RunIdentity, connection: Int, seed: UInt64, workload: Workload, tenantCount: Int, spread: TenantSpread,
    firstTenant: UInt32
  ) {
    random = Random(seed: seed &+ UInt64(connection) &* 0x9E37_79B9)
    totals = FlatArray(repeating: Totals(), count: tenantCount)
    var table = FlatArray(repeating: Recipe(), count: Recipe.count)
    for (index, recipe) in Recipe.all().enumerated() { table[index] = recipe }
    recipes = table
    disputeShift = workload.disputeShift
    var choices = FlatArray(repeating: UInt8(0), count: workload.recipes.count)
    for (index, recipe) in workload.recipes.enumerated() { choices[index] = recipe }
    recipeChoices = choices
    tenantChoice = TenantChoice(spread, count: tenantCount)
    self.firstTenant = firstTenant
    contractIdHigh = run.word
    // Serial numbers carry the connection in their upper bits, so connections never share an id.
    operationIdHigh = run.word ^ mix(UInt64(connection) + 1)
    contractSalt = UInt64(connection) << 48
    referenceSalt = mix(run.word)
    referenceSerial = UInt64(connection) << 48
  }

  // MARK: Frames

  /// Starts a frame in `room`: what earlier frames had no room for comes first.
  mutating func begin(_ room: FrameRoom, now: Int64) {
    self.now = now
    unsafe sheet.begin(room)
  }

  /// True when the frame takes no further operation.
  var isFull: Bool { sheet.isFull }

  /// Whether `count` operations in `slots` slots still fit into the frame together, as a chain must.
  func hasRoom(_ count: Int, slots: Int) -> Bool { sheet.hasRoom(count, slots: slots) }

  /// Operations behind the finished frame.
  var overflowCount: Int { sheet.overflowCount }

  /// Operations ever written, those of the overflow included.
  var writtenCount: UInt64 { sheet.writtenCount }

  /// What the last full frame holds.
  var extent: FrameExtent { sheet.extent }

  /// The trade and the tenant of a new contract.
  mutating func nextRecipe() -> UInt8 { recipeChoices[Int(random.next() >> 56) % recipeChoices.count] }
  mutating func nextTenantSlot() -> Int { tenantChoice.next(&random) }

  /// Whether somebody falls out with the other: once in 2^`power` rolls of ordinary business.
  @inline(__always)
  func isDisputed(_ dice: inout Dice, oneIn power: UInt64) -> Bool { dice.oneIn(power - disputeShift) }

  // MARK: Identifiers

  /// The 128-bit id of the contract with that serial.
  // Inlined, as is every function that only reads: a call would copy the whole clerk, 256 bytes, to lend it.
  @inline(__always)
  func contractId(_ serial: UInt64) -> UInt128 {
    UInt128(contractIdHigh) << 64 | UInt128(mix(serial ^ contractSalt))
  }

  mutating func nextReference() -> UInt64 {
    referenceSerial &+= 1
    let reference = mix(referenceSerial) ^ referenceSalt
    // One word in 2^64 would be zero, which is no reference.
    return reference == 0 ? nextReference() : reference
  }

  mutating func nextOperationId() -> UInt128 {
    operationSerial &+= 1
    return UInt128(operationIdHigh) << 64 | UInt128(operationSerial)
  }

  /// A digest of evidence, a reason, a beneficiary: anything but zero.
  mutating func nextDigest() -> UInt64 { random.next() | 1 }

  // MARK: Writing

  /// Writes an operation and its predicted answer.
  @inline(__always)
  mutating func write(_ operation: Operation, _ answer: OperationResult) {
    sheet.append(operation, answer)
  }

  /// Writes an operation with its extension slot.
  mutating func write<Extension: BitwiseCopyable>(
    _ operation: Operation, extension slot: Extension, _ answer: OperationResult
  ) {
    sheet.append(operation, extension: slot, answer)
  }

  /// An accepted operation on a contract: raises its version.
  mutating func writeContract(
    _ code: OperationCode, mode: UInt8 = 0, _ contract: inout ContractRecord, actor: UInt32, amount: Int64 = 0,
    argument: UInt64 = 0, expectedVersion: UInt32 = 0, linked: Bool = false, moved: Int64 = 0
  ) {
    contract.version &+= 1
    write(
      Operation(
        code, mode: mode, tenant: firstTenant &+ UInt32(contract.tenantSlot), contract: contractId(contract.serial),
        id: nextOperationId(), actor: actor, amount: amount, argument: argument, expectedVersion: expectedVersion,
        linked: linked),
      contract.answer(.ok, moved: moved))
  }

  /// An accepted operation on a milestone: raises its version.
  ///
  /// Half of them name the version they expect, as a client that moves money does.
  @inline(__always)
  mutating func writeMilestone(
    _ code: OperationCode, mode: UInt8 = 0, _ contract: ContractRecord, _ milestone: inout MilestoneRecord,
    actor: UInt32, amount: Int64 = 0, argument: UInt64 = 0, linked: Bool = false, moved: Int64 = 0
  ) {
    let expected = milestone.version & 1 == 0 ? milestone.version : 0
    milestone.version &+= 1
    write(
      Operation(
        code, mode: mode, tenant: firstTenant &+ UInt32(contract.tenantSlot), contract: contractId(contract.serial),
        ordinal: milestone.ordinal, id: nextOperationId(), actor: actor, amount: amount, argument: argument,
        expectedVersion: expected, linked: linked),
      milestone.answer(.ok, moved: moved))
  }

  /// CONSENT on a milestone: accepted, and changes no version.
  mutating func writeConsent(
    _ mode: Consent, _ contract: ContractRecord, _ milestone: MilestoneRecord, actor: UInt32, amount: Int64 = 0,
    argument: UInt64 = 0, linked: Bool
  ) {
    write(
      Operation(
        .consent, mode: mode.rawValue, tenant: firstTenant &+ UInt32(contract.tenantSlot),
        contract: contractId(contract.serial), ordinal: milestone.ordinal, id: nextOperationId(), actor: actor,
        amount: amount, argument: argument, linked: linked),
      milestone.answer(.ok))
  }

  /// The part of `totals` that a step changes.
  @inline(__always)
  mutating func book(_ contract: ContractRecord, _ change: (inout Totals) -> Void) {
    change(&totals[Int(contract.tenantSlot)])
  }
}

/// Modes of CONSENT that the workload uses.
enum Consent: UInt8 {
  case amend = 1
  case refund = 2
  case reopen = 4
  case resolve = 5
}

extension ContractRecord {
  /// The answer that names this contract.
  @inline(__always)
  func answer(_ code: ResultCode, moved: Int64 = 0) -> OperationResult {
    OperationResult(code: code, state: state.rawValue, payoutAttempt: attempt, version: version, amount: moved)
  }
}

extension MilestoneRecord {
  /// The answer that names this milestone.
  @inline(__always)
  func answer(_ code: ResultCode, moved: Int64 = 0) -> OperationResult {
    OperationResult(code: code, state: state.rawValue, payoutAttempt: attempt, version: version, amount: moved)
  }
}
