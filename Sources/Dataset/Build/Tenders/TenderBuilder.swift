internal import Formats
internal import Kernel

/// Turns tender results, a row a bid, into operations.
///
/// A bid is a contract between department (tenant and payer) and bidder (payee): the bidder makes and offers it. An
/// accepted one is ACCEPTed, its schedule split by the template of its category; a rejected one is CANCELled; one
/// without a decision stays offered. Values are rupees in Indian or Western grouping, rounded half up to paise.
struct TenderBuilder {
  private let sink: DatasetSink
  private let tenantBase: UInt32
  private var tenants: [String: UInt32] = [:]

  init(sink: DatasetSink, tenantBase: UInt32) {
    self.sink = sink
    self.tenantBase = tenantBase
  }

  mutating func build(path: String) throws(InputError) {
    let file = try TenderFile(path: path)
    sink.reject(file.rejects)
    var bids = file.bids
    // In order of time; of one day in the file's order.
    let order = bids.indices.sorted { (bids[$0].instant, $0) < (bids[$1].instant, $1) }
    bids = order.map { bids[$0] }
    sink.count(events: bids.count)
    var seen: Set<String> = []
    for bid in bids {
      guard seen.insert(bid.key).inserted else {
        sink.pass("bid that stands in the file twice")
        continue
      }
      try sink.stamp(bid.instant)
      try write(bid)
    }
  }

  private mutating func write(_ bid: TenderBid) throws(InputError) {
    let payer: UInt32 = 1
    // Pseudonyms are hexadecimal; 2 and up, so that no bidder is the department.
    let payee = max(2, UInt32(truncatingIfNeeded: Identity.short(bid.bidder)))
    let contract = sink.contract(bid.key, tenant: tenant(bid.department), payer: payer, payee: payee)
    let isAccepted = bid.isAccepted
    let template = isAccepted ? ScheduleTemplate(category: bid.category) : .single
    try sink.create(contract, value: bid.value, terms: template.terms(value: bid.value), by: payee)
    for (index, amount) in template.amounts(of: bid.value).enumerated() {
      let ordinal = UInt16(index + 1)
      try sink.addMilestone(contract, ordinal, amount: amount, after: ordinal - 1, by: payee)
    }
    try sink.put(.offer, contract, actor: payee)
    var expectation = Expectation(caseID: bid.key, tenant: contract.tenant, contract: contract.id, paid: 0)
    expectation.value = bid.value
    if isAccepted {
      try sink.put(.accept, contract, actor: payer)
      expectation.state = "ACTIVE"
      expectation.notes = ["accepted"]
    } else if bid.status.hasPrefix("Rejected") || bid.status.hasPrefix("Not Admitted") {
      try sink.put(.cancel, contract, actor: payer)
      expectation.state = "CANCELLED"
      expectation.notes = ["rejected"]
    } else {
      expectation.state = "OFFERED"
      expectation.notes = ["undecided"]
    }
    try sink.expect(expectation)
  }

  private mutating func tenant(_ department: String) -> UInt32 {
    if let known = tenants[department] { return known }
    let next = tenantBase + UInt32(tenants.count)
    tenants[department] = next
    return next
  }
}

/// How a contract's value is cut into milestones, by kind of work; shares in percent follow the template library of the
/// domain reference.
enum ScheduleTemplate {
  /// Government road work: earthwork, sub-base, base, surfacing, furniture, maintenance.
  case road
  /// Building by stages: plinth, lintel, roof, brickwork, services, finishing, handover.
  case building
  /// Other works: mobilisation, four running bills, completion.
  case works
  /// Services by the quarter.
  case service
  /// All at once.
  case single

  init(category: String) {
    if category.contains("Roads") || category.contains("Bridges") {
      self = .road
    } else if category.contains("Buildings") {
      self = .building
    } else if category.contains("Works") {
      self = .works
    } else if category.contains("Supply") || category.contains("Goods") {
      self = .single
    } else {
      self = .service
    }
  }

  private var shares: [Int64] {
    switch self {
    case .road: [20, 20, 25, 25, 5, 5]
    case .building: [15, 15, 20, 15, 15, 10, 10]
    case .works: [10, 20, 20, 20, 20, 10]
    case .service: [25, 25, 25, 25]
    case .single: [100]
    }
  }

  /// Milestone amounts that add up to `value`, each at least one minor unit.
  func amounts(of value: Int64) -> [Int64] {
    let amounts = MoneyText.split(value, weights: shares)
    return amounts.contains(0) ? [value] : amounts
  }

  /// Government works keep 7.5 % back and deduct income tax, GST at source and cess; supplies and services do not.
  func terms(value: Int64) -> ContractTerms {
    var terms = DatasetSink.plainTerms
    guard self == .road || self == .building || self == .works else { return terms }
    terms.retentionBP = 750
    terms.retentionFirstBP = 5000
    terms.retentionCap = Int64(Int128(value) * 750 / 10_000)
    terms.gstBP = 1800
    terms.tdsBP = 200
    terms.gstTDSBP = 200
    terms.cessBP = 100
    terms.defectPeriod = 365 * 86_400
    return terms
  }
}
