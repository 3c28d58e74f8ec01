// Every call into the C library, and every constant of it, stands in this file. The rest of the target works with
// what is declared here, so that the C types and the rules for their pointers have one home.
import CLMDB
import Glibc

/// The C functions, with codes turned into thrown errors. Handles are LMDB's own opaque pointers.
enum Calls {
  static let append = UInt32(MDB_APPEND)
  static let noOverwrite = UInt32(MDB_NOOVERWRITE)
  static let readOnly = UInt32(MDB_RDONLY)
  static let withoutThreadLocalSlots = UInt32(MDB_NOTLS)
  static let withoutReadAhead = UInt32(MDB_NORDAHEAD)
  static let create = UInt32(MDB_CREATE)
  static let integerKeys = UInt32(MDB_INTEGERKEY)
  static let notFound = MDB_NOTFOUND

  /// Where a cursor goes.
  enum Move {
    case first, last, next, previous, atOrAfter

    fileprivate var operation: MDB_cursor_op {
      switch self {
      case .first: MDB_FIRST
      case .last: MDB_LAST
      case .next: MDB_NEXT
      case .previous: MDB_PREV
      case .atOrAfter: MDB_SET_RANGE
      }
    }
  }

  static func check(_ code: Int32, _ call: String) throws(LMDBError) {
    guard code == 0 else { throw error(code, call) }
  }

  static func error(_ code: Int32, _ call: String) -> LMDBError {
    // mdb_strerror returns a static string, or strerror's, which is copied at once.
    let message = unsafe mdb_strerror(code).map { unsafe String(cString: $0) } ?? "unknown error"
    return LMDBError(kind: kind(of: code), code: code, call: call, message: message)
  }

  private static func kind(of code: Int32) -> LMDBError.Kind {
    switch code {
    case MDB_MAP_FULL: .mapFull
    case ENOSPC, EDQUOT, EFBIG: .diskFull
    case MDB_READERS_FULL: .readersFull
    case MDB_VERSION_MISMATCH: .versionMismatch
    case MDB_INVALID: .invalidFile
    case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_PANIC: .corrupted
    case MDB_KEYEXIST: .keyExists
    case MDB_BAD_VALSIZE: .badSize
    case MDB_NOTFOUND, ENOENT: .missing
    case MDB_TXN_FULL: .transactionTooLarge
    default: .other
    }
  }

  // MARK: Environment

  static func openEnvironment(
    _ path: String, flags: UInt32, mapByteCount: Int, readerCountMax: Int, databaseCountMax: Int, mode: UInt32
  ) throws(LMDBError) -> OpaquePointer {
    var handle: OpaquePointer?
    unsafe try check(mdb_env_create(&handle), "mdb_env_create")
    guard let opened = unsafe handle else { throw error(ENOMEM, "mdb_env_create") }
    do throws(LMDBError) {
      unsafe try check(mdb_env_set_mapsize(opened, mapByteCount), "mdb_env_set_mapsize")
      unsafe try check(mdb_env_set_maxreaders(opened, UInt32(readerCountMax)), "mdb_env_set_maxreaders")
      unsafe try check(mdb_env_set_maxdbs(opened, UInt32(databaseCountMax)), "mdb_env_set_maxdbs")
      unsafe try check(mdb_env_open(opened, path, flags, mode), "mdb_env_open")
    } catch {
      // lmdb.h: after a failed open the handle must be closed too.
      unsafe mdb_env_close(opened)
      throw error
    }
    return unsafe opened
  }

  static func closeEnvironment(_ environment: OpaquePointer) { unsafe mdb_env_close(environment) }

  static func fileDescriptor(_ environment: OpaquePointer) throws(LMDBError) -> Int32 {
    var descriptor: Int32 = -1
    unsafe try check(mdb_env_get_fd(environment, &descriptor), "mdb_env_get_fd")
    return descriptor
  }

  static func keyByteCountMax(_ environment: OpaquePointer) -> Int { unsafe Int(mdb_env_get_maxkeysize(environment)) }

  static func information(_ environment: OpaquePointer) throws(LMDBError) -> Environment.Information {
    var info = unsafe MDB_envinfo()
    var stat = MDB_stat()
    unsafe try check(mdb_env_info(environment, &info), "mdb_env_info")
    unsafe try check(mdb_env_stat(environment, &stat), "mdb_env_stat")
    return unsafe Environment.Information(
      mapByteCount: info.me_mapsize, pageByteCount: Int(stat.ms_psize), usedPageCount: info.me_last_pgno + 1,
      lastTransaction: UInt64(info.me_last_txnid), readerCount: Int(info.me_numreaders),
      readerCountMax: Int(info.me_maxreaders))
  }

  static func clearStaleReaders(_ environment: OpaquePointer) throws(LMDBError) -> Int {
    var dead: Int32 = 0
    unsafe try check(mdb_reader_check(environment, &dead), "mdb_reader_check")
    return Int(dead)
  }

  static func copy(_ environment: OpaquePointer, to path: String, compacting: Bool) throws(LMDBError) {
    unsafe try check(mdb_env_copy2(environment, path, compacting ? UInt32(MDB_CP_COMPACT) : 0), "mdb_env_copy2")
  }

  static var libraryVersion: (major: Int32, minor: Int32, patch: Int32) {
    var major: Int32 = 0
    var minor: Int32 = 0
    var patch: Int32 = 0
    _ = unsafe mdb_version(&major, &minor, &patch)
    return (major, minor, patch)
  }

