internal import Documents

/// Reads the members of rows and notes what is wrong with them, each with its place.
///
/// A method that gives nil has added a finding; the reading goes on to find the rest.
struct TableReader {
  private(set) var findings = Findings()
  /// Citations of the file by name.
  private var sources: [String: String] = [:]
  private var usedSources: Set<String> = []
  /// Most entries of a file and rows of an entry.
  static let rowCountMax = 5_000

  mutating func add(_ fault: ReferenceFault, at node: DocumentNode, _ arguments: [String: JSONValue] = [:]) {
    findings.add(Finding(fault.rawValue, at: node, arguments: arguments))
  }

  /// A member that must be there.
  mutating func member(_ name: String, of node: DocumentNode) -> DocumentNode? {
    if let found = node.member(name) { return found }
    add(.missingMember, at: node, ["name": .string(name)])
    return nil
  }

  /// Members that nothing reads would be believed to do something.
  mutating func checkMembers(of node: DocumentNode, _ known: [String]) {
    guard node.kind == .object else { return add(.notAnObject, at: node) }
    for member in node.members where !known.contains(where: { member.name.isString($0) }) {
      add(.unknownMember, at: member.name, ["name": .string(member.name.string ?? "")])
    }
  }

  /// The objects of a list that must be there.
  mutating func list(_ name: String, of node: DocumentNode) -> [DocumentNode] {
    guard let list = member(name, of: node) else { return [] }
    guard list.kind == .array, list.count > 0 else {
      add(.notAList, at: list)
      return []
    }
    guard list.count <= Self.rowCountMax else {
      add(.tooMany, at: list, ["limit": .integer(Int64(Self.rowCountMax))])
      return []
    }
    return Array(list.elements)
  }

  mutating func text(_ name: String, of node: DocumentNode) -> String? {
    guard let found = member(name, of: node) else { return nil }
    guard let text = found.string, !text.isEmpty else {
      add(.notAText, at: found)
      return nil
    }
    return text
  }

  /// A text that may be left out: nil within nil is a fault, nil alone that there is none.
  mutating func optionalText(_ name: String, of node: DocumentNode) -> String?? {
    guard node.member(name) != nil else { return .some(nil) }
    return text(name, of: node).map(Optional.some)
  }

  mutating func date(_ name: String, of node: DocumentNode) -> CivilDate? {
    guard let found = member(name, of: node) else { return nil }
    guard let date = found.string.flatMap({ CivilDate($0) }) else {
      add(.notADate, at: found)
      return nil
    }
    return date
  }

  /// `false` when it is not there.
  mutating func flag(_ name: String, of node: DocumentNode) -> Bool? {
    guard let found = node.member(name) else { return false }
    guard let value = found.bool else {
      add(.notAFlag, at: found)
      return nil
    }
    return value
  }

  /// One of the words of a type.
  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, of node: DocumentNode, _ type: Word.Type
  ) -> Word? where Word.RawValue == String {
    guard let found = member(name, of: node) else { return nil }
    guard let word = found.string.flatMap(Word.init(rawValue:)) else {
      let known = Word.allCases.map { JSONValue.string($0.rawValue) }
      add(.unknownWord, at: found, ["known": .array(known)])
      return nil
    }
    return word
  }

  mutating func period(of node: DocumentNode) -> DatePeriod? {
    let from = date("from", of: node)
    var to: CivilDate?
    if node.member("to") != nil {
      to = date("to", of: node)
      if to == nil { return nil }
    }
    guard let from else { return nil }
    guard let period = DatePeriod(from: from, to: to) else {
      add(.emptyPeriod, at: node)
      return nil
    }
    return period
  }

  mutating func readSources(of root: DocumentNode) {
    guard let list = member("sources", of: root) else { return }
    guard list.kind == .object else { return add(.notAnObject, at: list) }
    for (name, value) in list.members {
      guard let citation = value.string, !citation.isEmpty else {
        add(.notAText, at: value)
        continue
      }
      sources[name.string ?? ""] = citation
    }
  }

  /// The citation that a row names. One that confirms points somewhere: to a section, a notification, a day.
  mutating func citation(of node: DocumentNode) -> String? {
    guard let found = node.member("source") else {
      add(.uncited, at: node)
      return nil
    }
    guard let name = text("source", of: node) else { return nil }
    guard let citation = sources[name] else {
      add(.unknownSource, at: found, ["name": .string(name)])
      return nil
    }
    usedSources.insert(name)
    let isConfirmed = node.member("status")?.string == RowStatus.confirmed.rawValue
    if isConfirmed, !citation.utf8.contains(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
      add(.uncited, at: found)
    }
    return citation
  }

  mutating func checkSourcesAreUsed(of root: DocumentNode) {
    guard let list = root.member("sources") else { return }
    for member in list.members where !usedSources.contains(member.name.string ?? "") {
      add(.unusedSource, at: member.name, ["name": .string(member.name.string ?? "")])
    }
  }
}
