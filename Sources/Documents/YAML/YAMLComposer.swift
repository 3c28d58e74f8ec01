import Yams

/// Asks the YAML parser, and says its errors in our words.
enum YAMLComposer {
  /// Goes in front of what the parser sees. The parser keeps a pointer into the string, which must therefore not be one
  /// of the short ones that live inside their variable.
  private static let front = "# what follows is the text\n"

  /// The tree of a text; nil when there is no document in it.
  ///
  /// Its depth is at most 1000, the parser's own bound; its size is at most that of the text, because there are no
  /// aliases.
  /// - Parameter text: looked at before.
  static func tree(of text: [UInt8]) throws(DocumentFault) -> Node? {
    if let copy = YAMLLook.withoutIndicators(text) {
      _ = try parsed(copy, original: text)
    }
    return try parsed(text, original: text)
  }

  private static func parsed(_ text: [UInt8], original: [UInt8]) throws(DocumentFault) -> Node? {
    do {
      let parser = try Parser(yaml: front + String(decoding: text, as: UTF8.self), resolver: .basic, encoding: .utf8)
      return try parser.singleRoot()
    } catch {
      throw fault(error, of: original)
    }
  }

  private static func fault(_ error: any Error, of text: [UInt8]) -> DocumentFault {
    func offset(_ mark: Mark) -> Int {
      var places = MarkPlaces(text)
      return places.offset(line: mark.line - 1, column: mark.column)
    }
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _):
      let offset = offset(mark)
      guard YAMLLook.isIndicator(text, at: offset) else { return syntax(problem, at: offset, of: text) }
      let found = String(decoding: [text[offset]], as: UTF8.self)
      return DocumentFault(.yamlIndicator, at: offset, of: text, ["found": .string(found)])
    case .parser(_, let problem, let mark, _):
      if problem.hasPrefix("Maximum nesting level") {
        return DocumentFault(.tooDeep, at: offset(mark), of: text, ["limit": .integer(1000)])
      }
      return syntax(problem, at: offset(mark), of: text)
    case .composer(_, _, let mark, _):
      // There are no aliases, so this is the one other thing that the composer finds.
      return DocumentFault(.yamlSeveralDocuments, at: offset(mark), of: text)
    case .duplicatedKeysInMapping(let names, let context):
      let (name, first) = (names.first ?? "", offset(context.mark))
      let later = laterKey(name, in: text, from: first) ?? first
      return DocumentFault(.duplicateName, at: later, and: first, of: text, ["name": .string(name)])
    default: return syntax("it cannot be read", at: 0, of: text)
    }
  }

  /// The next line with the same key in the same column: the parser names only the first one's place.
  /// - Returns: nil when the mapping is not one key a line.
  private static func laterKey(_ name: String, in text: [UInt8], from first: Int) -> Int? {
    let lineStart = text[..<first].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let indent = text[lineStart..<first]
    var line = text[first...]
    while let end = line.firstIndex(of: 0x0A) {
      line = text[(end + 1)...]
      guard line.starts(with: indent) else { continue }
      var key = line.dropFirst(indent.count)
      let start = key.startIndex
      if let quote = key.first, quote == 0x22 || quote == 0x27 { key.removeFirst() }
      if key.starts(with: name.utf8), key.dropFirst(name.utf8.count).prefix(3).contains(0x3A) { return start }
    }
    return nil
  }

  private static func syntax(_ problem: String, at offset: Int, of text: [UInt8]) -> DocumentFault {
    DocumentFault(.yamlSyntax, at: offset, of: text, ["problem": .string(problem)])
  }
}
