internal import Formats
internal import Kernel

/// Turns the purchase order log into operations. It has no amounts: every receipt and its invoice is 100.00.
///
/// An order item is a contract with a milestone for each receipt or invoice, whichever are more; the log does not say
/// which belong together, so the first open ones meet. Create Purchase Order Item is FUND, Record Goods Receipt (or,
/// where an item has none, Record Service Entry Sheet) is SUBMIT, Record Invoice Receipt is APPROVE, Set and Remove
/// Payment Block are HOLD, Clear Invoice is RELEASE and PAYOUT_RESULT (settled), Change Price and Change Quantity are
/// AMEND, Delete and Reactivate are REFUND with CANCEL and REOPEN. An invoice that comes before its goods is approved
/// and blocked until they are there. A cancelled invoice is disputed and resolved by consent: everything goes back to
/// the payer.
struct PurchaseOrderBuilder {
  private let sink: DatasetSink
  private let log: EventLog
  private var cases: [PurchaseOrderCase?]

  init(log: EventLog, sink: DatasetSink) {
    self.log = log
    self.sink = sink
    cases = Array(repeating: nil, count: log.cases.count)
  }

  mutating func build() throws(InputError) {
    sink.reject(log.rejects)
    sink.count(events: log.eventCount)
    for (place, index) in log.schedule() {
      let item = log.cases[place]
      let event = item.events[index]
      if cases[place] == nil {
        // Requisitions and vendor documents before the order bind nobody.
        guard PurchaseOrderCase.opens(event.activity) else {
          sink.pass(event.activity)
          continue
        }
        try sink.stamp(event.instant)
        // Eight purchasing desks are the tenants, by the document's number.
        let document = item.id.prefix { $0 != "_" }
        let tenant = 1300 + UInt32(Identity.short(String(document)) % 8)
        let contract = sink.contract(item.id, tenant: tenant, payer: Role.payer, payee: Role.payee)
        var opened = PurchaseOrderCase(id: item.id, contract: contract, activities: item.events.map(\.activity))
        try opened.open(sink)
        cases[place] = opened
      }
      if var order = cases[place] {
        try sink.stamp(event.instant)
        try order.perform(event.activity, sink)
        if index == item.events.count - 1 { try order.close(sink) }
        cases[place] = order
      }
    }
    for order in cases {
      if let order { try sink.expect(order.expectation) }
    }
  }
}

/// An order item while its operations are written.
struct PurchaseOrderCase {
  private enum Standing {
    case planned, funded, inProgress, submitted, approved, blocked, paid, reversed, cancelled
  }

  private struct Invoice {
    var ordinal: UInt16
    var standing = Standing.funded
    var hasReceipt = false
  }

  static let unit: Int64 = 10_000
  private static let verifier: UInt32 = 31

  let id: String
  private let contract: ContractKey
  private let usesServiceSheets: Bool
  private var invoices: [Invoice]
  /// Receipts whose invoice was cancelled: the next invoice finds its goods already there.
  private var spareReceipts = 0
  /// A cancelled invoice and its reversal are cleared against each other: two clearings that pay nothing.
  private var emptyClearings = 0
  private var clearedCount = 0
  private var unclearable = 0
  private var notes: Set<String> = []
  private var refused: [String: Int] = [:]

  init(id: String, contract: ContractKey, activities: [String]) {
    self.id = id
    self.contract = contract
    usesServiceSheets = !activities.contains("Record Goods Receipt")
    let receipt = usesServiceSheets ? "Record Service Entry Sheet" : "Record Goods Receipt"
    let receiptCount = activities.filter { $0 == receipt }.count
    let invoiceCount = activities.filter { $0 == "Record Invoice Receipt" || $0 == "Record Subsequent Invoice" }.count
    invoices = (0..<max(1, receiptCount, invoiceCount)).map { Invoice(ordinal: UInt16($0 + 1)) }
  }

  static func opens(_ activity: String) -> Bool {
    activity == "Create Purchase Order Item" || activity == "Record Goods Receipt"
      || activity == "Record Invoice Receipt"
      || activity == "Record Service Entry Sheet" || activity == "Clear Invoice"
  }

  mutating func open(_ sink: DatasetSink) throws(InputError) {
    let value = Self.unit * Int64(invoices.count)
    try sink.create(contract, value: value, terms: DatasetSink.plainTerms, by: contract.payer)
    try sink.put(.setApprover, contract, actor: contract.payer, argument: UInt64(Self.verifier) | 1 << 32)
    for invoice in invoices { try sink.addMilestone(contract, invoice.ordinal, amount: Self.unit) }
    try sink.agree(contract)
    try sink.put(.deposit, contract, actor: contract.payer, amount: value, argument: sink.digest("\(id)|deposit"))
    for invoice in invoices {
      try sink.put(.fund, contract, invoice.ordinal, actor: contract.payer, amount: Self.unit)
    }
  }

