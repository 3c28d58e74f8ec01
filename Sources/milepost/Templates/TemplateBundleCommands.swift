import ArgumentParser
import Crypto
import Documents
import Foundation
import Templates
import Texts

/// `milepost template diff`: what changed, and which number of the version must rise.
struct TemplateDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two templates, folders or bundles, by meaning, and say the smallest step of the version.",
    discussion: """
      EXAMPLES
        milepost template diff mould-1.0.0.tar Datasets/templates/manufacturing/tooling-and-mould
        milepost template diff old.tar new.tar --patch
      """)

  @OptionGroup var library: LibraryOptions
  @Argument(help: ArgumentHelp("The older one.", valueName: "folder|bundle")) var old: String
  @Argument(help: ArgumentHelp("The newer one.", valueName: "folder|bundle")) var new: String
  @Flag(help: "Print the change as JSON Patch (RFC 6902) and nothing else.") var patch = false

  func run() throws {
    let (before, after) = (try library.read(old), try library.read(new))
    let (oldValue, newValue) = (try before.document(), try after.document())
    if patch {
      print(JSONPatch(from: oldValue, to: newValue).value.canonicalText)
      return
    }
    for change in oldValue.changes(to: newValue) {
      let values = [change.before, change.after].map { $0?.canonicalText ?? "-" }
      print("\(change.kind.rawValue) \(change.path): \(values[0]) -> \(values[1])")
    }
    let step = VersionStep(
      from: before.template, to: after.template, oldTexts: before.messages.languages.count,
      newTexts: after.messages.languages.count)
    print("step: \(step.part.rawValue), since \(step.reason)")
    if let witness = step.witness { print("  for instance with \(witness.canonicalText)") }
    guard step.allows(before.template.version, after.template.version) || oldValue == newValue else {
      writeStandardError("from \(before.template.version) to \(after.template.version) is too small a step\n")
      throw ExitCode.failure
    }
  }
}

