package import Documents

extension Mapping {
  /// Reads a mapping. What could go wrong for every input is found here, not when it is used.
  ///
  /// - Returns: nil when there is an error among the findings.
  package init?(reading document: Document, _ findings: inout Findings) {
    var reading = MappingReading()
    let mapping = reading.mapping(document.root)
    findings.add(contentsOf: reading.findings)
    guard let mapping, !reading.findings.hasErrors else { return nil }
    self = mapping
  }
}

/// One document on its way to a mapping.
struct MappingReading {
  var findings = Findings()
  var tables: [String: [String: JSONValue]] = [:]
  var valueCount = 0

  enum Direction: String, CaseIterable { case request, response }

  mutating func mapping(_ root: DocumentNode) -> Mapping? {
    guard root.kind == .object else {
      find("mapping.kind", root, ["wanted": "an object"])
      return nil
    }
    var reader = MemberReader(root)
    if let format = reader.required("mapping", &findings), format.integer != 1 { find("mapping.format", format) }
    let title = reader.member("title").map { text($0, bytes: 0...200) ?? "" } ?? ""
    _ = reader.required("direction", &findings)
    let direction = reader.word("direction", &findings, Direction.self)
    if let node = reader.member("tables") { readTables(node) }
    let document = reader.member("document").map { names($0, beside: []) } ?? []
    let known = document.map(\.name)
    let checks = reader.member("checks").map { self.checks($0, known) } ?? []
    let rule: Mapping.Rule?
    switch direction {
    case .request: rule = request(&reader, known).map { .request($0) }
    case .response: rule = response(&reader, known).map { .response($0) }
    case nil: return nil
    }
    reader.finish(&findings)
    guard let rule else { return nil }
    return Mapping(title: title, rule: rule, tables: tables, document: document, checks: checks)
  }

  // MARK: Requests

  private mutating func request(_ reader: inout MemberReader, _ known: [String]) -> RequestRule? {
    let input = reader.required("input", &findings).flatMap { inputFormat($0) }
    var each = reader.member("each").flatMap { path($0) }
    if each == nil, case .csv? = input { each = InputPath(".") }
    let names = reader.member("names").map { self.names($0, beside: known) } ?? []
    let operations =
      reader.required("operations", &findings)
      .map { self.operations($0, known + names.map(\.name)) } ?? []
    guard let input else { return nil }
    return RequestRule(input: input, each: each, names: names, operations: operations)
  }

  private mutating func inputFormat(_ node: DocumentNode) -> InputFormat? {
    guard isObject(node) else { return nil }
    var reader = MemberReader(node)
    _ = reader.required("format", &findings)
    let format = reader.word("format", &findings, TextFormat.self)
    defer { reader.finish(&findings) }
    switch format {
    case .json: return .json
    case .form: return .form
    case .xml: return .xml
    case .csv:
      let separator = separator(&reader)
      return .csv(separator: separator, skip: Int(reader.integer("skip", in: 0...100, &findings) ?? 0))
    case nil: return nil
    }
  }

  private mutating func separator(_ reader: inout MemberReader) -> UInt8 {
    guard let node = reader.member("separator") else { return 0x2C }
    guard let text = node.string, [",", ";", "\t", "|"].contains(text), let byte = text.utf8.first else {
      find("mapping.word", node, ["words": "a comma, a semicolon, a tabulator, a bar"])
      return 0x2C
    }
    return byte
  }

  private mutating func operations(_ node: DocumentNode, _ known: [String]) -> [OperationRule] {
    guard node.kind == .array, (1...64).contains(node.count) else {
      find("mapping.kind", node, ["wanted": "a list of 1 to 64 operations"])
      return []
    }
    return node.elements.compactMap { operation($0, known) }
  }

  private mutating func operation(_ node: DocumentNode, _ known: [String]) -> OperationRule? {
    guard isObject(node) else { return nil }
    var reader = MemberReader(node)
    let operation = reader.required("operation", &findings).flatMap { text($0, bytes: 1...64) }
    let each = reader.member("each").flatMap { path($0) }
    let names = reader.member("names").map { self.names($0, beside: known) } ?? []
    let own = known + names.map(\.name)
    let condition = reader.member("when").flatMap { self.condition($0, own) }
    let members =
      reader.member("members").map { node in
        namedValues(node, own, depth: 1).map { name, value in
          MemberRule(name: name.name, pointer: name.pointer, value: value)
        }
      } ?? []
    let isLinked = reader.flag("linked", &findings)
    reader.finish(&findings)
    guard let operation else { return nil }
    return OperationRule(
      operation: operation, pointer: node.pointer, each: each, names: names, condition: condition, members: members,
      isLinked: isLinked)
  }

