import Crypto
import Documents
import Testing
import Texts

@testable import Templates

@Suite("Bundles and versions")
struct BundleTests {
  private func package() throws -> TemplatePackage {
    var findings: [FileFindings] = []
    let files = try Library.files("manufacturing/tooling-and-mould")
    return try #require(TemplatePackage(reading: files, common: Library.common, &findings))
  }

  @Test("a bundle comes back as it was; the same files are the same bytes")
  func roundTrip() throws {
    let package = try package()
    let bytes = try TemplateBundle(package).bytes()
    #expect(bytes == (try TemplateBundle(package).bytes()))
    #expect(bytes.count % 512 == 0)
    let bundle = try TemplateBundle(reading: bytes)
    #expect(bundle.files == package.files && bundle.template == package.template.digest && bundle.signer == nil)
    #expect(bundle.name == "tooling-and-mould" && bundle.version == package.template.version)
  }

  @Test("a signature says whose bundle it is, and no byte can be changed")
  func signed() throws {
    let key = Curve25519.Signing.PrivateKey()
    let bytes = try TemplateBundle(try package()).bytes(signedBy: key)
    #expect(try TemplateBundle(reading: bytes).signer == Array(key.publicKey.rawRepresentation))
    for index in stride(from: 0, to: bytes.count, by: 61) {
      var changed = bytes
      changed[index] ^= 1
      #expect(throws: BundleFault.self, "byte \(index)") { _ = try TemplateBundle(reading: changed) }
    }
    for count in stride(from: 0, to: bytes.count, by: 509) {
      #expect(throws: BundleFault.self) { _ = try TemplateBundle(reading: Array(bytes[..<count])) }
    }
    #expect(throws: BundleFault.self) { _ = try TemplateBundle(reading: bytes + [0]) }
  }

  @Test("a signature of another manifest is none")
  func foreign() throws {
    let key = Curve25519.Signing.PrivateKey()
    let signed = try TarArchive.files(in: TemplateBundle(try package()).bytes(signedBy: key))
    var other = try package()
    try other.files.insert("notes.md", [1])
    let plain = try TarArchive.files(in: TemplateBundle(other).bytes())
    let mixed = TarArchive.bytes(of: [plain[0], signed[1]] + plain.dropFirst())
    #expect(throws: BundleFault.badSignature) { _ = try TemplateBundle(reading: mixed) }
  }

  @Test("an archive with links, folders or paths that lead out is refused")
  func unsafe() throws {
    let bytes = TarArchive.bytes(of: [("../evil", [1])])
    var link = bytes
    link[156] = 0x32
    #expect(throws: BundleFault.self) { _ = try TemplateBundle(reading: link) }
    #expect(throws: BundleFault.self) { _ = try TemplateBundle(reading: bytes) }
    let manifest = try TarArchive.files(in: TemplateBundle(try package()).bytes())[0]
    #expect(throws: BundleFault.file(TemplateFilesFault(path: "../evil", reason: .path))) {
      _ = try TemplateBundle(reading: TarArchive.bytes(of: [manifest, ("../evil", [1])]))
    }
  }

  @Test(
    "the smallest step is what was done to forms",
    arguments: [
      ("version: 1.0.0", "version: 1.0.1", VersionStep.Part.patch),
      ("maximum: 3, default: 2", "maximum: 4, default: 2", .minor),
      ("  extra: {", "  new: { type: boolean, default: false }\n  extra: {", .minor),
      ("maximum: 3, default: 2", "maximum: 2, default: 2", .major),
      ("maximum: 3, default: 2", "maximum: 3, default: 1", .major),
      ("  extra: {", "  new: { type: boolean }\n  extra: {", .major),
      ("share: 4000", "share: 3000", .major), ("i * 10", "i * 11", .major), ("verify: uat", "verify: qc", .major),
      ("escalation: E1", "escalation: E2", .major), ("parts: {", "pieces: {", .major),
    ])
  func steps(_ from: String, _ to: String, _ part: VersionStep.Part) throws {
    let old = try Library.read(Small.text)
    let text = Small.changed(from, to).replacing(
      "repeat: parts", with: from == "parts: {" ? "repeat: pieces" : "repeat: parts")
    let step = VersionStep(from: old, to: try Library.read(text))
    #expect(step.part == part, "\(step.reason)")
    #expect(step.allows(.init(1, 0, 0), .init(2, 0, 0)))
    #expect(step.allows(.init(1, 0, 0), .init(1, 1, 0)) == (part <= .minor))
    #expect(step.allows(.init(1, 0, 0), .init(1, 0, 1)) == (part == .patch))
    #expect(!step.allows(.init(1, 0, 0), .init(1, 0, 0)))
  }

  @Test(
    "versions are three numbers", arguments: ["1.0", "1.0.0.0", "01.0.0", "1.0.x", "", "1..0", "-1.0.0", "1.0.70000"])
  func versions(_ text: String) { #expect(TemplateVersion(text) == nil) }
}
