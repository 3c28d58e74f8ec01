import Glibc

/// A look at an environment's file before LMDB maps it.
///
/// A map that reaches past the end of its file gives no error: the first touch of the missing part kills the process
/// (SIGBUS). So the header is read with plain reads first. Layout of the two header pages: `MDB_page` and `MDB_meta` in
/// LMDB 0.9's mdb.c, for 64-bit machines.
enum DataFile {
  private static let magic: UInt32 = 0xBEEF_C0DE
  private static let version: UInt32 = 1
  // Offsets in bytes from the start of a header page.
  private static let pageHeaderByteCount = 16
  private static let magicOffset = 16
  private static let versionOffset = 20
  private static let pageSizeOffset = 40
  private static let lastPageOffset = 136
  private static let transactionOffset = 144
  private static let headerByteCount = 152

  /// Checks the file of the environment in directory `path`.
  /// - Returns: false when there is no file or it is empty, so that an environment would be made.
  static func check(inDirectory path: String) throws(LMDBError) -> Bool {
    let descriptor = unsafe open(path + "/data.mdb", O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT { return false }
      throw Calls.error(errno, "open")
    }
    defer { _ = Glibc.close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw Calls.error(errno, "fstat") }
    if status.st_size == 0 { return false }

    let first = try header(descriptor, at: 0)
    let second = try header(descriptor, at: first.pageByteCount)
    let newest = first.transaction >= second.transaction ? first : second
    let (needed, overflow) = (newest.lastPage &+ 1).multipliedReportingOverflow(by: UInt64(newest.pageByteCount))
    guard !overflow, UInt64(status.st_size) >= needed else {
      throw LMDBError(
        kind: .truncated, code: 0, call: "open",
        message: "data.mdb has \(status.st_size) bytes, its header names pages up to byte \(needed)")
    }
    return true
  }

  private static func header(
    _ descriptor: Int32, at offset: Int
  ) throws(LMDBError) -> (pageByteCount: Int, lastPage: UInt64, transaction: UInt64) {
    var page = [UInt8](repeating: 0, count: headerByteCount)
    let count = unsafe page.withUnsafeMutableBytes { bytes in
      unsafe pread(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
    }
    if count < 0 { throw Calls.error(errno, "pread") }
    guard count == headerByteCount, page.integer(UInt32.self, at: magicOffset) == magic else {
      throw LMDBError(
        kind: .invalidFile, code: 0, call: "open", message: "data.mdb has no LMDB header at byte \(offset)")
    }
    let found = page.integer(UInt32.self, at: versionOffset)
    guard found == version else {
      throw LMDBError(
        kind: .versionMismatch, code: 0, call: "open",
        message: "data.mdb has LMDB data version \(found), this library reads \(version)")
    }
    let pageByteCount = Int(page.integer(UInt32.self, at: pageSizeOffset))
    guard (256...65_536).contains(pageByteCount) else {
      throw LMDBError(
        kind: .invalidFile, code: 0, call: "open", message: "data.mdb names pages of \(pageByteCount) bytes")
    }
    return (
      pageByteCount, page.integer(UInt64.self, at: lastPageOffset), page.integer(UInt64.self, at: transactionOffset)
    )
  }
}

extension [UInt8] {
  /// A little-endian integer at a byte offset inside the array.
  fileprivate func integer<T: FixedWidthInteger>(_: T.Type, at offset: Int) -> T {
    var value: T = 0
    for byte in self[offset..<offset + MemoryLayout<T>.size].reversed() {
      value = value << 8 | T(truncatingIfNeeded: byte)
    }
    return value
  }
}
