import Client
import Expressions

/// Which events somebody wants, said as an expression in the manner of CEL.
///
/// What makes no sense for an event (a member that it has not, an order between kinds) decides nothing, and an event of which the whole
/// is not true is not wanted.
struct EventExpression: Sendable, Equatable {
  let text: String
  private let node: ExpressionNode

  /// Bytes of a text.
  static let byteCountMax = 2_048

  static let schema = Schema.string(length: 1...byteCountMax)
  static let about = """
    comparisons of members of the event as in CEL, `data.amount >= 100000 && (data.actor in ["10", "11"] || \
    !subject.startsWith("contracts/7"))`
    """

  private static let roots: Set<String> = [
    "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "partitionkey", "sequence", "data",
  ]

  /// - Throws: what is wrong first, and where.
  init(_ text: String) throws(ExpressionFault) {
    guard text.utf8.count <= Self.byteCountMax else {
      throw ExpressionFault(message: "longer than \(Self.byteCountMax) bytes", offset: Self.byteCountMax)
    }
    node = try ExpressionParser.node(of: text, roots: Self.roots)
    self.text = text
    switch node {
    case .constant(.bool), .field, .not, .all, .any, .comparison, .choice, .call(.startsWith, _): break
    case .constant, .list, .arithmetic, .call:
      throw ExpressionFault(message: "this is neither true nor false", offset: 0)
    }
  }

  static func == (left: EventExpression, right: EventExpression) -> Bool { left.text == right.text }

  func holds(for event: Event) -> Bool { isTrue(node.value { event.field($0[...]) }) }

  /// The same for an event's document.
  func holds(for document: JSONValue) -> Bool { isTrue(node.value { document.field($0[...]) }) }

  private func isTrue(_ value: ExpressionValue) -> Bool { if case .bool(true) = value { true } else { false } }
}

extension ExpressionFault {
  /// What is told to the caller.
  var detail: String { "is no filter: at byte \(offset): \(message)" }
}

extension JSONValue {
  /// What is at a path.
  func field(_ path: ArraySlice<String>) -> ExpressionValue {
    guard let name = path.first else { return ExpressionValue(self) }
    guard case .object(let members) = self, let member = members.first(where: { $0.name == name }) else {
      return .error
    }
    return member.value.field(path.dropFirst())
  }
}

extension ExpressionValue {
  init(_ value: JSONValue?) {
    switch value {
    case .bool(let isTrue): self = .bool(isTrue)
    case .integer(let number): self = .integer(number)
    case .string(let text): self = .string(text)
    case .array(let elements): self = .list(elements.map { ExpressionValue($0) })
    case .null, .number, .object, nil: self = .error
    }
  }
}
