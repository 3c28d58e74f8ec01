import Client
import Expressions
import Formats
import Kernel
import Store
import Wire

extension Event {
  /// What its document has at a path, without the document. See `CloudEvent.write`.
  func field(_ path: ArraySlice<String>) -> ExpressionValue {
    guard let name = path.first else { return .error }
    guard path.count == 1 else { return name == "data" ? dataField(path.dropFirst()) : .error }
    let operation = record.operation
    switch name {
    case "specversion": return .string("1.0")
    case "id": return .string(EventName.text(position))
    case "source": return .string(CloudEvent.source(operation))
    case "type": return .string(CloudEvent.type(self))
    case "subject": return .string(CloudEvent.subject(operation))
    case "time": return .string(RFC3339.text(record.stamp))
    case "datacontenttype": return .string(MediaType.json)
    case "partitionkey": return .string(CloudEvent.partitionKey(operation))
    case "sequence": return .string(EventName.sequence(position))
    default: return .error
    }
  }

  private func dataField(_ path: ArraySlice<String>) -> ExpressionValue {
    guard let name = path.first else { return .error }
    let operation = record.operation
    let form = OperationForm.form(of: operation.code)
    if path.count > 1 {
      return name == "result" ? resultField(path.dropFirst()) : form?.field(path, of: operation, slotWords) ?? .error
    }
    switch name {
    case "operation": return .string(form?.word ?? "unknown")
    case "id": return .string(Identifier.text(operation.id))
    case "tenant": return .string(String(operation.tenant))
    case "contract": return .string(Identifier.text(operation.contract))
    case "milestone": return operation.ordinal == 0 ? .error : .integer(Int64(operation.ordinal))
    case "actor": return .string(String(operation.actor))
    default: return form?.field(path, of: operation, slotWords) ?? .error
    }
  }

  private func resultField(_ path: ArraySlice<String>) -> ExpressionValue {
    guard path.count == 1, let name = path.first else { return .error }
    let result = record.result
    switch name {
    case "code": return .string(CloudEvent.code(of: result))
    case "state": return ExpressionValue(StateName.text(result.state, isContract: record.operation.ordinal == 0))
    case "version": return .integer(Int64(result.version))
    case "payout_attempt": return .integer(Int64(result.payoutAttempt))
    case "amount": return .integer(result.amount)
    default: return .error
    }
  }
}

extension OperationForm {
  /// A member that the operation's mode has. See `OperationForm.write`.
  fileprivate func field(
    _ path: ArraySlice<String>, of operation: Operation, _ words: InlineArray<8, UInt64>?
  ) -> ExpressionValue {
    guard let name = path.first, let mode = mode(operation.mode) else { return .error }
    if let slot, slot.name == name {
      guard let words, slot.modes.contains(mode.raw) else { return .error }
      return slot.field(path.dropFirst(), words)
    }
    guard path.count == 1 else { return .error }
    if !modeName.isEmpty, name == modeName { return .string(mode.word) }
    guard let member = members.first(where: { $0.name == name && $0.modes.contains(mode.raw) }) else { return .error }
    let value = member.value(in: operation)
    switch member.kind {
    case .money, .number: return .integer(Int64(bitPattern: value))
    case .person: return .string(String(value))
    case .instant:
      return value != 0 || member.isRequired ? .string(RFC3339.text(Int64(bitPattern: value))) : .error
    case .digest: return value != 0 ? .string(Digest.text(value)) : .error
    }
  }
}

extension OperationSlot {
  fileprivate func field(_ path: ArraySlice<String>, _ words: InlineArray<8, UInt64>) -> ExpressionValue {
    if layout == .predecessors { return path.isEmpty ? value(fields[0], isList: true, words) : .error }
    guard path.count == 1, let field = fields.first(where: { $0.name == path.first }) else { return .error }
    return value(field, isList: field.count > 1, words)
  }

  private func value(_ field: ExtensionField, isList: Bool, _ words: InlineArray<8, UInt64>) -> ExpressionValue {
    if isList { return .list((0..<field.count).map { .integer(field.value($0, in: words)) }) }
    let number = field.value(0, in: words)
    return field.bit != nil ? .bool(number != 0) : .integer(number)
  }
}
