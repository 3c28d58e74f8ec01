import Documents
import Fiscal
import Foundation
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

  /// Those that the library is written in.
  private static let languages = Language.allCases.filter { language in
    FileManager.default.fileExists(atPath: Library.folder.appending(path: "messages/\(language.rawValue).yaml").path)
  }

  /// A contract with an advance and a retention, and a rate that is not confirmed, with shared texts of all languages.
  private func advanced(_ shared: (String) -> String = { $0 }) throws -> (TemplatePackage, Schedule) {
    var common = TemplateTexts()
    for language in Self.languages {
      let file = Library.folder.appending(path: "messages/\(language.rawValue).yaml")
      var findings = Findings()
      let document = try Document(yaml: shared(String(contentsOf: file, encoding: .utf8)))
      common.add(try #require(TemplateTexts(reading: document, &findings), "\(Refused(findings))"))
    }
    var found: [FileFindings] = []
    let package = try #require(
      TemplatePackage(reading: try Library.files("construction/building-item-rate"), common: common, &found))
    let sample = try #require(package.samples.first)
    var schedule = try package.template.schedule(sample.form, from: Library.data, accepting: .unconfirmed)
    schedule.rates.sources[0].isConfirmed = false
    schedule.security = nil
    #expect(schedule.advance > 0 && schedule.terms.retentionBP > 0)
    return (package, schedule)
  }

  @Test(
    "retention, advance and rates that are not confirmed are told in each language, and marked where a machine translated",
    arguments: languages)
  func words(_ language: Language) throws {
    #expect(Self.languages.count == 11)
    let (package, schedule) = try advanced()
    let text = ScheduleText(schedule, of: package, in: language)
    try #require(text.terms.count == 2)
    #expect(text.terms[0].contains(language.text(ofBasisPoints: Int64(schedule.terms.retentionBP))))
    #expect(text.terms[0].hasSuffix(language.text(ofPaise: schedule.terms.retentionCap)))
    #expect(text.terms[1].hasSuffix(language.text(ofPaise: schedule.advance)))
    let isEnglish = language == .english
    for said in text.terms + [text.unconfirmed] {
      #expect(said.contains { $0.isASCII && $0.isLetter } == isEnglish, "\(said)")
    }
    #expect(text.rates.count >= 2 && text.rates.count == schedule.rates.sources.count)
    for (rate, source) in zip(text.rates, schedule.rates.sources) {
      let name = rate.text.prefix { $0 != "," && !$0.isNumber }
      #expect(!rate.text.hasPrefix(source.what) && rate.text.hasSuffix(": \(source.citation)"), "\(rate.text)")
      #expect(name.contains { $0.isASCII && $0.isLetter } == isEnglish, "\(name)")
      // Of what is withheld the section is told.
      let parts = source.what.split(separator: " ", maxSplits: 1)
      if parts.count > 1 { #expect(rate.text.contains(" \(parts[1]) "), "\(rate.text)") }
    }
    let review = package.messages.keysToReview(in: language)
    for key in ["terms.retention", "terms.advance", "rates.unconfirmed", "rates.gst", "rates.withholding"] {
      #expect(review.contains(key) != isEnglish)
    }
    #expect(text.lines.count { $0.hasSuffix(" \(text.unconfirmed)") } == 1)
    #expect(
      PreviewPage(schedule, of: package, in: language).html.contains(" <strong>\(text.unconfirmed)</strong></li>"))
  }

  @Test("a library with older shared texts says these words in English")
  func olderTexts() throws {
    let (package, schedule) = try advanced { text in
      text.split(separator: "\n").filter { !$0.contains("terms.retention:") && !$0.contains("rates.") }
        .joined(separator: "\n")
    }
    let text = ScheduleText(schedule, of: package, in: .hindi)
    #expect(
      text.terms[0].hasPrefix("Retention ") && text.unconfirmed == "(not confirmed)"
        && text.rates[0].text.hasPrefix("GST "))
    #expect(!text.terms[1].hasPrefix("Advance "))
  }

  @Test("texts stay texts")
  func escaped() {
    #expect(Markup.text("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;")
  }
}
