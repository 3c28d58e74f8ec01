import Formats
import Kernel

extension CloudEvent {
  /// An event's document, of one of these types, with this data.
  static func schema(types: [String], data: Schema) -> Schema {
    .object([
      .init("specversion", .words(["1.0"])), .init("id", .string(pattern: EventName.pattern)),
      .init("source", .string()), .init("type", .words(types)), .init("subject", .string()),
      .init("time", .instant), .init("datacontenttype", .string()), .init("partitionkey", .string()),
      .init("sequence", .string(pattern: "^[0-9]{30}$")),
      .init(
        "traceparent",
        .described(
          .string(pattern: "^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$"),
          "The request that caused it, where that came with a trace (W3C Trace Context)"), isRequired: false),
      .init("tracestate", .string(length: 1...512), isRequired: false), .init("data", data),
    ])
  }

  /// The data of an event of this type: those of each operation, in each mode, that makes one.
  static func dataSchema(of type: String) -> Schema {
    guard type != refusedType else { return refused }
    let variants = OperationForm.all.flatMap { form in
      form.modes.filter { self.type(named: $0.event) == type }.map { form.eventData($0) }
    }
    return variants.count == 1 ? variants[0] : .one(variants)
  }

  /// What was refused may lack what an accepted operation has, or have what the kernel does not know.
  private static let refused = Schema.object(
    OperationForm.eventMembers(words: ["unknown"] + OperationForm.all.map(\.word)), isClosed: false)
}

extension OperationForm {
  /// The data of an event of this operation in a mode. See `CloudEvent.write`.
  fileprivate func eventData(_ mode: Mode) -> Schema {
    var data = Self.eventMembers(words: [word])
    if !modeName.isEmpty { data.append(.init(modeName, .words([mode.word]))) }
    for member in members where member.modes.contains(mode.raw) {
      // A digest that is none is left out, whoever sent the operation.
      var isRequired = member.isRequired
      if case .digest = member.kind { isRequired = false }
      data.append(.init(member.name, .described(member.schema, member.summary), isRequired: isRequired))
    }
    if let slot, slot.modes.contains(mode.raw) {
      data.append(.init(slot.name, .described(slot.schema, slot.summary), isRequired: false))
    }
    return .object(data)
  }

  fileprivate static func eventMembers(words: [String]) -> [Schema.Member] {
    [
      .init("operation", .words(words)), .init("id", .id), .init("tenant", .number32), .init("contract", .id),
      .init("milestone", .ordinal, isRequired: false), .init("actor", .number32),
      .init(
        "result",
        .object([
          .init("code", .string()), .init("state", .words(Schema.stateNames), isRequired: false),
          .init("version", .version), .init("payout_attempt", .integer(0...65_535)), .init("amount", .sum),
        ])),
    ]
  }
}