  mutating func perform(_ activity: String, _ sink: DatasetSink) throws(InputError) {
    switch activity {
    case "Create Purchase Order Item": break
    case "Record Goods Receipt": try receive(sink)
    case "Record Service Entry Sheet" where usesServiceSheets: try receive(sink)
    case "Record Invoice Receipt", "Record Subsequent Invoice": try invoice(sink)
    case "Cancel Invoice Receipt", "Cancel Subsequent Invoice": try cancelInvoice(sink)
    case "Cancel Goods Receipt": try cancelReceipt(sink)
    case "Set Payment Block": try block(sink)
    case "Remove Payment Block": try unblock(sink)
    case "Clear Invoice": try clear(sink)
    case "Change Price", "Change Quantity": try change(activity, sink)
    case "Delete Purchase Order Item": try delete(sink)
    case "Reactivate Purchase Order Item": try reactivate(sink)
    default: sink.pass(activity)
    }
  }

  private func first(_ standings: Standing...) -> Int? {
    invoices.firstIndex { standings.contains($0.standing) }
  }

  private mutating func receive(_ sink: DatasetSink) throws(InputError) {
    if let waiting = invoices.firstIndex(where: { $0.standing == .blocked && !$0.hasReceipt }) {
      invoices[waiting].hasReceipt = true
      return try lift(waiting, sink)
    }
    guard let next = first(.inProgress, .funded) else { return sink.pass("receipt beyond the order") }
    try submit(next, sink)
    invoices[next].hasReceipt = true
  }

  private mutating func submit(_ index: Int, _ sink: DatasetSink) throws(InputError) {
    let ordinal = invoices[index].ordinal
    if invoices[index].standing == .funded { try sink.put(.start, contract, ordinal, actor: contract.payee) }
    try sink.put(
      .submit, contract, ordinal, actor: contract.payee, amount: Self.unit,
      argument: sink.digest("\(id)|receipt|\(ordinal)"))
    invoices[index].standing = .submitted
  }

  private mutating func invoice(_ sink: DatasetSink) throws(InputError) {
    guard let index = first(.submitted, .inProgress, .funded) else { return sink.pass("invoice beyond the order") }
    let isEarly = invoices[index].standing != .submitted
    if isEarly { try submit(index, sink) }
    let ordinal = invoices[index].ordinal
    try sink.put(.approve, contract, ordinal, actor: Self.verifier, amount: Self.unit)
    invoices[index].standing = .approved
    guard isEarly else { return }
    if spareReceipts > 0 {
      spareReceipts -= 1
      invoices[index].hasReceipt = true
    } else {
      try hold(index, "goods are not there", sink)
    }
  }

  private mutating func hold(_ index: Int, _ reason: String, _ sink: DatasetSink) throws(InputError) {
    try sink.put(.hold, contract, invoices[index].ordinal, actor: 0, argument: sink.digest(reason))
    invoices[index].standing = .blocked
  }

  private mutating func lift(_ index: Int, _ sink: DatasetSink) throws(InputError) {
    try sink.put(.hold, mode: 1, contract, invoices[index].ordinal, actor: 0)
    invoices[index].standing = .approved
  }

  private mutating func block(_ sink: DatasetSink) throws(InputError) {
    guard let index = first(.approved) else { return sink.pass("payment block with nothing to pay") }
    try hold(index, "payment block", sink)
  }

  private mutating func unblock(_ sink: DatasetSink) throws(InputError) {
    guard let index = first(.blocked) else { return sink.pass("payment block that the log never sets") }
    try lift(index, sink)
  }

  private mutating func cancelInvoice(_ sink: DatasetSink) throws(InputError) {
    emptyClearings += 2
    guard let index = invoices.lastIndex(where: { $0.standing == .approved || $0.standing == .blocked }) else {
      // Cleared already: the vendor owes it, and no event says that money came back.
      notes.insert("cancelled_after_payment")
      return sink.pass("invoice cancelled after it was cleared")
    }
    if invoices[index].standing == .blocked { try lift(index, sink) }
    let ordinal = invoices[index].ordinal
    try sink.put(.dispute, contract, ordinal, actor: contract.payer, argument: sink.digest("invoice cancelled"))
    try sink.put(
      .consent, mode: 5, contract, ordinal, actor: contract.payee, amount: 0, argument: UInt64(Self.unit), linked: true)
    try sink.put(.resolve, mode: 1, contract, ordinal, actor: contract.payer, amount: 0, argument: UInt64(Self.unit))
    try sink.put(
      .refundResult, contract, actor: 0, amount: Self.unit, argument: sink.digest("\(id)|refund|\(ordinal)"))
    invoices[index].standing = .reversed
    if invoices[index].hasReceipt { spareReceipts += 1 }
  }