  // MARK: Transactions

  static func begin(_ environment: OpaquePointer, flags: UInt32) throws(LMDBError) -> OpaquePointer {
    var handle: OpaquePointer?
    unsafe try check(mdb_txn_begin(environment, nil, flags, &handle), "mdb_txn_begin")
    guard let begun = unsafe handle else { throw error(ENOMEM, "mdb_txn_begin") }
    return unsafe begun
  }

  static func commit(_ transaction: OpaquePointer) throws(LMDBError) {
    unsafe try check(mdb_txn_commit(transaction), "mdb_txn_commit")
  }

  static func abort(_ transaction: OpaquePointer) { unsafe mdb_txn_abort(transaction) }

  static func openDatabase(_ transaction: OpaquePointer, name: String?, flags: UInt32) throws(LMDBError) -> UInt32 {
    var database: UInt32 = 0
    unsafe try check(mdb_dbi_open(transaction, name, flags, &database), "mdb_dbi_open")
    return database
  }

  static func statistics(_ transaction: OpaquePointer, _ database: UInt32) throws(LMDBError) -> Database.Statistics {
    var stat = MDB_stat()
    unsafe try check(mdb_stat(transaction, database, &stat), "mdb_stat")
    return Database.Statistics(
      entryCount: stat.ms_entries, depth: Int(stat.ms_depth),
      pageCount: stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages, pageByteCount: Int(stat.ms_psize))
  }

  // MARK: Values
  //
  // LMDB takes keys and values as mutable pointers but writes through neither; what comes back points into the map and
  // holds until the transaction's next write or its end. The types that call these functions bind it to that.

  static func get(
    _ transaction: OpaquePointer, _ database: UInt32, _ key: UnsafeRawBufferPointer
  ) throws(LMDBError) -> UnsafeRawBufferPointer? {
    var k = unsafe value(key)
    var v = unsafe MDB_val()
    let code = unsafe mdb_get(transaction, database, &k, &v)
    if code == MDB_NOTFOUND { return unsafe Optional<UnsafeRawBufferPointer>.none }
    try check(code, "mdb_get")
    return unsafe buffer(v)
  }

  static func put(
    _ transaction: OpaquePointer, _ database: UInt32, _ key: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer,
    flags: UInt32
  ) throws(LMDBError) {
    var k = unsafe value(key)
    var v = unsafe value(bytes)
    unsafe try check(mdb_put(transaction, database, &k, &v, flags), "mdb_put")
  }

  /// Makes room for a value; the memory holds until the transaction's next write.
  static func reserve(
    _ transaction: OpaquePointer, _ database: UInt32, _ key: UnsafeRawBufferPointer, byteCount: Int, flags: UInt32
  ) throws(LMDBError) -> UnsafeMutableRawBufferPointer {
    var k = unsafe value(key)
    var v = unsafe MDB_val(mv_size: byteCount, mv_data: nil)
    unsafe try check(mdb_put(transaction, database, &k, &v, flags | UInt32(MDB_RESERVE)), "mdb_put")
    return unsafe UnsafeMutableRawBufferPointer(start: v.mv_data, count: v.mv_size)
  }

  /// Whether there was something to delete.
  static func delete(
    _ transaction: OpaquePointer, _ database: UInt32, _ key: UnsafeRawBufferPointer
  ) throws(LMDBError) -> Bool {
    var k = unsafe value(key)
    let code = unsafe mdb_del(transaction, database, &k, nil)
    if code == MDB_NOTFOUND { return false }
    try check(code, "mdb_del")
    return true
  }

  static func openCursor(_ transaction: OpaquePointer, _ database: UInt32) throws(LMDBError) -> OpaquePointer {
    var handle: OpaquePointer?
    unsafe try check(mdb_cursor_open(transaction, database, &handle), "mdb_cursor_open")
    guard let opened = unsafe handle else { throw error(ENOMEM, "mdb_cursor_open") }
    return unsafe opened
  }

  static func closeCursor(_ cursor: OpaquePointer) { unsafe mdb_cursor_close(cursor) }

  /// Moves a cursor; nil at the end. `key` is read for `.atOrAfter` only.
  static func move(
    _ cursor: OpaquePointer, _ move: Move, key: UnsafeRawBufferPointer
  ) throws(LMDBError) -> (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
    var k = unsafe value(key)
    var v = unsafe MDB_val()
    let code = unsafe mdb_cursor_get(cursor, &k, &v, move.operation)
    if code == MDB_NOTFOUND { return nil }
    try check(code, "mdb_cursor_get")
    return unsafe (buffer(k), buffer(v))
  }

  /// Asks the system for the pages of `bytes` and those behind them. A refusal is none: it is only a hint.
  static func willRead(_ bytes: UnsafeRawBufferPointer, byteCount: Int) {
    guard let base = bytes.baseAddress else { return }
    let offset = Int(bitPattern: base) & 4_095
    // Inside the map, or past its end, which the system ignores.
    _ = unsafe madvise(UnsafeMutableRawPointer(mutating: base - offset), byteCount + offset, Int32(MADV_WILLNEED))
  }

  static func deleteCurrent(_ cursor: OpaquePointer) throws(LMDBError) {
    unsafe try check(mdb_cursor_del(cursor, 0), "mdb_cursor_del")
  }

  private static func value(_ bytes: UnsafeRawBufferPointer) -> MDB_val {
    unsafe MDB_val(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }

  private static func buffer(_ value: MDB_val) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
  }
}
