import Formats
import Kernel

/// Schemas that many documents share.
extension Schema {
  static let money = Schema.integer(0...OperationForm.amountMax)
  static let sum = Schema.integer(Int64.min...Int64.max)
  static let instant = Schema.string(
    pattern:
      #"^(19[7-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"#,
    format: "date-time")
  /// A person or tenant: decimal, below 2^32.
  static let number32 = Schema.string(pattern: "^(0|[1-9][0-9]{0,9})$")
  static let id = Schema.string(
    pattern: "^([1-9][0-9]{0,38}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$")
  static let digest = Schema.string(length: 1...Digest.byteCountMax)
  static let version = Schema.integer(0...Int64(UInt32.max))
  static let ordinal = Schema.integer(1...65_535)

  static let contractState = Schema.words(ContractState.allCases.map(\.name.description))
  static let milestoneState = Schema.words(MilestoneState.allCases.map(\.name.description))

  /// By name, for the description.
  static let components: [(String, Schema)] = [
    ("Buckets", .object(Totals().named.map { Member($0.0, .sum) })),
    (
      "Contract",
      .object([
        Member("tenant", .number32), Member("contract", .id), Member("state", .contractState),
        Member("version", .version), Member("payer", .number32), Member("payee", .number32),
        Member("arbiter", .number32, isRequired: false), Member("milestone_count", .integer(0...65_535)),
        Member("payout_attempt", .integer(0...65_535)), Member("value", .sum), Member("advance_outstanding", .sum),
        Member("buckets", .named("Buckets")),
      ])
    ),
    (
      "Milestone",
      .object(
        [
          Member("tenant", .number32), Member("contract", .id), Member("milestone", .ordinal),
          Member("state", .milestoneState), Member("version", .version),
          Member("payout_attempt", .integer(0...65_535)),
        ] + MilestoneSums.names.map { Member($0, .sum) } + [Member("due", .instant)])
    ),
    ("Contracts", page("Contract")),
    ("Milestones", page("Milestone")),
    ("Ledger", .object([Member("tenant", .number32), Member("buckets", .named("Buckets"))])),
    (
      "Answer",
      .object([
        Member("code", .string()), Member("operation", .words(OperationForm.all.map(\.word))), Member("id", .id),
        Member("tenant", .number32), Member("contract", .id), Member("milestone", .ordinal, isRequired: false),
        Member("state", .words(stateNames), isRequired: false),
        Member("version", .version), Member("payout_attempt", .integer(0...65_535)), Member("amount", .sum),
      ])
    ),
    (
      "Problem",
      .object([
        Member("type", .string()), Member("title", .string()), Member("status", .integer(400...599)),
        Member("detail", .string()), Member("instance", .string(), isRequired: false), Member("code", .string()),
        Member("result", .named("Answer"), isRequired: false),
        Member(
          "errors", .array(.object([Member("pointer", .string()), Member("detail", .string())])), isRequired: false),
      ])
    ),
  ]

  /// A page of records.
  static func page(_ record: String) -> Schema {
    .object([
      Member("items", .array(.named(record))), Member("next", .string(), isRequired: false),
      Member("commit", .string(pattern: "^[0-9]+$")),
    ])
  }

  static let stateNames = Array(
    Set(ContractState.allCases.map(\.name.description) + MilestoneState.allCases.map(\.name.description))
  ).sorted()
}

extension OperationForm {
  /// What a request for this operation may say; `extra` are members that are needed only where no path says them.
  func schema(_ extra: [Schema.Member] = []) -> Schema {
    let variants = modes.map { mode in
      var members = extra
      if !modeName.isEmpty { members.append(.init(modeName, .words([mode.word]))) }
      for member in self.members where member.modes.contains(mode.raw) {
        members.append(
          .init(member.name, .described(member.schema, member.summary), isRequired: member.isRequired))
      }
      if let slot, slot.modes.contains(mode.raw) {
        members.append(
          .init(slot.name, .described(slot.schema, slot.summary), isRequired: slot.presence == .required))
      }
      members += [
        .init("id", .described(.id, "The operation's own id, for repetition without effect"), isRequired: false),
        .init(
          "actor", .described(.number32, "Who acts; 0 is the platform. Default: the key's person"), isRequired: false),
        .init(
          "expected_version", .described(.version, "Refuse unless the record has this version; 0 for any"),
          isRequired: false),
      ]
      return Schema.object(members)
    }
    return variants.count == 1 ? variants[0] : .one(variants)
  }

  /// Whether a request must have a body with something in it.
  var needsDocument: Bool {
    !modeName.isEmpty || members.contains { $0.isRequired } || slot?.presence == .required
  }
}

extension OperationMember {
  var schema: Schema {
    switch kind {
    case .money: .money
    case .instant: .instant
    case .person: .number32
    case .digest: .digest
    case .number(let max): .integer(0...Int64(clamping: max))
    }
  }
}

extension OperationSlot {
  var schema: Schema {
    if layout == .predecessors { return .array(.integer(0...65_535), count: 0...4) }
    return .object(
      fields.map { field in
        let value: JSONValue
        let schema: Schema
        if field.bit != nil {
          schema = .boolean
          value = .bool(field.value(0, in: defaults) != 0)
        } else {
          let limit = field.bitCount == 64 ? Int64.max : 1 << Int64(field.bitCount) - 1
          let element = Schema.integer((field.isSigned ? Int64.min : 0)...limit)
          schema = field.count > 1 ? .array(element, count: 0...field.count) : element
          let values = (0..<field.count).map { JSONValue.integer(field.value($0, in: defaults)) }
          value = field.count > 1 ? .array(values) : values[0]
        }
        return .init(
          field.name, .described(schema, field.name.replacing("_", with: " "), default: value), isRequired: false)
      })
  }
}
