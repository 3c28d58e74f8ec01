package import Documents
internal import Fiscal
internal import Kernel

extension Schedule {
  /// As a document: what samples expect, and what an API answers. Sums are paise, rates basis points, spans seconds.
  package var json: JSONValue {
    let whole: JSONValue = [
      "start": .string(start.description), "end": .string(end.description), "taxable": .integer(taxable),
      "tax": Self.json(milestones.map(\.tax)), "value": .integer(value), "advance": .integer(advance),
      "milestones": .array(milestones.map(\.json)), "rates": rates.json, "terms": terms.json, "policy": policy.json,
    ]
    return whole.adding([("security", security?.json), ("calendar", calendar?.json)])
  }

  static func json(_ taxes: [GSTAmounts]) -> JSONValue {
    [
      "central": .integer(taxes.reduce(0) { $0 + $1.central }), "state": .integer(taxes.reduce(0) { $0 + $1.state }),
      "union_territory": .integer(taxes.reduce(0) { $0 + $1.unionTerritory }),
      "integrated": .integer(taxes.reduce(0) { $0 + $1.integrated }),
    ]
  }
}

extension Schedule.Milestone {
  var json: JSONValue {
    let whole: JSONValue = [
      "id": .string(id), "ordinal": .integer(Int64(ordinal)), "taxable": .integer(taxable), "tax": .integer(tax.total),
      "amount": .integer(amount), "due": .string(due.description), "verification": .string(verification.rawValue),
      "predecessors": .array(predecessors.map { .integer(Int64($0)) }), "cumulative": .bool(isCumulative),
    ]
    return whole.adding([("withheld", withheld.map { .integer($0) })])
  }
}

extension Schedule.Security {
  var json: JSONValue {
    [
      "rate": .integer(Int64(rate)), "amount": .integer(amount), "valid_until": .string(validUntil.description),
    ]
  }
}

extension AppliedRates {
  var json: JSONValue {
    let whole: JSONValue = [
      "gst": .integer(Int64(gst)), "inter_state": .bool(treatment.isInterState),
      "withholding": .integer(Int64(withholding)),
      "gst_withheld": .integer(Int64(gstWithheld)), "building_cess": .integer(Int64(cess)),
      "sources": .array(
        sources.map {
          [
            "what": .string($0.what), "rate": .integer(Int64($0.rate)), "citation": .string($0.citation),
            "confirmed": .bool($0.isConfirmed),
          ]
        }),
    ]
    return whole.adding([
      ("withholding_from", withholdingFrom.map { .integer($0) }), ("supply", supply?.json),
    ])
  }
}

extension SupplyTax {
  /// The place as GST identifiers number States, or `outside-india`.
  fileprivate var json: JSONValue {
    let place = if case .state(let code) = place.location { code.description } else { "outside-india" }
    let (isZeroRated, paysTax) = if case .zeroRated(let paysTax) = treatment { (true, paysTax) } else { (false, true) }
    return [
      "place": .string(place), "zero_rated": .bool(isZeroRated), "pays_tax": .bool(paysTax),
      "rules": .array(citations.map { .string($0) }),
    ]
  }
}

extension JSONValue {
  /// An object with more members, those that there are.
  fileprivate func adding(_ members: [(name: String, value: JSONValue?)]) -> JSONValue {
    guard var object else { return self }
    for member in members {
      if let value = member.value { object[member.name] = value }
    }
    return .object(object)
  }
}

extension ContractTerms {
  /// Without the arbiter, which an order brings.
  var json: JSONValue {
    [
      "retention_cap": .integer(retentionCap), "retention": .integer(Int64(retentionBP)),
      "retention_first": .integer(Int64(retentionFirstBP)), "defect_period": .integer(Int64(defectPeriod)),
      "advance": .integer(Int64(advanceBP)), "advance_recovery": .integer(Int64(advanceRecoveryBP)),
      "gst": .integer(Int64(gstBP)), "tds": .integer(Int64(tdsBP)), "gst_tds": .integer(Int64(gstTDSBP)),
      "cess": .integer(Int64(cessBP)), "fee": .integer(Int64(feeBP)), "damages_cap": .integer(Int64(ldCapBP)),
      "default_split": .integer(Int64(defaultSplitBP)), "review": .integer(Int64(review)),
      "pay_by": .integer(Int64(payBy)),
      "dispute_window": .integer(Int64(disputeWindow)), "arbitration": .integer(Int64(arbitration)),
      "grace": .integer(Int64(grace)), "hold_days": .integer(Int64(holdDays)),
      "dormant_days": .integer(Int64(dormantDays)),
      "flags": .array(flags.names.map { .string($0) }),
    ]
  }
}

extension ContractTerms.Flags {
  fileprivate var names: [String] {
    let all: [(Self, String)] = [
      (.autoApprove, "auto_approve"), (.unfundedStart, "unfunded_start"), (.evidence, "evidence"), (.expire, "expire"),
      (.expireRefund, "expire_refund"), (.guarantee, "guarantee"), (.wholeUnits, "whole_units"),
      (.escalateDispute, "escalate_dispute"),
    ]
    return all.filter { contains($0.0) }.map(\.1)
  }
}

extension ApproverPolicy {
  var json: JSONValue {
    [
      "votes": .array([votes.0, votes.1, votes.2, votes.3].map { .integer(Int64($0)) }),
      "bands": .array([band.0, band.1, band.2, band.3].map { .integer($0) }), "silence_limit": .integer(autoMax),
      "escalation": .integer(Int64(escalation)), "levels": .integer(Int64(maxLevel)),
      "rework_limit": .integer(Int64(reworkLimit)),
      "ordered": .bool(ordered == 1), "majority": .bool(majority == 1),
    ]
  }
}