/// `milepost template bundle`: one file to pass on.
struct TemplateBundleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle", abstract: "Pack a template into one file, signed when there is a key.",
    discussion: """
      The key is 32 random bytes of Ed25519 in hexadecimal; --new-key makes one and prints the public key, by which importers know you.

      EXAMPLES
        milepost template bundle manufacturing/tooling-and-mould --output mould-1.0.0.tar --new-key publisher.key
        milepost template bundle technology/fixed-price-software --output software.tar --key-file publisher.key
      """)

  @OptionGroup var library: LibraryOptions
  @Argument(help: "The template, industry/name.") var template: String
  @Option(help: ArgumentHelp("Where the bundle goes.", valueName: "file")) var output: String
  @Option(help: ArgumentHelp("Sign with the key in this file.", valueName: "file")) var keyFile: String?
  @Option(help: ArgumentHelp("Make a key, keep it in this new file, and sign with it.", valueName: "file")) var newKey:
    String?

  func validate() throws {
    guard keyFile == nil || newKey == nil else { throw ValidationError("give --key-file or --new-key, not both") }
  }

  func run() throws {
    let package = try library.package(template)
    let bytes = try TemplateBundle(package).bytes(signedBy: try key())
    try Data(bytes).write(to: URL(filePath: output), options: .atomic)
    print(
      "\(output): \(package.template.name) \(package.template.version), \(bytes.count) bytes, \(package.template.digest)"
    )
  }

  private func key() throws -> Curve25519.Signing.PrivateKey? {
    if let newKey {
      let key = Curve25519.Signing.PrivateKey()
      let text = Hexadecimal.text(Array(key.rawRepresentation)) + "\n"
      guard
        FileManager.default.fileExists(atPath: newKey) == false,
        FileManager.default.createFile(
          atPath: newKey, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
      else { throw CommandFailure("\(newKey): is there already, or cannot be written") }
      print("public key \(Hexadecimal.text(Array(key.publicKey.rawRepresentation)))")
      return key
    }
    guard let keyFile else { return nil }
    let text = (try? String(contentsOfFile: keyFile, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    guard
      let key = text.flatMap(Hexadecimal.bytes).flatMap({ try? Curve25519.Signing.PrivateKey(rawRepresentation: $0) }
      )
    else { throw CommandFailure("\(keyFile): holds no key of 64 hexadecimal digits") }
    return key
  }
}

/// `milepost template import`: a bundle of somebody else, checked before anything is kept.
struct TemplateImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Check a bundle, show what it would change, and keep it in the library.",
    discussion: """
      Nothing is kept unless every check passes: digests, signature, texts, samples, the analysis, and a hundred contracts run to closing. A
      template that is there already is replaced only by a version that rises far enough; the same once more changes nothing.

      EXAMPLES
        milepost template import mould-1.1.0.tar --dry-run
        milepost template import mould-1.1.0.tar --publisher 5b1c...e2
      """)

  @OptionGroup var library: LibraryOptions
  @Argument(help: "The bundle.") var bundle: String
  @Option(help: ArgumentHelp("Public key of the publisher who must have signed it.", valueName: "hex")) var publisher:
    String?
  @Flag(help: "Only check, and show what would change.") var dryRun = false

  func run() throws {
    let folder = try library.folder()
    let bundle = try library.bundle(self.bundle)
    if let publisher {
      guard bundle.signer.map(Hexadecimal.text) == publisher else {
        throw CommandFailure("\(self.bundle): is not signed by \(publisher)")
      }
    }
    let package = try library.package(of: bundle.files, self.bundle)
    let data = try folder.referenceData()
    let findings = package.check(data).findings + (try folder.dependencyFindings(of: package))
    let lines = findings.flatMap { file in
      file.findings.kept.map { LibraryFolder.line($0, file.file, library.language) }
    }
    guard lines.isEmpty else {
      throw CommandFailure("\(self.bundle): cannot be used\n" + lines.joined(separator: "\n"))
    }
    if let fault = Trial.fault(of: package.template, data, forms: 100) {
      throw CommandFailure("\(self.bundle): \(fault)")
    }
    let path = package.path
    let target = folder.url.appending(path: path)
    let isThere = FileManager.default.fileExists(atPath: target.path)
    if isThere {
      let old = try library.package(path)
      guard old.files != package.files else { return print("\(path): \(package.template.version) is there already") }
      let step = VersionStep(
        from: old.template, to: package.template, oldTexts: old.messages.languages.count,
        newTexts: package.messages.languages.count)
      for change in try old.document().changes(to: package.document()) {
        print("\(change.kind.rawValue) \(change.path)")
      }
      print(
        "\(path): \(old.template.version) to \(package.template.version), a \(step.part.rawValue) step: \(step.reason)")
      guard step.allows(old.template.version, package.template.version) else {
        throw CommandFailure("the version does not rise far enough")
      }
    } else {
      print("\(path): \(package.template.version), new")
    }
    if dryRun { return }
    try folder.keep(bundle.files, at: path)
    print("kept in \(target.path)")
  }
}

extension TemplatePackage {
  /// The template's document as it was written.
  func document() throws -> JSONValue {
    let text = String(decoding: files["template.yaml"] ?? [], as: UTF8.self)
    return try Document(yaml: text).value
  }
}

extension LibraryOptions {
  func bundle(_ path: String) throws -> TemplateBundle {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else {
      throw CommandFailure("\(path): cannot be read")
    }
    do throws(BundleFault) { return try TemplateBundle(reading: Array(data)) } catch {
      throw CommandFailure("\(path): is no bundle that may be used: \(error)")
    }
  }

  /// A template in a folder, in the library or in a bundle.
  func read(_ path: String) throws -> TemplatePackage {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return try package(path) }
    if !isFolder.boolValue { return try package(of: try bundle(path).files, path) }
    return try package(of: try LibraryFolder(path).files("."), path)
  }
}
