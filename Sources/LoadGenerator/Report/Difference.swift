import Kernel

/// Text about an answer that is not the predicted one.
enum Difference {
  static func text(_ operation: Operation, got: OperationResult, predicted: OperationResult) -> String {
    let name = OperationCode(rawValue: operation.code)?.name ?? "operation \(operation.code)"
    let contract =
      "tenant \(operation.tenant) contract ...\(String(UInt64(truncatingIfNeeded: operation.contract), radix: 16))"
    return "\(name)(\(operation.mode)) on \(contract) milestone \(operation.ordinal): "
      + "got \(describe(got, operation)), predicted \(describe(predicted, operation))"
  }

  private static func describe(_ result: OperationResult, _ operation: Operation) -> String {
    let state =
      operation.ordinal == 0
      ? ContractState(rawValue: result.state).map { "\($0.name)" }
      : MilestoneState(rawValue: result.state).map { "\($0.name)" }
    return "\(codeName(result.code)) \(state ?? "no record") version \(result.version) "
      + "attempt \(result.payoutAttempt) amount \(result.amount)"
  }

  static func codeName(_ code: UInt8) -> String {
    ResultCode(rawValue: code).map { "\($0.name)" } ?? "code_\(code)"
  }
}
