import Formats
import Kernel
import Store
import Wire

/// A part of a statement: movements, what was there before the first, and behind the last of them.
///
/// `closing` of a page is `opening` of the next, so the first page opens the span of time and the last one closes it.
struct StatementPage: Sendable {
  let subject: LedgerSubject
  let span: StatementSpan
  let movements: ArraySlice<Movement>
  let opening: Totals
  let closing: Totals
  /// The last movement, where more follow.
  let next: EventPosition?
  /// The log was read through this commit.
  let commit: UInt64

  /// - Parameter limit: most movements, 1 or more.
  init(_ subject: LedgerSubject, _ list: MovementList, _ span: StatementSpan, limit: Int, commit: UInt64) {
    (self.subject, self.span, self.commit) = (subject, span, commit)
    // What was read of later commits may be half of one.
    let whole = list.index(behind: EventPosition(commit: commit, index: .max))
    let start = min(whole, span.from.map { list.index(from: $0) } ?? 0)
    let end = max(start, min(whole, span.to.map { list.index(from: $0) } ?? whole))
    let first = min(end, max(start, span.after.map { list.index(behind: $0) } ?? start))
    let last = min(end, first + limit)
    movements = list.movements[first..<last]
    opening = list.balance(before: first)
    closing = list.balance(before: last)
    next = last < end ? list.movements[last - 1].position : nil
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("tenant", string: String(subject.tenant))
      switch subject {
      case .contract(_, let id): writer.member("contract", string: Identifier.text(id))
      case .party(_, let party, let role):
        writer.member("party", string: String(party))
        writer.member("role", string: role.rawValue)
      }
      writer.member("from", optional: span.from.map { RFC3339.text($0) })
      writer.member("to", optional: span.to.map { RFC3339.text($0) })
      writer.key("opening")
      writer.write(opening)
      writer.key("items")
      writer.array(movements) { $0.write($1) }
      writer.key("closing")
      writer.write(closing)
      writer.member("next", optional: next.map { EventName.text($0) })
      writer.member("commit", string: String(commit))
    }
  }

  // MARK: Comma-separated values

  static let csvColumns =
    ["kind", "event", "sequence", "time", "contract", "milestone", "operation", "mode", "actor", "id", "amount"]
    + Totals().named.map { $0.0 }

  /// RFC 4180, with a heading: a line that opens, one for each movement, and one that closes. The buckets of a movement are by how much
  /// they grew, so each column adds up from the first line to the last.
  var csv: [UInt8] {
    var text = Self.line(Self.csvColumns) + Self.line(of: "opening", opening)
    for movement in movements { text += Self.line(Self.cells(of: movement)) }
    text += Self.line(of: "closing", closing)
    return Array(text.utf8)
  }

  private static func cells(of movement: Movement) -> [String] {
    let milestone = movement.milestone == 0 ? "" : String(movement.milestone)
    let cells: [String] = [
      "movement", EventName.text(movement.position), EventName.sequence(movement.position),
      RFC3339.text(movement.time), Identifier.text(movement.contract), milestone, movement.operation,
      movement.modeWord ?? "", String(movement.actor), Identifier.text(movement.id), String(movement.amount),
    ]
    return cells + movement.change.named.map { String($0.1) }
  }

  private static func line(of kind: String, _ balance: Totals) -> String {
    let rest = csvColumns.count - 1 - balance.named.count
    return line([kind] + Array(repeating: "", count: rest) + balance.named.map { String($0.1) })
  }

  /// Numbers and our own words only: nothing has to be quoted.
  private static func line(_ cells: [String]) -> String { cells.joined(separator: ",") + "\r\n" }
}

/// Which movements somebody wants.
struct StatementSpan: Sendable {
  /// The first instant; nil for the beginning.
  var from: Instant?
  /// The instant behind the last; nil for what has come so far.
  var to: Instant?
  /// The last movement of the page before.
  var after: EventPosition?
}

extension JSONWriter {
  fileprivate mutating func write(_ movement: Movement) {
    object { writer in
      writer.member("event", string: EventName.text(movement.position))
      writer.member("sequence", string: EventName.sequence(movement.position))
      writer.member("time", string: RFC3339.text(movement.time))
      writer.member("contract", string: Identifier.text(movement.contract))
      if movement.milestone > 0 { writer.member("milestone", Int64(movement.milestone)) }
      writer.member("operation", string: movement.operation)
      writer.member("mode", optional: movement.modeWord)
      writer.member("actor", string: String(movement.actor))
      writer.member("id", string: Identifier.text(movement.id))
      writer.member("amount", movement.amount)
      writer.key("changes")
      writer.object { writer in
        for (name, sum) in movement.change.named where sum != 0 { writer.member(name, sum) }
      }
    }
  }
}
