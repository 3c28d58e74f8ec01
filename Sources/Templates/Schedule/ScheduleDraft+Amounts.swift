internal import Expressions
internal import Fiscal

extension ScheduleDraft {
  /// Sums without tax, which add up to the value: shares are cut to whole units, and the rest, or else the last
  /// milestone, takes what that leaves.
  mutating func setAmounts(_ program: TemplateProgram, _ value: Int64) throws(ScheduleFault) {
    let unit = program.terms.unit.rawValue
    var shareSum: Int64 = 0
    var (restCount, hasAmounts) = (0, false)
    var taker = lines.count - 1
    for index in lines.indices {
      let line = lines[index]
      switch line.kind {
      case .share:
        // A rule's repetitions share what the rule has; the first ones get the units that do not divide.
        let (count, number) = (Int64(line.count), Int64(max(1, line.number)))
        guard let whole = ExpressionFunction.mulDivDown(value / unit, line.size, 10_000) else {
          throw .noValue("value")
        }
        lines[index].amount = (whole / count + (number <= whole % count ? 1 : 0)) * unit
        if number == 1 { shareSum += line.size }
      case .amount:
        hasAmounts = true
        lines[index].amount = line.size
      case .rest:
        restCount += 1
        taker = index
      }
    }
    guard restCount > 0 ? shareSum < 10_000 : shareSum == 10_000 && !hasAmounts else {
      throw .shares("\(shareSum) of 10,000 basis points")
    }
    guard restCount <= 1 else { throw .shares("two milestones that take the rest") }
    var others: Int64 = 0
    for index in lines.indices where index != taker {
      // Each is at most the value, which is far below what 64 bits hold 500 times.
      others += lines[index].amount
    }
    lines[taker].amount = value - others
    for line in lines where line.amount < 1 {
      throw .shares(program.id(of: program.rules[line.rule], line.number))
    }
  }

  /// Ordinals of what a line needs.
  func predecessors(of index: Int, _ program: TemplateProgram) -> MilestoneOrdinals {
    let line = lines[index]
    let rule = program.rules[line.rule]
    var predecessors = MilestoneOrdinals()
    if rule.needsPrevious && index > 0 { predecessors.append(UInt16(index)) }
    // Repetitions of one rule follow each other; only the first one waits for other rules.
    if rule.repetition != nil && line.number > 1 { return predecessors }
    for place in rule.needs {
      let need = program.needs[place]
      let isOfRound = rule.group != nil && program.rules[need].group == rule.group
      guard let last = isOfRound ? spots[need].line(line.number) : spots[need].last else { continue }
      predecessors.append(UInt16(last + 1))
    }
    return predecessors
  }
}
