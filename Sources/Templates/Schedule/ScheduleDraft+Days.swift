internal import Expressions
internal import Fiscal

extension ScheduleDraft {
  /// The day of each line, in order.
  mutating func setDays(
    _ program: TemplateProgram, _ start: CivilDate, _ calendar: PlaceCalendar?
  ) throws(ScheduleFault) {
    applied = program.countsBusinessDays ? calendar.map { AppliedCalendar($0) } : nil
    for index in lines.indices {
      let rule = program.rules[lines[index].rule]
      var day = anchor(of: index, program).map { lines[$0].due } ?? start
      see(lines[index].number, program)
      let months = try number(rule.months, upTo: DueRule.monthMax, program)
      let count = try number(rule.days, upTo: DueRule.dayMax, program)
      do throws(FiscalError) {
        if months > 0 { day = try day.adding(months: Int(months)) }
        if rule.countsBusinessDays {
          day = try businessDay(Int(count), after: day, calendar, UInt16(index + 1))
        } else if count > 0 {
          day = try day.adding(days: Int(count))
        }
      } catch { throw .calendar(error) }
      lines[index].due = day
    }
    see(0, program)
  }

  /// - Returns: 0 without an expression.
  private func number(
    _ expression: BoundExpression?, upTo max: Int64, _ program: TemplateProgram
  ) throws(ScheduleFault) -> Int64 {
    guard let expression else { return 0 }
    return try program.expressions.integer(expression, in: 0...max, row)
  }

  private mutating func businessDay(
    _ count: Int, after day: CivilDate, _ calendar: PlaceCalendar?, _ ordinal: UInt16
  ) throws(FiscalError) -> CivilDate {
    guard let calendar else { return try day.adding(workdays: count) }
    let found = try calendar.day(count, after: day)
    applied?.note(found.basis, of: ordinal)
    return found.day
  }

  /// The line whose day a line counts from; nil for the start.
  private func anchor(of index: Int, _ program: TemplateProgram) -> Int? {
    let line = lines[index]
    let own = program.rules[line.rule]
    var anchor = own.anchor
    if case .each = anchor {
    } else if own.repetition != nil, line.number > 1 {
      // Repetitions count from each other unless they are said to follow others.
      return index - 1
    }
    // Rules only name earlier ones, so this ends.
    while true {
      let rule: Int
      switch anchor {
      case .start: return nil
      case .previous: return index > 0 ? index - 1 : nil
      case .rule(let earlier):
        rule = earlier
        let isOfRound = own.group != nil && program.rules[rule].group == own.group
        if let line = isOfRound ? spots[rule].line(line.number) : spots[rule].last { return line }
      case .each(let earlier):
        rule = earlier
        // The analysis shows that there are as many.
        if line.number <= spots[rule].count, let line = spots[rule].line(max(1, line.number)) { return line }
      }
      anchor = program.rules[rule].anchor
      // What is not there had been behind what stands before it.
      if case .previous = anchor { return lastLine(before: rule, index, program) }
    }
  }

  /// The last line above one that stands before where a rule that is not there would stand.
  private func lastLine(before rule: Int, _ index: Int, _ program: TemplateProgram) -> Int? {
    let group = program.rules[rule].group
    return lines[..<index].lastIndex { line in
      line.rule < rule
        // Earlier rounds of its group stand before it, too.
        || group != nil && program.rules[line.rule].group == group && line.number < lines[index].number
    }
  }
}
