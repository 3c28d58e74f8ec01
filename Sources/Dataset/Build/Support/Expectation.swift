public import Formats

/// What a public record says about one case, beside where its operations put it: one line of an expectation file.
///
/// `paid` and the states come from the public record alone. Where the kernel rightly ends elsewhere, `explains` names
/// the class of difference, with the reason in `DatasetClass`.
public struct Expectation: Sendable, Hashable {
  public struct Milestone: Sendable, Hashable {
    public var ordinal: UInt16
    /// A state name of the domain reference.
    public var state: String

    public init(ordinal: UInt16, state: String) {
      self.ordinal = ordinal
      self.state = state
    }
  }

  /// The case in the public data.
  public var caseID: String
  public var tenant: UInt32
  public var contract: UInt128
  /// Net sum paid to the payee, minor units.
  public var paid: Int64
  /// State of the contract, where the record says it.
  public var state: String?
  /// Value of the contract, where the record says it, minor units.
  public var value: Int64?
  public var milestones: [Milestone] = []
  /// Classes of difference that the record itself shows; see `DatasetClass`.
  public var explains: [String] = []
  /// What was noticed but makes no difference.
  public var notes: [String] = []
  /// Operations of this case that are refused on purpose, by code name.
  public var refused: [String: Int] = [:]

  public init(caseID: String, tenant: UInt32, contract: UInt128, paid: Int64) {
    self.caseID = caseID
    self.tenant = tenant
    self.contract = contract
    self.paid = paid
  }

  /// The line of the expectation file, without its end.
  public var line: String {
    var output = JSONWriter()
    output.object { output in
      output.member("case", string: caseID)
      output.member("tenant", Int64(tenant))
      output.member("contract", string: OperationWriter.uuid(contract))
      output.member("paid", paid)
      if let state { output.member("state", string: state) }
      if let value { output.member("value", value) }
      if !milestones.isEmpty {
        output.key("milestones")
        output.array(milestones) { output, milestone in
          output.object { output in
            output.member("m", Int64(milestone.ordinal))
            output.member("state", string: milestone.state)
          }
        }
      }
      for (key, names) in [("explains", explains), ("notes", notes)] where !names.isEmpty {
        output.key(key)
        output.array(names) { $0.string($1) }
      }
      if !refused.isEmpty {
        output.key("refused")
        output.object { output in
          for (code, count) in refused.sorted(by: { $0.key < $1.key }) { output.member(code, Int64(count)) }
        }
      }
    }
    return output.text
  }

  init(_ record: Span<UInt8>) throws(FieldError) {
    var scanner = JSONScanner(record)
    var expectation = Expectation(caseID: "", tenant: 0, contract: 0, paid: 0)
    try scanner.object { (key, scanner) throws(FieldError) in
      switch key {
      case "case": expectation.caseID = try scanner.string()
      case "tenant": expectation.tenant = try scanner.integer(key).unsigned(key)
      case "contract": expectation.contract = try scanner.identifier(key).magnitude
      case "paid": expectation.paid = try scanner.integer(key).int64(key)
      case "state": expectation.state = try scanner.string()
      case "value": expectation.value = try scanner.integer(key).int64(key)
      case "milestones":
        try scanner.array { (_, scanner) throws(FieldError) in
          var milestone = Milestone(ordinal: 0, state: "")
          try scanner.object { (key, scanner) throws(FieldError) in
            switch key {
            case "m": milestone.ordinal = try scanner.integer(key).unsigned(key)
            case "state": milestone.state = try scanner.string()
            default: try scanner.skip()
            }
          }
          expectation.milestones.append(milestone)
        }
      case "explains":
        try scanner.array { (_, scanner) throws(FieldError) in expectation.explains.append(try scanner.string()) }
      case "notes":
        try scanner.array { (_, scanner) throws(FieldError) in expectation.notes.append(try scanner.string()) }
      case "refused":
        try scanner.object { (code, scanner) throws(FieldError) in
          expectation.refused[code] = Int(try scanner.integer(code).int64(code))
        }
      default: try scanner.skip()
      }
    }
    try scanner.expectEnd()
    guard expectation.contract != 0 else { throw FieldError("contract", "is missing") }
    self = expectation
  }

  /// Reads an expectation file.
  ///
  /// - Throws: `InputError` when it cannot be read or a line is no expectation.
  public static func read(path: String) throws(InputError) -> [Expectation] {
    let records = RecordSource(file: try InputFile(path: path), quoted: false)
    var all: [Expectation] = []
    while try records.advance() {
      do throws(FieldError) {
        let expectation = try records.withRecord { (record) throws(FieldError) in
          record.count == 0 && !records.isOverlong ? nil : try Expectation(record)
        }
        if let expectation { all.append(expectation) }
      } catch {
        throw InputError(
          path: path, line: records.line, reason: error.field.isEmpty ? error.reason : "\(error.field): \(error.reason)"
        )
      }
    }
    return all
  }
}
