/// What a check found, the first `countMax` of it; the rest is counted.
public struct Findings: Hashable, Sendable {
  public static let countMax = 100

  public private(set) var kept: [Finding] = []
  /// Found, but not kept.
  public private(set) var droppedCount = 0
  public private(set) var errorCount = 0

  public init() {}

  public var count: Int { kept.count + droppedCount }

  public var isEmpty: Bool { kept.isEmpty }

  /// Whether the document may be used.
  public var hasErrors: Bool { errorCount > 0 }

  /// Whether another finding would only be counted: making it whole is no use then.
  public var isFull: Bool { kept.count >= Self.countMax }

  public mutating func add(_ finding: Finding) {
    if finding.level == .error { errorCount += 1 }
    if isFull { droppedCount += 1 } else { kept.append(finding) }
  }

  public mutating func add(contentsOf others: Findings) {
    for finding in others.kept { add(finding) }
    droppedCount += others.droppedCount
    errorCount += others.errorCount - others.kept.count { $0.level == .error }
  }
}
