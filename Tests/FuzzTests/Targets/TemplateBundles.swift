import Documents

@testable import Templates

/// Bundles of templates: arbitrary bytes are refused with a reason, or are the only spelling of what they hold. And any files that a bundle may hold
/// come back out of it.
///
/// Input: a byte, even for a bundle as it is; odd for files, each a byte with the length of its path, the path, two bytes with its
/// length (big endian), and its bytes.
enum TemplateBundles {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = Input(bytes)
    if input.byte() & 1 == 0 { try read(input.rest()) } else { try carried(&input) }
  }

  private static func read(_ bytes: [UInt8]) throws(Finding) {
    let bundle: TemplateBundle
    do throws(BundleFault) { bundle = try TemplateBundle(reading: bytes) } catch {
      if case .archive(let fault) = error {
        try must(0...bytes.count ~= fault.offset, "a fault outside of the archive")
      }
      return try must(!error.description.isEmpty, "a fault without words")
    }
    try must(try again(bundle) == bytes || bundle.signer != nil, "a bundle is spelt in two ways")
    var findings: [FileFindings] = []
    let package = TemplatePackage(reading: bundle.files, &findings)
    try must(
      (package == nil) == findings.contains { $0.findings.hasErrors },
      "a package is refused without an error, or read with one")
  }

  private static func carried(_ input: inout Input) throws(Finding) {
    guard var bundle = try? TemplateBundle(reading: Seeds.templateBundle) else {
      throw Finding(description: "the bundle of the seeds is none")
    }
    bundle.files = TemplateFiles()
    while !input.isAtEnd {
      let path = String(decoding: input.take(Int(input.byte())), as: UTF8.self)
      let count = Int(input.byte()) << 8 | Int(input.byte())
      // What no bundle may hold is left out.
      try? bundle.files.insert(path, input.take(count))
    }
    let packed = try again(bundle)
    let back: TemplateBundle
    do throws(BundleFault) { back = try TemplateBundle(reading: packed) } catch {
      throw Finding(description: "what was packed is no bundle: \(error)")
    }
    try must(back.files == bundle.files && back.name == bundle.name, "something else comes out than was packed")
  }

  private static func again(_ bundle: TemplateBundle) throws(Finding) -> [UInt8] {
    do { return try bundle.bytes() } catch { throw Finding(description: "a bundle cannot be written: \(error)") }
  }
}
