import Client
import Formats
import Kernel
import Store
import Wire

/// An event of the log as a CloudEvents 1.0 document.
enum CloudEvent {
  /// `in.milepost.milestone.funded.v1`, or `in.milepost.operation.refused.v1`.
  static func type(_ event: Event) -> String {
    let operation = event.record.operation
    guard event.record.result.isAccepted, let form = OperationForm.form(of: operation.code) else { return refusedType }
    return form.mode(operation.mode)?.eventType ?? refusedType
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
      writer.member("id") { writer in writer.write(event.position) }
      writer.member("source") { writer in writer.writeSource(operation) }
      writer.member("type", string: type(event))
      writer.member("subject") { writer in writer.writeSubject(operation) }
      writer.member("time", string: RFC3339.text(record.stamp))
      writer.member("datacontenttype", string: MediaType.json)
      writer.member("partitionkey") { writer in writer.writePartitionKey(operation) }
      writer.member("sequence") { writer in writer.writeSequence(event.position) }
      writer.write(trace)
      writer.key("data")
      writer.object { writer in
        let form = OperationForm.form(of: operation.code)
        writer.member("operation", string: form?.word ?? "unknown")
        writer.member("id", id: operation.id)
        writer.writeName(operation)
        writer.member("actor") { writer in writer.piece(UInt64(operation.actor)) }
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
  static func partitionKey(_ operation: Operation) -> String {
    JSONWriter.text { writer in writer.writePartitionKey(operation) }
  }

  static func source(_ operation: Operation) -> String { JSONWriter.text { writer in writer.writeSource(operation) } }

  static func code(of result: OperationResult) -> String {
    ResultCode(rawValue: result.code)?.name.description ?? "unknown"
  }

  static func subject(_ operation: Operation) -> String { JSONWriter.text { writer in writer.writeSubject(operation) } }
}

/// Positions of the log as names of events.
enum EventName {
  static let pattern = "^(0|[1-9][0-9]{0,18})-(0|[1-9][0-9]{0,8})$"

  /// `COMMIT-INDEX`.
  static func text(_ position: EventPosition) -> String { JSONWriter.text { writer in writer.write(position) } }

  /// The same, so that it sorts as text.
  static func sequence(_ position: EventPosition) -> String {
    JSONWriter.text { writer in writer.writeSequence(position) }
  }

  /// - Returns: nil unless it is of the pattern: what is in range there can be counted on from.
  static func position(_ text: String) -> EventPosition? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count <= 19, parts[1].utf8.count <= 9,
      let commit = Identifier.decimal(parts[0], UInt64.self), let index = Identifier.decimal(parts[1], UInt32.self)
    else { return nil }
    return EventPosition(commit: commit, index: index)
  }
}

/// Pieces of strings.
extension JSONWriter {
  /// `COMMIT-INDEX`.
  mutating func write(_ position: EventPosition) {
    piece(position.commit)
    piece("-")
    piece(UInt64(position.index))
  }

  fileprivate mutating func writeSequence(_ position: EventPosition) {
    piece(position.commit, digitCount: 20)
    piece(UInt64(position.index), digitCount: 10)
  }

  fileprivate mutating func writeSource(_ operation: Operation) {
    piece("/v1/tenants/")
    piece(UInt64(operation.tenant))
  }

  fileprivate mutating func writeSubject(_ operation: Operation) {
    piece("contracts/")
    piece(id: operation.contract)
    guard operation.ordinal != 0 else { return }
    piece("/milestones/")
    piece(UInt64(operation.ordinal))
  }

  fileprivate mutating func writePartitionKey(_ operation: Operation) {
    piece(UInt64(operation.tenant))
    piece("/")
    writeSubject(operation)
  }
}

extension Event {
  /// The operation's extension; nil when it has none.
  var slotWords: InlineArray<8, UInt64>? {
    guard extensionSlot.count == Operation.byteCount else { return nil }
    var words = InlineArray<8, UInt64>(repeating: 0)
    // As many bytes as eight words have.
    unsafe extensionSlot.withUnsafeBytes { bytes in
      for index in words.indices {
        words[index] = UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
      }
    }
    return words
  }
}
