import Glibc
import Synchronization

/// One LMDB environment: a directory with `data.mdb` and `lock.mdb`, mapped into memory.
///
/// Opened with full durability always: none of MDB_NOSYNC, MDB_NOMETASYNC, MDB_MAPASYNC or MDB_WRITEMAP is ever set.
/// Reader slots belong to transactions, not threads (MDB_NOTLS). The map's size is fixed at open: growing it under a
/// reader returns success and then ends the process. Transactions keep the environment alive; it closes with the last
/// reference. Any thread may begin transactions; one writer at a time, others wait.
@safe public final class Environment: @unchecked Sendable {
  // `handle` is used under LMDB's own locks; `fileByteCount` only inside write transactions, which LMDB serialises.
  let handle: OpaquePointer
  private let identity: OpenEnvironments.Identity
  private var fileByteCount = 0
  private let syncCount = Atomic<UInt64>(0)
  private let syncNanoseconds = Atomic<UInt64>(0)

  /// The settings it was opened with.
  public let options: Options
  /// The directory.
  public let path: String
  private let owner: (any AnyObject & Sendable)?

  /// How to open an environment.
  public struct Options: Sendable, Hashable {
    /// Address space for the map, a multiple of the page size. Not memory, not disk.
    public var mapByteCount: Int
    /// Reader slots over all processes.
    public var readerCountMax: Int
    /// Named databases at most.
    public var databaseCountMax: Int
    /// Only read transactions.
    public var isReadOnly: Bool
    /// Refuse to make a new environment where there is none.
    public var mustExist: Bool
    /// Let the system read ahead of page faults. Wrong for random reads in files larger than memory: then `readAhead` says where it
    /// is of use.
    public var readsAhead: Bool
    /// When a transaction commits, the file is longer than the pages before it by at least half of this (a hole, not disk
    /// space). So the length check at open needs no exception for pages that a transaction took from the end and gave
    /// back unwritten, as long as no transaction takes more than that.
    public var slackByteCount: Int

    /// The defaults: 1 TiB of map, 254 readers, 16 databases, 64 MiB of slack.
    public init(
      mapByteCount: Int = 1 << 40, readerCountMax: Int = 254, databaseCountMax: Int = 16, isReadOnly: Bool = false,
      mustExist: Bool = false, readsAhead: Bool = true, slackByteCount: Int = 64 << 20
    ) {
      self.mapByteCount = mapByteCount
      self.readerCountMax = readerCountMax
      self.databaseCountMax = databaseCountMax
      self.isReadOnly = isReadOnly
      self.mustExist = mustExist
      self.readsAhead = readsAhead
      self.slackByteCount = slackByteCount
    }
  }

  /// Numbers about the environment.
  public struct Information: Sendable, Hashable {
    /// Size of the map in bytes.
    public var mapByteCount: Int
    /// Size of a page in bytes.
    public var pageByteCount: Int
    /// Pages ever used; the file is at least this long.
    public var usedPageCount: Int
    /// Id of the newest committed transaction.
    public var lastTransaction: UInt64
    /// Reader slots used so far.
    public var readerCount: Int
    /// Reader slots there are.
    public var readerCountMax: Int
    /// Write transactions committed since the environment was opened, and the time that writing and syncing them took.
    public var syncCount: UInt64 = 0
    public var syncNanoseconds: UInt64 = 0
  }

