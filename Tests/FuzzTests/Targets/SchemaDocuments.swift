import Documents
import Schemas

/// Schemas and values: an arbitrary schema is refused at a place that it has, or gives findings exactly for the values
/// that it does not accept.
///
/// Input: a schema, a zero byte, a value; both JSON.
enum SchemaDocuments {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
    guard parts.count == 2, let text = try? Document(json: parts[0]), let value = try? Document(json: parts[1]) else {
      return
    }
    let schema: Schema
    do throws(SchemaFault) {
      schema = try Schema(text.value, options: SchemaOptions(formats: .standard))
    } catch {
      // A fault of several places, such as two anchors of one name, is at one of them.
      return try must(text.root.node(at: error.pointer) != nil, "a fault outside of the schema")
    }
    let found = schema.findings(of: value.root)
    try must(found.isEmpty == schema.accepts(value.root), "findings and answer differ")
    for finding in found.kept {
      try must(value.root.node(at: finding.pointer) != nil, "a finding outside of the value")
    }
  }
}
