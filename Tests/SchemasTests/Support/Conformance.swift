import Documents
import Foundation
import Schemas

/// The suite of JSON Schema beside the checkout.
enum Conformance {
  struct Group {
    let description: String
    let schema: JSONValue
    let cases: [(description: String, data: Document, isValid: Bool)]
  }

  /// Nil where it is not there.
  static let folder: URL? = {
    let root =
      ProcessInfo.processInfo.environment["MILEPOST_CONFORMANCE"].map { URL(filePath: $0) }
      ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "../shared/conformance").standardizedFileURL
    let folder = root.appending(path: "json-schema")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static func files(in path: String) throws -> [URL] {
    guard let folder else { return [] }
    return try FileManager.default.contentsOfDirectory(
      at: folder.appending(path: path), includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
  }

  static func read(_ file: URL) throws -> JSONValue { try Document(json: [UInt8](Data(contentsOf: file))).value }

  /// Every case's data is written again and read as a document of its own.
  static func groups(of file: URL) throws -> [Group] {
    let document = try Document(json: [UInt8](Data(contentsOf: file)))
    return try document.root.elements.map { group in
      let cases = try (group.member("tests").map { Array($0.elements) } ?? []).map { one in
        (
          one.member("description")?.string ?? "",
          try Document(json: slice(one.member("data"), of: document)),
          one.member("valid")?.bool ?? false
        )
      }
      return Group(
        description: group.member("description")?.string ?? "", schema: group.member("schema")?.value ?? .null,
        cases: cases)
    }
  }

  /// The text of a value: from where it begins to where a reader stops.
  private static func slice(_ node: DocumentNode?, of document: Document) -> [UInt8] {
    guard let node else { return [] }
    let text = document.text
    var (position, depth, isString) = (node.byteOffset, 0, false)
    repeat {
      let byte = text[position]
      if isString {
        if byte == UInt8(ascii: "\\") { position += 1 }
        if byte == UInt8(ascii: "\"") { isString = false }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isString = true
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
        default: break
        }
      }
      position += 1
    } while isString || depth > 0 || !(",]} \n".utf8.contains(text[position]))
    return Array(text[node.byteOffset..<position])
  }

  /// The suite's remote documents, under the URIs that it names them by.
  static func bundle() throws -> SchemaBundle {
    var bundle = SchemaBundle()
    guard let folder = folder?.appending(path: "remotes") else { return bundle }
    guard let paths = FileManager.default.enumerator(atPath: folder.path) else { return bundle }
    for case let path as String in paths where path.hasSuffix(".json") {
      // Of other drafts, for tests that are not here.
      guard !path.hasPrefix("draft7"), !path.hasPrefix("draft2019-09") else { continue }
      try bundle.register(read(folder.appending(path: path)), as: "http://localhost:1234/" + path)
    }
    return bundle
  }
}
