internal import Fiscal
package import Texts

/// What is paid over time, drawn as steps: an SVG that needs nothing around it.
package struct CashFlowDrawing: Sendable {
  private let schedule: Schedule
  private let language: Language

  package init(_ schedule: Schedule, in language: Language) {
    self.schedule = schedule
    self.language = language
  }

  private static let width = 640
  private static let height = 200
  private static let margin = 24

  package var svg: String {
    let flow = schedule.milestones.map { (due: $0.due, amount: $0.amount) }.sorted { $0.due < $1.due }
    // Milestones have sums, so the whole is not zero; a schedule of one day is drawn as if it had two.
    let days = max(1, schedule.start.days(to: schedule.end))
    var paid: Int64 = 0
    var points = [point(0, 0, days)]
    var labels = ""
    for step in flow {
      let day = schedule.start.days(to: step.due)
      points.append(point(day, paid, days))
      paid += step.amount
      points.append(point(day, paid, days))
    }
    labels +=
      label(schedule.start, Self.margin, anchor: "start") + label(schedule.end, Self.width - Self.margin, anchor: "end")
    let title = Markup.text("\(language.text(ofPaise: schedule.value)), \(schedule.start) – \(schedule.end)")
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.width) \(Self.height)" role="img" width="\(Self.width)" \
      height="\(Self.height)"><title>\(title)</title>\
      <line x1="\(Self.margin)" y1="\(Self.height - Self.margin)" x2="\(Self.width - Self.margin)" \
      y2="\(Self.height - Self.margin)" stroke="#7b848f"/>\
      <polyline fill="none" stroke="#1150ad" stroke-width="2" points="\(points.joined(separator: " "))"/>\(labels)</svg>
      """
  }

  /// Whole pixels: the same everywhere.
  private func point(_ day: Int, _ paid: Int64, _ days: Int) -> String {
    let (width, height) = (Self.width - 2 * Self.margin, Self.height - 2 * Self.margin)
    let x = Self.margin + day * width / days
    let y = Self.height - Self.margin - Int(Int128(paid) * Int128(height) / Int128(max(1, schedule.value)))
    return "\(x),\(y)"
  }

  private func label(_ date: CivilDate, _ x: Int, anchor: String) -> String {
    """
    <text x="\(x)" y="\(Self.height - 6)" font-size="12" font-family="sans-serif" text-anchor="\(anchor)">\
    \(Markup.text(language.text(of: date)))</text>
    """
  }
}

/// Texts inside HTML and SVG.
enum Markup {
  /// With everything escaped that could be read as markup, in texts and in attributes.
  static func text(_ text: String) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
