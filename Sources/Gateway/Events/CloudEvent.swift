import Client
import Formats
import Kernel
import Store
import Wire

/// An event of the log as a CloudEvents 1.0 document.
enum CloudEvent {
  /// `in.milepost.milestone.funded.v1`, or `in.milepost.operation.refused.v1`.
  static func type(_ event: Event) -> String {
    let name =
      event.record.result.isAccepted
      ? OperationForm.form(of: event.record.operation.code)?.mode(event.record.operation.mode)?.event : nil
    return name.map(type(named:)) ?? refusedType
  }

  /// `milestone.funded` as a type.
  static func type(named event: String) -> String { "in.milepost.\(event).v1" }

  static let refusedType = type(named: "operation.refused")

  /// All types that there are.
  static let types =
    (Set(OperationForm.all.flatMap { $0.modes.map(\.event) }).map(type(named:)) + [refusedType]).sorted()

  /// - Parameter trace: that of the request that caused it.
  static func write(_ event: Event, trace: TraceContext?, to writer: inout JSONWriter) {
    let (record, operation) = (event.record, event.record.operation)
    writer.object { writer in
      writer.member("specversion", string: "1.0")
      writer.member("id", string: EventName.text(event.position))
      writer.member("source", string: source(operation))
      writer.member("type", string: type(event))
      writer.member("subject", string: subject(operation))
      writer.member("time", string: RFC3339.text(record.stamp))
      writer.member("datacontenttype", string: MediaType.json)
      writer.member("partitionkey", string: partitionKey(operation))
      writer.member("sequence", string: EventName.sequence(event.position))
      writer.write(trace)
      writer.key("data")
      writer.object { writer in
        let form = OperationForm.form(of: operation.code)
        writer.member("operation", string: form?.word ?? "unknown")
        writer.member("id", string: Identifier.text(operation.id))
        writer.writeName(operation)
        writer.member("actor", string: String(operation.actor))
        form?.write(operation, slot: event.slotWords, to: &writer)
        writer.key("result")
        writer.object { writer in
          writer.member("code", string: code(of: record.result))
          writer.writeMembers(of: record.result, isContract: operation.ordinal == 0)
        }
      }
    }
  }

  /// Events with the same one are in order: those of a record.
  static func partitionKey(_ operation: Operation) -> String { "\(operation.tenant)/\(subject(operation))" }

  static func source(_ operation: Operation) -> String { "/v1/tenants/\(operation.tenant)" }

  static func code(of result: OperationResult) -> String {
    ResultCode(rawValue: result.code)?.name.description ?? "unknown"
  }

  static func subject(_ operation: Operation) -> String {
    let contract = "contracts/\(Identifier.text(operation.contract))"
    return operation.ordinal == 0 ? contract : "\(contract)/milestones/\(operation.ordinal)"
  }
}

/// Positions of the log as names of events.
enum EventName {
  static let pattern = "^(0|[1-9][0-9]{0,18})-(0|[1-9][0-9]{0,8})$"

  /// `COMMIT-INDEX`.
  static func text(_ position: EventPosition) -> String { "\(position.commit)-\(position.index)" }

  static func position(_ text: String) -> EventPosition? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let commit = Identifier.decimal(parts[0], UInt64.self),
      let index = Identifier.decimal(parts[1], UInt32.self)
    else { return nil }
    return EventPosition(commit: commit, index: index)
  }

  /// The same, so that it sorts as text.
  static func sequence(_ position: EventPosition) -> String {
    padded(String(position.commit), to: 20) + padded(String(position.index), to: 10)
  }

  private static func padded(_ text: String, to count: Int) -> String {
    String(repeating: "0", count: count - text.utf8.count) + text
  }
}

extension Event {
  /// The operation's extension; nil when it has none.
  var slotWords: InlineArray<8, UInt64>? {
    guard extensionSlot.count == Operation.byteCount else { return nil }
    var words = InlineArray<8, UInt64>(repeating: 0)
    for (index, byte) in extensionSlot.enumerated() { words[index / 8] |= UInt64(byte) << UInt64(index % 8 * 8) }
    return words
  }
}
