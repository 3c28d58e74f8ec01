/// By what a template is found: categories of DOMAIN section 10.
package struct Facets: Hashable, Sendable {
  package var industry: Industry
  package var size: Size
  package var complexity: Complexity
  package var payment: [PaymentTerms]
  package var escalation: Escalation
  /// Empty for all of India; else codes of ISO 3166-2 without `IN-`.
  package var regions: [String]

  package enum Industry: String, CaseIterable, Sendable {
    case manufacturing, technology, construction, healthcare, education, retail
  }

  /// Below 10 lakh, below 2 crore, above.
  package enum Size: String, CaseIterable, Sendable { case small, medium, large }

  /// Simple: at most four milestones and one approver. Complex: quorum, predecessors or retention.
  package enum Complexity: String, CaseIterable, Sendable { case simple, moderate, complex }

  package enum PaymentTerms: String, CaseIterable, Sendable {
    case advanceAndBalance = "advance-and-balance"
    case stages
    case runningAccount = "running-account"
    case monthly
    case onDelivery = "on-delivery"
    case retention
    case saleLinked = "sale-linked"
  }
}

/// How somebody who does not answer is reminded, and what happens in the end.
package enum Escalation: String, CaseIterable, Sendable {
  /// Manager from day 5, approved by silence on day 14.
  case standard = "E1"
  /// Head from day 7, arbiter on day 14; silence never approves.
  case arbitrated = "E2"
  /// Government: approved by silence on day 10 up to a sum, head from day 15.
  case government = "E3"

  /// Days of one step; the kernel's steps are of one length.
  package var stepDays: UInt32 {
    switch self {
    case .standard: 5
    case .arbitrated: 7
    case .government: 15
    }
  }

  package var reviewDays: UInt32 { self == .government ? 10 : 14 }
  package var levelMax: UInt8 { self == .arbitrated ? 2 : 1 }
  package var approvesBySilence: Bool { self != .arbitrated }
  package var endsInDispute: Bool { self == .arbitrated }
}

/// How it is shown that a milestone was reached.
package enum Verification: String, CaseIterable, Sendable {
  case documents = "doc"
  case measurement = "meas"
  case inspection = "qc"
  case acceptance = "uat"
  case certificate = "cert"
  case attendance = "att"
  case delivery = "pod"
}
