import Documents

/// What came in, whatever it was written in, as one tree of named nodes with texts.
///
/// ```
/// JSON   an object's members by name, a list's elements without names, scalars with their text
/// form   an object, a text for each field; a name may come several times
/// CSV    a list of rows, an object each, with a text for each cell by the header's name
/// XML    an element: its attributes by `@name`, its elements by name, its own text
/// ```
struct InputTree: Sendable {
  enum Kind: UInt8, Sendable { case object, list, text, number, bool, null }

  struct Node: Sendable {
    var kind: Kind
    var name: String
    var text: String
    /// Byte offset in the text.
    var offset: Int32
    /// -1 for none, as the links below.
    var parent: Int32
    var firstChild: Int32 = -1
    var lastChild: Int32 = -1
    var next: Int32 = -1
  }

  /// What was read.
  let text: [UInt8]
  /// At least one: the root.
  let nodes: [Node]

  func place(of node: Int) -> TextPlace { TextPlace(of: Int(nodes[node].offset), in: text) }

  /// The way from the root, for people: `/ENVELOPE/VOUCHER[2]/AMOUNT`, positions from 1 where there are several.
  func path(of node: Int) -> String {
    var parts: [String] = []
    var current = node
    while nodes[current].parent >= 0 {
      let own = nodes[current]
      var (position, count) = (0, 0)
      var sibling = nodes[Int(own.parent)].firstChild
      while sibling >= 0 {
        if nodes[Int(sibling)].name.utf8.elementsEqual(own.name.utf8) {
          count += 1
          if Int(sibling) == current { position = count }
        }
        sibling = nodes[Int(sibling)].next
      }
      parts.append(own.name.isEmpty || count > 1 ? "\(own.name)[\(position)]" : own.name)
      current = Int(own.parent)
    }
    return parts.isEmpty ? "/" : parts.reversed().map { "/\($0)" }.joined()
  }
}

/// Why a text cannot be read, and where.
struct InputFault: Error, Equatable {
  var code: String
  var offset: Int
  var arguments: [String: JSONValue]

  init(_ code: String, at offset: Int, _ arguments: [String: JSONValue] = [:]) {
    self.code = code
    self.offset = offset
    self.arguments = arguments
  }

  func finding(in text: [UInt8]) -> Finding {
    Finding(code, place: TextPlace(of: offset, in: text), arguments: arguments)
  }
}

/// Makes a tree in the order of the text, within the limits.
struct InputTreeBuilder {
  private(set) var nodes: [InputTree.Node]

  init(_ kind: InputTree.Kind, name: String = "", at offset: Int = 0) {
    nodes = [InputTree.Node(kind: kind, name: name, text: "", offset: Int32(offset), parent: -1)]
  }

  /// Adds the next child of a node.
  /// - Returns: its number.
  mutating func add(
    _ kind: InputTree.Kind, named name: String = "", text: String = "", in parent: Int, at offset: Int
  ) throws(InputFault) -> Int {
    guard nodes.count < MappingLimits.nodeCountMax else {
      throw InputFault("input.too-many-values", at: offset, ["limit": .integer(Int64(MappingLimits.nodeCountMax))])
    }
    let number = nodes.count
    nodes.append(InputTree.Node(kind: kind, name: name, text: text, offset: Int32(offset), parent: Int32(parent)))
    let last = nodes[parent].lastChild
    if last < 0 { nodes[parent].firstChild = Int32(number) } else { nodes[Int(last)].next = Int32(number) }
    nodes[parent].lastChild = Int32(number)
    return number
  }

  mutating func setText(_ text: String, of node: Int) { nodes[node].text = text }

  func hasChild(_ parent: Int, named name: String) -> Bool {
    var child = nodes[parent].firstChild
    while child >= 0 {
      if nodes[Int(child)].name.utf8.elementsEqual(name.utf8) { return true }
      child = nodes[Int(child)].next
    }
    return false
  }
}

extension InputTree {
  /// - Throws: the first fault of the text, with its place.
  init(_ text: [UInt8], _ format: InputFormat) throws(InputFault) {
    guard text.count <= MappingLimits.inputByteCountMax else {
      throw InputFault("input.too-large", at: 0, ["limit": .integer(Int64(MappingLimits.inputByteCountMax))])
    }
    do { _ = try UTF8Span(validating: text.span) } catch {
      throw InputFault("input.not-utf8", at: error.byteOffsets.lowerBound)
    }
    switch format {
    case .json: self = try JSONInput.tree(of: text)
    case .form: self = try FormInput.tree(of: text)
    case .csv(let separator, let skip): self = try CSVInput.tree(of: text, separator: separator, skip: skip)
    case .xml: self = try XMLInput.tree(of: text)
    }
  }
}
