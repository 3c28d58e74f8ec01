internal import Fiscal

/// Answers of reference data that were looked up, each for the days on which it holds.
struct DatedRows<Value: Sendable>: Sendable {
  private var rows: [(key: Int64, answer: Answer<Value>)] = []

  /// More keys and days than forms of one template mostly ask for; then it begins anew.
  private static var countMax: Int { 255 }

  var isFull: Bool { rows.count >= Self.countMax }

  subscript(index: Int) -> Answer<Value> { rows[index].answer }

  /// Where the answer for a key and a day is; nil when it was not looked up.
  func index(of key: Int64, on date: CivilDate) -> Int? {
    for index in rows.indices where rows[index].key == key && rows[index].answer.period.contains(date) { return index }
    return nil
  }

  mutating func append(_ answer: Answer<Value>, for key: Int64) -> Int {
    rows.append((key, answer))
    return rows.count - 1
  }
}
