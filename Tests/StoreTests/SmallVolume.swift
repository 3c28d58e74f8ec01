import Foundation

/// A file system of a few MB in memory, mounted for one test. Needs the right to mount.
final class SmallVolume {
  let path: String

  static let canMount: Bool = SmallVolume(byteCount: 1 << 20) != nil

  init?(byteCount: Int) {
    path = NSTemporaryDirectory() + "/milepost-volume-" + UUID().uuidString
    guard geteuid() == 0, mkdir(path, 0o700) == 0 else { return nil }
    guard Self.run("mount", ["-t", "tmpfs", "-o", "size=\(byteCount)", "none", path]) else {
      rmdir(path)
      return nil
    }
  }

  deinit {
    _ = Self.run("umount", ["-l", path])
    rmdir(path)
  }

  private static func run(_ command: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
