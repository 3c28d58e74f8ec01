internal import Documents
internal import Fiscal
internal import Kernel
package import Texts

/// What a schedule says to people in a language. How it is laid out is another matter: a page and a terminal say the same.
package struct ScheduleText: Sendable {
  package let title: String
  package let summary: String
  /// One for each milestone, in order.
  package let rows: [Row]
  /// Sums of all rows.
  package let total: Row
  /// The whole sum, where the language has words for sums.
  package let words: String?
  package let rates: [Rate]
  /// What is said behind a rate that is not confirmed, in brackets.
  package let unconfirmed: String
  /// Retention, advance and security, as far as there are such.
  package let terms: [String]
  /// What should be looked at, see `Schedule.findings`.
  package let warnings: [String]

  package struct Row: Sendable {
    package let name: String
    /// Without tax, the tax, with tax.
    package let taxable: String
    package let tax: String
    package let amount: String
    /// Empty for the total.
    package let due: String
  }

  package struct Rate: Sendable {
    package let text: String
    package let isConfirmed: Bool
  }

  package init(_ schedule: Schedule, of package: TemplatePackage, in language: Language) {
    func sum(_ paise: Int64) -> String { language.text(ofPaise: paise) }
    title = package.text("title", in: language)
    summary = package.text("summary", in: language)
    rows = schedule.milestones.map { milestone in
      var name = package.text("milestones.\(package.template.milestones[milestone.rule].id)", in: language)
      if let repetition = milestone.repetition { name += " \(repetition.number)/\(repetition.count)" }
      return Row(
        name: "\(milestone.ordinal). \(name)", taxable: sum(milestone.taxable), tax: sum(milestone.tax.total),
        amount: sum(milestone.amount), due: language.text(of: milestone.due))
    }
    total = Row(
      name: "=", taxable: sum(schedule.taxable), tax: sum(schedule.value - schedule.taxable),
      amount: sum(schedule.value), due: "")
    words = language.words(ofPaise: schedule.value)
    rates = schedule.rates.sources.map { source in
      let rate = language.text(ofBasisPoints: Int64(source.rate))
      let name = package.text(rate: source.what, in: language)
      return Rate(text: "\(name) \(rate): \(source.citation)", isConfirmed: source.isConfirmed)
    }
    unconfirmed = "(\(package.text(.unconfirmed, in: language)))"
    var terms: [String] = []
    if schedule.terms.retentionBP > 0 {
      let rate = language.text(ofBasisPoints: Int64(schedule.terms.retentionBP))
      terms.append(
        package.text(.retention, ["rate": .text(rate), "cap": .text(sum(schedule.terms.retentionCap))], in: language))
    }
    if schedule.advance > 0 {
      terms.append(package.text(.advance, ["sum": .text(sum(schedule.advance))], in: language))
    }
    if let security = schedule.security {
      let rate = language.text(ofBasisPoints: Int64(security.rate))
      let until = "\(package.text("terms.security", in: language)) \(language.text(of: security.validUntil))"
      terms.append("\(until): \(rate), \(sum(security.amount))")
    }
    self.terms = terms
    warnings = schedule.findings.kept.map { FindingTexts.templates.text(of: $0, in: language.tag) }
  }

  /// For a terminal.
  package var lines: [String] {
    var lines = [title]
    lines += rows.map { "  \($0.name): \($0.taxable) + \($0.tax) = \($0.amount), \($0.due)" }
    lines.append("  \(total.name) \(total.taxable) + \(total.tax) = \(total.amount)")
    if let words { lines.append("  \(words)") }
    lines += rates.map { "  \($0.text)\($0.isConfirmed ? "" : " \(unconfirmed)")" }
    lines += terms.map { "  \($0)" }
    return lines + warnings.map { "  ! \($0)" }
  }
}

/// What schedules say besides a template's own words, by the keys of texts that templates share.
private enum ScheduleWord: String {
  case retention = "terms.retention"
  case advance = "terms.advance"
  case unconfirmed = "rates.unconfirmed"
  // What rates are of: see `AppliedRates.Source`.
  case gst = "rates.gst"
  case withholding = "rates.withholding"
  case gstWithheld = "rates.gst-withheld"
  case buildingCess = "rates.building-cess"
  case zeroRated = "rates.zero-rated"

  /// Where the shared texts have none: no template is refused for it.
  var english: String {
    switch self {
    case .retention: "Retention {$rate}, at most {$cap}"
    case .advance: "Advance {$sum}"
    case .unconfirmed: "not confirmed"
    case .gst: "GST"
    case .withholding: "Income tax withheld, section {$section}"
    case .gstWithheld: "GST withheld"
    case .buildingCess: "Building workers' cess"
    case .zeroRated: "Zero-rated supply, GST"
    }
  }
}

extension TemplatePackage {
  /// What a rate is of: a word, and behind it the section of an Act where there is one.
  fileprivate func text(rate what: String, in language: Language) -> String {
    let parts = what.split(separator: " ", maxSplits: 1).map(String.init)
    guard let first = parts.first, let word = ScheduleWord(rawValue: "rates.\(first)") else { return what }
    return text(word, parts.count > 1 ? ["section": .text(parts[1])] : [:], in: language)
  }

  fileprivate func text(
    _ word: ScheduleWord, _ arguments: [String: MessageArgument] = [:], in language: Language
  ) -> String {
    messages.text(word.rawValue, arguments, in: language)?.text
      ?? (try? Message(word.english))?.text(arguments, in: .english).text ?? word.rawValue
  }
}

extension Language {
  /// A day as people write it.
  func text(of date: CivilDate) -> String {
    let (year, month, day) = date.parts
    return text(ofYear: year, month: month, day: day) ?? date.description
  }
}
