internal import Expressions
internal import Fiscal
internal import Kernel

/// The kernel's terms of a contract, made ready: what is the same for every form is filled in.
struct TermsProgram: Sendable {
  private var base = ContractTerms()
  private var retention: BoundExpression?
  private var retentionFirst: BoundExpression?
  private var retentionCap: BoundExpression?
  private var defectDays: BoundExpression?
  private var advance: BoundExpression?
  private var advanceRecovery: BoundExpression?
  private var damagesCap: BoundExpression?
  private var fee: BoundExpression?
  private var defaultSplit: BoundExpression?
  /// Only those that a template says.
  private var spans: [(span: TermsRule.Span, days: BoundExpression)] = []
  let security: SecurityProgram?
  let unit: RoundingUnit

  init(_ rule: TermsRule, _ escalation: Escalation, _ binder: inout ExpressionBinder) {
    retention = binder.bind(rule.retention)
    retentionFirst = binder.bind(rule.retentionFirst)
    retentionCap = binder.bind(rule.retentionCap)
    defectDays = binder.bind(rule.defectDays)
    advance = binder.bind(rule.advance)
    advanceRecovery = binder.bind(rule.advanceRecovery)
    damagesCap = binder.bind(rule.damagesCap)
    fee = binder.bind(rule.fee)
    defaultSplit = binder.bind(rule.defaultSplit)
    for span in TermsRule.Span.allCases {
      if let days = binder.bind(rule.days[span]) { spans.append((span, days)) }
    }
    security = rule.security.map { SecurityProgram($0, &binder) }
    unit = rule.options.contains(.wholeRupees) ? .rupee : .paisa
    base.review = escalation.reviewDays * Self.day
    base.payBy = 7 * Self.day
    base.disputeWindow = 7 * Self.day
    base.arbitration = 30 * Self.day
    base.grace = 7 * Self.day
    base.holdDays = 15
    base.dormantDays = 90
    base.defaultSplitBP = 5_000
    base.flags = Self.flags(rule, escalation)
  }

  private static let day: UInt32 = 86_400

  /// Within what CREATE_CONTRACT allows.
  func terms(
    _ expressions: ExpressionTable, _ row: [Int64?], _ rates: AppliedRates, taxable: Paise
  ) throws(ScheduleFault) -> ContractTerms {
    func rate(_ expression: BoundExpression?, _ standard: UInt16) throws(ScheduleFault) -> UInt16 {
      guard let expression else { return standard }
      return UInt16(try expressions.integer(expression, in: 0...10_000, row))
    }
    var result = base
    result.retentionBP = try rate(retention, 0)
    result.retentionFirstBP = try rate(retentionFirst, result.retentionBP > 0 ? 5_000 : 0)
    let cap = try rate(retentionCap, result.retentionBP)
    guard let capSum = ExpressionFunction.mulDivDown(taxable, Int64(cap), 10_000) else {
      throw .noValue("retention cap")
    }
    result.retentionCap = capSum
    if let defectDays {
      result.defectPeriod = UInt32(try expressions.integer(defectDays, in: 0...DueRule.dayMax, row)) * Self.day
    }
    result.gstBP = UInt16(rates.gst)
    result.tdsBP = UInt16(rates.withholding)
    result.gstTDSBP = UInt16(rates.gstWithheld)
    result.cessBP = UInt16(rates.cess)
    result.feeBP = try rate(fee, 0)
    result.advanceBP = try rate(advance, 0)
    // Recovered from the value without tax, paid from the value with it: 4.4 (11) of the domain's decisions.
    let covering = (Int64(result.advanceBP) * (10_000 + Int64(rates.gst)) + 9_999) / 10_000
    result.advanceRecoveryBP = try rate(
      advanceRecovery, UInt16(min(Template.recovery(covering: covering), 10_000)))
    guard Int64(result.advanceRecoveryBP) >= covering else {
      throw .range(advanceRecovery.map { expressions.text(of: $0) } ?? "advance", Int64(result.advanceRecoveryBP))
    }
    result.ldCapBP = try rate(damagesCap, 0)
    result.defaultSplitBP = try rate(defaultSplit, base.defaultSplitBP)
    for (span, days) in spans {
      set(span, try expressions.integer(days, in: span.range, row), &result)
    }
    let sum =
      Int64(result.retentionBP) + Int64(result.advanceRecoveryBP) + Int64(result.tdsBP) + Int64(result.gstTDSBP)
      + Int64(result.cessBP) + Int64(result.feeBP)
    guard sum <= 10_000 else { throw .range("deductions", sum) }
    return result
  }

  private func set(_ span: TermsRule.Span, _ days: Int64, _ result: inout ContractTerms) {
    // At most ten years of seconds.
    let seconds = UInt32(days) * Self.day
    switch span {
    case .review: result.review = seconds
    case .payBy: result.payBy = seconds
    case .dispute: result.disputeWindow = seconds
    case .arbitration: result.arbitration = seconds
    case .grace: result.grace = seconds
    case .hold: result.holdDays = UInt8(days)
    case .dormant: result.dormantDays = UInt8(days)
    }
  }

  private static func flags(_ rule: TermsRule, _ escalation: Escalation) -> ContractTerms.Flags {
    var flags: ContractTerms.Flags = []
    if escalation.approvesBySilence { flags.insert(.autoApprove) }
    if escalation.endsInDispute { flags.insert(.escalateDispute) }
    if rule.needsGuarantee { flags.insert(.guarantee) }
    for option in rule.options {
      switch option {
      case .evidence: flags.insert(.evidence)
      case .unfundedStart: flags.insert(.unfundedStart)
      case .expire: flags.insert(.expire)
      case .expireRefund: flags.insert(.expireRefund)
      case .wholeRupees: flags.insert(.wholeUnits)
      }
    }
    return flags
  }
}

/// A security, made ready.
struct SecurityProgram: Sendable {
  let rate: BoundExpression
  let days: BoundExpression

  init(_ rule: TermsRule.Security, _ binder: inout ExpressionBinder) {
    rate = binder.bind(rule.rate)
    days = binder.bind(rule.days)
  }
}

extension Template {
  /// A little more than what covers the advance: each bill rounds, and what is left in the end would keep the contract open.
  static func recovery(covering rate: Int64) -> Int64 { rate == 0 ? 0 : rate + max(1, rate / 100) }
}
