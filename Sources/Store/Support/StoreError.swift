/// A failure of the world below the engine: what happened, where, and the raw code. Never holds payment data.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What happened.
  public enum Kind: Hashable, Sendable {
    /// The directory holds something else, or nothing, or a store whose creation never finished.
    case notAStore
    /// The directory holds no backup, or one that was never finished.
    case notABackup
    /// The directory for something new holds something already.
    case notEmpty
    /// A store, or a record in it, of a format that this program does not read.
    case otherFormatVersion(found: UInt64, supported: UInt64)
    /// Another process (or this one) has the store open.
    case alreadyOpen
    /// Bytes that are not what was written: wrong checksum, wrong length, missing file or block, broken chain.
    case damaged
    /// The environment's map is full: it needs a larger `mapByteCount`.
    case mapFull
    /// The file system has no room (ENOSPC, EDQUOT), or a limit on file size was reached (EFBIG).
    case diskFull
    /// Too many readers at once, or stale ones.
    case readersFull
    /// The LMDB library on this machine and the file's LMDB format do not fit.
    case lmdbVersion
    /// The append was meant for another position, or a read starts past the end.
    case positionMismatch(expected: CommitNumber, found: CommitNumber)
    /// A newer epoch has written: this writer is no longer the one.
    case fenced(newest: UInt64)
    /// The commit was trimmed; `firstKept` is the oldest that can be read.
    case tooOld(firstKept: CommitNumber)
    /// A key with no byte or more than the most allowed.
    case keyTooLong(byteCount: Int, limit: Int)
    /// A value, batch or setting outside its stated limits.
    case outOfRange
    /// The store was opened for reading only.
    case readOnly
    /// An earlier write failed, so nothing more is written; the message repeats the first failure.
    case writesStopped
    /// Any other failure of the operating system or of LMDB; see `code`.
    case inputOutput
  }

  /// What happened.
  public var kind: Kind
  /// Where: a path, or "log commit 17 byte 48", or "state shard 3 generation 2 kind 1 block 9".
  public var place: String
  /// One sentence for the operator.
  public var message: String
  /// The raw `errno` (positive) or LMDB code (negative); 0 when neither has a part in it.
  public var code: Int32

  /// An error from its parts.
  public init(_ kind: Kind, at place: String, _ message: String, code: Int32 = 0) {
    self.kind = kind
    self.place = place
    self.message = message
    self.code = code
  }

  public var description: String {
    code == 0 ? "\(place): \(message)" : "\(place): \(message) (code \(code))"
  }
}
