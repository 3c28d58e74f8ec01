internal import Documents

extension TableReader {
  mutating func states(_ entry: DocumentNode, _ table: inout StateTable) {
    checkMembers(of: entry, ["code", "rows"])
    guard let text = text("code", of: entry) else { return }
    guard let code = StateCode(text) else { return add(.notAState, at: entry.member("code") ?? entry) }
    guard table.series[code] == nil else { return add(.duplicateKey, at: entry, ["key": .string(text)]) }
    let members = ["name", "iso", "union-territory", "legislature"]
    let series = series(of: entry, table: StateTable.name, key: text, members: members) { reader, row in
      guard let name = reader.text("name", of: row), let iso = reader.optionalText("iso", of: row),
        let isTerritory = reader.flag("union-territory", of: row),
        let hasLegislature = reader.flag("legislature", of: row)
      else { return IndianState?.none }
      return IndianState(
        code: code, iso: iso, name: name, isUnionTerritory: isTerritory, hasLegislature: hasLegislature)
    }
    if let series { table.insert(series, code: code) }
  }

  mutating func holidays(_ entry: DocumentNode, _ table: inout HolidayTable) {
    checkMembers(of: entry, ["place", "from", "to", "includes", "days"])
    guard let place = text("place", of: entry), let coverage = period(of: entry) else { return }
    if let other = table.lists[place]?.first(where: { $0.coverage.common(coverage) != nil }) {
      return add(.overlap, at: entry, ["with": .string(other.coverage.description)])
    }
    var includes: [String] = []
    for name in entry.member("includes") == nil ? [] : list("includes", of: entry) {
      guard let text = name.string else { return add(.notAText, at: name) }
      includes.append(text)
    }
    var days: [HolidayList.Holiday] = []
    for node in list("days", of: entry) {
      checkMembers(of: node, ["date", "every-year", "name", "source", "status"])
      guard let day = holidayDay(node, coverage), let name = text("name", of: node),
        let citation = citation(of: node), let status = word("status", of: node, RowStatus.self)
      else { continue }
      if days.contains(where: { $0.day == day }) { add(.duplicateKey, at: node) }
      days.append(HolidayList.Holiday(day: day, name: name, citation: citation, status: status))
    }
    table.insert(HolidayList(place: place, coverage: coverage, includes: includes, days: days))
  }

  /// `date: 2026-11-01` or `every-year: 01-26`.
  private mutating func holidayDay(_ node: DocumentNode, _ coverage: DatePeriod) -> HolidayList.Day? {
    guard let yearly = node.member("every-year") else {
      guard let date = date("date", of: node) else { return nil }
      guard coverage.contains(date) else {
        add(.outsideCoverage, at: node)
        return nil
      }
      return .once(date)
    }
    // A common year: what it has, every year has.
    guard node.member("date") == nil, let text = yearly.string, let date = CivilDate("2001-\(text)") else {
      add(.notADate, at: yearly)
      return nil
    }
    return .everyYear(MonthDay(month: date.month, day: date.day))
  }
}
