import Crypto
import Glibc

/// Files of a backup, hashed on their way.
enum BackupFile {
  private static let chunkByteCount = 4 << 20

  /// Size and hash of a file.
  static func describe(
    _ path: String, in directory: String, _ progress: (UInt64) -> Void
  ) throws(StoreError) -> BackupManifest.File {
    try read(path, in: directory) { (chunk, offset) throws(StoreError) in progress(UInt64(offset + chunk.count)) }
  }

  /// Copies a file and makes the copy durable; it must have the size and the hash that `file` says.
  /// - Throws: `damaged`, naming the file and what is off.
  static func copy(
    _ file: BackupManifest.File, from source: String, to target: String, _ progress: (UInt64) -> Void
  ) throws(StoreError) {
    let path = target + "/" + file.path
    guard let copy = try File.open(path, O_WRONLY | O_CREAT | O_EXCL) else {
      throw StoreError(errno: ENOENT, call: "open", at: path)
    }
    let found = try read(file.path, in: source) { (chunk, offset) throws(StoreError) in
      try copy.write(chunk, at: offset)
      progress(UInt64(offset + chunk.count))
    }
    try check(found, file, in: source)
    try copy.sync()
  }

  /// Holds a file that was found against the backup's manifest.
  static func check(
    _ found: BackupManifest.File, _ expected: BackupManifest.File, in directory: String
  ) throws(StoreError) {
    let path = directory + "/" + expected.path
    guard found.byteCount == expected.byteCount else {
      throw StoreError(
        .damaged, at: path, "the file has \(found.byteCount) bytes, the backup was made with \(expected.byteCount)")
    }
    guard found.sha256 == expected.sha256 else {
      throw StoreError(
        .damaged, at: path, "the file has SHA-256 \(found.sha256), the backup was made with \(expected.sha256)")
    }
  }

  /// The size of a file that must be there.
  static func byteCount(_ path: String, in directory: String) throws(StoreError) -> UInt64 {
    UInt64(try open(path, in: directory).byteCount())
  }

  private static func open(_ path: String, in directory: String) throws(StoreError) -> File {
    let full = directory + "/" + path
    guard let file = try File.open(full, O_RDONLY) else {
      throw StoreError(.damaged, at: full, "a file of the backup is missing")
    }
    return file
  }

  private static func read(
    _ path: String, in directory: String, _ visit: (_ chunk: [UInt8], _ offset: Int) throws(StoreError) -> Void
  ) throws(StoreError) -> BackupManifest.File {
    let file = try open(path, in: directory)
    var hash = SHA256()
    var offset = 0
    while true {
      let chunk = try file.read(chunkByteCount, at: offset)
      if chunk.isEmpty { break }
      hash.update(data: chunk)
      try visit(chunk, offset)
      offset += chunk.count
    }
    return BackupManifest.File(path: path, byteCount: UInt64(offset), sha256: hexDigest(hash.finalize()))
  }
}
