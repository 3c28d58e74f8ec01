package import Documents

/// A template that was made of another one, and remembers it: `origin.tar` among its files is the bundle that it was made of.
package enum TemplateFork {
  package static let originFile = "origin.tar"

  /// The files of a fork: those of its origin under another name.
  /// - Throws: when there is no room for the origin.
  package static func files(of origin: TemplatePackage, as name: String) throws -> TemplateFiles {
    var files = TemplateFiles()
    for path in origin.files.paths where path != originFile {
      let bytes = origin.files[path] ?? []
      try files.insert(path, path == "template.yaml" ? renamed(bytes, name) : bytes)
    }
    try files.insert(originFile, try bundle(origin))
    return files
  }

  /// Without what it was itself made of.
  private static func bundle(_ package: TemplatePackage) throws -> [UInt8] {
    var package = package
    package.files = try package.files.removing(originFile)
    return try TemplateBundle(package).bytes()
  }

  /// The template's text with another name: its one line that begins with `name:`.
  private static func renamed(_ bytes: [UInt8], _ name: String) -> [UInt8] {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    return Array(lines.map { $0.hasPrefix("name:") ? "name: \(name)" : String($0) }.joined(separator: "\n").utf8)
  }

  /// What a fork was made of.
  /// - Returns: nil when it is none.
  package static func origin(of files: TemplateFiles) throws(BundleFault) -> TemplateBundle? {
    guard let bytes = files[originFile] else { return nil }
    return try TemplateBundle(reading: bytes)
  }

  // MARK: Merging

  package enum Outcome {
    /// The files of the fork with what its origin changed; its origin is now the newer one.
    case merged(TemplateFiles, changed: [String])
    /// Both changed the same.
    case conflicts([(file: String, conflict: Merge.Conflict)])
  }

  /// Brings what became of a fork's origin into it.
  ///
  /// A file that only one side changed is that side's, as it was written. One that both changed is put together by meaning, and is then
  /// written as JSON, without its comments. The fork keeps its own name and version.
  /// - Throws: when a file is no document.
  package static func merge(
    _ current: TemplatePackage, into mine: TemplateFiles, from base: TemplateFiles
  ) throws -> Outcome {
    var merged = TemplateFiles()
    var changed: [String] = []
    var conflicts: [(String, Merge.Conflict)] = []
    let theirs = try current.files.removing(originFile)
    for path in Set(mine.paths + theirs.paths).subtracting([originFile]).sorted() {
      let (old, own, other) = (base[path], mine[path], theirs[path])
      var result = own
      if other != old, own != other {
        if own == old {
          result = other
        } else {
          let merge = try merge(old, own, other, path)
          conflicts += merge.conflicts.map { (path, $0) }
          if merge.value != merge.own { result = merge.value.map { Array("\($0.indentedText)\n".utf8) } }
        }
      }
      if result != own { changed.append(path) }
      if let result { try merged.insert(path, result) }
    }
    guard conflicts.isEmpty else { return .conflicts(conflicts) }
    try merged.insert(originFile, try bundle(current))
    return .merged(merged, changed: changed)
  }

  private struct FileMerge {
    var value: JSONValue?
    var own: JSONValue?
    var conflicts: [Merge.Conflict]
  }

  private static func merge(
    _ old: [UInt8]?, _ own: [UInt8]?, _ other: [UInt8]?, _ path: String
  ) throws(DocumentFault) -> FileMerge {
    func read(_ bytes: [UInt8]?) throws(DocumentFault) -> JSONValue? {
      guard let bytes else { return nil }
      let text = String(decoding: bytes, as: UTF8.self)
      // Texts for people are a value each.
      return path.hasSuffix(".yaml") ? try Document(yaml: text).value : .string(text)
    }
    var (base, mine, theirs) = (try read(old), try read(own), try read(other))
    if path == "template.yaml" {
      base = base?.keeping("name", "version", of: mine)
      theirs = theirs?.keeping("name", "version", of: mine)
    }
    // A member of an object may be missing, so a file may be, too.
    let merge = Merge(base: wrapped(base), mine: wrapped(mine), theirs: wrapped(theirs))
    return FileMerge(value: merge.value["file"], own: mine, conflicts: merge.conflicts)
  }

  private static func wrapped(_ value: JSONValue?) -> JSONValue {
    var object = JSONObject()
    object["file"] = value
    return .object(object)
  }
}

extension JSONValue {
  fileprivate func keeping(_ names: String..., of other: JSONValue?) -> JSONValue {
    guard var object else { return self }
    for name in names { object[name] = other?[name] }
    return .object(object)
  }
}

extension TemplateFiles {
  fileprivate func removing(_ path: String) throws(TemplateFilesFault) -> TemplateFiles {
    var files = TemplateFiles()
    for own in paths where own != path { try files.insert(own, self[own] ?? []) }
    return files
  }
}