  /// Opens the environment in the directory `path`, which must exist; makes the files unless told otherwise.
  /// - Throws: `truncated` and `invalidFile` from a look at the file before it is mapped, `missing`, `versionMismatch`,
  ///   `alreadyOpen` when this process has it open, or the system's error.
  /// - Parameter owner: kept alive until the environment is closed, for example a lock on a directory around it.
  public init(
    path: String, options: Options = .init(), owner: (any AnyObject & Sendable)? = nil
  ) throws(LMDBError) {
    self.owner = owner
    let exists = try DataFile.check(inDirectory: path)
    if !exists, options.mustExist || options.isReadOnly {
      throw LMDBError(kind: .missing, code: ENOENT, call: "open", message: "\(path)/data.mdb is missing or empty")
    }
    identity = try OpenEnvironments.claim(path)
    var flags = Calls.withoutThreadLocalSlots
    if options.isReadOnly { flags |= Calls.readOnly }
    if !options.readsAhead { flags |= Calls.withoutReadAhead }
    do throws(LMDBError) {
      unsafe handle = try Calls.openEnvironment(
        path, flags: flags, mapByteCount: options.mapByteCount, readerCountMax: options.readerCountMax,
        databaseCountMax: options.databaseCountMax, mode: 0o640)
    } catch {
      OpenEnvironments.release(identity)
      throw error
    }
    self.options = options
    self.path = path
    if !options.isReadOnly {
      // Holds the writer's lock; nothing is written, so it ends without a commit.
      let transaction = try TransactionHandle(environment: self, isReadOnly: false)
      try extendFile()
      _ = consume transaction
    }
  }

  deinit {
    unsafe Calls.closeEnvironment(handle)
    OpenEnvironments.release(identity)
  }

  /// The longest key in bytes (511).
  public var keyByteCountMax: Int { unsafe Calls.keyByteCountMax(handle) }

  /// Numbers about the environment now.
  public func information() throws(LMDBError) -> Information {
    var information = unsafe try Calls.information(handle)
    information.syncCount = syncCount.load(ordering: .relaxed)
    information.syncNanoseconds = syncNanoseconds.load(ordering: .relaxed)
    return information
  }

  /// Counts a commit that took so long.
  func synced(nanoseconds: UInt64) {
    syncCount.wrappingAdd(1, ordering: .relaxed)
    syncNanoseconds.wrappingAdd(nanoseconds, ordering: .relaxed)
  }

  /// Asks the system for a value, and for what lies behind it in the file, up to `byteCount`: before a long read of values that
  /// were written one after the other, where the environment does not read ahead. A hint: nothing depends on it.
  public func readAhead(_ value: RawSpan, byteCount: Int) {
    if options.readsAhead { return }
    unsafe value.withUnsafeBytes { unsafe Calls.willRead($0, byteCount: byteCount) }
  }

