public import ArgumentParser
import Documents
import Expressions
import Fiscal
package import Templates
public import Texts

/// `milepost template`: the library of contracts, and what comes of its forms.
struct TemplateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template",
    abstract: "Find, check and preview templates, and make contracts of them.",
    subcommands: [
      TemplateListCommand.self, TemplateShowCommand.self, TemplateCheckCommand.self, TemplatePreviewCommand.self,
      TemplateInstantiateCommand.self, TemplateDiffCommand.self, TemplateForkCommand.self, TemplateUpstreamCommand.self,
      TemplateBundleCommand.self, TemplateImportCommand.self,
      TemplateFillCommand.self, TemplateTendersCommand.self,
    ])
}

struct TemplateListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List templates, by facets.",
    discussion: """
      EXAMPLES
        milepost template list
        milepost template list --industry construction --size large --language hi
      """)

  @OptionGroup var library: LibraryOptions
  @Option(help: "manufacturing, technology, construction, healthcare, education or retail.") var industry:
    Facets.Industry?
  @Option(help: "small, medium or large.") var size: Facets.Size?
  @Option(help: "simple, moderate or complex.") var complexity: Facets.Complexity?
  @Option(help: "A kind of payment terms, for instance running-account.") var payment: Facets.PaymentTerms?

  func run() throws {
    var count = 0
    for path in try library.folder().paths() {
      let package = try library.package(path)
      let facets = package.template.facets
      guard industry ?? facets.industry == facets.industry, size ?? facets.size == facets.size,
        complexity ?? facets.complexity == facets.complexity, payment.map({ facets.payment.contains($0) }) ?? true
      else { continue }
      count += 1
      print(
        "\(path) \(package.template.version)  \(facets.size.rawValue), \(facets.complexity.rawValue), \(facets.escalation.rawValue)"
      )
      print("  \(package.text("title", in: library.language)): \(package.text("summary", in: library.language))")
    }
    print("\(count) templates")
  }
}

struct TemplateShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a template: what its form asks for, and its milestones.",
    discussion: """
      EXAMPLES
        milepost template show manufacturing/tooling-and-mould --language hi
        milepost template show manufacturing/tooling-and-mould --schema
      """)

  @OptionGroup var library: LibraryOptions
  @Argument(help: "The template, industry/name.") var template: String
  @Flag(help: "Print the form's JSON Schema and nothing else.") var schema = false

  func run() throws {
    let package = try library.package(template)
    if schema {
      print(package.template.schema.canonicalText)
      return
    }
    let language = library.language
    print("\(package.text("title", in: language)) \(package.template.version), \(package.template.digest)")
    print(package.text("summary", in: language))
    print("\nForm")
    for parameter in package.template.parameters {
      let standard = parameter.standard.map { ", \($0.canonicalText) unless said" } ?? ""
      print(
        "  \(parameter.name): \(package.text("parameters.\(parameter.name)", in: language)) (\(parameter.domain.about)\(standard))"
      )
    }
    print("\nMilestones")
    for milestone in package.template.milestones {
      print("  \(milestone.id): \(package.text("milestones.\(milestone.id)", in: language)), \(milestone.size.about)")
    }
    print("\nSamples: \(package.samples.map(\.name).joined(separator: ", "))")
  }
}

struct TemplateCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check templates: analysis, texts, samples, and contracts run from funding to closing.",
    discussion: """
      Every combination of the parameters that decide milestones and shares is tried; of all others ranges are reckoned. Templates that one
      belongs to must be in the folder, in versions that will do, and not belong to it in turn. Then forms are generated, and a kernel of the command's own runs the contract of each until every bucket is empty; what it deducts is compared
      with a second computation. Exit code 1 when anything was found.

      EXAMPLES
        milepost template check
        milepost template check manufacturing/tooling-and-mould --forms 10000
      """)

  @OptionGroup var library: LibraryOptions
  @Argument(help: "Templates, industry/name; all without.") var templates: [String] = []
  @Option(help: "Forms to generate and run, for each template.") var forms = 100
  @Option(help: "Seed of the generator: the same seed gives the same forms.") var seed: UInt64 = 1

  func run() throws {
    let folder = try library.folder()
    let data = try folder.referenceData()
    let common = try folder.commonTexts()
    var isClean = true
    for path in templates.isEmpty ? try folder.paths() : templates {
      var findings: [FileFindings] = []
      let package = TemplatePackage(reading: try folder.files(path), common: common, &findings)
      var summary = "cannot be read"
      if let package {
        let (more, analysis) = package.check(data)
        findings += more + (try folder.dependencyFindings(of: package))
        let counts =
          analysis.milestoneCounts.map { "\($0.lowerBound) to \($0.upperBound) milestones" } ?? "no milestones"
        summary = "\(analysis.shapeCount) shapes, \(counts), \(package.samples.count) samples"
        if !findings.contains(where: \.findings.hasErrors) {
          if let fault = Trial.fault(of: package.template, data, forms: forms, seed: seed) {
            summary += "; FAILED: \(fault)"
            isClean = false
          } else {
            summary += ", \(forms) contracts run to closing"
          }
        }
      }
      print("\(path): \(summary)")
      for file in findings {
        for finding in file.findings.kept { print("  " + LibraryFolder.line(finding, file.file, library.language)) }
        if file.findings.hasErrors { isClean = false }
      }
    }
    if !isClean { throw ExitCode(1) }
  }

}

extension Parameter.Domain {
  fileprivate var about: String {
    switch self {
    case .integer(let range, let unit): "\(unit.rawValue), \(range.lowerBound) to \(range.upperBound)"
    case .boolean: "true or false"
    case .word(let words): words.joined(separator: ", ")
    case .date: "a day, 2026-04-01"
    case .text(let lengthMax): "a text, at most \(lengthMax) letters"
    }
  }
}

extension MilestoneRule.Size {
  fileprivate var about: String {
    switch self {
    case .share(let share): "\(share.text) basis points"
    case .amount(let amount): "\(amount.text) paise"
    case .rest: "the rest"
    }
  }
}

extension Language: ExpressibleByArgument {}
extension Facets.Industry: ExpressibleByArgument {}
extension Facets.Size: ExpressibleByArgument {}
extension Facets.Complexity: ExpressibleByArgument {}
extension Facets.PaymentTerms: ExpressibleByArgument {}
extension ContractOrder.Stage: ExpressibleByArgument {}
