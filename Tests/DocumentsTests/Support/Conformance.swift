import Foundation

/// The reference folder beside the checkout.
enum Conformance {
  /// A folder of it, or nil.
  static func folder(_ name: String) -> URL? {
    let root =
      ProcessInfo.processInfo.environment["MILEPOST_CONFORMANCE"].map { URL(filePath: $0) }
      ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "../shared/conformance").standardizedFileURL
    let folder = root.appending(path: name)
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }

  static func bytes(_ url: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: url)) }

  static func files(in folder: URL, _ pathExtension: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == pathExtension }.sorted { $0.path < $1.path }
  }
}
