import Documents
import Patterns

/// A schema with everything that it refers to, as flat tables. Never changed once it is made, so it is shared freely.
final class SchemaProgram: Sendable {
  let tables: SchemaTables
  /// The node of the whole schema.
  let root: Int

  init(_ tables: SchemaTables, root: Int) {
    self.tables = tables
    self.root = root
  }
}

/// One schema.
struct SchemaNode: Sendable {
  var steps: Range<Int> = 0..<0
  /// Whether it is `false`.
  var isNever = false
  /// Whether a step looks at what the others left over.
  var needsMarks = false
  /// The resource that it belongs to, for dynamic references.
  let resource: Int
}

struct SchemaTables: Sendable {
  var nodes: [SchemaNode] = []
  /// Per node where it is written, as URI and pointer, for findings.
  var locations: [String] = []
  var steps: [SchemaStep] = []
  /// Schemas of steps that have several.
  var children: [Int] = []
  var values: [JSONValue] = []
  /// Choices of `enum`.
  var choices: [[JSONValue]] = []
  var bounds: [NumberBound] = []
  var patterns: [Pattern] = []
  var formats: [(name: String, rule: FormatRegistry.Rule)] = []
  var memberTables: [MemberTable] = []
  var requirements: [[(name: String, names: [String])]] = []
  var dependents: [[(name: String, node: Int)]] = []
  /// Per dynamic anchor the node of each resource that has it.
  var dynamicAnchors: [[Int: Int]] = []
}

/// A number of a schema, with its integer at hand.
struct NumberBound: Sendable {
  let number: JSONNumber
  let integer: Int64?

  init(_ number: JSONNumber) {
    self.number = number
    integer = number.integer
  }
}
