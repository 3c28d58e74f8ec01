/// What can be wrong with a file of reference data.
///
/// Stable: texts, tests and programs know faults by it.
public enum ReferenceFault: String, CaseIterable, Sendable {
  case notAnObject = "refdata.not-an-object"
  case notAList = "refdata.not-a-list"
  case notAText = "refdata.not-a-text"
  case notAFlag = "refdata.not-a-flag"
  case notADate = "refdata.not-a-date"
  case notAPercentage = "refdata.not-a-percentage"
  case notASum = "refdata.not-a-sum"
  case notACount = "refdata.not-a-count"
  case notACode = "refdata.not-a-code"
  case notAState = "refdata.not-a-state"
  case notOneValue = "refdata.not-one-value"
  case unknownWord = "refdata.unknown-word"
  case missingMember = "refdata.missing-member"
  case unknownMember = "refdata.unknown-member"
  /// A row names no source, or is confirmed by one that points at no law, notification or list: nothing with a number.
  case uncited = "refdata.uncited"
  case unknownSource = "refdata.unknown-source"
  case unusedSource = "refdata.unused-source"
  /// A row names a row of another table, which no file has.
  case unknownReference = "refdata.unknown-reference"
  case duplicateKey = "refdata.duplicate-key"
  case tooMany = "refdata.too-many"
  case emptyPeriod = "refdata.empty-period"
  case overlap = "refdata.overlap"
  case gap = "refdata.gap"
  case outsideCoverage = "refdata.outside-coverage"
}
