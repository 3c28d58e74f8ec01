import Documents

/// JSON texts: arbitrary ones are refused with a place inside of them, or have a canonical text that means the same. Of two,
/// the patch from one to the other makes the other of the one, and a merge with a side that changed nothing is the other side.
///
/// Input: a text, or two with a zero byte between them, which no text can have.
enum JSONDocuments {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    let texts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
    guard let first = try value(texts.first ?? []) else { return }
    guard texts.count > 1, let second = try value(texts[1]) else { return }
    let patched = try? JSONPatch(from: first, to: second).apply(to: first)
    try must(patched == second, "a patch makes something else")
    try must(first.changes(to: second).isEmpty == (first == second), "changes are not what is different")
    let merge = Merge(base: first, mine: first, theirs: second)
    try must(merge.value == second && merge.conflicts.isEmpty, "a merge does not take what was changed")
    if let patch = try? JSONPatch(second) {
      try must((try? JSONPatch(patch.value)) == patch, "a patch comes back as another one")
      _ = try? patch.apply(to: first)
    }
  }

  private static func value(_ text: [UInt8]) throws(Finding) -> JSONValue? {
    let document: Document
    do throws(DocumentFault) {
      document = try Document(json: text)
    } catch {
      try must(0...text.count ~= error.place.byteOffset, "a fault outside of the text")
      return nil
    }
    try keepsItsMeaning(document)
    return document.value
  }

  /// The canonical text of a document is read, and is its own canonical text; every node is found by its pointer.
  static func keepsItsMeaning(_ document: Document) throws(Finding) {
    let canonical = document.canonicalBytes
    guard let again = try? Document(json: canonical) else { throw Finding(description: "a canonical text is refused") }
    try must(again.canonicalBytes == canonical, "a canonical text has another one")
    try must(again.value == document.value, "a canonical text means something else")
    for node in Array(document.root.elements) + document.root.members.map({ $0.value }) {
      let found = document.root.node(at: node.pointer)
      try must(found?.byteOffset == node.byteOffset, "a pointer leads somewhere else")
    }
  }
}
