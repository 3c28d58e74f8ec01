internal import Fiscal
internal import Kernel
package import Texts

/// A schedule as a page to print and sign off: milestones, sums in figures and words, taxes with their sources, terms, and the curve of
/// what is paid.
package struct PreviewPage: Sendable {
  private let package: TemplatePackage
  private let schedule: Schedule
  private let language: Language

  package init(_ schedule: Schedule, of package: TemplatePackage, in language: Language) {
    (self.schedule, self.package, self.language) = (schedule, package, language)
  }

  /// One document without scripts, style sheets or pictures of its own elsewhere.
  package var html: String {
    let title = Markup.text(package.text("title", in: language))
    return """
      <!doctype html>
      <html lang="\(language.tag)">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title)</title>
      <style>
      body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 1rem auto; padding: 0 1rem; }
      table { border-collapse: collapse; width: 100%; }
      th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid #7b848f; vertical-align: top; }
      .sum { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      svg { max-width: 100%; height: auto; }
      @media print { body { margin: 0; } }
      </style>
      </head>
      <body>
      <h1>\(title)</h1>
      <p>\(Markup.text(package.text("summary", in: language)))</p>
      \(table)
      \(words)
      \(security)
      \(CashFlowDrawing(schedule, in: language).svg)
      \(rates)
      <p>\(Markup.text(package.template.name)) \(package.template.version), <small>\(package.template.digest)</small></p>
      </body>
      </html>

      """
  }

  private func sum(_ paise: Int64) -> String { "<td class=\"sum\">\(Markup.text(language.text(ofPaise: paise)))</td>" }

  private var table: String {
    let rows = schedule.milestones.map { milestone in
      let rule = package.template.milestones[milestone.rule]
      var name = package.text("milestones.\(rule.id)", in: language)
      if let repetition = milestone.repetition { name += " \(repetition.number)/\(repetition.count)" }
      let (year, month, day) = milestone.due.parts
      let due = language.text(ofYear: year, month: month, day: day) ?? milestone.due.description
      return """
        <tr><th scope="row">\(milestone.ordinal). \(Markup.text(name))</th>\(sum(milestone.taxable))\(sum(milestone.tax.total))\
        \(sum(milestone.amount))<td>\(Markup.text(due))</td></tr>
        """
    }
    let total = """
      <tr><th scope="row">=</th>\(sum(schedule.taxable))\(sum(schedule.value - schedule.taxable))\(sum(schedule.value))<td></td></tr>
      """
    return "<table>\n\(rows.joined(separator: "\n"))\n\(total)\n</table>"
  }

  /// Where the language has words for sums.
  private var words: String {
    guard let words = language.words(ofPaise: schedule.value) else { return "" }
    return "<p>\(Markup.text(words))</p>"
  }

  private var security: String {
    guard let security = schedule.security else { return "" }
    let (year, month, day) = security.validUntil.parts
    let until = language.text(ofYear: year, month: month, day: day) ?? security.validUntil.description
    let sum = "\(language.text(ofBasisPoints: Int64(security.rate))), \(language.text(ofPaise: security.amount))"
    return "<p>\(Markup.text("\(package.text("terms.security", in: language)) \(until): \(sum)"))</p>"
  }

  private var rates: String {
    guard !schedule.rates.sources.isEmpty else { return "" }
    let items = schedule.rates.sources.map { source in
      let rate = language.text(ofBasisPoints: Int64(source.rate))
      let mark = source.isConfirmed ? "" : " <strong>(not confirmed)</strong>"
      return "<li>\(Markup.text("\(source.what) \(rate): \(source.citation)"))\(mark)</li>"
    }
    return "<ul>\n\(items.joined(separator: "\n"))\n</ul>"
  }
}
