import ArgumentParser
import Documents
import Foundation
import Templates

/// `milepost template fork`: a template of one's own that knows what it was made of.
struct TemplateForkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fork", abstract: "Make a template of another one, to change it, and remember which.",
    discussion: """
      The new template stays in its industry and says the same under another name. What it was made of lies in it as origin.tar, so that
      later changes there can be seen, and taken in, by "upstream".

      EXAMPLES
        milepost template fork retail/store-roll-out our-stores
        milepost template fork mould-1.0.0.tar our-moulds --library /srv/templates
      """)

  @OptionGroup var library: LibraryOptions
  @Argument(help: ArgumentHelp("What to make it of: industry/name, a folder or a bundle.", valueName: "template"))
  var source: String
  @Argument(help: "The new one's name: small letters, digits and hyphens.") var name: String

  func run() throws {
    let origin = try library.read(source)
    let path = "\(origin.template.facets.industry.rawValue)/\(name)"
    let folder = try library.folder()
    guard !FileManager.default.fileExists(atPath: folder.url.appending(path: path).path) else {
      throw CommandFailure("\(path): is there already")
    }
    let files = try TemplateFork.files(of: origin, as: name)
    // A name that is none, or other texts than this library has, show here; nothing is kept then.
    let fork = try library.package(of: files, path)
    guard fork.path == path else { throw CommandFailure("\(source): its text has no line \"name: ...\" to change") }
    try folder.keep(files, at: path)
    print("\(path): \(fork.template.version), made of \(origin.path) \(origin.template.version)")
  }
}

/// `milepost template upstream`: what became of what a fork was made of.
struct TemplateUpstreamCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upstream", abstract: "Show what changed in what a template was made of, and take it in.",
    discussion: """
      With --merge a file that only one side changed is that side's; what both changed is put together by meaning, and such a file is then
      written as JSON. Where both changed the same, that is told, nothing is kept, and the exit code is 1. The result is checked before it
      is kept; name and version stay the fork's.

      EXAMPLES
        milepost template upstream retail/our-stores
        milepost template upstream retail/our-stores --from store-roll-out-2.0.0.tar --merge
      """)

  @OptionGroup var library: LibraryOptions
  @Argument(help: "The fork, industry/name.") var template: String
  @Option(
    help: ArgumentHelp(
      "What became of its origin: industry/name, a folder or a bundle. Default: the library's template of its name.",
      valueName: "template")) var from: String?
  @Flag(help: "Take the changes in.") var merge = false

  func run() throws {
    let folder = try library.folder()
    let own = try library.package(template)
    guard let origin = try TemplateFork.origin(of: own.files) else {
      throw CommandFailure("\(template): was made of no other template")
    }
    let base = try library.package(of: origin.files, "\(template)/\(TemplateFork.originFile)")
    let current = try library.read(from ?? base.path)
    print("\(template): made of \(base.path) \(base.template.version); now it is \(current.template.version)")
    let (old, new) = (try TemplateDocument.value(of: base.files), try TemplateDocument.value(of: current.files))
    for change in old.changes(to: new) {
      let values = [change.before, change.after].map { $0?.canonicalText ?? "-" }
      print("\(change.kind.rawValue) \(change.path): \(values[0]) -> \(values[1])")
    }
    guard merge else { return }
    switch try TemplateFork.merge(current, into: own.files, from: base.files) {
    case .conflicts(let conflicts):
      for (file, conflict) in conflicts {
        let values = [conflict.base, conflict.mine, conflict.theirs].map { $0?.canonicalText ?? "-" }
        writeStandardError("\(file): \(conflict.path): was \(values[0]), is \(values[1]) here and \(values[2]) there\n")
      }
      writeStandardError("nothing was kept: change it here as it shall be, then merge again\n")
      throw ExitCode.failure
    case .merged(let files, let changed):
      let merged = try library.package(of: files, template)
      let findings = merged.check(try folder.referenceData()).findings + (try folder.dependencyFindings(of: merged))
      let lines = findings.flatMap { file in
        file.findings.kept.map { LibraryFolder.line($0, file.file, library.language) }
      }
      guard lines.isEmpty else {
        throw CommandFailure("\(template): would not be usable any more\n" + lines.joined(separator: "\n"))
      }
      try folder.keep(files, at: template)
      print(changed.isEmpty ? "nothing to take in" : "taken in: \(changed.joined(separator: ", "))")
    }
  }
}
