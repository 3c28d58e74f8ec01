/// A store: one directory with a log, shard state with its archive, and a catalog.
///
/// ```
/// DIR            flock: held by backups, taken when archived records are dropped
/// DIR/MANIFEST   format version, shard count, id-digest keys, creation time (text, checksummed)
/// DIR/LOCK       flock: one writer, or many `.readOnly` openers
/// DIR/log/       LMDB: commits, seals
/// DIR/state/     LMDB: checkpoint blocks, shard manifests, archive
/// DIR/catalog/   LMDB: small tables
/// ```
///
/// The directory stays locked, and its files open, until the store and all its parts are released. For a simulation a
/// store can be put together from other parts with `init(manifest:log:state:archive:catalog:)`.
public final class Store: Sendable {
  /// What the store was created with.
  public let manifest: StoreManifest
  /// The commit log.
  public let log: any CommitLog
  /// Checkpoints.
  public let state: any StateStore
  /// Closed contracts and old references.
  public let archive: any ContractArchive
  /// Small tables.
  public let catalog: any Catalog

  /// The parts on LMDB; nil when the store was put together from others.
  let embedded: EmbeddedStore?

  /// A store from parts of the caller's choice; nothing is locked or opened.
  public init(
    manifest: StoreManifest, log: any CommitLog, state: any StateStore, archive: any ContractArchive,
    catalog: any Catalog
  ) {
    self.manifest = manifest
    self.log = log
    self.state = state
    self.archive = archive
    self.catalog = catalog
    embedded = nil
  }

  private init(_ embedded: EmbeddedStore) {
    manifest = embedded.directory.manifest
    log = embedded.log
    state = embedded.state
    archive = embedded.archive
    catalog = embedded.catalog
    self.embedded = embedded
  }

  /// Opens, or makes, the store in `path`. A store that is there keeps the shard count it was made with.
  /// - Throws: `notAStore`, `otherFormatVersion`, `alreadyOpen`, `damaged`, `lmdbVersion`, or what the system said.
  public static func open(
    _ path: String, _ mode: OpenMode, options: StoreOptions = .init()
  ) throws(StoreError) -> Store {
    Store(try EmbeddedStore(path, mode, options))
  }

  /// Background care: drops written log pages from the page cache if the options say so, and frees reader slots of
  /// processes that died. For a background thread, many times a second while the log grows. Does nothing in a store of
  /// other parts.
  public func housekeep() throws(StoreError) { try embedded?.housekeep() }

  /// Gives up the archive's records in row blocks before `end`, unless a backup holds them; see
  /// `ContractArchive.dropRows`.
  /// - Returns: whether it did.
  public func dropRows(before end: UInt64) throws(StoreError) -> Bool {
    guard let embedded else {
      try archive.dropRows(before: end)
      return true
    }
    return try RowHold.whileFree(embedded.directory.path) { () throws(StoreError) in
      try archive.dropRows(before: end)
    }
  }

  /// Looks again what the writer has written since; for a store opened with `.inspect`.
  public func refresh() throws(StoreError) { try embedded?.log.refresh() }

  /// Writes waiting seals, then refuses every later write. The directory is unlocked when the last reference to the
  /// store and its parts is gone.
  public func close() throws(StoreError) {
    guard let embedded else { return }
    if !embedded.gate.isReadOnly { _ = try log.flush() }
    embedded.gate.close(at: embedded.directory.path)
  }
}

/// How a store is opened.
public enum OpenMode: Sendable, Hashable {
  /// For the one writer: exclusive lock. Makes the store if the directory is absent or empty. `serve` and `apply`.
  case createOrOpen(shardCount: Int)
  /// For the one writer: exclusive lock. The store must be there.
  case open
  /// Reads only, with a shared lock: refused while a writer has the store, and keeps writers out. `verify` and `export`.
  case readOnly
  /// Reads only and takes no lock: may look at a store that is being served, so what it sees moves on. `inspect`.
  case inspect
}

/// Settings of an open store; none is kept in the directory.
public struct StoreOptions: Sendable {
  /// Address space reserved for the map of each environment, in bytes. 1 TiB; small in tests of a full map.
  public var mapByteCount: Int
  /// Reader slots of each environment.
  public var readerCountMax: Int
  /// What the log keeps.
  public var retention: LogRetention
  /// Whether written pages of the log leave the page cache while its file grows. See `LMDBCommitLog`.
  public var dropsWrittenLogPages: Bool
  /// The id-digest keys of a new store; nil draws them from the system. Fixed by tests and simulations only.
  public var digestKeys: DigestKeys?
  /// The creation time written into a new store, milliseconds since 1970.
  public var creationMilliseconds: Int64?
  /// Opens a directory that is being restored, which nobody else gets to open.
  var isRestoring = false

  /// The defaults stated at each property.
  public init(
    mapByteCount: Int = 1 << 40, readerCountMax: Int = 254, retention: LogRetention = .init(),
    dropsWrittenLogPages: Bool = true, digestKeys: DigestKeys? = nil, creationMilliseconds: Int64? = nil
  ) {
    self.mapByteCount = mapByteCount
    self.readerCountMax = readerCountMax
    self.retention = retention
    self.dropsWrittenLogPages = dropsWrittenLogPages
    self.digestKeys = digestKeys
    self.creationMilliseconds = creationMilliseconds
  }
}
