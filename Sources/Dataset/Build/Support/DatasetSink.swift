internal import Formats
internal import Kernel

/// A contract while its operations are written.
struct ContractKey {
  var tenant: UInt32
  var id: UInt128
  var payer: UInt32
  var payee: UInt32
}

/// What a builder writes to: operations with ids in sequence, and beside them what the public record expects.
final class DatasetSink {
  /// 2100-01-01 UTC: due dates that no clock of today reaches, so that a server may stamp with its own.
  static let farDue: UInt64 = 4_102_444_800_000
  /// About a hundred years, for windows that must not end.
  static let longSpan: UInt32 = 3_153_600_000

  /// Most events of a case, and most payments and milestones of a contract: so many sums of 10^15 add up without
  /// overflow, and ordinals have 16 bits.
  static let partCountMax = 8_192

  let source: String
  private(set) var report = DatasetReport()
  private let operations: OperationWriter
  private var expected: TextFile
  private var sequence: UInt64 = 0
  private let prefix: UInt128

  /// - Parameter source: names the data set; ids of two sources never meet.
  init(source: String, output: DatasetOutput) throws(InputError) {
    self.source = source
    prefix = UInt128(Identity.short(source) >> 1) << 64
    operations = try OperationWriter(path: output.operationsPath, format: output.format)
    expected = try TextFile(path: output.expectedPath)
  }

  /// A contract's identity: stable over source and case.
  func contract(_ key: String, tenant: UInt32, payer: UInt32, payee: UInt32) -> ContractKey {
    ContractKey(tenant: tenant, id: Identity.wide("\(source)|\(key)"), payer: payer, payee: payee)
  }

  /// The digest of a bank reference, evidence or reason; stable, not zero.
  func digest(_ text: String) -> UInt64 { Identity.short("\(source)|\(text)") }

  func stamp(_ instant: Instant) throws(InputError) { try operations.stamp(instant) }

  func put(
    _ code: OperationCode, mode: UInt8 = 0, _ contract: ContractKey, _ ordinal: UInt16 = 0, actor: UInt32,
    amount: Int64 = 0,
    argument: UInt64 = 0, version: UInt32 = 0, linked: Bool = false
  ) throws(InputError) {
    try operations.write(
      operation(code, mode, contract, ordinal, actor, amount, argument, version, linked))
  }

  func create(_ contract: ContractKey, value: Int64, terms: ContractTerms, by actor: UInt32) throws(InputError) {
    let parties = UInt64(contract.payer) | UInt64(contract.payee) << 32
    try operations.write(operation(.createContract, 0, contract, 0, actor, value, parties, 0, false), terms: terms)
    report.contractCount += 1
  }

  func setPolicy(_ contract: ContractKey, _ policy: ApproverPolicy) throws(InputError) {
    try operations.write(operation(.setPolicy, 0, contract, 0, contract.payer, 0, 0, 0, false), policy: policy)
  }

  func addMilestone(
    _ contract: ContractKey, _ ordinal: UInt16, amount: Int64, after predecessor: UInt16 = 0, by actor: UInt32? = nil
  ) throws(InputError) {
    let operation = operation(
      .addMilestone, 0, contract, ordinal, actor ?? contract.payer, amount, Self.farDue, 0, false)
    guard predecessor != 0 else { return try operations.write(operation) }
    var predecessors = Predecessors()
    predecessors.ordinals.0 = predecessor
    try operations.write(operation, predecessors: predecessors)
  }

  /// Terms without deductions whose windows outlast any clock of today.
  static var plainTerms: ContractTerms {
    var terms = ContractTerms()
    terms.review = longSpan
    terms.arbitration = longSpan
    terms.disputeWindow = longSpan
    terms.holdDays = .max
    terms.dormantDays = .max
    return terms
  }

  /// VERIFY_PAYEE, OFFER by the payer, ACCEPT by the payee.
  func agree(_ contract: ContractKey) throws(InputError) {
    try put(.verifyPayee, contract, actor: 0)
    try put(.offer, contract, actor: contract.payer)
    try put(.accept, contract, actor: contract.payee)
  }

  /// CONSENT by one party and AMEND by the other, all or nothing.
  func amend(_ contract: ContractKey, _ ordinal: UInt16, to amount: Int64, consent: UInt32, by actor: UInt32)
    throws(InputError)
  {
    try put(.consent, mode: 1, contract, ordinal, actor: consent, amount: amount, argument: Self.farDue, linked: true)
    try put(.amend, contract, ordinal, actor: actor, amount: amount, argument: Self.farDue)
  }

  /// RELEASE by the payer, and the bank's word that it is settled.
  func pay(
    _ contract: ContractKey, _ ordinal: UInt16, _ amount: Int64, attempt: UInt32, reference: String
  ) throws(InputError) {
    try put(
      .release, contract, ordinal, actor: contract.payer, amount: amount,
      argument: digest("beneficiary \(contract.payee)"))
    try put(
      .payoutResult, contract, ordinal, actor: 0, amount: amount, argument: digest(reference), version: attempt)
  }

  func expect(_ expectation: Expectation) throws(InputError) {
    try expected.write(expectation.line)
    report.caseCount += 1
    // Of a whole file, in whatever currencies: at the end of the number line it stays there.
    let (paid, isTooMuch) = report.paid.addingReportingOverflow(expectation.paid)
    report.paid = isTooMuch ? .max : paid
    for name in expectation.explains { report.classes[name, default: 0] += 1 }
    for name in expectation.notes { report.notes[name, default: 0] += 1 }
    for (code, count) in expectation.refused { report.refused[code, default: 0] += count }
  }

  /// An event that has no operation; counted by name.
  func pass(_ activity: String) { report.unmapped[activity, default: 0] += 1 }

  func reject(_ rejects: [InputReject]) { report.rejects += rejects }

  func count(events: Int) { report.eventCount += events }

  /// Completes both files.
  func finish() throws(InputError) -> DatasetReport {
    try operations.close()
    try expected.close()
    report.operationCount = operations.operationCount
    return report
  }

  private func operation(
    _ code: OperationCode, _ mode: UInt8, _ contract: ContractKey, _ ordinal: UInt16, _ actor: UInt32, _ amount: Int64,
    _ argument: UInt64, _ version: UInt32, _ linked: Bool
  ) -> Operation {
    sequence += 1
    return Operation(
      code, mode: mode, tenant: contract.tenant, contract: contract.id, ordinal: ordinal,
      id: prefix | UInt128(sequence),
      actor: actor, amount: amount, argument: argument, expectedVersion: version, linked: linked)
  }
}
