// Every system call of this target stands in this file.
import Glibc

/// The system's text for an error number.
func systemMessage(_ code: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 128)
  // strerror_r writes a terminated string of at most the given size; the buffer is not empty, so it has an address.
  let result = unsafe buffer.withUnsafeMutableBufferPointer { unsafe strerror_r(code, $0.baseAddress!, $0.count) }
  guard result == 0 else { return "error \(code)" }
  return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Whether an error number means that there is no room.
func isFull(_ code: Int32) -> Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

/// An open file; closes in deinit.
struct File: ~Copyable {
  let descriptor: Int32
  let path: String

  /// Opens `path`.
  /// - Returns: nil when `flags` do not create and the file is not there.
  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o640) throws(StoreError) -> File? {
    let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
    if descriptor >= 0 { return File(descriptor: descriptor, path: path) }
    if errno == ENOENT { return nil }
    throw StoreError(errno: errno, call: "open", at: path)
  }

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { _ = Glibc.close(descriptor) }

  /// Size in bytes.
  func byteCount() throws(StoreError) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw StoreError(errno: errno, call: "fstat", at: path) }
    return Int(status.st_size)
  }

  /// Fills `buffer` from `offset`; returns fewer bytes only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) -> Int {
    var done = 0
    while done < buffer.count {
      // The rest of the caller's buffer.
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      if count < 0 {
        if errno == EINTR { continue }
        throw StoreError(errno: errno, call: "pread", at: path)
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Up to `count` bytes from `offset`; fewer only at the end of the file.
  func read(_ count: Int, at offset: Int) throws(StoreError) -> [UInt8] {
    var failure: StoreError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
      do throws(StoreError) {
        initialised = unsafe try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Writes all bytes at `offset`.
  func write(_ bytes: [UInt8], at offset: Int) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { all in
        // The rest of the array, which outlives the call.
        let rest = unsafe UnsafeRawBufferPointer(rebasing: all[done...])
        return unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw StoreError(errno: errno, call: "pwrite", at: path)
      }
      done += count
    }
  }

  /// Makes content and length durable.
  func sync() throws(StoreError) {
    guard fsync(descriptor) == 0 else { throw StoreError(errno: errno, call: "fsync", at: path) }
  }

  /// Asks the system to take what is on disk out of its page cache: nobody is going to read it soon. Only a hint, so nothing is lost when
  /// the system refuses it.
  func dropCachedPages() { _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }

  /// Cuts or extends the file.
  func truncate(to byteCount: Int) throws(StoreError) {
    guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
      throw StoreError(errno: errno, call: "ftruncate", at: path)
    }
  }

  /// Tries to lock the file; false when another opening holds it in a way that excludes this one.
  func tryLock(exclusive: Bool) throws(StoreError) -> Bool {
    if flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 { return true }
    if errno == EWOULDBLOCK { return false }
    throw StoreError(errno: errno, call: "flock", at: path)
  }

  /// Gives the lock back now, also where a child process that was forked a moment ago still has the descriptor.
  func unlock() { _ = flock(descriptor, LOCK_UN) }
}

/// What stands at a path.
enum PathKind { case nothing, directory, other }

/// Looks what stands at a path.
func kind(of path: String) throws(StoreError) -> PathKind {
  var status = stat()
  guard unsafe stat(path, &status) == 0 else {
    if errno == ENOENT { return .nothing }
    throw StoreError(errno: errno, call: "stat", at: path)
  }
  return status.st_mode & S_IFMT == S_IFDIR ? .directory : .other
}

/// Makes a directory, so that its name lasts; no error when it is there.
func makeDirectory(_ path: String) throws(StoreError) {
  if unsafe mkdir(path, 0o750) == 0 { return try syncDirectory(parentDirectory(of: path)) }
  if errno != EEXIST { throw StoreError(errno: errno, call: "mkdir", at: path) }
}

/// Makes a directory for something new; one that is there must be empty.
func makeEmptyDirectory(_ path: String) throws(StoreError) {
  switch try kind(of: path) {
  case .nothing: try makeDirectory(path)
  case .other: throw StoreError(.notEmpty, at: path, "this is there already, and no directory")
  case .directory:
    guard try names(inDirectory: path).isEmpty else {
      throw StoreError(.notEmpty, at: path, "the directory is not empty: nothing is ever overwritten")
    }
  }
}

/// Removes an empty directory; no error when it is not there.
func removeDirectory(_ path: String) throws(StoreError) {
  if unsafe rmdir(path) != 0, errno != ENOENT { throw StoreError(errno: errno, call: "rmdir", at: path) }
}

/// Writes a new file in one go, durably.
func writeFile(_ bytes: [UInt8], to path: String) throws(StoreError) {
  guard let file = try File.open(path, O_WRONLY | O_CREAT | O_TRUNC) else {
    throw StoreError(errno: ENOENT, call: "open", at: path)
  }
  try file.write(bytes, at: 0)
  try file.sync()
}

/// The names in a directory, without `.` and `..`, sorted.
func names(inDirectory path: String) throws(StoreError) -> [String] {
  guard let stream = unsafe opendir(path) else { throw StoreError(errno: errno, call: "opendir", at: path) }
  defer { unsafe closedir(stream) }
  var names: [String] = []
  // readdir's entry holds until the next call; its name is a terminated string, copied at once.
  while let entry = unsafe readdir(stream) {
    let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// The files that `path` names: itself, or those in it with an ending, by name, when it is a directory.
func files(at path: String, endingIn ending: String) throws(StoreError) -> [String] {
  guard try kind(of: path) == .directory else { return [path] }
  return try names(inDirectory: path).filter { $0.hasSuffix(ending) }.map { path + "/" + $0 }
}

/// A number in a file's name, with zeros in front, so that names sort like numbers.
func padded(_ number: UInt64, digits count: Int) -> String {
  let digits = "\(number)"
  return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
}

/// Makes the names in a directory durable.
func syncDirectory(_ path: String) throws(StoreError) {
  guard let directory = try File.open(path, O_RDONLY | O_DIRECTORY) else {
    throw StoreError(errno: ENOENT, call: "open", at: path)
  }
  try directory.sync()
}

/// Gives a file a new name, replacing what stands there.
func renameFile(_ old: String, to new: String) throws(StoreError) {
  guard unsafe rename(old, new) == 0 else { throw StoreError(errno: errno, call: "rename", at: new) }
}

/// The directory that holds what a path names.
func parentDirectory(of path: String) -> String {
  var path = path[...]
  while path.count > 1, path.last == "/" { path.removeLast() }
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Removes a file; no error when it is not there.
func removeFile(_ path: String) throws(StoreError) {
  if unsafe unlink(path) != 0, errno != ENOENT { throw StoreError(errno: errno, call: "unlink", at: path) }
}

/// The whole of a small file, or nil when it is not there.
func readSmallFile(_ path: String, byteCountMax: Int) throws(StoreError) -> [UInt8]? {
  guard let file = try File.open(path, O_RDONLY) else { return nil }
  return try file.read(min(try file.byteCount(), byteCountMax), at: 0)
}

/// The system's clock in milliseconds since 1970.
func systemMilliseconds() -> Int64 {
  var now = timespec()
  unsafe clock_gettime(CLOCK_REALTIME, &now)
  return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}

/// This process, for the note in the lock file.
func processNumber() -> Int32 { getpid() }
