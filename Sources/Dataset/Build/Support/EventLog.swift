internal import Formats

/// An event log: what happened to each case, in order.
struct EventLog {
  struct Event {
    var instant: Int64
    var activity: String
    var cells: [String]
  }

  struct Case {
    var id: String
    var events: [Event]
  }

  /// Column names and their places in `Event.cells`.
  var columns: [String: Int] = [:]
  var cases: [Case] = []
  var rejects: [InputReject] = []

  /// A log that is made, not read.
  init(columns: [String: Int], cases: [Case]) {
    self.columns = columns
    self.cases = cases
  }

  /// Reads a log whose rows are events; the rows of a case need not be neighbours, but stand in its order.
  init(path: String, caseColumn: String, activityColumn: String, timeColumn: String) throws(InputError) {
    var table = try PublicTable(path: path)
    for (index, name) in table.columns.enumerated() { columns[name] = index }
    let caseIndex = try table.column(caseColumn)
    let activityIndex = try table.column(activityColumn)
    let timeIndex = try table.column(timeColumn)
    var places: [String: Int] = [:]
    var rejects: [InputReject] = []
    while let (line, cells) = try table.next(reject: { rejects.append($0) }) {
      guard let instant = InstantText.iso(cells[timeIndex]) else {
        rejects.append(
          InputReject(line: line, field: timeColumn, reason: "is no time: '\(cells[timeIndex].prefix(40))'"))
        continue
      }
      let id = cells[caseIndex]
      let place = places[id] ?? cases.count
      if place == cases.count {
        places[id] = place
        cases.append(Case(id: id, events: []))
      }
      guard cases[place].events.count < DatasetSink.partCountMax else {
        rejects.append(
          InputReject(line: line, field: caseColumn, reason: "has more than \(DatasetSink.partCountMax) events already")
        )
        continue
      }
      // A clock that went back inside a case does not reorder what the log says.
      let time = max(instant, cases[place].events.last?.instant ?? .min)
      cases[place].events.append(Event(instant: time, activity: cells[activityIndex], cells: cells))
    }
    self.rejects = rejects
  }

  var eventCount: Int { cases.reduce(0) { $0 + $1.events.count } }

  /// A cell of the case's first event.
  func cell(_ case: Case, _ column: String) -> String {
    guard let index = columns[column], let event = `case`.events.first else { return "" }
    return event.cells[index]
  }

  /// Every event of every case, in order of time, then of case, then of the case's own order.
  func schedule() -> [(case: Int, event: Int)] {
    var order: [(instant: Int64, case: Int, event: Int)] = []
    for (place, item) in cases.enumerated() {
      for (index, event) in item.events.enumerated() { order.append((event.instant, place, index)) }
    }
    order.sort { ($0.instant, $0.case, $0.event) < ($1.instant, $1.case, $1.event) }
    return order.map { ($0.case, $0.event) }
  }
}
