import Documents

extension Validator {
  /// Notes what does not fit, when somebody wants to know.
  ///
  /// - Returns: false, always: what is left to say to the caller.
  mutating func fail(
    _ code: SchemaCode, _ number: Int, _ value: DocumentNode, _ arguments: [String: JSONValue] = [:],
    fix: JSONPatch? = nil
  ) -> Bool {
    guard isExplaining else { return false }
    guard !findings.isFull else {
      findings.add(Finding(code.rawValue))
      return false
    }
    var arguments = arguments
    let keyword = code.keyword.map { "/" + $0 } ?? ""
    arguments["schema"] = .string(program.tables.locations[number] + keyword)
    findings.add(Finding(code.rawValue, at: value, arguments: arguments, fix: fix))
    return false
  }

  /// A value as an argument: containers are too large for a sentence.
  static func shown(_ value: DocumentNode) -> JSONValue {
    switch value.kind {
    case .array, .object: .integer(Int64(value.count))
    case .string: .string(String((value.string ?? "").unicodeScalars.prefix(100)))
    default: value.value
    }
  }

  /// Runs `body` with a list of findings of its own.
  mutating func explained(_ body: (inout Validator) -> Void) -> Findings {
    let outer = findings
    findings = Findings()
    body(&self)
    let own = findings
    findings = outer
    return own
  }

  /// Whether a schema fits, without findings whatever the way.
  mutating func tries(_ number: Int, _ value: DocumentNode, _ frame: Int?) -> Bool {
    let wasExplaining = isExplaining
    isExplaining = false
    defer { isExplaining = wasExplaining }
    return check(number, value, frame)
  }

  /// The same with marks that count only if it fits.
  mutating func triesBranch(_ number: Int, _ value: DocumentNode, _ outer: Int?) -> Bool {
    guard let outer else { return tries(number, value, nil) }
    guard spend(value.count / 32) else { return false }
    let frame = openFrame(of: value)
    let isValid = tries(number, value, frame)
    closeFrame(frame, into: isValid ? outer : nil)
    return isValid
  }
}
