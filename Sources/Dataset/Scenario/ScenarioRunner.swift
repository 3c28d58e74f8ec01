public import Formats
internal import Kernel

/// Runs scenarios: each is one JSON line with batches of operations, applied to an empty kernel of its own.
///
/// ```json
/// {"name":"fund","batches":[[1000,[{"op":"CREATE_CONTRACT","id":1,"tenant":1,"contract":9,"actor":1,"amount":500,
///  "arg":8589934593,"ext":{"review_s":1,"arbitration_s":1,"dormant_days":1}}]]]}
/// ```
///
/// The answer is one JSON line with the code names of each batch and every contract as it stands at the end. Timers are
/// off, operator operations are allowed, what is missing is zero; an `ext` that is there, even empty, is an extension.
/// An unknown operation name is code 0, which the kernel answers with `bad_operation`. Text that is not such a
/// scenario, or a value that does not fit its field, is an error of its line.
public struct ScenarioRunner {
  /// Most bytes of a scenario: some two million operations.
  static let lineByteCountMax = 1 << 28

  public init() {}

  /// Runs every line of `path` ("-" is standard input) in order; empty lines are passed over.
  ///
  /// - Parameters:
  ///   - output: takes the answer of each scenario, without line end.
  ///   - failure: takes each line that is no scenario; the next line is tried all the same.
  /// - Throws: `InputError` when the file cannot be read.
  public func run(
    path: String, output: (String) -> Void, failure: (InputReject) -> Void
  ) throws(InputError) {
    let records = RecordSource(file: try InputFile(path: path), quoted: false, byteCountMax: Self.lineByteCountMax)
    while try records.advance() {
      let line = records.line
      guard !records.isOverlong else {
        failure(InputReject(line: line, reason: "is longer than \(Self.lineByteCountMax) bytes"))
        continue
      }
      do throws(FieldError) {
        let answer = try records.withRecord { (record) throws(FieldError) in
          var scanner = JSONScanner(record)
          return scanner.peek() == nil ? nil : try Self.run(record)
        }
        if let answer { output(answer) }
      } catch {
        failure(InputReject(line: line, field: error.field, reason: error.reason))
      }
    }
  }

  /// Runs one scenario given as JSON text.
  ///
  /// - Returns: the answer line, or what is wrong with the text (as line 1).
  public func run(_ text: String) -> Result<String, ScenarioFailure> {
    let bytes = Array(text.utf8)
    do throws(FieldError) {
      return .success(try Self.run(bytes.span))
    } catch {
      return .failure(ScenarioFailure(reject: InputReject(line: 1, field: error.field, reason: error.reason)))
    }
  }

  private static func run(_ record: Span<UInt8>) throws(FieldError) -> String {
    var name = ""
    var scenario: [ScenarioBatch]?
    var scanner = JSONScanner(record)
    try scanner.object { (key, scanner) throws(FieldError) in
      switch key {
      case "name": name = try scanner.string()
      case "batches":
        var batches: [ScenarioBatch] = []
        try scanner.array { (index, scanner) throws(FieldError) in
          do throws(FieldError) {
            batches.append(try ScenarioBatch(&scanner))
          } catch {
            throw FieldError("batch \(index)\(error.field.isEmpty ? "" : ", \(error.field)")", error.reason)
          }
        }
        scenario = batches
      default: try scanner.skip()
      }
    }
    try scanner.expectEnd()
    guard let scenario else { throw FieldError("batches", "is missing") }

    // Every operation might make a contract, of a tenant of its own.
    let operationCount = scenario.reduce(0) { $0 + $1.operationCount }
    var kernel = KernelRunner(contractCountMax: 1 << max(10, Int.bitWidth - operationCount.leadingZeroBitCount))
    var output = JSONWriter()
    output.object { output in
      output.member("name", string: name)
      output.key("codes")
      output.array(scenario) { output, batch in
        let results = unsafe batch.withSlots { unsafe kernel.apply(slots: $0, stamp: batch.stamp) }
        output.array(results) { output, result in output.string(Self.name(of: result)) }
      }
      output.key("final")
      output.object { output in
        for (contract, milestones) in kernel.contracts() {
          output.key("\(contract.tenant)/\(contract.contract)")
          Self.write(contract, milestones, to: &output)
        }
      }
    }
    return output.text
  }

  private static func name(of result: OperationResult) -> String {
    guard let code = ResultCode(rawValue: result.code) else { return "code_\(result.code)" }
    return "\(code.name)"
  }

  private static func write(
    _ contract: ContractSnapshot, _ milestones: [MilestoneSnapshot], to output: inout JSONWriter
  ) {
    let buckets = contract.buckets
    output.object { output in
      output.member("state", string: "\(contract.state.name)")
      output.member("version", Int64(contract.version))
      output.member("value", contract.value)
      output.member("F", buckets.funded)
      output.member("U", buckets.unallocated)
      output.member("R", buckets.retained)
      output.member("P", buckets.payoutPending)
      output.member("Q", buckets.refundPending)
      output.member("T", buckets.taxWithheld)
      output.member("O", buckets.otherWithheld)
      output.member("X", buckets.paidOut)
      output.member("Xr", buckets.returned)
      output.member("B", buckets.refunded)
      output.member("Tx", buckets.taxDeposited)
      output.member("Ox", buckets.otherPaid)
      output.member("C", buckets.fee)
      output.member("advance_outstanding", contract.advanceOutstanding)
      output.key("milestones")
      output.array(milestones) { output, milestone in
        output.object { output in
          output.member("m", Int64(milestone.ordinal))
          output.member("state", string: "\(milestone.state.name)")
          output.member("version", Int64(milestone.version))
          output.member("amount", milestone.amount)
          output.member("H", milestone.held)
          output.member("R", milestone.retained)
          output.member("certified", milestone.certified)
          output.member("released", milestone.released)
          output.member("owed", milestone.owed)
          output.member("pending", milestone.pending)
          output.member("paid", milestone.paid)
          output.member("refunded", milestone.refunded)
        }
      }
    }
  }
}

/// A text that is no scenario.
public struct ScenarioFailure: Error, Sendable, Hashable {
  public var reject: InputReject
}

/// One batch of a scenario: `[stampMilliseconds, [op, ...]]`.
struct ScenarioBatch {
  let stamp: Instant
  private let batch: SlotBatch

  init(_ scanner: inout JSONScanner) throws(FieldError) {
    let batch = SlotBatch(countMax: 64)
    try scanner.expect("[")
    stamp = try OperationDraft.instant(scanner.integer("stamp"), "stamp")
    try scanner.expect(",")
    try scanner.array { (index, scanner) throws(FieldError) in
      var draft = OperationDraft()
      do throws(FieldError) {
        try JSONOperationDecoder.read(&scanner, into: &draft, allowsUnknownOperation: true)
        if draft.operation.code == 0 { draft.setOperation(code: 0) }
        batch.append(try draft.finish(), extension: draft.words, line: UInt64(index))
      } catch {
        throw FieldError("op \(index)\(error.field.isEmpty ? "" : ", \(error.field)")", error.reason)
      }
    }
    try scanner.expect("]")
    batch.handOut(batch.readCount, stamp: nil)
    self.batch = batch
  }

  var operationCount: Int { batch.operationCount }

  func withSlots<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R { try unsafe batch.withSlots(body) }
}
