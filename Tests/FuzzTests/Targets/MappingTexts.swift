@testable import Mappings

/// Texts of others, in each format that mappings read: arbitrary ones are refused at a place that they have, or become a tree whose
/// links are whole.
///
/// Input: a byte that says the format, the text. Its low bits are the format, the next ones the separator of CSV, the others the lines
/// to pass over.
enum MappingTexts {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    guard let head = bytes.first else { return }
    let text = Array(bytes.dropFirst())
    let tree: InputTree
    do throws(InputFault) {
      tree = try InputTree(text, format(head))
    } catch {
      return try must(0...text.count ~= error.offset, "a fault outside of the text")
    }
    try isWhole(tree)
  }

  private static func format(_ head: UInt8) -> InputFormat {
    switch head & 3 {
    case 0: .json
    case 1: .form
    case 2: .csv(separator: [0x2C, 0x3B, 0x09, 0x7C][Int(head >> 2 & 3)], skip: Int(head >> 4))
    default: .xml
    }
  }

  /// Every node but the first is a child of one before it, once, and lies in the text.
  private static func isWhole(_ tree: InputTree) throws(Finding) {
    try must(0..<MappingLimits.nodeCountMax ~= tree.nodes.count - 1, "no node, or too many")
    var (isChild, linkCount) = ([Bool](repeating: false, count: tree.nodes.count), 0)
    for (number, node) in tree.nodes.enumerated() {
      try must(0...tree.text.count ~= Int(node.offset), "a node outside of the text")
      try must((node.parent < 0) == (number == 0) && node.parent < number, "a node before its parent")
      var (child, last) = (node.firstChild, Int32(-1))
      while child >= 0 {
        linkCount += 1
        try must(linkCount < tree.nodes.count, "links without end")
        let next = tree.nodes[Int(child)]
        try must(Int(next.parent) == number && !isChild[Int(child)], "a child of two nodes")
        try must(child > last, "children out of order")
        isChild[Int(child)] = true
        (child, last) = (next.next, child)
      }
      try must(last == node.lastChild, "a last child that is not the last")
    }
    try must(linkCount == tree.nodes.count - 1, "a node that is nobody's child")
    try must(tree.path(of: tree.nodes.count - 1).utf8.first == 0x2F, "a path that does not begin at the root")
  }
}
