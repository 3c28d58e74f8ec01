internal import Documents
internal import Expressions

/// Reads the members of one closed object of a document by name, and gathers what is wrong with them.
///
/// Whatever is wrong is a finding and reads as nil, so that one look finds as much as possible.
struct SourceReader {
  let node: DocumentNode
  private var known: Set<String> = []
  /// Of names that expressions may use here.
  let types: [String: ExpressionType]

  /// - Returns: nil when it is no object, which is a finding.
  init?(_ node: DocumentNode, types: [String: ExpressionType] = [:], _ findings: inout Findings) {
    guard node.kind == .object else {
      findings.add(Finding("template.kind", at: node, arguments: ["wanted": "an object"]))
      return nil
    }
    self.node = node
    self.types = types
  }

  /// The value of a member, or nil; one that must be there is missed.
  mutating func value(_ name: String, isRequired: Bool = false, _ findings: inout Findings) -> DocumentNode? {
    known.insert(name)
    let value = node.member(name)
    if value == nil && isRequired {
      findings.add(Finding("template.missing", at: node, arguments: ["name": .string(name)]))
    }
    return value
  }

  mutating func object(
    _ name: String, isRequired: Bool = false, types: [String: ExpressionType]? = nil, _ findings: inout Findings
  ) -> SourceReader? {
    let inner = types ?? self.types
    return value(name, isRequired: isRequired, &findings).flatMap { SourceReader($0, types: inner, &findings) }
  }

  mutating func elements(_ name: String, count: ClosedRange<Int>, _ findings: inout Findings) -> [DocumentNode]? {
    guard let value = value(name, isRequired: count.lowerBound > 0, &findings) else { return nil }
    guard value.kind == .array, count.contains(value.count) else {
      findings.add(
        Finding(
          "template.count", at: value,
          arguments: ["from": .integer(Int64(count.lowerBound)), "to": .integer(Int64(count.upperBound))]))
      return nil
    }
    return Array(value.elements)
  }

  mutating func text(
    _ name: String, isRequired: Bool = false, lengthMax: Int = 200, _ findings: inout Findings
  ) -> String? {
    guard let value = value(name, isRequired: isRequired, &findings) else { return nil }
    guard let text = value.string, 1...lengthMax ~= text.utf8.count else {
      findings.add(
        Finding("template.text", at: value, arguments: ["bytes": .integer(Int64(lengthMax))]))
      return nil
    }
    return text
  }

  /// A word with a meaning, or nil; the finding lists the words.
  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, isRequired: Bool = false, _: Word.Type = Word.self, _ findings: inout Findings
  ) -> Word? where Word.RawValue == String {
    value(name, isRequired: isRequired, &findings).flatMap { Self.word($0, Word.self, &findings) }
  }

  static func word<Word: RawRepresentable & CaseIterable>(
    _ node: DocumentNode, _: Word.Type = Word.self, _ findings: inout Findings
  ) -> Word? where Word.RawValue == String {
    if let word = node.string.flatMap(Word.init(rawValue:)) { return word }
    let words = Word.allCases.map { JSONValue.string($0.rawValue) }
    findings.add(Finding("template.word", at: node, arguments: ["words": .array(words)]))
    return nil
  }

  mutating func integer(_ name: String, in range: ClosedRange<Int64>, _ findings: inout Findings) -> Int64? {
    guard let value = value(name, &findings) else { return nil }
    guard let number = value.integer, range.contains(number) else {
      findings.add(Self.outOfRange(value, range))
      return nil
    }
    return number
  }

  static func outOfRange(_ node: DocumentNode, _ range: ClosedRange<Int64>) -> Finding {
    Finding(
      "template.range", at: node,
      arguments: ["from": .integer(range.lowerBound), "to": .integer(range.upperBound)])
  }

  mutating func bool(_ name: String, standard: Bool, _ findings: inout Findings) -> Bool {
    guard let value = value(name, &findings) else { return standard }
    guard let isTrue = value.bool else {
      findings.add(Finding("template.kind", at: value, arguments: ["wanted": "true or false"]))
      return standard
    }
    return isTrue
  }

  /// An expression, which may be written as a number or as `true` where it is no more.
  mutating func expression(
    _ name: String, _ wanted: ExpressionType = .integer, _ findings: inout Findings
  ) -> TypedExpression? {
    value(name, &findings).flatMap { Self.expression($0, wanted, types, &findings) }
  }

  static func expression(
    _ node: DocumentNode, _ wanted: ExpressionType, _ types: [String: ExpressionType], _ findings: inout Findings
  ) -> TypedExpression? {
    let text: String
    if let number = node.integer {
      text = String(number)
    } else if let isTrue = node.bool {
      text = isTrue ? "true" : "false"
    } else if let written = node.string {
      text = written
    } else {
      findings.add(Finding("template.kind", at: node, arguments: ["wanted": "an expression"]))
      return nil
    }
    do throws(ExpressionFault) {
      let expression = try TypedExpression(text, types: types)
      guard expression.type == wanted else {
        findings.add(
          Finding(
            "template.type", at: node,
            arguments: ["wanted": .string(wanted.name), "is": .string(expression.type.name)]))
        return nil
      }
      return expression
    } catch {
      findings.add(
        Finding(
          "template.expression", at: node,
          arguments: ["fault": .string(error.message), "offset": .integer(Int64(error.offset))]))
      return nil
    }
  }

  /// To be called behind all others: members that nobody asked for.
  func refuseOthers(_ findings: inout Findings) {
    for (name, value) in node.members {
      guard let text = name.string, !known.contains(text) else { continue }
      guard let near = NearName.nearest(to: text, among: known) else {
        findings.add(Finding("template.unknown", at: value, arguments: ["name": .string(text)]))
        continue
      }
      // Where the other name is there already, nothing is put right by another one of it.
      let isFree = node.member(near) == nil
      findings.add(
        Finding(
          "template.unknown-near", at: value, arguments: ["name": .string(text), "near": .string(near)],
          fix: isFree ? JSONPatch([.move(from: value.pointer, to: node.pointer.appending(near))]) : nil))
    }
  }
}
