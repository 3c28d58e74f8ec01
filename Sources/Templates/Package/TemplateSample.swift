package import Documents
package import Fiscal

/// A form of a template with what it comes to: a test, and something to show.
package struct TemplateSample: Sendable {
  package var name: String
  package var form: ParameterSet
  /// Members of the schedule's document that must be as here; the others may be as they are.
  package var expected: JSONValue
  /// Rows of reference data that are not confirmed may be used.
  package var acceptsUnconfirmed: Bool

  /// - Returns: nil when there are errors among the findings.
  package init?(_ name: String, reading document: Document, for template: Template, _ findings: inout Findings) {
    guard var reader = SourceReader(document.root, &findings) else { return nil }
    let parameters = reader.value("parameters", isRequired: true, &findings)
    let expected = reader.value("expect", isRequired: true, &findings)
    _ = reader.text("about", isRequired: true, lengthMax: 500, &findings)
    acceptsUnconfirmed = reader.bool("accept_unconfirmed", standard: false, &findings)
    reader.refuseOthers(&findings)
    guard let parameters, let expected, let form = ParameterSet(reading: parameters, for: template, &findings) else {
      return nil
    }
    self.name = name
    self.form = form
    self.expected = expected.value
  }

  /// Where the schedule is otherwise than expected.
  package func findings(for template: Template, from data: ReferenceData) -> Findings {
    var findings = Findings()
    do {
      let schedule = try template.schedule(
        form, from: data, accepting: acceptsUnconfirmed ? .unconfirmed : .confirmed)
      compare(expected, schedule.json, .root, &findings)
    } catch {
      findings.add(
        Finding("template.sample-fails", at: JSONPointer(["parameters"]), arguments: ["fault": .string("\(error)")]))
    }
    return findings
  }

  private func compare(_ expected: JSONValue, _ found: JSONValue?, _ pointer: JSONPointer, _ findings: inout Findings) {
    switch (expected, found) {
    case (.object(let members), .object(let others)?):
      for member in members {
        compare(member.value, others[member.name], pointer.appending(member.name), &findings)
      }
    case (.array(let elements), .array(let others)?) where elements.count == others.count:
      for (index, pair) in zip(elements, others).enumerated() {
        compare(pair.0, pair.1, pointer.appending(index), &findings)
      }
    default:
      if found == expected { return }
      findings.add(
        Finding(
          "template.sample", at: JSONPointer(["expect"]).appending(pointer),
          arguments: ["expected": expected, "found": found ?? .null]))
    }
  }
}
