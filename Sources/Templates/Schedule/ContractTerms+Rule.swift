internal import Expressions
internal import Fiscal
internal import Kernel

extension Template {
  /// The kernel's terms, within what CREATE_CONTRACT allows.
  func contractTerms(
    _ names: [String: ExpressionValue], _ rates: AppliedRates, taxable: Paise
  ) throws(ScheduleFault) -> ContractTerms {
    func rate(_ expression: TypedExpression?, _ standard: UInt16 = 0) throws(ScheduleFault) -> UInt16 {
      guard let expression else { return standard }
      return UInt16(try expression.integer(in: 0...10_000, names))
    }
    var result = ContractTerms()
    result.retentionBP = try rate(terms.retention)
    result.retentionFirstBP = try rate(terms.retentionFirst, result.retentionBP > 0 ? 5_000 : 0)
    let cap = try rate(terms.retentionCap, result.retentionBP)
    guard let capSum = ExpressionFunction.mulDivDown(taxable, Int64(cap), 10_000) else {
      throw .noValue("retention cap")
    }
    result.retentionCap = capSum
    result.defectPeriod = try seconds(terms.defectDays, standard: 0, names)
    result.gstBP = UInt16(rates.gst)
    result.tdsBP = UInt16(rates.withholding)
    result.gstTDSBP = UInt16(rates.gstWithheld)
    result.cessBP = UInt16(rates.cess)
    result.feeBP = try rate(terms.fee)
    result.advanceBP = try rate(terms.advance)
    // Recovered from the value without tax, paid from the value with it: 4.4 (11) of the domain's decisions.
    let covering = (Int64(result.advanceBP) * (10_000 + Int64(rates.gst)) + 9_999) / 10_000
    result.advanceRecoveryBP = try rate(terms.advanceRecovery, UInt16(min(Self.recovery(covering: covering), 10_000)))
    guard Int64(result.advanceRecoveryBP) >= covering else {
      throw .range(terms.advanceRecovery?.text ?? "advance", Int64(result.advanceRecoveryBP))
    }
    result.ldCapBP = try rate(terms.damagesCap)
    result.defaultSplitBP = try rate(terms.defaultSplit, 5_000)
    try setSpans(&result, names)
    setFlags(&result)
    let sum = [
      result.retentionBP, result.advanceRecoveryBP, result.tdsBP, result.gstTDSBP, result.cessBP, result.feeBP,
    ]
    .reduce(0) { $0 + Int64($1) }
    guard sum <= 10_000 else { throw .range("deductions", sum) }
    return result
  }

  /// A little more than what covers the advance: each bill rounds, and what is left in the end would keep the contract open.
  static func recovery(covering rate: Int64) -> Int64 { rate == 0 ? 0 : rate + max(1, rate / 100) }

  private func setSpans(_ result: inout ContractTerms, _ names: [String: ExpressionValue]) throws(ScheduleFault) {
    let escalation = facets.escalation
    result.review = try seconds(terms.days[.review], standard: Int64(escalation.reviewDays), from: 1, names)
    result.payBy = try seconds(terms.days[.payBy], standard: 7, names)
    result.disputeWindow = try seconds(terms.days[.dispute], standard: 7, names)
    result.arbitration = try seconds(terms.days[.arbitration], standard: 30, from: 1, names)
    result.grace = try seconds(terms.days[.grace], standard: 7, names)
    result.holdDays = UInt8(try terms.days[.hold]?.integer(in: 0...255, names) ?? 15)
    result.dormantDays = UInt8(try terms.days[.dormant]?.integer(in: 1...255, names) ?? 90)
  }

  private func setFlags(_ result: inout ContractTerms) {
    if facets.escalation.approvesBySilence { result.flags.insert(.autoApprove) }
    if facets.escalation.endsInDispute { result.flags.insert(.escalateDispute) }
    if terms.needsGuarantee { result.flags.insert(.guarantee) }
    for option in terms.options {
      switch option {
      case .evidence: result.flags.insert(.evidence)
      case .unfundedStart: result.flags.insert(.unfundedStart)
      case .expire: result.flags.insert(.expire)
      case .expireRefund: result.flags.insert(.expireRefund)
      case .wholeRupees: result.flags.insert(.wholeUnits)
      }
    }
  }

  private func seconds(
    _ days: TypedExpression?, standard: Int64, from least: Int64 = 0, _ names: [String: ExpressionValue]
  ) throws(ScheduleFault) -> UInt32 {
    UInt32(try days?.integer(in: least...DueRule.dayMax, names) ?? standard) * 86_400
  }

  func approverPolicy(_ names: [String: ExpressionValue]) throws(ScheduleFault) -> ApproverPolicy {
    var policy = ApproverPolicy()
    var (votes, bands) = ([UInt8](repeating: 0, count: 4), [Int64](repeating: 0, count: 4))
    for (index, step) in approval.steps.enumerated() {
      votes[index] = step.votes
      bands[index] = try step.from?.integer(in: 0...BillTerms.grossMax, names) ?? 0
    }
    policy.votes = (votes[0], votes[1], votes[2], votes[3])
    policy.band = (bands[0], bands[1], bands[2], bands[3])
    policy.autoMax = try approval.silenceLimit?.integer(in: 0...BillTerms.grossMax, names) ?? BillTerms.grossMax
    policy.escalation = facets.escalation.stepDays * 86_400
    policy.maxLevel = facets.escalation.levelMax
    policy.reworkLimit = approval.reworkLimit
    policy.ordered = approval.isOrdered ? 1 : 0
    policy.majority = approval.rejectsByMajority ? 1 : 0
    return policy
  }
}
