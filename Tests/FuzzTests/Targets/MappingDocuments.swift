import Documents

@testable import Mappings

/// Mappings and what they make: an arbitrary document is refused with findings at places that it has, or is a mapping that gives for
/// every text what was asked for or findings that are errors, never both, the same each time.
///
/// Input: a mapping in YAML, a zero byte, a text.
enum MappingDocuments {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
    guard let first = parts.first, let document = try? Document(yaml: String(decoding: first, as: UTF8.self)) else {
      return
    }
    var findings = Findings()
    let mapping = Mapping(reading: document, &findings)
    for finding in findings.kept {
      try must(document.root.node(at: finding.pointer) != nil, "a finding outside of the mapping")
    }
    guard let mapping else { return try must(findings.hasErrors, "refused without a reason") }
    let text = parts.count > 1 ? parts[1] : []
    switch mapping.rule {
    case .request(let rule):
      let made = mapping.operations(of: text, by: rule)
      try must(made.operations.isEmpty == made.findings.hasErrors, "operations and errors, or neither")
      try must(made.operations.count <= MappingLimits.operationCountMax, "too many operations")
      let lineCount = text.count { $0 == 0x0A } + 1
      try must(made.operations.allSatisfy { 1...lineCount ~= $0.line }, "a line that the text does not have")
      try must(made.operations.last?.members["linked"] == nil, "a chain without an end")
      let again = mapping.operations(of: text, by: rule)
      try must(made.operations.map(\.members) == again.operations.map(\.members), "another time other operations")
    case .response(let rule):
      let made = mapping.output(of: text, by: rule)
      try must((made.text == nil) == made.findings.hasErrors, "a text and errors, or neither")
      guard let bytes = made.text else { return }
      try must(bytes.count <= MappingLimits.outputByteCountMax, "too long a text")
      try must(mapping.output(of: text, by: rule).text == bytes, "another time another text")
      try isRead(bytes, rule.output)
    }
  }

  /// What is made can be read by the reader of its format.
  private static func isRead(_ text: [UInt8], _ format: OutputFormat) throws(Finding) {
    let input: InputFormat
    switch format {
    case .json: input = .json
    case .form: input = .form
    case .csv(let separator, _, _): input = .csv(separator: separator, skip: 0)
    case .xml: input = .xml
    }
    do throws(InputFault) { _ = try InputTree(text, input) } catch {
      // Larger than what is read is no fault of the text.
      let isLimit = ["input.too-large", "input.too-many-values"].contains(error.code)
      try must(isLimit, "a text that is made cannot be read: \(error.code)")
    }
  }
}
