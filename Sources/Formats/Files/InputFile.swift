internal import Foundation
internal import Glibc

/// A file, pipe or gzip stream that is read once from front to back. Closed with the object.
package final class InputFile {
  package let path: String
  /// Size in bytes; nil for pipes and gzip.
  let byteCount: UInt64?
  private let descriptor: Int32
  private var unpacker: Process?
  /// Keeps the read end of the unpacker's pipe open as long as `descriptor` is used.
  private var pipe: Pipe?

  /// Opens `path`; "-" is standard input. A regular file that starts like gzip is unpacked by the `gzip` program.
  package init(path: String) throws(InputError) {
    self.path = path == "-" ? "standard input" : path
    let file = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw InputError(path: path, reason: systemMessage(errno)) }
    var status = stat()
    let isRegular = unsafe fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    guard !isFolder else {
      _ = close(file)
      throw InputError(path: path, reason: "is a directory")
    }
    var magic: [UInt8] = [0, 0]
    let magicCount = isRegular ? unsafe pread(file, &magic, 2, 0) : 0
    let isPacked = magicCount == 2 && magic == [0x1F, 0x8B]
    guard isPacked else {
      descriptor = file
      byteCount = isRegular ? UInt64(status.st_size) : nil
      return
    }
    let pipe = Pipe()
    let unpacker = Process()
    unpacker.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    unpacker.arguments = ["gzip", "-dc"]
    unpacker.standardInput = FileHandle(fileDescriptor: file, closeOnDealloc: true)
    unpacker.standardOutput = pipe
    do { try unpacker.run() } catch {
      throw InputError(path: path, reason: "cannot run gzip: \(error)")
    }
    self.unpacker = unpacker
    self.pipe = pipe
    descriptor = pipe.fileHandleForReading.fileDescriptor
    byteCount = nil
  }

  deinit {
    if let unpacker {
      if unpacker.isRunning { unpacker.terminate() }
    } else if descriptor != STDIN_FILENO {
      _ = close(descriptor)
    }
  }

  /// Reads into `target` from index `start` on; the number of bytes, 0 at the end.
  package func read(into target: inout [UInt8], from start: Int) throws(InputError) -> Int {
    precondition(start < target.count, "there is no room to read into")
    while true {
      // The bound above keeps the address inside the array.
      let count = unsafe target.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress! + start, $0.count - start)
      }
      if count > 0 { return count }
      if count == 0 {
        try checkUnpacker()
        return 0
      }
      guard errno == EINTR else { throw InputError(path: path, reason: systemMessage(errno)) }
    }
  }

  /// A damaged archive ends early: without this its tail would go missing in silence.
  private func checkUnpacker() throws(InputError) {
    guard let unpacker else { return }
    unpacker.waitUntilExit()
    guard unpacker.terminationStatus == 0 else {
      throw InputError(path: path, reason: "gzip: the archive is damaged or cut (status \(unpacker.terminationStatus))")
    }
  }
}

/// The system's words for an error number.
package func systemMessage(_ number: Int32) -> String {
  // strerror answers a static string for every number.
  unsafe String(cString: strerror(number))
}
