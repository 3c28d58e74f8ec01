public import Formats

/// Builds operations and expectations from a file of public data.
public enum DatasetBuilder {
  /// What kind of data a file holds.
  public enum Kind: String, CaseIterable, Sendable {
    /// An event log of approvals and payments; which of the five known shapes is told by its columns.
    case approvalLog = "approval-log"
    /// Tender results with every bid.
    case tenders
    /// Open Contracting records or releases.
    case ocds
    /// No input: an invented log whose shape follows the public ones.
    case synthetic
  }

  /// Reads `path` and writes both files of `output`.
  ///
  /// - Parameters:
  ///   - path: the input; a folder too for Open Contracting documents. Ignored for `synthetic`.
  ///   - synthetic: what to invent, for that kind.
  /// - Throws: `InputError` when the input is not of that kind, or a file cannot be read or written.
  public static func build(
    _ kind: Kind, path: String, output: DatasetOutput, synthetic: SyntheticLog = SyntheticLog()
  ) throws(InputError) -> DatasetReport {
    switch kind {
    case .approvalLog: return try buildLog(path, output)
    case .tenders:
      let isAssam = try PublicTable(path: path).columns.contains("district")
      let sink = try DatasetSink(source: isAssam ? "assam-tenders" : "odisha-tenders", output: output)
      var builder = TenderBuilder(sink: sink, tenantBase: isAssam ? 2200 : 2000)
      try builder.build(path: path)
      return try sink.finish()
    case .ocds:
      let sink = try DatasetSink(source: "ocds", output: output)
      var builder = OpenContractingBuilder(sink: sink)
      try builder.build(path: path)
      return try sink.finish()
    case .synthetic: return try buildExpenses(.claims, "claims", synthetic.eventLog(), output)
    }
  }

  /// The shape of a log is told by its columns.
  private static func buildLog(_ path: String, _ output: DatasetOutput) throws(InputError) -> DatasetReport {
    let columns = Set(try PublicTable(path: path).columns)
    if columns.contains("totalPaymentAmount") {
      let log = try EventLog(
        path: path, caseColumn: "case:concept:name", activityColumn: "concept:name", timeColumn: "time:timestamp")
      let sink = try DatasetSink(source: "traffic-fines", output: output)
      var builder = FineBuilder(log: log, sink: sink)
      try builder.build()
      return try sink.finish()
    }
    let log = try EventLog(path: path, caseColumn: "case_id", activityColumn: "activity", timeColumn: "timestamp")
    if columns == ["case_id", "seq", "timestamp", "activity"] {
      let sink = try DatasetSink(source: "bpic2019", output: output)
      var builder = PurchaseOrderBuilder(log: log, sink: sink)
      try builder.build()
      return try sink.finish()
    }
    if columns.contains("permit_budget_eur") { return try buildExpenses(.prepaid, "bpic2020-prepaid", log, output) }
    if columns.contains("requested_budget_eur") { return try buildExpenses(.permits, "bpic2020-permits", log, output) }
    if columns.contains("amount_eur") { return try buildExpenses(.domestic, "bpic2020-domestic", log, output) }
    if columns.isSuperset(of: SyntheticLog.columns) { return try buildExpenses(.claims, "claims", log, output) }
    throw InputError(path: path, line: 1, reason: "has the columns of no approval log that is known")
  }

  private static func buildExpenses(
    _ kind: ExpenseBuilder.Kind, _ source: String, _ log: EventLog, _ output: DatasetOutput
  ) throws(InputError) -> DatasetReport {
    let sink = try DatasetSink(source: source, output: output)
    var builder = ExpenseBuilder(kind: kind, log: log, sink: sink)
    try builder.build()
    return try sink.finish()
  }
}
