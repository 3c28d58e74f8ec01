public import Formats

/// Where a data set goes.
public struct DatasetOutput: Sendable {
  public var operationsPath: String
  public var expectedPath: String
  public var format: OperationFormat

  /// - Parameters:
  ///   - path: the operations file; expectations go beside it, to `path` + `.expected.ndjson`.
  ///   - format: by default what the name says.
  public init(path: String, format: OperationFormat? = nil) {
    operationsPath = path
    expectedPath = path + ".expected.ndjson"
    self.format = format ?? OperationFormat(path: path)
  }
}

/// What was built, counted.
public struct DatasetReport: Sendable {
  public var caseCount = 0
  public var eventCount = 0
  public var contractCount = 0
  public var operationCount: UInt64 = 0
  /// Sum of what the public record says was paid, minor units (of whatever currency).
  public var paid: Int64 = 0
  /// Cases by class of difference to expect.
  public var classes: [String: Int] = [:]
  /// Cases by what was noticed about them without making a difference.
  public var notes: [String: Int] = [:]
  /// Operations that are refused on purpose, by code name.
  public var refused: [String: Int] = [:]
  /// Events that have no operation, by name.
  public var unmapped: [String: Int] = [:]
  /// Rows that could not be read.
  public var rejects: [InputReject] = []
}

extension DatasetReport {
  /// The report for people: a few lines.
  public func summary(_ output: DatasetOutput) -> String {
    var lines = [
      "cases           \(caseCount) of \(eventCount) events or rows, \(rejects.count) rows unusable",
      "operations      \(operationCount) for \(contractCount) contracts in \(output.operationsPath)",
      "expectations    \(output.expectedPath), paid in all \(paid) minor units",
    ]
    func list(_ title: String, _ counts: [String: Int]) {
      guard !counts.isEmpty else { return }
      lines.append(title)
      for (name, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
        lines.append("  \(count) \(name)")
      }
    }
    list("refused on purpose", refused)
    list("may differ, by class", classes)
    list("noticed", notes)
    list("events without an operation", unmapped)
    return lines.joined(separator: "\n")
  }

  /// The report as one JSON object.
  public var json: String {
    var output = JSONWriter()
    func counts(_ output: inout JSONWriter, _ key: String, _ values: [String: Int]) {
      output.key(key)
      output.object { output in
        for (name, count) in values.sorted(by: { $0.key < $1.key }) { output.member(name, Int64(count)) }
      }
    }
    output.object { output in
      output.member("cases", Int64(caseCount))
      output.member("events", Int64(eventCount))
      output.member("contracts", Int64(contractCount))
      output.member("operations", Int64(operationCount))
      output.member("paid", paid)
      output.member("unusableRows", Int64(rejects.count))
      counts(&output, "refused", refused)
      counts(&output, "classes", classes)
      counts(&output, "notes", notes)
      counts(&output, "unmapped", unmapped)
    }
    return output.text
  }
}
