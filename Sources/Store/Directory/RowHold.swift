import Glibc

/// Keeps row blocks of the archive from being dropped while a backup copies them, in whatever process: a lock on the store's
/// directory itself (not on its `LOCK`), shared by backups, taken for itself by who drops for the moment of it.
final class RowHold {
  private let file: File

  /// Holds the rows of the store in `directory`.
  init(_ directory: String) throws(StoreError) {
    let file = try Self.open(directory)
    // Whoever drops has it for the time of one small transaction.
    while try !file.tryLock(exclusive: false) { usleep(1_000) }
    self.file = file
  }

  func release() { file.unlock() }

  /// Runs `body` unless somebody holds the rows.
  /// - Returns: whether it ran.
  static func whileFree(
    _ directory: String, _ body: () throws(StoreError) -> Void
  ) throws(StoreError) -> Bool {
    let file = try open(directory)
    guard try file.tryLock(exclusive: true) else { return false }
    defer { file.unlock() }
    try body()
    return true
  }

  private static func open(_ directory: String) throws(StoreError) -> File {
    guard let file = try File.open(directory, O_RDONLY | O_DIRECTORY) else {
      throw StoreError(errno: ENOENT, call: "open", at: directory)
    }
    return file
  }
}
