import Documents

/// XML 1.0 as a tree, strictly, and less of it than there is: UTF-8, no document type, so no entities but the five of the standard and
/// no text that grows, elements `MappingLimits.depthMax` deep. Comments and processing instructions are passed over.
///
/// An element's text is its own, without that of elements in it; where it has elements, text of blanks alone is none. Prefixes of
/// namespaces are parts of names.
struct XMLInput {
  let text: [UInt8]
  var index = 0
  var builder: InputTreeBuilder?
  private var open: [OpenElement] = []

  /// Of an element: each is compared with those before it.
  private static let attributeCountMax = 256

  private struct OpenElement {
    var node: Int
    var name: Range<Int>
    var text: [UInt8] = []
    var hasElements = false
  }

  static func tree(of text: [UInt8]) throws(InputFault) -> InputTree {
    var input = XMLInput(text: text, index: text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    try XMLCharacters.check(text)
    try input.takeDeclaration()
    while input.index < text.count { try input.takeNext() }
    guard let builder = input.builder else { throw InputFault("xml.no-root", at: text.count) }
    if let last = input.open.last {
      throw InputFault("xml.open-element", at: text.count, ["name": .string(input.string(last.name))])
    }
    return InputTree(text: text, nodes: builder.nodes)
  }

  private init(text: [UInt8], index: Int) {
    self.text = text
    self.index = index
  }

  func string(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }

  func starts(with word: StaticString) -> Bool { text[index...].starts(with: word.description.utf8) }

  /// Behind the next `end`.
  private mutating func skip(to end: StaticString, _ code: String) throws(InputFault) -> Range<Int> {
    let (start, bytes) = (index, Array(end.description.utf8))
    while index + bytes.count <= text.count {
      if text[index..<index + bytes.count].elementsEqual(bytes) {
        let content = start..<index
        index += bytes.count
        return content
      }
      index += 1
    }
    throw InputFault(code, at: start)
  }

  private mutating func takeDeclaration() throws(InputFault) {
    guard starts(with: "<?xml"), index + 5 < text.count, XMLCharacters.isSpace(text[index + 5]) else { return }
    let start = index
    index += 5
    let content = string(try skip(to: "?>", "xml.declaration"))
    // Attributes in their order; what they may be is little enough to be compared.
    let words = content.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r\n" || $0 == "\r" })
      .map { $0.replacing("'", with: "\"") }
    let rest = words.dropFirst(words.first == "version=\"1.0\"" ? 1 : 0)
    let encodings = ["encoding=\"utf-8\"", "encoding=\"us-ascii\""]
    let others = rest.dropFirst(rest.first.map { encodings.contains($0.lowercased()) } == true ? 1 : 0)
    guard rest.count < words.count,
      others.isEmpty || others.elementsEqual(["standalone=\"yes\""])
        || others.elementsEqual(["standalone=\"no\""])
    else { throw InputFault("xml.declaration", at: start) }
  }

  private mutating func takeNext() throws(InputFault) {
    guard text[index] == 0x3C else { return try takeText() }
    if starts(with: "<!--") {
      let start = index
      index += 4
      _ = try skip(to: "--", "xml.comment")
      guard index < text.count, text[index] == 0x3E else { throw InputFault("xml.comment", at: start) }
      index += 1
    } else if starts(with: "<![CDATA["), !open.isEmpty {
      index += 9
      let content = try skip(to: "]]>", "xml.cdata")
      append(text[content])
    } else if starts(with: "<!") {
      throw InputFault("xml.doctype", at: index)
    } else if starts(with: "<?") {
      let start = index
      index += 2
      let target = try takeName()
      let content = try skip(to: "?>", "xml.instruction")
      guard string(target).lowercased() != "xml", content.isEmpty || XMLCharacters.isSpace(text[content.lowerBound])
      else { throw InputFault("xml.instruction", at: start) }
    } else if starts(with: "</") {
      try takeEnd()
    } else {
      try takeStart()
    }
  }

  // MARK: Elements

  private mutating func takeStart() throws(InputFault) {
    let start = index
    index += 1
    let name = try takeName()
    guard builder == nil || !open.isEmpty else { throw InputFault("xml.second-root", at: start) }
    guard open.count < MappingLimits.depthMax else {
      throw InputFault("xml.too-deep", at: start, ["limit": .integer(Int64(MappingLimits.depthMax))])
    }
    let node: Int
    let own = string(name)
    if let parent = open.last?.node {
      open[open.count - 1].hasElements = true
      node = try builder?.add(.object, named: own, in: parent, at: start) ?? 0
    } else {
      builder = InputTreeBuilder(.object, name: own, at: start)
      node = 0
    }
    var attributeCount = 0
    while try takeSpace(), index < text.count, text[index] != 0x3E, text[index] != 0x2F {
      attributeCount += 1
      guard attributeCount <= Self.attributeCountMax else { throw InputFault("xml.too-many-attributes", at: start) }
      try takeAttribute(of: node)
    }
    let isEmpty = index < text.count && text[index] == 0x2F
    if isEmpty { index += 1 }
    guard index < text.count, text[index] == 0x3E else { throw InputFault("xml.tag", at: start) }
    index += 1
    if !isEmpty { open.append(OpenElement(node: node, name: name)) }
  }

  /// - Returns: true, so that it can stand in a condition that goes on behind it, where there was space or the tag ends.
  private mutating func takeSpace() throws(InputFault) -> Bool {
    let start = index
    while index < text.count, XMLCharacters.isSpace(text[index]) { index += 1 }
    return index > start || index < text.count && (text[index] == 0x3E || text[index] == 0x2F)
  }

  private mutating func takeAttribute(of node: Int) throws(InputFault) {
    let start = index
    let name = "@" + string(try takeName())
    _ = try takeSpace()
    guard index < text.count, text[index] == 0x3D else { throw InputFault("xml.attribute", at: start) }
    index += 1
    _ = try takeSpace()
    guard index < text.count, text[index] == 0x22 || text[index] == 0x27 else {
      throw InputFault("xml.attribute", at: start)
    }
    let quote = text[index]
    index += 1
    var value: [UInt8] = []
    while index < text.count, text[index] != quote {
      switch text[index] {
      case 0x3C: throw InputFault("xml.attribute", at: index)
      case 0x26: value += try takeReference()
      case 0x0D where index + 1 < text.count && text[index + 1] == 0x0A: index += 1
      case let byte:
        // Section 3.3.3: what is space there is a blank.
        value.append(XMLCharacters.isSpace(byte) ? 0x20 : byte)
        index += 1
      }
    }
    guard index < text.count else { throw InputFault("xml.attribute", at: start) }
    index += 1
    guard builder?.hasChild(node, named: name) != true else {
      throw InputFault("xml.attribute-twice", at: start, ["name": .string(name)])
    }
    _ = try builder?.add(.text, named: name, text: String(decoding: value, as: UTF8.self), in: node, at: start)
  }

  private mutating func takeEnd() throws(InputFault) {
    let start = index
    index += 2
    let name = try takeName()
    _ = try takeSpace()
    guard index < text.count, text[index] == 0x3E else { throw InputFault("xml.tag", at: start) }
    index += 1
    guard let element = open.popLast(), text[element.name].elementsEqual(text[name]) else {
      throw InputFault("xml.wrong-end", at: start, ["name": .string(string(name))])
    }
    guard !element.hasElements || !element.text.allSatisfy(XMLCharacters.isSpace) else { return }
    builder?.setText(String(decoding: element.text, as: UTF8.self), of: element.node)
  }

  // MARK: Text

  private mutating func takeText() throws(InputFault) {
    let start = index
    while index < text.count, text[index] != 0x3C {
      switch text[index] {
      case 0x26:
        guard !open.isEmpty else { throw InputFault("xml.outside", at: index) }
        // What is referred to is no end of a line.
        let bytes = try takeReference()
        open[open.count - 1].text += bytes
      case 0x5D where starts(with: "]]>"): throw InputFault("xml.text", at: index)
      default:
        let from = index
        while index < text.count, text[index] != 0x3C, text[index] != 0x26, index == from || text[index] != 0x5D {
          index += 1
        }
        guard !open.isEmpty || text[from..<index].allSatisfy(XMLCharacters.isSpace) else {
          throw InputFault("xml.outside", at: start)
        }
        append(text[from..<index])
      }
    }
  }

  /// With the ends of lines that section 2.11 wants.
  private mutating func append(_ bytes: ArraySlice<UInt8>) {
    guard !open.isEmpty else { return }
    let last = open.count - 1
    guard bytes.contains(0x0D) else { return open[last].text.append(contentsOf: bytes) }
    for (position, byte) in zip(bytes.indices, bytes) {
      if byte != 0x0D {
        open[last].text.append(byte)
      } else if position + 1 == bytes.endIndex || bytes[position + 1] != 0x0A {
        open[last].text.append(0x0A)
      }
    }
  }
}
