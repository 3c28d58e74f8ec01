/// Why a calculation or a look-up has no answer.
public enum FiscalError: Error, Hashable, Sendable {
  /// A sum does not fit 64 bits.
  case overflow
  /// A sum, rate or count that must not be negative, or not be zero, is.
  case invalidAmount
  /// A day outside 0001-01-01...9999-12-31.
  case dateOutOfRange
  /// A day for which the calendar of a place has no list of holidays; `known` are the days for which it has.
  case calendarNotCovered(place: String, on: CivilDate, known: [DatePeriod])
  /// There is no such row in a table.
  case unknownKey(table: String, key: String)
  /// There are rows, but none for this day.
  case notInForce(table: String, key: String, on: CivilDate)
  /// The row that answers is not confirmed, and the caller did not accept that.
  case unconfirmed(table: String, key: String, citation: String)
  /// Several rows answer, told apart by a qualifier that is missing or not one of these.
  case qualifierNeeded(table: String, key: String, known: [String])
}
