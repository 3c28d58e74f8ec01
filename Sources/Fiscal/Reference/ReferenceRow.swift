/// Whether what a row says was checked against a source.
public enum RowStatus: String, Sendable, CaseIterable {
  case confirmed, unconfirmed
}

/// A statement of law or practice that holds for some time: what, from when, who says so.
public struct ReferenceRow<Value: Sendable>: Sendable {
  public let period: DatePeriod
  public let value: Value
  /// Where it is laid down, for people.
  public let citation: String
  public let status: RowStatus

  public init(period: DatePeriod, value: Value, citation: String, status: RowStatus) {
    self.period = period
    self.value = value
    self.citation = citation
    self.status = status
  }
}

/// What a look-up answers.
public struct Answer<Value: Sendable>: Sendable {
  public let value: Value
  /// Why: where it is laid down.
  public let citation: String
  /// Since when and until when (exclusive) it holds.
  public let period: DatePeriod
  public let status: RowStatus

  init(_ row: ReferenceRow<Value>) {
    (value, citation, period, status) = (row.value, row.citation, row.period, row.status)
  }

  /// The same answer about a part or a form of the value.
  public func map<Other>(_ transform: (Value) -> Other) -> Answer<Other> {
    Answer<Other>(
      ReferenceRow(period: period, value: transform(value), citation: citation, status: status))
  }
}

extension Answer: Equatable where Value: Equatable {}

/// What a caller of a look-up is content with.
public enum Acceptance: Sendable {
  /// Only what was checked against a source; anything else is an error.
  case confirmed
  /// Also what was not. The answer carries its status.
  case unconfirmed
}
