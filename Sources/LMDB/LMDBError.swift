/// What LMDB, or the system under it, said; with the raw code and the call that said it.
public struct LMDBError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The cases that callers treat differently.
  public enum Kind: Hashable, Sendable {
    /// The map is full (MDB_MAP_FULL): no page is left below the size given at open.
    case mapFull
    /// No room on the file system (ENOSPC, EDQUOT), or a limit on file size was reached (EFBIG).
    case diskFull
    /// No free reader slot (MDB_READERS_FULL).
    case readersFull
    /// The file was written by another major version of LMDB (MDB_VERSION_MISMATCH).
    case versionMismatch
    /// Not an LMDB file (MDB_INVALID).
    case invalidFile
    /// The file ends before the last page that its header names. Mapping it would end in SIGBUS.
    case truncated
    /// Page structure that cannot be (MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_PANIC).
    case corrupted
    /// The environment is open in this process already; LMDB forbids a second opening.
    case alreadyOpen
    /// The key exists, or an appended key is not behind the last one (MDB_KEYEXIST).
    case keyExists
    /// A key or value of a size that LMDB does not take (MDB_BAD_VALSIZE).
    case badSize
    /// The file or the database in it is not there (ENOENT, MDB_NOTFOUND at open).
    case missing
    /// A dirty list that is too long for one transaction (MDB_TXN_FULL).
    case transactionTooLarge
    /// Anything else; see `code`.
    case other
  }

  /// What happened.
  public var kind: Kind
  /// The raw code: LMDB's (negative) or errno (positive).
  public var code: Int32
  /// The C function that failed.
  public var call: String
  /// LMDB's or the system's text for the code.
  public var message: String

  /// An error from its parts.
  public init(kind: Kind, code: Int32, call: String, message: String) {
    self.kind = kind
    self.code = code
    self.call = call
    self.message = message
  }

  public var description: String { "\(call): \(message) (\(code))" }
}
