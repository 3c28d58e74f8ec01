import Documents
import Fiscal
import Testing
import Texts

@testable import Templates

@Suite("Previews to print")
struct PreviewTests {
  private func package(_ path: String) throws -> TemplatePackage {
    var findings: [FileFindings] = []
    return try #require(TemplatePackage(reading: try Library.files(path), common: Library.common, &findings))
  }

  @Test(
    "every sample of the library is a well-formed page in English and Hindi, and ends with the whole sum",
    arguments: Library.templates)
  func pages(_ path: String) throws {
    let package = try package(path)
    for sample in package.samples {
      let rates = try AppliedRates(of: package.template, for: sample.form, from: Library.data, accepting: .unconfirmed)
      let schedule = try package.template.schedule(sample.form, rates: rates)
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

  @Test("texts stay texts")
  func escaped() {
    #expect(Markup.text("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;")
  }
}
