public import Formats
public import Kernel

/// How a case ended, whoever kept its books.
public struct CaseOutcome: Sendable, Hashable {
  public var state: ContractState
  /// Minor units.
  public var value: Int64
  /// Net sum paid to the payee: what left, less what the bank returned.
  public var paid: Int64
  /// States by ordinal.
  public var milestones: [UInt16: MilestoneState] = [:]

  public init(state: ContractState, value: Int64, paid: Int64) {
    self.state = state
    self.value = value
    self.paid = paid
  }

  public init(_ contract: ContractSnapshot) {
    self.init(
      state: contract.state, value: contract.value, paid: contract.buckets.paidOut - contract.buckets.returned)
  }
}

/// Where kernel (or server) and public record end differently, case by case, with the class that explains it.
public struct Reconciliation: Sendable {
  /// One thing of a case that differs.
  public struct Difference: Sendable, Hashable, CustomStringConvertible {
    public var caseID: String
    /// What differs: `paid`, `state`, `value`, `milestone 3`, `refused`.
    public var what: String
    public var expected: String
    public var actual: String
    /// Classes that the record itself shows for the case; without one the difference is unexplained.
    public var classes: [String]

    public var description: String {
      let reason = classes.isEmpty ? "UNEXPLAINED" : classes.joined(separator: ", ")
      return "\(caseID): \(what): expected \(expected), is \(actual) [\(reason)]"
    }
  }

  public private(set) var caseCount = 0
  /// Cases without any difference.
  public private(set) var equalCount = 0
  public private(set) var differences: [Difference] = []
  /// Sums over all cases, minor units of whatever currency.
  public private(set) var expectedPaid: Int64 = 0
  public private(set) var actualPaid: Int64 = 0

  public init() {}

  /// Differences that no class explains.
  public var unexplained: [Difference] { differences.filter(\.classes.isEmpty) }

  /// Cases that differ, by class.
  public var caseCountByClass: [String: Int] {
    var seen: [String: Set<String>] = [:]
    for difference in differences {
      for name in difference.classes { seen[name, default: []].insert(difference.caseID) }
    }
    return seen.mapValues(\.count)
  }

  /// Compares one case.
  ///
  /// - Parameters:
  ///   - outcome: as the contract stands; nil when there is none.
  ///   - refused: operations of the case that were refused, by code name; nil when the caller does not know.
  public mutating func compare(
    _ expectation: Expectation, with outcome: CaseOutcome?, refused: [String: Int]? = nil
  ) {
    caseCount += 1
    expectedPaid += expectation.paid
    let before = differences.count
    func differ(_ what: String, _ expected: String, _ actual: String) {
      differences.append(
        Difference(
          caseID: expectation.caseID, what: what, expected: expected, actual: actual, classes: expectation.explains))
    }
    let paid = outcome?.paid ?? 0
    actualPaid += paid
    if paid != expectation.paid { differ("paid", "\(expectation.paid)", "\(paid)") }
    if let state = expectation.state {
      let actual = outcome.map { "\($0.state.name)" } ?? "no contract"
      if state != actual { differ("state", state, actual) }
    }
    if let value = expectation.value, value != outcome?.value {
      differ("value", "\(value)", outcome.map { "\($0.value)" } ?? "no contract")
    }
    for expected in expectation.milestones {
      let actual = outcome?.milestones[expected.ordinal].map { "\($0.name)" } ?? "no milestone"
      if expected.state != actual { differ("milestone \(expected.ordinal)", expected.state, actual) }
    }
    if let refused, refused != expectation.refused {
      differ("refused", Self.text(expectation.refused), Self.text(refused))
    }
    if differences.count == before { equalCount += 1 }
  }

  private static func text(_ codes: [String: Int]) -> String {
    if codes.isEmpty { return "nothing" }
    return codes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }

  /// Runs a data set through a kernel in this process and compares every case.
  ///
  /// - Throws: `InputError` when a file cannot be read.
  public static func replay(
    operations path: String, format: OperationFormat? = nil, expectations: [Expectation], stamps: KernelReplay.Stamps
  ) throws(InputError) -> ReplayedReconciliation {
    // A power of two above the cases, each of which is one contract.
    let room = 1 << max(18, Int.bitWidth - expectations.count.leadingZeroBitCount)
    let replay = try KernelReplay(path: path, format: format, stamps: stamps, contractCountMax: room)
    var reconciliation = Reconciliation()
    for expectation in expectations {
      var outcome = replay.kernel.contract(tenant: expectation.tenant, contract: expectation.contract)
        .map(CaseOutcome.init)
      for expected in expectation.milestones {
        outcome?.milestones[expected.ordinal] =
          replay.kernel.milestone(
            tenant: expectation.tenant, contract: expectation.contract, ordinal: expected.ordinal)?.state
      }
      let refused = replay.tally.refused(tenant: expectation.tenant, contract: expectation.contract)
      reconciliation.compare(expectation, with: outcome, refused: refused)
    }
    return ReplayedReconciliation(
      reconciliation: reconciliation, codes: replay.tally.codes, rejects: replay.rejects, audit: replay.kernel.audit())
  }
}

/// A reconciliation with what the kernel itself says about the run.
public struct ReplayedReconciliation: Sendable {
  public var reconciliation: Reconciliation
  /// Operations by code name.
  public var codes: [String: Int]
  public var rejects: [InputReject]
  /// What the kernel's audit finds wrong; empty when every invariant holds.
  public var audit: [String]
}
