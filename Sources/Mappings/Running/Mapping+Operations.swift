package import Documents

/// An operation as a mapping made it: the members of its document, and where it comes from.
package struct MappedOperation: Sendable {
  /// With `operation`, and `linked` where it is applied together with the next one.
  package var members: JSONObject
  /// Line of the row in the input, from 1.
  package let line: Int
  /// Of the rule in the mapping.
  package let pointer: JSONPointer
  let node: Int
}

/// What came of a text by a request mapping.
package struct MappedRequest: Sendable {
  /// None when there is an error among the findings.
  package fileprivate(set) var operations: [MappedOperation] = []
  package fileprivate(set) var findings = Findings()
  fileprivate var tree: InputTree?

  /// Adds what somebody else has to say of an operation; then there are none.
  package mutating func find(
    _ code: String, _ operation: MappedOperation, member: [String] = [], _ arguments: [String: JSONValue] = [:]
  ) {
    defer { operations = [] }
    let pointer = operation.pointer.appending(JSONPointer(member))
    guard let tree, !findings.isFull else { return findings.add(Finding(code, at: pointer)) }
    var arguments = arguments
    arguments["path"] = .string(tree.path(of: operation.node))
    findings.add(Finding(code, at: pointer, place: tree.place(of: operation.node), arguments: arguments))
  }
}

extension Mapping {
  /// The operations that a text becomes, row by row.
  ///
  /// Total: there are operations, or findings that are errors. A text without rows is one of them, as nothing can have been meant by it.
  /// - Precondition: the rule is this mapping's own.
  /// - Complexity: bounded by `MappingLimits`, whatever the text is.
  package func operations(of text: [UInt8], by rule: RequestRule) -> MappedRequest {
    var request = MappedRequest()
    let tree: InputTree
    do throws(InputFault) { tree = try InputTree(text, rule.input) } catch {
      request.findings.add(error.finding(in: text))
      return request
    }
    var run = MappingRun(self, tree)
    var lines = LineCounter(text)
    run.within(0, document) { run in
      run.check()
      for node in rule.each.map({ run.nodes(at: $0) }) ?? [0] {
        let first = request.operations.count
        run.within(node, rule.names) { run in
          for operation in rule.operations { run.make(operation, &request.operations, &lines) }
        }
        // A chain ends with its row.
        if let last = request.operations.indices.last, last >= first {
          request.operations[last].members["linked"] = nil
        }
        guard run.mayGoOn(at: nil), request.operations.count <= MappingLimits.operationCountMax else { break }
      }
      if request.operations.count > MappingLimits.operationCountMax {
        run.find(
          "mapping.too-many-operations", .root, ["limit": .integer(Int64(MappingLimits.operationCountMax))])
      } else if request.operations.isEmpty, !run.findings.hasErrors {
        run.find("mapping.no-operations", .root, [:])
      }
    }
    request.findings = run.findings
    request.tree = tree
    if request.findings.hasErrors { request.operations = [] }
    return request
  }
}

extension MappingRun {
  /// Makes the operations of a rule for the row.
  fileprivate mutating func make(
    _ rule: OperationRule, _ operations: inout [MappedOperation], _ lines: inout LineCounter
  ) {
    let nodes = rule.each.map { self.nodes(at: $0) } ?? [current]
    for node in nodes {
      guard operations.count <= MappingLimits.operationCountMax else { return }
      var made: JSONObject?
      within(node, isRow: rule.each != nil, rule.names) { run in
        if let condition = rule.condition, run.holds(condition) != true { return }
        var members = JSONObject()
        members["operation"] = .string(rule.operation)
        for member in rule.members {
          if case .value(let value) = run.value(member.value) { members[member.name] = value }
        }
        if rule.isLinked { members["linked"] = true }
        made = members
      }
      guard let made else { continue }
      operations.append(
        MappedOperation(
          members: made, line: lines.line(at: Int(tree.nodes[node].offset)), pointer: rule.pointer, node: node))
    }
  }
}

/// Lines of offsets that mostly rise.
private struct LineCounter {
  private let text: [UInt8]
  private var offset = 0
  private var line = 1

  init(_ text: [UInt8]) { self.text = text }

  mutating func line(at offset: Int) -> Int {
    // Back to an earlier row, as rules that repeat within rows lead: there are few lines between.
    while self.offset > offset {
      self.offset -= 1
      if text[self.offset] == 0x0A { line -= 1 }
    }
    while self.offset < min(offset, text.count) {
      if text[self.offset] == 0x0A { line += 1 }
      self.offset += 1
    }
    return line
  }
}
