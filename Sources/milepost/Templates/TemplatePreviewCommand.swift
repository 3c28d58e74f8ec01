import ArgumentParser
import Documents
import Fiscal
import Foundation
import Kernel
import Templates
import Texts

/// `milepost template preview`: what a form comes to.
struct TemplatePreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview", abstract: "Show the schedule of a form or a sample: sums, tax, days, terms.",
    discussion: """
      EXAMPLES
        milepost template preview manufacturing/tooling-and-mould --sample pune-bracket
        milepost template preview technology/fixed-price-software --form form.yaml --json
        milepost template preview construction/stage-payment-house --sample single-storey-house --language mr --html house.html
      """)

  @OptionGroup var library: LibraryOptions
  @OptionGroup var form: FormOptions
  @Flag(help: "Print the schedule as JSON.") var json = false
  @Option(help: ArgumentHelp("Write a page to print, with the curve of what is paid, to this file.", valueName: "file"))
  var html: String?

  func run() throws {
    let package = try library.package(form.template)
    let (_, schedule) = try form.schedule(of: package, library)
    if let html {
      let page = PreviewPage(schedule, of: package, in: library.language).html
      try Data(page.utf8).write(to: URL(filePath: html), options: .atomic)
    }
    if json {
      print(schedule.json.canonicalText)
      return
    }
    for line in ScheduleText(schedule, of: package, in: library.language).lines { print(line) }
  }
}

/// Which template, and the form that is filled.
struct FormOptions: ParsableArguments {
  @Argument(help: "The template, industry/name.") var template: String
  @Option(help: ArgumentHelp("The form, a file of YAML or JSON.", valueName: "file")) var form: String?
  @Option(help: "The form of this sample.") var sample: String?
  @Option(help: ArgumentHelp("Start on this day instead of the form's.", valueName: "2026-04-01")) var start: String?
  @Flag(help: "Use rates that are not confirmed; each is named.") var acceptUnconfirmed = false

  func validate() throws {
    guard (form == nil) != (sample == nil) else { throw ValidationError("give --form or --sample") }
  }

  /// What should be looked at is in the schedule's findings.
  func schedule(of package: TemplatePackage, _ library: LibraryOptions) throws -> (ParameterSet, Schedule) {
    let folder = try library.folder()
    var accepts = acceptUnconfirmed
    var document: Document
    let place: String
    if let sample {
      guard let known = package.samples.first(where: { $0.name == sample }) else {
        let names = package.samples.map(\.name).joined(separator: ", ")
        throw CommandFailure("\(template) has no sample '\(sample)'; there are: \(names)")
      }
      document = try Document(json: known.form.json.canonicalBytes)
      place = "sample \(sample)"
      accepts = accepts || known.acceptsUnconfirmed
    } else {
      place = form ?? ""
      document = try folder.document(URL(filePath: place))
    }
    if let start, var members = document.value.object {
      members["start"] = .string(start)
      document = try Document(json: JSONValue.object(members).canonicalBytes)
    }
    var findings = Findings()
    let parameters = ParameterSet(reading: document.root, for: package.template, &findings)
    try folder.refuse(findings, in: place)
    guard let parameters else { throw CommandFailure("\(place): no form") }
    let data = try folder.referenceData()
    do throws(ScheduleFault) {
      let schedule = try package.template.schedule(
        parameters, from: data, accepting: accepts ? .unconfirmed : .confirmed)
      return (parameters, schedule)
    } catch {
      guard case .rates(let fault) = error else { throw error }
      throw CommandFailure("no rate: \(fault)")
    }
  }
}
