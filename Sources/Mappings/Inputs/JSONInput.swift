import Documents

/// JSON as a tree. Numbers keep their digits.
enum JSONInput {
  static func tree(of text: [UInt8]) throws(InputFault) -> InputTree {
    let document: Document
    do throws(DocumentFault) { document = try Document(json: text) } catch {
      throw InputFault(error.code.rawValue, at: error.place.byteOffset, error.arguments)
    }
    var builder = InputTreeBuilder(kind(of: document.root))
    builder.setText(scalar(document.root), of: 0)
    try fill(&builder, 0, document.root)
    return InputTree(text: text, nodes: builder.nodes)
  }

  /// Recursive, as deep as the reader of documents goes.
  private static func fill(
    _ builder: inout InputTreeBuilder, _ parent: Int, _ node: DocumentNode
  ) throws(InputFault) {
    for member in node.members {
      let child = try builder.add(
        kind(of: member.value), named: member.name.string ?? "", text: scalar(member.value), in: parent,
        at: member.value.byteOffset)
      try fill(&builder, child, member.value)
    }
    for element in node.elements {
      let child = try builder.add(kind(of: element), text: scalar(element), in: parent, at: element.byteOffset)
      try fill(&builder, child, element)
    }
  }

  private static func kind(of node: DocumentNode) -> InputTree.Kind {
    switch node.kind {
    case .null: .null
    case .bool: .bool
    case .integer, .number: .number
    case .string: .text
    case .array: .list
    case .object: .object
    }
  }

  private static func scalar(_ node: DocumentNode) -> String {
    switch node.kind {
    case .bool: node.bool == true ? "true" : "false"
    case .integer, .number: node.number?.description ?? ""
    case .string: node.string ?? ""
    case .null, .array, .object: ""
    }
  }
}
