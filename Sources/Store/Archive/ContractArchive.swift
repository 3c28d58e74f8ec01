/// The name of an archived thing: a tenant, and 128 bits that are unique inside it.
public struct ArchiveKey: Hashable, Sendable, Comparable {
  /// The tenant.
  public var tenant: UInt32
  /// A contract id, or what identifies a bank reference.
  public var id: UInt128

  /// A key from its parts.
  public init(tenant: UInt32, id: UInt128) {
    self.tenant = tenant
    self.id = id
  }

  public static func < (a: ArchiveKey, b: ArchiveKey) -> Bool { (a.tenant, a.id) < (b.tenant, b.id) }
}

/// One thing to archive, or the note that one came back to memory.
public struct ArchiveRow: Hashable, Sendable {
  /// Its name.
  public var key: ArchiveKey
  /// The compact record, at most 1 MiB; nil is a tombstone: what was archived under the key before is in memory again.
  public var record: [UInt8]?

  /// A row from its parts.
  public init(key: ArchiveKey, record: [UInt8]?) {
    self.key = key
    self.record = record
  }
}

/// A run in the making: rows that lie on disk already and are not visible yet.
///
/// 48 bytes of memory a row.
public struct StagedRun: Sendable {
  /// Where it will belong.
  public let table: ArchiveTable
  var entries: [ArchiveEntry] = []

  /// An empty run.
  public init(_ table: ArchiveTable) { self.table = table }

  /// Rows staged so far.
  public var rowCount: Int { entries.count }
}

/// Closed contracts and old references on disk, out of memory.
///
/// `mayContain` answers from filters in memory and takes no lock that a writer holds during I/O; `fetch` may read the
/// disk. One thread writes (`append`, `stage`, `publish`, `mergeStep`); anybody may look up.
public protocol ContractArchive: AnyObject, Sendable {
  /// Appends rows, durable on return: one sorted run with its filter, in one transaction. Later rows of the same key win.
  /// Keep a batch at about a MB: a commit of the log waits meanwhile.
  func append(_ rows: [ArchiveRow], to table: ArchiveTable) throws(StoreError)

  /// Writes the records of rows behind the others, durable on return, and notes them in `run`. Nobody sees them before
  /// `publish`. A run of many rows is staged in batches of about a MB.
  /// - Precondition: every row has a record.
  func stage(_ rows: [ArchiveRow], in run: inout StagedRun) throws(StoreError)

  /// Makes staged rows visible at once: one sorted run with its filter. Of several rows of a key the last staged one
  /// holds. What was staged and not published when the process ended is deleted after the next open, in
  /// the background; only what another run was published behind keeps its space.
  func publish(_ run: StagedRun) throws(StoreError)

  /// Makes references of a shard visible at once, durable on return: one sorted run with its filter. They have no records
  /// to be staged before.
  func publish(references: [UInt128], of shard: UInt16) throws(StoreError)

  /// False means "was never archived, or is in memory again for sure"; true means "look" (of
  /// keys never archived 1 in some thousands for each run; a large archive has about ten runs).
  func mayContain(_ key: ArchiveKey, in table: ArchiveTable) -> Bool

  /// Those of `ids`, references all, that `mayContain` is true of. Some may come more than once.
  func candidates(_ ids: [UInt128], in table: ArchiveTable) -> [UInt128]

  /// The newest record under `key`, checked against its checksum; nil when there is none, it is a tombstone or was dropped.
  func fetch(_ key: ArchiveKey, in table: ArchiveTable) throws(StoreError) -> [UInt8]?

  /// The newest records of several keys, as `fetch` gives them, out of one snapshot.
  func fetch(_ keys: [ArchiveKey], in table: ArchiveTable) throws(StoreError) -> [[UInt8]?]

  /// Numbers of the blocks that records of published runs lie in, the oldest first. Some of them may not be there.
  var rowBlocks: Range<UInt64> { get }

  /// How many row blocks lie on disk, dropped ones that are not deleted yet included, and their bytes there.
  func rowUsage() throws(StoreError) -> (blockCount: UInt64, byteCount: UInt64)

  /// The records at places, a block and an offset in it, each checked against its checksum; nil where a key's newest record is
  /// another one, or gone.
  func records(at places: [(key: ArchiveKey, block: UInt64, offset: Int)]) throws(StoreError) -> [[UInt8]?]

  /// A block of records, each led by its CRC-32C (`RowBlock` reads them); nil when there is none of that number.
  func rowBlock(_ number: UInt64) throws(StoreError) -> [UInt8]?

  /// Gives up all records in blocks before `end`, at once and for good: nobody finds them any more. Their space is freed by
  /// `mergeStep`, their entries go with the next merges.
  func dropRows(before end: UInt64) throws(StoreError)

  /// Does one bounded piece of background merging, or of deleting what nobody needs any more.
  /// - Returns: whether more is to be done now.
  func mergeStep() throws(StoreError) -> Bool

  /// Visits the live rows of a table in key order, from `start` on, in bounded chunks.
  /// - Returns: the key to go on from, or nil at the end.
  func scan(
    _ table: ArchiveTable, from start: ArchiveKey?, rowCountMax: Int, _ visit: (ArchiveKey, RawSpan) -> ReadStep
  ) throws(StoreError) -> ArchiveKey?

  /// Visits the contracts in the order in which their newest records lie on disk, in bounded chunks: the quick way through an
  /// archive that is larger than memory.
  /// - Parameters:
  ///   - block: the row block to go on from; 0 to start.
  ///   - front: as for `RowBlock.forEach`.
  /// - Returns: the block to go on from, or nil at the end.
  /// - Throws: `damaged`.
  func scanContractsByAge(
    from block: UInt64, front: (RawSpan) -> (key: ArchiveKey, byteCount: Int)?, _ visit: (ArchiveKey, RawSpan) -> Void
  ) throws(StoreError) -> UInt64?

  /// How many contracts `scanContractsByAge` must find, by the entries of runs. Reads them all.
  func contractCount() throws(StoreError) -> UInt64

  /// How many runs the table with the most of them has. Each is asked for every key that is new; merging keeps them few.
  var runCountMax: Int { get }

  /// How many rows the runs of `table` hold, tombstones and replaced rows included until they are merged away.
  func rowCount(in table: ArchiveTable) -> UInt64
}
