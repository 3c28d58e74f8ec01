package import Documents

/// How texts of one side become those of the other: a document that was read and found good.
///
/// A request mapping makes operations of a foreign text, a response mapping makes a foreign text of a document of ours. Either is a
/// total function of its input: it gives what it was asked for, or findings, never both and never a guess; work and memory are bounded
/// (`MappingLimits`).
package struct Mapping: Sendable {
  package let title: String
  package let rule: Rule
  let tables: [String: [String: JSONValue]]
  /// Named values of the whole document, in order.
  let document: [NamedValue]
  /// What must hold for the document's names.
  let checks: [MappingCondition]

  package enum Rule: Sendable {
    case request(RequestRule)
    case response(ResponseRule)
  }

  struct NamedValue: Sendable {
    let name: String
    let value: MappingValue
  }
}

/// Rows of a foreign text, and the operations that each of them becomes.
package struct RequestRule: Sendable {
  package let input: InputFormat
  /// Where rows are; nil for the document as one row.
  let each: InputPath?
  /// Named values of a row, in order.
  let names: [Mapping.NamedValue]
  package let operations: [OperationRule]
}

/// One operation of a row.
package struct OperationRule: Sendable {
  /// The operation's name, as `payout_result`.
  package let operation: String
  /// Of the rule in the mapping.
  package let pointer: JSONPointer
  /// Where the row has what this operation repeats over; nil for once.
  let each: InputPath?
  let names: [Mapping.NamedValue]
  let condition: MappingCondition?
  package let members: [MemberRule]
  /// Applied only together with the next one of the row, if there is one.
  let isLinked: Bool
}

package struct MemberRule: Sendable {
  package let name: String
  package let pointer: JSONPointer
  let value: MappingValue
}

/// What a document of ours becomes.
package struct ResponseRule: Sendable {
  package let output: OutputFormat
  let value: MappingValue
}

/// A condition over named values, in the manner of CEL.
struct MappingCondition: Sendable {
  let text: String
  let pointer: JSONPointer
  let node: MappingExpression
}
