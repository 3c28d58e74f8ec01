internal import Expressions
internal import Fiscal

extension Template {
  /// The day of each line, in order.
  func dueDays(
    _ lines: [ScheduleLine], _ start: CivilDate, _ calendar: BusinessCalendar?, _ names: [String: ExpressionValue]
  ) throws(ScheduleFault) -> [CivilDate] {
    var days: [CivilDate] = []
    for (index, line) in lines.enumerated() {
      let rule = milestones[line.rule].due
      let anchor = self.anchor(of: index, lines).map { days[$0] } ?? start
      let names = line.names(names)
      let months = try rule.months?.integer(in: 0...DueRule.monthMax, names) ?? 0
      let count = try rule.days?.integer(in: 0...DueRule.dayMax, names) ?? 0
      do throws(FiscalError) {
        var day = try anchor.adding(months: Int(months))
        if rule.countsBusinessDays {
          day = try day.adding(businessDays: Int(count), calendar)
        } else {
          day = try day.adding(days: Int(count))
        }
        days.append(day)
      } catch { throw .calendar(error) }
    }
    return days
  }

  /// The line whose day a line counts from; nil for the start.
  func anchor(of index: Int, _ lines: [ScheduleLine]) -> Int? {
    // Repetitions count from each other.
    if let repetition = lines[index].repetition, repetition.number > 1 { return index - 1 }
    var anchor = milestones[lines[index].rule].due.anchor
    // Rules only name earlier ones, so this ends.
    while case .rule(let rule) = anchor {
      if let last = lines[..<index].lastIndex(where: { $0.rule == rule }) { return last }
      anchor = milestones[rule].due.anchor
      // What is not there had been behind what stands before it.
      if case .previous = anchor { return lines[..<index].lastIndex { $0.rule < rule } }
    }
    if case .start = anchor { return nil }
    return index > 0 ? index - 1 : nil
  }
}

extension CivilDate {
  fileprivate func adding(businessDays count: Int, _ calendar: BusinessCalendar?) throws(FiscalError) -> CivilDate {
    if let calendar { return try calendar.adding(businessDays: count, to: self) }
    var (day, left) = (self, count)
    while left > 0 || BusinessCalendar.isWeekend(day) {
      day = try day.adding(days: 1)
      if left > 0 && !BusinessCalendar.isWeekend(day) { left -= 1 }
    }
    return day
  }
}
