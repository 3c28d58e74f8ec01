import Formats
import Kernel
import Store

extension OperationForm {
  /// Writes the members that the operation's mode has, as a document would have said them.
  func write(_ operation: Operation, slot: InlineArray<8, UInt64>?, to writer: inout JSONWriter) {
    guard let mode = mode(operation.mode) else { return }
    if !modeName.isEmpty { writer.member(modeName, string: mode.word) }
    for member in members where member.modes.contains(mode.raw) { write(member, of: operation, to: &writer) }
    guard let slot, let wanted = self.slot, wanted.modes.contains(mode.raw) else { return }
    writer.key(wanted.name)
    if wanted.layout == .predecessors {
      write(wanted.fields[0], of: slot, isList: true, to: &writer)
    } else {
      writer.object { writer in
        for field in wanted.fields {
          writer.key(field.name)
          write(field, of: slot, isList: field.count > 1, to: &writer)
        }
      }
    }
  }

  private func write(_ member: OperationMember, of operation: Operation, to writer: inout JSONWriter) {
    let value = member.value(in: operation)
    switch member.kind {
    case .money: writer.member(member.name, Int64(bitPattern: value))
    case .number: writer.member(member.name, Int64(bitPattern: value))
    case .person: writer.member(member.name) { writer in writer.piece(value) }
    case .instant:
      if value != 0 || member.isRequired {
        writer.member(member.name, string: RFC3339.text(Int64(bitPattern: value)))
      }
    case .digest: if value != 0 { writer.member(member.name, string: Digest.text(value)) }
    }
  }

  private func write(
    _ field: ExtensionField, of slot: InlineArray<8, UInt64>, isList: Bool, to writer: inout JSONWriter
  ) {
    if isList {
      writer.array(0..<field.count) { writer, index in writer.number(field.value(index, in: slot)) }
    } else if field.bit != nil {
      writer.bool(field.value(0, in: slot) != 0)
    } else {
      writer.number(field.value(0, in: slot))
    }
  }
}

extension OperationMember {
  func value(in operation: Operation) -> UInt64 {
    switch place {
    case .amount: UInt64(bitPattern: operation.amount)
    case .argument: operation.argument
    case .argumentLow: operation.argument & 0xFFFF_FFFF
    case .argumentHigh: operation.argument >> 32
    case .argumentStep: operation.argument >> 32 & 0xFF
    case .argumentLevel: operation.argument >> 40 & 0xFF
    case .expectedVersion: UInt64(operation.expectedVersion)
    }
  }
}
