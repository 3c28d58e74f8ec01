package import Documents

/// A template with all that belongs to it as one document, so that it has one version and one history.
///
/// ```yaml
/// template: ...                 # what template.yaml says
/// messages: { en: ..., hi: ... }
/// samples: { name: ... }
/// readme: |
///   ...
/// changelog: |
///   ...
/// ```
package enum TemplateDocument {
  /// Places of the files in the document, and back.
  private static let texts = ["readme": "README.md", "changelog": "CHANGELOG.md"]
  private static let folders = ["messages", "samples"]
  private static let template = (member: "template", file: "template.yaml")

  // MARK: Reading

  /// The files that the document stands for: of each part its canonical form, which is YAML, too.
  /// - Returns: nil when it is none, which is among the findings.
  package static func files(of document: Document, _ findings: inout Findings) -> TemplateFiles? {
    let root = document.root
    guard root.kind == .object else {
      findings.add(Finding("template.kind", at: root, arguments: ["wanted": "an object"]))
      return nil
    }
    var files = TemplateFiles()
    for (name, node) in root.members {
      let name = name.string ?? ""
      if name == template.member {
        insert(template.file, node.value.canonicalBytes, node, &files, &findings)
      } else if let file = texts[name] {
        guard let text = node.string else {
          findings.add(Finding("template.kind", at: node, arguments: ["wanted": "a text"]))
          continue
        }
        insert(file, Array(text.utf8), node, &files, &findings)
      } else if folders.contains(name) {
        guard node.kind == .object else {
          findings.add(Finding("template.kind", at: node, arguments: ["wanted": "an object"]))
          continue
        }
        for (part, value) in node.members {
          insert("\(name)/\(part.string ?? "").yaml", value.value.canonicalBytes, value, &files, &findings)
        }
      } else {
        findings.add(Finding("template.unknown", at: node, arguments: ["name": .string(name)]))
      }
    }
    return findings.hasErrors ? nil : files
  }

  /// Whether the document's template says that it belongs to the one of that path, without reading the rest of it.
  package static func isDependent(_ document: Document, on path: String) -> Bool {
    let dependencies = document.root.member(template.member)?.member("dependencies")
    return dependencies?.elements.contains { $0.member("template")?.string == path } ?? false
  }

  private static func insert(
    _ path: String, _ bytes: [UInt8], _ node: DocumentNode, _ files: inout TemplateFiles, _ findings: inout Findings
  ) {
    do throws(TemplateFilesFault) { try files.insert(path, bytes) } catch {
      findings.add(
        Finding(
          "template.part", at: node, arguments: ["name": .string(error.path), "fault": .string(error.reason.rawValue)]))
    }
  }

  /// What was found in the files, at its places in the document.
  package static func findings(_ all: [FileFindings], in document: Document) -> Findings {
    var findings = Findings()
    for file in all {
      let prefix = pointer(of: file.file)
      for var finding in file.findings.kept {
        finding.pointer = prefix.appending(finding.pointer)
        // Places so far are of the canonical form, which nobody wrote.
        finding.place = place(of: finding.pointer, in: document)
        finding.fix = finding.fix?.below(prefix)
        findings.add(finding)
      }
    }
    return findings
  }

  /// Of the value, or of the nearest one around it.
  private static func place(of pointer: JSONPointer, in document: Document) -> TextPlace? {
    var pointer: JSONPointer? = pointer
    while let current = pointer {
      if let node = document.root.node(at: current) { return node.place }
      pointer = current.parent
    }
    return nil
  }

  private static func pointer(of file: String) -> JSONPointer {
    if file == template.file { return JSONPointer([template.member]) }
    if let text = texts.first(where: { $0.value == file }) { return JSONPointer([text.key]) }
    let parts = file.split(separator: "/").map { $0.hasSuffix(".yaml") ? String($0.dropLast(5)) : String($0) }
    return JSONPointer(parts)
  }

  // MARK: Writing

  /// Whether a text that was made of files before is still theirs. Nothing is read for it, so it may say no of a text that is.
  package static func isText(_ text: [UInt8], of files: TemplateFiles) -> Bool {
    written(files).utf8.elementsEqual(text)
  }

  /// The document of files, as YAML with all comments in it.
  /// - Throws: when a file is no document.
  package static func text(of files: TemplateFiles) throws(DocumentFault) -> [UInt8] {
    let value = try value(of: files)
    let text = Array(written(files).utf8)
    // What cannot be written that way, a text with tabs before its lines perhaps, has its canonical form.
    guard let document = try? Document(yaml: String(decoding: text, as: UTF8.self)), document.value == value else {
      return value.canonicalBytes
    }
    return text
  }

  /// What the document says.
  /// - Throws: as `text(of:)`.
  package static func value(of files: TemplateFiles) throws(DocumentFault) -> JSONValue {
    var value = JSONObject()
    value[template.member] = try read(template.file, of: files)
    for folder in folders {
      var parts = JSONObject()
      for (name, path) in files.documents(below: folder) { parts[name] = try read(path, of: files) }
      value[folder] = .object(parts)
    }
    for (member, file) in texts { value[member] = .string(String(decoding: files[file] ?? [], as: UTF8.self)) }
    return .object(value)
  }

  private static func read(_ path: String, of files: TemplateFiles) throws(DocumentFault) -> JSONValue {
    try Document(yaml: String(decoding: files[path] ?? [], as: UTF8.self)).value
  }

  private static func written(_ files: TemplateFiles) -> String {
    var text = "\(template.member):\n" + indented(files[template.file] ?? [], by: 2)
    for folder in folders {
      let parts = files.documents(below: folder)
      text += parts.isEmpty ? "\n\(folder): {}\n" : "\n\(folder):\n"
      for (name, path) in parts { text += "  \"\(name)\":\n" + indented(files[path] ?? [], by: 4) }
    }
    for (member, file) in texts.sorted(by: { $0.key > $1.key }) {
      let bytes = files[file] ?? []
      // Without an end of line at its end the text has none here either.
      text += "\n\(member): \(bytes.last == 0x0A ? "|" : "|-")\n" + indented(bytes, by: 2)
    }
    return text
  }

  private static func indented(_ bytes: [UInt8], by count: Int) -> String {
    let margin = String(repeating: " ", count: count)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let whole = lines.last == "" ? lines.dropLast() : lines[...]
    return whole.map { $0.isEmpty ? "\n" : "\(margin)\($0)\n" }.joined()
  }
}

extension JSONPatch {
  /// The same changes of the same value inside another one.
  fileprivate func below(_ prefix: JSONPointer) -> JSONPatch {
    JSONPatch(
      operations.map { operation in
        switch operation {
        case .add(let path, let value): .add(prefix.appending(path), value)
        case .remove(let path): .remove(prefix.appending(path))
        case .replace(let path, let value): .replace(prefix.appending(path), value)
        case .move(let from, let path): .move(from: prefix.appending(from), to: prefix.appending(path))
        case .copy(let from, let path): .copy(from: prefix.appending(from), to: prefix.appending(path))
        case .test(let path, let value): .test(prefix.appending(path), value)
        }
      })
  }
}
