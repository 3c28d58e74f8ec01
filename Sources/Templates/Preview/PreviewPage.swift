package import Texts

/// A schedule as a page to print and sign off: milestones, sums in figures and words, taxes with their sources, terms, what should be looked
/// at, and the curve of what is paid.
package struct PreviewPage: Sendable {
  private let package: TemplatePackage
  private let schedule: Schedule
  private let language: Language
  private let text: ScheduleText

  package init(_ schedule: Schedule, of package: TemplatePackage, in language: Language) {
    (self.schedule, self.package, self.language) = (schedule, package, language)
    text = ScheduleText(schedule, of: package, in: language)
  }

  /// One document without scripts, style sheets or pictures of its own elsewhere.
  package var html: String {
    let title = Markup.text(text.title)
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
      <p>\(Markup.text(text.summary))</p>
      \(table)
      \(paragraphs(text.words.map { [$0] } ?? []))
      \(paragraphs(text.terms))
      \(paragraphs(text.warnings, role: " role=\"note\""))
      \(CashFlowDrawing(schedule, in: language).svg)
      \(rates)
      <p>\(Markup.text(package.template.name)) \(package.template.version), <small>\(package.template.digest)</small></p>
      </body>
      </html>

      """
  }

  private var table: String {
    let rows = (text.rows + [text.total]).map { row in
      let sums = [row.taxable, row.tax, row.amount].map { "<td class=\"sum\">\(Markup.text($0))</td>" }
      return "<tr><th scope=\"row\">\(Markup.text(row.name))</th>\(sums.joined())<td>\(Markup.text(row.due))</td></tr>"
    }
    return "<table>\n\(rows.joined(separator: "\n"))\n</table>"
  }

  private func paragraphs(_ texts: [String], role: String = "") -> String {
    texts.map { "<p\(role)>\(Markup.text($0))</p>" }.joined(separator: "\n")
  }

  private var rates: String {
    guard !text.rates.isEmpty else { return "" }
    let items = text.rates.map { rate in
      "<li>\(Markup.text(rate.text))\(rate.isConfirmed ? "" : " <strong>\(Markup.text(text.unconfirmed))</strong>")</li>"
    }
    return "<ul>\n\(items.joined(separator: "\n"))\n</ul>"
  }
}