  // MARK: Responses

  private mutating func response(_ reader: inout MemberReader, _ known: [String]) -> ResponseRule? {
    let output = reader.required("output", &findings)
    let value = reader.required("value", &findings).flatMap { self.value($0, known, depth: 0) }
    guard let output, isObject(output), let value else { return nil }
    var options = MemberReader(output)
    _ = options.required("format", &findings)
    let format = options.word("format", &findings, TextFormat.self)
    defer { options.finish(&findings) }
    switch format {
    case .json: return ResponseRule(output: .json, value: value)
    case .form:
      requireObject(value, output, "form")
      return ResponseRule(output: .form, value: value)
    case .xml:
      requireElements(value, output)
      return ResponseRule(output: .xml, value: value)
    case .csv:
      let separator = separator(&options)
      let guards = options.flag("guards_formulas", &findings, otherwise: true)
      guard case .list(_, _, let each) = value.kind, case .object(let members) = each.kind, !members.isEmpty else {
        find("mapping.output", output, ["wanted": "a list of objects"])
        return nil
      }
      return ResponseRule(
        output: .csv(separator: separator, columns: members.map(\.name), guardsFormulas: guards), value: value)
    case nil: return nil
    }
  }

  private mutating func requireObject(_ value: MappingValue, _ output: DocumentNode, _ format: String) {
    if case .object = value.kind { return }
    find("mapping.output", output, ["wanted": "an object"])
  }

  /// XML has one root, and names that are names.
  private mutating func requireElements(_ value: MappingValue, _ output: DocumentNode) {
    guard case .object(let members) = value.kind, members.count == 1, !members[0].name.hasPrefix("@"),
      members[0].name != "#text"
    else { return find("mapping.output", output, ["wanted": "an object with one member, the root element"]) }
    switch members[0].value.kind {
    case .list, .array: find("mapping.output", output, ["wanted": "one root element"])
    default: break
    }
    checkNames(value, output)
  }

  /// Recursive, as deep as values are.
  private mutating func checkNames(_ value: MappingValue, _ output: DocumentNode) {
    switch value.kind {
    case .object(let members):
      for member in members {
        let name = member.name.hasPrefix("@") ? String(member.name.dropFirst()) : member.name
        if member.name != "#text", !XMLCharacters.isName(name) {
          find("mapping.element-name", output, ["name": .string(member.name)])
        }
        checkNames(member.value, output)
      }
    case .list(_, _, let each): checkNames(each, output)
    case .array(let elements): for element in elements { checkNames(element, output) }
    case .choose(let choices, let otherwise):
      for choice in choices { checkNames(choice.value, output) }
      if let otherwise { checkNames(otherwise, output) }
    case .constant(.object), .constant(.array):
      find("mapping.output", output, ["wanted": "constants that are no lists or objects"])
    case .constant, .name, .source, .compute, .join, .derive, .sum, .count: break
    }
  }

  // MARK: Tables

  private mutating func readTables(_ node: DocumentNode) {
    guard isObject(node) else { return }
    var wordCount = 0
    for (name, table) in node.members {
      wordCount += table.count
      guard table.kind == .object, tables.count < MappingLimits.tableCountMax, wordCount <= MappingLimits.wordCountMax
      else {
        find(
          "mapping.kind", table,
          ["wanted": .string("a table; there are at most \(MappingLimits.wordCountMax) words in all")])
        continue
      }
      var words: [String: JSONValue] = [:]
      for (word, meaning) in table.members {
        switch meaning.kind {
        case .bool, .integer, .string: words[word.string ?? ""] = meaning.value
        case .null, .number, .array, .object:
          find("mapping.kind", meaning, ["wanted": "a text, an integer, true or false"])
        }
      }
      tables[name.string ?? ""] = words
    }
  }

  // MARK: Faults

  mutating func find(_ code: String, _ node: DocumentNode, _ arguments: [String: JSONValue] = [:]) {
    findings.add(Finding(code, at: node, arguments: arguments))
  }

  mutating func isObject(_ node: DocumentNode) -> Bool {
    if node.kind == .object { return true }
    find("mapping.kind", node, ["wanted": "an object"])
    return false
  }

  mutating func text(_ node: DocumentNode, bytes: ClosedRange<Int>) -> String? {
    if let text = node.string, bytes.contains(text.utf8.count) { return text }
    find("mapping.kind", node, ["wanted": .string("a text of \(bytes.lowerBound) to \(bytes.upperBound) bytes")])
    return nil
  }

  mutating func path(_ node: DocumentNode) -> InputPath? {
    if let path = node.string.flatMap({ InputPath($0) }) { return path }
    find("mapping.path", node)
    return nil
  }
}
