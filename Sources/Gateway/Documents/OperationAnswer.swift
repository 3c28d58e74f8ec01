import Formats
import Kernel

/// What the kernel said to an operation.
struct OperationAnswer: Sendable {
  var form: OperationForm
  var operation: Operation
  var result: OperationResult

  /// Whether it is applied, now or by an earlier request with the same id.
  var isApplied: Bool { result.isAccepted || result.code == ResultCode.exists.rawValue }

  /// Stable name of the result code.
  var code: String { ResultCode(rawValue: result.code)?.name.description ?? "code_\(result.code)" }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("code", string: code)
      writer.member("operation", string: form.word)
      writer.member("id", id: operation.id)
      writer.writeName(operation)
      writer.writeMembers(of: result, isContract: operation.ordinal == 0)
    }
  }
}

extension JSONWriter {
  /// What a result says of its record.
  mutating func writeMembers(of result: OperationResult, isContract: Bool) {
    if let state = StateName.text(result.state, isContract: isContract) { member("state", string: state) }
    member("version", Int64(result.version))
    member("payout_attempt", Int64(result.payoutAttempt))
    member("amount", result.amount)
  }

  /// Which record an operation names.
  mutating func writeName(_ operation: Operation) {
    member("tenant") { writer in writer.piece(UInt64(operation.tenant)) }
    member("contract", id: operation.contract)
    if operation.ordinal != 0 { member("milestone", Int64(operation.ordinal)) }
  }
}

enum StateName {
  /// The name of a raw state; nil for none.
  static func text(_ raw: UInt8, isContract: Bool) -> String? {
    isContract ? ContractState(rawValue: raw)?.name.description : MilestoneState(rawValue: raw)?.name.description
  }
}
