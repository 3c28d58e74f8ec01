package import Documents

/// What came of a document by a response mapping.
package struct MappedOutput: Sendable {
  /// UTF-8, well-formed; nil when there is an error among the findings.
  package let text: [UInt8]?
  package let findings: Findings
}

extension Mapping {
  /// The text that a document of ours becomes.
  ///
  /// Total: there is a text, or findings that are errors.
  /// - Parameter document: JSON.
  /// - Precondition: the rule is this mapping's own.
  /// - Complexity: bounded by `MappingLimits`, whatever the document is.
  package func output(of document: [UInt8], by rule: ResponseRule) -> MappedOutput {
    let tree: InputTree
    do throws(InputFault) { tree = try InputTree(document, .json) } catch {
      var findings = Findings()
      findings.add(error.finding(in: document))
      return MappedOutput(text: nil, findings: findings)
    }
    var run = MappingRun(self, tree)
    var outcome = MappingRun.Outcome.failed
    run.within(0, self.document) { run in
      run.check()
      outcome = run.value(rule.value)
    }
    var findings = run.findings
    guard !findings.hasErrors else { return MappedOutput(text: nil, findings: findings) }
    guard case .value(let value) = outcome else {
      findings.add(Finding("output.nothing", at: rule.value.pointer))
      return MappedOutput(text: nil, findings: findings)
    }
    do throws(OutputFault) {
      return MappedOutput(text: try OutputText.bytes(of: value, rule.output), findings: findings)
    } catch {
      findings.add(Finding(error.code, at: rule.value.pointer, arguments: error.arguments))
      return MappedOutput(text: nil, findings: findings)
    }
  }
}
