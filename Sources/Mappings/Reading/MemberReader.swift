import Documents

/// Reads the members of an object by name, and finds those that nobody asked for.
struct MemberReader {
  let node: DocumentNode
  private var known: [String] = []

  init(_ node: DocumentNode) { self.node = node }

  /// A member; nil when it is not there.
  mutating func member(_ name: String) -> DocumentNode? {
    known.append(name)
    return node.member(name)
  }

  /// A member that has to be there.
  mutating func required(_ name: String, _ findings: inout Findings) -> DocumentNode? {
    if let member = member(name) { return member }
    findings.add(Finding("mapping.missing", at: node, arguments: ["name": .string(name)]))
    return nil
  }

  /// A text of a few words; nil when it is not there, or a finding.
  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, _ findings: inout Findings, _: Word.Type = Word.self
  ) -> Word? where Word.RawValue == String {
    guard let member = member(name) else { return nil }
    if let word = member.string.flatMap(Word.init(rawValue:)) { return word }
    let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
    findings.add(Finding("mapping.word", at: member, arguments: ["words": .string(words)]))
    return nil
  }

  mutating func flag(_ name: String, _ findings: inout Findings, otherwise: Bool = false) -> Bool {
    guard let member = member(name) else { return otherwise }
    guard let isTrue = member.bool else {
      findings.add(Finding("mapping.kind", at: member, arguments: ["wanted": "true or false"]))
      return otherwise
    }
    return isTrue
  }

  mutating func integer(_ name: String, in range: ClosedRange<Int64>, _ findings: inout Findings) -> Int64? {
    guard let member = member(name) else { return nil }
    guard let number = member.integer, range.contains(number) else {
      let wanted = "an integer from \(range.lowerBound) to \(range.upperBound)"
      findings.add(Finding("mapping.kind", at: member, arguments: ["wanted": .string(wanted)]))
      return nil
    }
    return number
  }

  /// Finds members that are not known. Call it behind all others.
  mutating func finish(_ findings: inout Findings) {
    for (name, value) in node.members {
      let own = name.string ?? ""
      guard !known.contains(where: { $0.utf8.elementsEqual(own.utf8) }) else { continue }
      guard let near = NearName.nearest(to: own, among: known) else {
        findings.add(Finding("mapping.unknown", at: value, arguments: ["name": .string(own)]))
        continue
      }
      findings.add(
        Finding("mapping.unknown-near", at: value, arguments: ["name": .string(own), "near": .string(near)]))
    }
  }
}
