import Documents
import Fiscal
import Testing
import Texts

@testable import Templates

@Suite("Previews to print")
struct PreviewTests {
  @Test(
    "every sample of the library is a well-formed page in English and Hindi, and ends with the whole sum",
    arguments: Library.templates)
  func pages(_ path: String) throws {
    let package = try Library.package(path)
    for sample in package.samples {
      let schedule = try package.template.schedule(sample.form, from: Library.data, accepting: .unconfirmed)
      for language in [Language.english, .hindi] {
        let html = PreviewPage(schedule, of: package, in: language).html
        #expect(html.contains(language.text(ofPaise: schedule.value)))
        #expect(openElements(of: html) == [], "\(path) \(sample.name)")
      }
      let svg = CashFlowDrawing(schedule, in: .english).svg
      let points = try #require(svg.firstMatch(of: #/points="([^"]*)"/#)).1.split(separator: " ")
        .map { $0.split(separator: ",").compactMap { Int($0) } }
      #expect(points.first == [24, 176] && points.last == [616, 24], "\(path) \(sample.name)")
      #expect(zip(points, points.dropFirst()).allSatisfy { $0[0] <= $1[0] && $0[1] >= $1[1] })
    }
  }

  /// Elements that are not closed in the order in which they were opened.
  private func openElements(of html: String) -> [String] {
    var open: [String] = []
    for tag in html.matches(of: #/<(\/?)([a-z0-9]+)(?:\s[^<>]*?)?(\/?)>/#) {
      let name = String(tag.2)
      if name == "meta" || !tag.3.isEmpty { continue }
      if tag.1.isEmpty {
        open.append(name)
      } else if open.last == name {
        open.removeLast()
      } else {
        return open + ["/\(name)"]
      }
    }
    return open
  }

  @Test("page and terminal say the same: rows, terms with the security, and what should be looked at")
  func said() throws {
    let path = "construction/interior-fit-out-tamil-nadu"
    let package = try Library.package(
      path, replacing: "terms:\n", with: "terms:\n  security: { rate: 500, days: 60 }\n")
    let form = try Small.form(#"{"value": 50000000, "start": "2026-12-18"}"#, for: package.template)
    let schedule = try package.template.schedule(form, from: Library.data)
    for language in [Language.english, .hindi] {
      let text = ScheduleText(schedule, of: package, in: language)
      #expect(text.rows.count == 5 && text.terms.count == 2 && text.warnings.count == 1)
      #expect(text.terms[1].hasPrefix(package.text("terms.security", in: language)))
      #expect(text.terms[1].hasSuffix(language.text(ofPaise: schedule.value / 20)))
      let html = PreviewPage(schedule, of: package, in: language).html
      #expect(openElements(of: html) == [])
      let lines = text.lines.joined(separator: "\n")
      for said in text.rows.flatMap({ [$0.name, $0.amount, $0.due] }) + text.terms + text.warnings + [text.total.amount]
      {
        #expect(lines.contains(said) && html.contains(Markup.text(said)), "\(said)")
      }
    }
  }

  @Test("texts stay texts")
  func escaped() {
    #expect(Markup.text("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;")
  }
}
