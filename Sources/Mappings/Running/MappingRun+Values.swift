import Documents
import Expressions

extension MappingRun {
  /// Makes a value. Recursive, as deep as the mapping's values are: `MappingLimits.valueDepthMax`.
  mutating func value(_ rule: MappingValue) -> Outcome {
    guard mayGoOn(at: rule.pointer, making: 1) else { return .failed }
    switch rule.kind {
    case .constant(let value): return .value(value)
    case .name(let name): return named(name) ?? .absent
    case .source(let source): return self.source(source, rule.pointer)
    case .compute(let expression): return compute(expression, rule.pointer)
    case .join(let parts, let separator): return join(parts, separator, rule.pointer)
    case .derive(let parts): return derive(parts)
    case .choose(let choices, let otherwise):
      for choice in choices {
        switch holds(choice.condition) {
        case true?: return value(choice.value)
        case false?: continue
        case nil: return .failed
        }
      }
      return otherwise.map { value($0) } ?? .absent
    case .object(let members): return object(members)
    case .array(let elements): return array(elements)
    case .list(let path, let names, let each): return list(path, names, each)
    case .sum(let path, let conversion): return sum(path, conversion, rule.pointer)
    case .count(let path):
      let count = nodes(at: path).count
      return mayGoOn(at: rule.pointer) ? .value(.integer(Int64(count))) : .failed
    }
  }

  private mutating func object(_ members: [Mapping.NamedValue]) -> Outcome {
    var object = JSONObject()
    var isWhole = true
    for member in members {
      switch value(member.value) {
      case .value(let value): object[member.name] = value
      case .absent: break
      case .failed: isWhole = false
      }
    }
    return isWhole ? .value(.object(object)) : .failed
  }

  private mutating func array(_ rules: [MappingValue]) -> Outcome {
    var elements: [JSONValue] = []
    var isWhole = true
    for rule in rules {
      switch value(rule) {
      case .value(let value): elements.append(value)
      case .absent: break
      case .failed: isWhole = false
      }
    }
    return isWhole ? .value(.array(elements)) : .failed
  }

  private mutating func list(
    _ path: InputPath, _ names: [Mapping.NamedValue], _ each: MappingValue
  ) -> Outcome {
    var elements: [JSONValue] = []
    var isWhole = true
    for node in nodes(at: path) {
      var outcome = Outcome.absent
      within(node, names) { outcome = $0.value(each) }
      switch outcome {
      case .value(let value): elements.append(value)
      case .absent: break
      case .failed: isWhole = false
      }
      guard mayGoOn(at: each.pointer) else { return .failed }
    }
    return isWhole && mayGoOn(at: each.pointer) ? .value(.array(elements)) : .failed
  }

  // MARK: Conditions and sums

  /// Whether a condition holds; nil, and a finding, when that cannot be told.
  mutating func holds(_ condition: MappingCondition) -> Bool? {
    switch condition.node.node.value({ expressionValue($0) }) {
    case .bool(let isTrue): return isTrue
    case .integer, .string, .list, .error:
      // Whose name failed is found already.
      if !hasFailedName { find("mapping.undecided", condition.pointer, ["expression": .string(condition.text)]) }
      return nil
    }
  }

  private mutating func compute(_ expression: MappingExpression, _ pointer: JSONPointer) -> Outcome {
    switch expression.node.value({ expressionValue($0) }) {
    case .bool(let isTrue): return .value(.bool(isTrue))
    case .integer(let number): return .value(.integer(number))
    case .string(let text): return .value(.string(text))
    case .list, .error:
      if !hasFailedName { find("mapping.undecided", pointer, ["expression": .string(expression.text)]) }
      return .failed
    }
  }

  /// What is named; members of an object by a path.
  private func expressionValue(_ path: [String]) -> ExpressionValue {
    guard let name = path.first, case .value(var value)? = named(name) else { return .error }
    for part in path.dropFirst() {
      guard let inner = value[part] else { return .error }
      value = inner
    }
    return ExpressionValue(value)
  }

  private mutating func sum(
    _ path: InputPath, _ conversion: TextConversion, _ pointer: JSONPointer
  ) -> Outcome {
    var sum: Int64 = 0
    var isWhole = true
    for node in nodes(at: path) {
      guard case .value(.integer(let number)) = scalar(of: node, conversion, pointer) else {
        isWhole = false
        continue
      }
      let (next, isOver) = sum.addingReportingOverflow(number)
      guard !isOver else {
        find("value.too-large", pointer, at: node)
        return .failed
      }
      sum = next
    }
    return isWhole && mayGoOn(at: pointer) ? .value(.integer(sum)) : .failed
  }

  // MARK: Texts of several values

  private mutating func join(_ parts: [MappingValue], _ separator: String, _ pointer: JSONPointer) -> Outcome {
    var texts: [String] = []
    for part in parts {
      switch value(part) {
      case .value(.string(let text)): texts.append(text)
      case .value(.integer(let number)): texts.append(String(number))
      case .value:
        find("value.no-text", part.pointer)
        return .failed
      case .absent: break
      case .failed: return .failed
      }
    }
    return .value(.string(texts.joined(separator: separator)))
  }

  /// A UUID of version 8 (RFC 9562): the first bits of the SHA-256 of the values.
  private mutating func derive(_ parts: [MappingValue]) -> Outcome {
    var values: [JSONValue] = []
    for part in parts {
      switch value(part) {
      case .value(let value): values.append(value)
      case .absent: values.append(.null)
      case .failed: return .failed
      }
    }
    var bytes = DocumentDigest(of: .array(["milepost mapping"] + values)).bytes.prefix(16).map { $0 }
    bytes[6] = bytes[6] & 0x0F | 0x80
    bytes[8] = bytes[8] & 0x3F | 0x80
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return .value(.string(text))
  }
}

extension ExpressionValue {
  /// - Parameter value: what has no value in an expression is an error there.
  fileprivate init(_ value: JSONValue) {
    switch value {
    case .bool(let isTrue): self = .bool(isTrue)
    case .integer(let number): self = .integer(number)
    case .string(let text): self = .string(text)
    case .array(let elements): self = .list(elements.map { ExpressionValue($0) })
    case .null, .number, .object: self = .error
    }
  }
}
