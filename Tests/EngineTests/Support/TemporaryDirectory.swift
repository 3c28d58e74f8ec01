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

  /// A copy of a directory as it is now: what a crash at this moment would leave, the page cache being what it is. Holes
  /// stay holes, since the files of a store are mostly that.
  /// - Parameter kept: what is not copied over what is here.
  func copy(of other: String, but kept: String? = nil) throws {
    let files = FileManager.default
    for name in try files.subpathsOfDirectory(atPath: other) {
      if let kept, name == kept || name.hasPrefix(kept + "/") { continue }
      let target = path + "/" + name
      var isDirectory: ObjCBool = false
      _ = files.fileExists(atPath: other + "/" + name, isDirectory: &isDirectory)
      if isDirectory.boolValue {
        try files.createDirectory(atPath: target, withIntermediateDirectories: true)
      } else {
        try copyFile(other + "/" + name, to: target)
      }
    }
  }

  // Of <unistd.h>, behind a feature macro there.
  private static let seekData: Int32 = 3
  private static let seekHole: Int32 = 4

  private func copyFile(_ source: String, to target: String) throws {
    let from = open(source, O_RDONLY)
    let to = open(target, O_RDWR | O_CREAT | O_TRUNC, 0o640)
    guard from >= 0, to >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    defer {
      close(from)
      close(to)
    }
    let size = lseek(from, 0, SEEK_END)
    ftruncate(to, size)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var offset: off_t = lseek(from, 0, Self.seekData)
    while offset >= 0, offset < size {
      let end: off_t = lseek(from, offset, Self.seekHole)
      while offset < end {
        let count = pread(from, &buffer, min(buffer.count, Int(end - offset)), offset)
        guard count > 0, pwrite(to, buffer, count, offset) == count else {
          throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        offset += off_t(count)
      }
      offset = lseek(from, offset, Self.seekData)
    }
  }
}
