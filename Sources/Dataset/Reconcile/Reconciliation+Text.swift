internal import Formats

extension Reconciliation {
  /// The outcome for people: totals, differences by class with the reason, and the first `listed` differences.
  public func summary(listed: Int) -> String {
    var lines = [
      "cases           \(caseCount), \(equalCount) as the public record says",
      "paid            \(actualPaid) minor units, the record says \(expectedPaid)",
    ]
    for (name, count) in caseCountByClass.sorted(by: { $0.key < $1.key }) {
      lines.append("explained       \(count) \(name): \(DatasetClass(rawValue: name)?.reason ?? "")")
    }
    lines.append("unexplained     \(Set(unexplained.map(\.caseID)).count)")
    let shown = (unexplained + differences.filter { !$0.classes.isEmpty }).prefix(max(0, listed))
    lines += shown.map { "  \($0)" }
    if differences.count > shown.count { lines.append("  and \(differences.count - shown.count) more") }
    return lines.joined(separator: "\n")
  }

  /// The outcome as one JSON object, with every difference.
  public var json: String {
    var output = JSONWriter()
    output.object { output in
      output.member("cases", Int64(caseCount))
      output.member("equal", Int64(equalCount))
      output.member("expectedPaid", expectedPaid)
      output.member("actualPaid", actualPaid)
      output.member("unexplained", Int64(Set(unexplained.map(\.caseID)).count))
      output.key("explained")
      output.object { output in
        for (name, count) in caseCountByClass.sorted(by: { $0.key < $1.key }) { output.member(name, Int64(count)) }
      }
      output.key("differences")
      output.array(differences) { output, difference in
        output.object { output in
          output.member("case", string: difference.caseID)
          output.member("what", string: difference.what)
          output.member("expected", string: difference.expected)
          output.member("actual", string: difference.actual)
          output.key("classes")
          output.array(difference.classes) { $0.string($1) }
        }
      }
    }
    return output.text
  }
}
