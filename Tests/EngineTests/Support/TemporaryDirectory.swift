import Foundation

/// A directory that goes away with the object. No program is run for it: between fork and exec a child would hold the
/// locks of every store that is open in this process.
final class TemporaryDirectory: Sendable {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "/milepost-engine-" + UUID().uuidString
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A copy of a directory as it is now: what a crash at this moment would leave, the page cache being what it is.
  func copy(of other: String) throws {
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: other, toPath: path)
  }
}