  /// Where a value lies in the map, for reads that go on when its transaction has ended.
  ///
  /// A value of a page or more has pages of its own. LMDB (0.9) never moves these: it writes a value once, to pages that nobody uses,
  /// and gives them to another one only after the record was replaced or deleted. So the bytes hold as long as neither happens, and the
  /// environment is open: whoever keeps the address answers for both.
  /// - Precondition: the value is at least a page long, and of a committed transaction of this environment.
  public func lastingAddress(of value: RawSpan) -> UnsafeRawPointer {
    unsafe value.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, bytes.count >= Int(getpagesize()) else {
        preconditionFailure("a value that shares its page with others")
      }
      return unsafe base
    }
  }

  /// Frees the reader slots of processes that died. Returns how many.
  public func clearStaleReaders() throws(LMDBError) -> Int { unsafe try Calls.clearStaleReaders(handle) }

  /// Copies the environment into the empty directory `path`. Holds one read transaction for the whole time, so the file
  /// of a busy environment grows meanwhile: for small environments, and while nobody writes.
  public func copy(to path: String, compacting: Bool = false) throws(LMDBError) {
    unsafe try Calls.copy(handle, to: path, compacting: compacting)
  }

  /// Cuts the file behind its last page, durably: a finished copy has no hole at its end. Ends the work on an environment.
  /// - Precondition: no transaction is open, and none is begun afterwards.
  public func cutFile() throws(LMDBError) {
    let information = try information()
    let used = information.usedPageCount * information.pageByteCount
    let descriptor = unsafe try Calls.fileDescriptor(handle)
    guard ftruncate(descriptor, off_t(used)) == 0 else { throw Calls.error(errno, "ftruncate") }
    guard fsync(descriptor) == 0 else { throw Calls.error(errno, "fsync") }
  }

  /// Asks the system to drop written, unmapped pages of the file's bytes from its page cache. Only a hint.
  public func dropCachedPages(from offset: Int, byteCount: Int) throws(LMDBError) {
    let descriptor = unsafe try Calls.fileDescriptor(handle)
    // posix_fadvise returns the error, and sets no errno.
    let code = posix_fadvise(descriptor, off_t(offset), off_t(byteCount), POSIX_FADV_DONTNEED)
    try Calls.check(code, "posix_fadvise")
  }

  /// Begins a read transaction: a snapshot. Keep it short: pages freed after it began cannot be used again.
  public func beginReading() throws(LMDBError) -> ReadTransaction {
    ReadTransaction(try TransactionHandle(environment: self, isReadOnly: true))
  }

  /// Begins a write transaction; waits for another writer to end. It belongs to the calling thread.
  /// - Precondition: the environment is not read-only, and this thread has no open write transaction on it.
  public func beginWriting() throws(LMDBError) -> WriteTransaction {
    precondition(!options.isReadOnly, "writing to an environment that was opened for reading")
    return WriteTransaction(try TransactionHandle(environment: self, isReadOnly: false))
  }

  /// Opens a database of the environment in a transaction of its own; makes it unless read-only.
  /// - Precondition: not called by two threads at once.
  public func openDatabase(named name: String?, integerKeys: Bool = false) throws(LMDBError) -> Database {
    let transaction = try TransactionHandle(environment: self, isReadOnly: options.isReadOnly)
    var flags: UInt32 = integerKeys ? Calls.integerKeys : 0
    if !options.isReadOnly, name != nil { flags |= Calls.create }
    let index = unsafe try Calls.openDatabase(transaction.required, name: name, flags: flags)
    // A handle opened in a transaction is kept by committing it, also a read transaction (mdb_dbi_open).
    try transaction.commit()
    return Database(index: index, hasIntegerKeys: integerKeys, environment: ObjectIdentifier(self))
  }

  /// Keeps the file longer than its last page; see `Options.slackByteCount`. Called inside a write transaction only.
  func extendFile() throws(LMDBError) {
    guard options.slackByteCount > 0 else { return }
    let information = try information()
    let used = information.usedPageCount * information.pageByteCount
    guard used + options.slackByteCount / 2 > fileByteCount else { return }
    let descriptor = unsafe try Calls.fileDescriptor(handle)
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw Calls.error(errno, "fstat") }
    let wanted = min(used + options.slackByteCount, max(options.mapByteCount, used))
    // A file system that refuses the hole refuses the pages too, and then the write that needs them says so.
    if status.st_size < wanted { _ = ftruncate(descriptor, off_t(wanted)) }
    fileByteCount = max(Int(status.st_size), wanted)
  }

  /// LMDB turns a short write, which is what a full disk gives first, into EIO. Finds out whether there is room.
  func explain(_ error: LMDBError) -> LMDBError {
    guard error.code == EIO, let descriptor = unsafe try? Calls.fileDescriptor(handle) else { return error }
    var volume = statvfs()
    var status = stat()
    var limit = rlimit()
    guard unsafe fstatvfs(descriptor, &volume) == 0, unsafe fstat(descriptor, &status) == 0,
      unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0
    else { return error }
    let free = UInt64(volume.f_bavail) * UInt64(volume.f_frsize)
    var explained = error
    // A short write took all there was, but for rests smaller than what the file system hands out.
    if free < 1 << 20 {
      explained.kind = .diskFull
      explained.message += "; a short write, the file system has \(free) bytes left"
    } else if limit.rlim_cur <= UInt64(status.st_size) {
      explained.kind = .diskFull
      explained.message += "; a short write, the limit on file size is \(limit.rlim_cur) bytes"
    }
    return explained
  }
}
