package import Documents

/// The files of one template, by their paths inside its folder: what is read from a disk, or comes in a bundle.
///
/// ```
/// template.yaml            the template
/// messages/<language>.yaml its texts; English must be there
/// samples/<name>.yaml      forms with what they come to
/// README.md, CHANGELOG.md  for people
/// ```
package struct TemplateFiles: Sendable, Equatable {
  package private(set) var files: [String: [UInt8]] = [:]

  /// Bytes of all files together.
  package static let byteCountMax = 4 << 20
  package static let fileCountMax = 200

  package init() {}

  /// - Throws: when the path leads elsewhere, or there is too much.
  package mutating func insert(_ path: String, _ bytes: [UInt8]) throws(TemplateFilesFault) {
    guard Self.isSafe(path) else { throw TemplateFilesFault(path: path, reason: .path) }
    guard files[path] == nil else { throw TemplateFilesFault(path: path, reason: .twice) }
    let byteCount = files.values.reduce(bytes.count) { $0 + $1.count }
    guard files.count < Self.fileCountMax, byteCount <= Self.byteCountMax else {
      throw TemplateFilesFault(path: path, reason: .size)
    }
    files[path] = bytes
  }

  package subscript(path: String) -> [UInt8]? { files[path] }

  package var paths: [String] { files.keys.sorted() }

  /// Names of letters, digits and `._-` below at most one folder: nothing that leads out of a folder or hides in it.
  package static func isSafe(_ path: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return (1...2).contains(parts.count) && path.utf8.count <= 100
      && parts.allSatisfy { part in
        !part.isEmpty && !part.hasPrefix(".")
          && part.utf8.allSatisfy {
            0x61...0x7A ~= $0 || 0x41...0x5A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
          }
      }
  }

  /// What is below a folder and ends so, with its name without the ending.
  func documents(below folder: String) -> [(name: String, path: String)] {
    paths.compactMap { path in
      guard path.hasPrefix("\(folder)/"), path.hasSuffix(".yaml") else { return nil }
      return (String(path.dropFirst(folder.utf8.count + 1).dropLast(5)), path)
    }
  }
}

package struct TemplateFilesFault: Error, Equatable {
  package var path: String
  package var reason: Reason

  package enum Reason: String, Sendable {
    case path = "leads out of the folder, or has letters that names must not have"
    case twice = "is there twice"
    case size = "is too much: 200 files and 4 MiB at most"
  }
}

/// What was found in one file.
package struct FileFindings: Sendable {
  package var file: String
  package var findings: Findings

  package init(_ file: String, _ findings: Findings) {
    self.file = file
    self.findings = findings
  }
}
