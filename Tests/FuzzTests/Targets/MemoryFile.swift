import Glibc

/// A file without a name, for readers and writers that take a path: gone with the object, whatever happens.
final class MemoryFile {
  private let descriptor: Int32

  init() {
    var template = Array("/tmp/milepost-fuzz-XXXXXX".utf8CString)
    descriptor = unsafe mkstemp(&template)
    precondition(descriptor >= 0, "no temporary file can be made")
    unsafe unlink(template)
  }

  /// A file that holds `bytes`.
  convenience init(_ bytes: [UInt8]) {
    self.init()
    // The array outlives the call.
    let written = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    precondition(written == bytes.count, "a temporary file cannot be written")
  }

  deinit { close(descriptor) }

  /// Opens the same file again; valid as long as this object.
  var path: String { "/proc/self/fd/\(descriptor)" }
}
