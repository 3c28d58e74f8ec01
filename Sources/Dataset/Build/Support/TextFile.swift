public import Formats
internal import Glibc

/// Text for people and scripts.
public enum OutputText {
  /// Creates or replaces `path` with `text`; "-" is standard output.
  ///
  /// - Throws: `InputError` when the file cannot be written.
  public static func write(_ text: String, to path: String) throws(InputError) {
    if path == "-" { return print(text, terminator: "") }
    var file = try TextFile(path: path)
    try file.write(text, end: "")
    try file.close()
  }
}

/// A text file that is written line by line.
struct TextFile {
  private let path: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  init(path: String) throws(InputError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw InputError(path: path, reason: systemMessage(errno)) }
  }

  mutating func write(_ line: String, end: String = "\n") throws(InputError) {
    buffer.append(contentsOf: line.utf8)
    buffer.append(contentsOf: end.utf8)
    if buffer.count >= 1 << 16 { try flush() }
  }

  mutating func close() throws(InputError) {
    try flush()
    guard Glibc.close(descriptor) == 0 else { throw InputError(path: path, reason: systemMessage(errno)) }
  }

  private mutating func flush() throws(InputError) {
    var offset = 0
    while offset < buffer.count {
      // The array is not touched while its bytes are written.
      let count = unsafe buffer.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress! + offset, $0.count - offset)
      }
      guard count >= 0 || errno == EINTR else { throw InputError(path: path, reason: systemMessage(errno)) }
      offset += max(0, count)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