  private mutating func cancelReceipt(_ sink: DatasetSink) throws(InputError) {
    if let index = invoices.lastIndex(where: { $0.standing == .submitted }) {
      try sink.put(.withdrawSubmission, contract, invoices[index].ordinal, actor: contract.payee)
      invoices[index].standing = .inProgress
      invoices[index].hasReceipt = false
    } else if let index = invoices.lastIndex(where: { $0.standing == .approved && $0.hasReceipt }) {
      invoices[index].hasReceipt = false
      try hold(index, "goods went back", sink)
    } else {
      sink.pass("receipt cancelled with nothing open")
    }
  }

  private mutating func clear(_ sink: DatasetSink) throws(InputError) {
    if first(.approved) == nil, let blocked = first(.blocked) {
      notes.insert("cleared_while_blocked")
      try lift(blocked, sink)
    }
    if let index = first(.approved) {
      let ordinal = invoices[index].ordinal
      try sink.pay(contract, ordinal, Self.unit, attempt: 1, reference: "\(id)|payout|\(ordinal)")
      invoices[index].standing = .paid
      clearedCount += 1
      return
    }
    if emptyClearings > 0 {
      emptyClearings -= 1
      return sink.pass("clearing of a cancelled invoice")
    }
    // The log clears what it never recorded: the kernel refuses to release or settle it.
    clearedCount += 1
    unclearable += 1
    try sink.pay(contract, 1, Self.unit, attempt: 9, reference: "\(id)|unrecorded|\(unclearable)")
    refused["invalid_transition", default: 0] += 1
    refused["payout_state", default: 0] += 1
  }

  /// No price stands in the log: the amendment keeps the sum.
  private mutating func change(_ activity: String, _ sink: DatasetSink) throws(InputError) {
    guard let index = first(.funded, .inProgress) else {
      return sink.pass("\(activity) after the last bill was submitted")
    }
    try sink.amend(contract, invoices[index].ordinal, to: Self.unit, consent: contract.payee, by: contract.payer)
  }

  private mutating func delete(_ sink: DatasetSink) throws(InputError) {
    var isAnything = false
    for index in invoices.indices where invoices[index].standing == .funded {
      isAnything = true
      let ordinal = invoices[index].ordinal
      try sink.put(.refund, contract, ordinal, actor: contract.payer, amount: Self.unit, linked: true)
      try sink.put(.cancel, contract, ordinal, actor: contract.payer)
      try sink.put(
        .refundResult, contract, actor: 0, amount: Self.unit,
        argument: sink.digest("\(id)|deleted|\(ordinal)|\(refundCount)"))
      refundCount += 1
      invoices[index].standing = .cancelled
    }
    if !isAnything { sink.pass("Delete Purchase Order Item with nothing open") }
  }

  private var refundCount = 0

  private mutating func reactivate(_ sink: DatasetSink) throws(InputError) {
    var isAnything = false
    for index in invoices.indices where invoices[index].standing == .cancelled {
      isAnything = true
      let ordinal = invoices[index].ordinal
      try sink.put(
        .consent, mode: 4, contract, ordinal, actor: contract.payee, argument: DatasetSink.farDue, linked: true)
      try sink.put(.reopen, contract, ordinal, actor: contract.payer, argument: DatasetSink.farDue)
      try sink.put(
        .deposit, contract, actor: contract.payer, amount: Self.unit,
        argument: sink.digest("\(id)|deposit|\(ordinal)|\(refundCount)"))
      refundCount += 1
      try sink.put(.fund, contract, ordinal, actor: contract.payer, amount: Self.unit)
      invoices[index].standing = .funded
    }
    if !isAnything { sink.pass("Reactivate Purchase Order Item with nothing deleted") }
  }

  /// After the last event: an order with nothing left to do is completed and closed.
  mutating func close(_ sink: DatasetSink) throws(InputError) {
    guard invoices.allSatisfy({ [.paid, .reversed, .cancelled].contains($0.standing) }) else { return }
    try sink.put(.complete, contract, actor: contract.payer)
    try sink.put(.closeContract, contract, actor: contract.payer)
  }

  var expectation: Expectation {
    var expectation = Expectation(
      caseID: id, tenant: contract.tenant, contract: contract.id, paid: Int64(clearedCount) * Self.unit)
    expectation.milestones = invoices.map {
      Expectation.Milestone(ordinal: $0.ordinal, state: Self.name(of: $0.standing))
    }
    if unclearable > 0 { expectation.explains = [DatasetClass.clearedWithoutInvoice.rawValue] }
    expectation.notes = notes.sorted()
    expectation.refused = refused
    return expectation
  }

  private static func name(of standing: Standing) -> String {
    switch standing {
    case .planned: "PLANNED"
    case .funded: "FUNDED"
    case .inProgress: "IN_PROGRESS"
    case .submitted: "SUBMITTED"
    case .approved, .blocked: "APPROVED"
    case .paid, .reversed: "CLOSED"
    case .cancelled: "CANCELLED"
    }
  }
}
