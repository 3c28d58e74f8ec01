import Foundation

/// A directory of a test's own, removed with everything in it.
final class TemporaryDirectory: Sendable {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "/milepost-test-" + UUID().uuidString
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The bytes of a span, copied.
func copy(_ span: RawSpan?) -> [UInt8]? {
  guard let span else { return nil }
  return span.withUnsafeBytes { [UInt8]($0) }
}

func bytes(_ text: String) -> [UInt8] { [UInt8](text.utf8) }
