import Documents
import Fiscal
import Foundation

/// The files in `Datasets/templates/refdata`.
enum ShippedData {
  static let folder = checkout.appending(path: "Datasets/templates/refdata")

  static func files() throws -> [ReferenceFile] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "yaml" }
      .sorted { $0.path < $1.path }
      .map {
        ReferenceFile(name: $0.lastPathComponent, document: try Document(yaml: String(contentsOf: $0, encoding: .utf8)))
      }
  }

  /// What is wrong with them, in lines for people.
  struct Faults: Error, CustomStringConvertible {
    let description: String
  }

  static let data: Result<ReferenceData, any Error> = Result {
    do {
      return try ReferenceData(loading: files())
    } catch let error as ReferenceFileError {
      let lines = error.list.prefix(10).map { file, finding in
        "\(file):\(finding.place?.description ?? "") \(FindingTexts.reference.text(of: finding, in: "en"))"
      }
      throw Faults(description: lines.joined(separator: "\n"))
    }
  }
}
