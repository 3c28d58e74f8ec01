package import Crypto
package import Documents

/// A template as one file, to be passed on: its files, a manifest with the digest of each, and perhaps a publisher's signature over the
/// manifest.
///
/// ```
/// manifest.json    { bundle, name, version, template, dependencies, files: [{ path, bytes, sha256 }] }, canonical; without dependencies
///                  there is no such member
/// signature.json   { algorithm: ed25519, key, signature }, hexadecimal; may be missing
/// ...              the files, in order of paths
/// ```
/// The same files and the same key give the same bytes but for the signature, which is randomised by some signers.
package struct TemplateBundle: Sendable {
  package var files: TemplateFiles
  package var name: String
  package var version: TemplateVersion
  /// Of the template itself, see `Template.digest`.
  package var template: DocumentDigest
  /// What the template depends on; the bundle does not hold it.
  package var dependencies: [TemplateDependency]
  /// Whose key signed it; nil without a signature. It says who, not whether they are trusted.
  package private(set) var signer: [UInt8]?

  package static let format = "bundle/1"
  /// Bytes of a whole bundle.
  package static let byteCountMax = 6 << 20

  private static let manifestPath = "manifest.json"
  private static let signaturePath = "signature.json"

  /// Of a package that was read.
  package init(_ package: TemplatePackage) {
    files = package.files
    name = package.template.name
    version = package.template.version
    template = package.template.digest
    dependencies = package.template.dependencies
  }

  package func bytes(signedBy key: Curve25519.Signing.PrivateKey? = nil) throws -> [UInt8] {
    let manifest = manifest.canonicalBytes
    var all: [(path: String, bytes: [UInt8])] = [(Self.manifestPath, manifest)]
    if let key {
      let signature: JSONValue = [
        "algorithm": "ed25519", "key": .string(Hexadecimal.text(Array(key.publicKey.rawRepresentation))),
        "signature": .string(Hexadecimal.text(Array(try key.signature(for: manifest)))),
      ]
      all.append((Self.signaturePath, signature.canonicalBytes))
    }
    all += files.paths.compactMap { path in files[path].map { (path, $0) } }
    return TarArchive.bytes(of: all)
  }

  private var manifest: JSONValue {
    var manifest: JSONValue = [
      "bundle": .string(Self.format), "name": .string(name), "version": .string(version.description),
      "template": .string(template.description),
      "files": .array(
        files.paths.map { path in
          let bytes = files[path] ?? []
          return [
            "path": .string(path), "bytes": .integer(Int64(bytes.count)),
            "sha256": .string(Hexadecimal.text(Array(SHA256.hash(data: bytes)))),
          ]
        }),
    ]
    if !dependencies.isEmpty, var members = manifest.object {
      members["dependencies"] = .array(
        dependencies.map { ["template": .string($0.path), "versions": .string($0.versions.description)] })
      manifest = .object(members)
    }
    return manifest
  }

  /// Reads a bundle and checks that it is what its manifest says, and the signature if there is one. What the files mean is
  /// checked by `TemplatePackage`.
  package init(reading bytes: [UInt8]) throws(BundleFault) {
    guard bytes.count <= Self.byteCountMax else { throw .tooLarge }
    let entries: [(path: String, bytes: [UInt8])]
    do throws(TarFault) { entries = try TarArchive.files(in: bytes) } catch { throw .archive(error) }
    guard let first = entries.first, first.path == Self.manifestPath else { throw .noManifest }
    var rest = entries.dropFirst()
    files = TemplateFiles()
    if let second = rest.first, second.path == Self.signaturePath {
      signer = try Self.signer(second.bytes, of: first.bytes)
      rest = rest.dropFirst()
    }
    for entry in rest {
      do throws(TemplateFilesFault) { try files.insert(entry.path, entry.bytes) } catch { throw .file(error) }
    }
    guard let root = try? Document(json: first.bytes).root, let name = root.member("name")?.string,
      let version = (root.member("version")?.string).flatMap({ TemplateVersion($0) }),
      let template = (root.member("template")?.string).flatMap({ DocumentDigest(hex: $0) })
    else { throw .noManifest }
    (self.name, self.version, self.template) = (name, version, template)
    // What is no dependency is left out, and then the manifest is another one.
    dependencies =
      root.member("dependencies")?.elements.prefix(TemplateDependency.countMax).compactMap { node in
        guard let path = node.member("template")?.string, let text = node.member("versions")?.string,
          let versions = VersionRange(text)
        else { return nil }
        return TemplateDependency(path: path, versions: versions)
      } ?? []
    // One spelling only: the manifest of these files is these bytes, or something was changed.
    guard manifest.canonicalBytes == first.bytes else { throw .changed }
    guard rest.map(\.path) == files.paths else { throw .changed }
  }

  /// - Returns: the key, when the signature is its own.
  private static func signer(_ bytes: [UInt8], of manifest: [UInt8]) throws(BundleFault) -> [UInt8] {
    guard let root = try? Document(json: bytes).root, root.count == 3, root.member("algorithm")?.string == "ed25519",
      let key = root.member("key")?.string.flatMap(Hexadecimal.bytes),
      let signature = root.member("signature")?.string.flatMap(Hexadecimal.bytes),
      let publicKey = try? Curve25519.Signing.PublicKey(rawRepresentation: key),
      publicKey.isValidSignature(signature, for: manifest)
    else { throw .badSignature }
    return key
  }
}

/// Why bytes are no bundle that may be used.
package enum BundleFault: Error, Equatable {
  case tooLarge
  case archive(TarFault)
  case noManifest
  case file(TemplateFilesFault)
  /// The files are not those of the manifest.
  case changed
  case badSignature
}

extension BundleFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLarge: "it is too large"
    case .archive(let fault): "byte \(fault.offset): \(fault.reason)"
    case .noManifest: "it has no manifest"
    case .file(let fault): "\(fault.path) \(fault.reason.rawValue)"
    case .changed: "its files are not those that its manifest names"
    case .badSignature: "its signature is not of these files"
    }
  }
}
