import LMDB

extension Store {
  /// Copies the store, as it is at one instant, into a new directory. The writer, in this process or in another, goes on
  /// meanwhile; "Backup" on the target's page says why the copy is consistent and what it costs.
  ///
  /// - Parameters:
  ///   - path: the directory, which must not exist or be empty.
  ///   - progress: called on the calling thread after every few MB.
  /// - Returns: what was written into `backup.json`, after everything is durable.
  /// - Throws: `notEmpty`; `damaged` when a record does not match its checksum; what reading or writing said. Nothing is
  ///   left in the directory then.
  @discardableResult
  public func backup(
    to path: String, progress: ((BackupProgress) -> Void)? = nil
  ) throws(StoreError) -> BackupManifest {
    guard let embedded else {
      throw StoreError(.outOfRange, at: path, "a store that is not in a directory of files cannot be backed up")
    }
    try makeEmptyDirectory(path)
    do throws(StoreError) {
      return try BackupWriter(of: embedded, to: path, progress).run()
    } catch {
      // It would be of no use, and in the way of the next backup. What cannot be removed has no backup.json.
      try? removeCopiedStore(path)
      throw error
    }
  }
}

/// Removes the files of a store and its empty directories, and nothing else.
func removeCopiedStore(_ path: String) throws(StoreError) {
  for name in [BackupManifest.fileName, BackupManifest.fileName + ".new", "MANIFEST", "MANIFEST.restoring", "LOCK"] {
    try removeFile(path + "/" + name)
  }
  for name in StoreDirectory.environments {
    for file in ["data.mdb", "lock.mdb"] { try removeFile(path + "/" + name + "/" + file) }
    try removeDirectory(path + "/" + name)
  }
  try removeDirectory(path)
}

/// One run of `Store.backup`.
private final class BackupWriter {
  private let source: EmbeddedStore
  private let path: String
  private let progress: ((BackupProgress) -> Void)?
  private let gate = WriteGate(isReadOnly: false)
  private var step = BackupProgress(step: "", byteCount: 0, byteCountTotal: 0)
  private var range = CommitRange(first: .first, next: .first)
  private var lastMilliseconds: Int64 = 0

  init(of source: EmbeddedStore, to path: String, _ progress: ((BackupProgress) -> Void)?) {
    self.source = source
    self.path = path
    self.progress = progress
  }

  func run() throws(StoreError) -> BackupManifest {
    let hold = try RowHold(source.directory.path)
    defer { hold.release() }
    for name in StoreDirectory.environments { try makeDirectory(path + "/" + name) }
    for usage in [try source.log.usage(), try source.state.usage(), try source.catalog.usage(), try archiveUsage()] {
      step.byteCountTotal += usage.liveByteCount
    }
    try at(source.directory.path) { try copyInstant() }
    for name in StoreDirectory.environments {
      try removeFile(path + "/" + name + "/lock.mdb")
      try syncDirectory(path + "/" + name)
    }
    // Without it the directory opens as no store, so it comes when the rest is there.
    let identity = source.directory.manifest.fileBytes
    try writeFile(identity, to: path + "/MANIFEST")
    try syncDirectory(path)
    return try describe()
  }

  private func archiveUsage() throws(StoreError) -> StoreUsage {
    let archive = source.archive
    return try at("archive") {
      try StoreUsage(of: [archive.rows, archive.runs, archive.pages, archive.filters], in: archive.environment)
    }
  }

  /// Takes a snapshot of each environment, all of one instant, and copies them.
  ///
  /// State, catalog, log, in this order: what the log holds is never behind what the others name. The log's first commit
  /// is the same before and after, so nothing was trimmed meanwhile, and the log reaches back as far as what the others
  /// held at that instant needs. Each snapshot ends as soon as it is copied, the one that grows fastest first.
  private func copyInstant() throws {
    while true {
      let before = try firstCommit(try source.log.environment.beginReading())
      let state = try source.state.environment.beginReading()
      let catalog = try source.catalog.environment.beginReading()
      let log = try source.log.environment.beginReading()
      guard try firstCommit(log) == before else { continue }
      try copyLog(log)
      try copyCatalog(catalog)
      try copyState(state)
      return
    }
  }

  private func firstCommit(_ log: borrowing ReadTransaction) throws -> UInt64? {
    var cursor = try log.cursor(in: source.log.commits)
    return try cursor.moveToFirst() ? cursor.integerKey : nil
  }

  /// Commits, each checked, and seals.
  private func copyLog(_ snapshot: consuming ReadTransaction) throws {
    begin("copying log")
    let environment = try make("log")
    let copy = try LMDBCommitLog(environment: environment, gate: gate, retention: LogRetention())
    let table = tableCopy(source.log.environment, environment)
    var first: CommitNumber?
    var next: CommitNumber?
    var milliseconds: Int64 = 0
    try table.copy(
      source.log.commits, of: snapshot, to: copy.commits,
      check: { (key, value) throws(StoreError) in
        let number = CommitNumber(key.integer(UInt64.self, at: 0))
        let place = "log commit \(number)"
        guard next == nil || next == number else {
          throw StoreError(.damaged, at: place, "commits before it are missing")
        }
        let header = try CommitRecord.header(of: value, number: number, at: place)
        _ = try CommitRecord.body(of: value, header, at: place)
        milliseconds = header.timeMilliseconds
        first = first ?? number
        next = number.next
      })
    try table.copy(source.log.seals, of: snapshot, to: copy.seals)
    if let first, let next { range = CommitRange(first: first, next: next) }
    lastMilliseconds = milliseconds
    try environment.cutFile()
  }

  private func copyCatalog(_ snapshot: consuming ReadTransaction) throws {
    begin("copying catalog")
    let environment = try make("catalog")
    let copy = try LMDBCatalog(environment: environment, gate: gate)
    try tableCopy(source.catalog.environment, environment).copy(source.catalog.entries, of: snapshot, to: copy.entries)
    try environment.cutFile()
  }

  /// The current image of each shard, the archive's runs, and then the rows that these name.
  private func copyState(_ snapshot: consuming ReadTransaction) throws {
    begin("copying state")
    let environment = try make("state")
    let state = try LMDBStateStore(environment: environment, gate: gate)
    let archive = try LMDBArchive(environment: environment, gate: gate)
    let table = tableCopy(source.state.environment, environment)
    let blocks = try copySnapshot(snapshot, table, state, archive)
    // Row blocks below the mark are appended once, named by runs, and never change, and none is dropped while the backup
    // holds them: they need no snapshot, and are the larger part of an old store.
    try table.copy(source.archive.rows, blocks, to: archive.rows)
    try environment.cutFile()
  }

  /// - Returns: the row blocks that runs of the snapshot name.
  private func copySnapshot(
    _ snapshot: consuming ReadTransaction, _ table: TableCopy, _ state: LMDBStateStore, _ archive: LMDBArchive
  ) throws -> Range<UInt64> {
    var generations: [UInt16: UInt32] = [:]
    for shard in 0..<UInt16(source.directory.manifest.shardCount) {
      generations[shard] = try source.state.manifest(shard, snapshot)?.generation
    }
    try table.copy(source.state.manifests, of: snapshot, to: state.manifests)
    // Generations that are in work, or replaced and not deleted yet, stay behind.
    try table.copy(source.state.blocks, of: snapshot, to: state.blocks) { key in
      BlockKey(key).map { generations[$0.shard] == $0.generation } ?? true
    } check: { (key, value) throws(StoreError) in
      guard let key = BlockKey(key), LMDBStateStore.isSound(value, key) else {
        throw StoreError(
          .damaged, at: BlockKey(key)?.place ?? "state blocks", "the block does not match its checksum")
      }
    }
    try table.copy(source.archive.runs, of: snapshot, to: archive.runs)
    try table.copy(source.archive.pages, of: snapshot, to: archive.pages)
    try table.copy(source.archive.filters, of: snapshot, to: archive.filters)
    if let mark = try snapshot.value(for: LMDBArchive.markKey, in: source.archive.rows) {
      var transaction = try archive.environment.beginWriting()
      try transaction.put(mark, for: LMDBArchive.markKey, in: archive.rows, .append)
      try transaction.commit()
    }
    let mark = try source.archive.rowMark(snapshot)
    return mark.firstBlock..<mark.publishedEnd
  }

  private func make(_ name: String) throws(StoreError) -> Environment {
    let path = path + "/" + name
    return try at(path) {
      try Environment(path: path, options: .init(mapByteCount: source.log.environment.options.mapByteCount))
    }
  }

  private func tableCopy(_ source: Environment, _ target: Environment) -> TableCopy {
    TableCopy(source: source, target: target) { [self] byteCount in advance(UInt64(byteCount)) }
  }

  /// Hashes what was written, and says so in the last file of all.
  private func describe() throws(StoreError) -> BackupManifest {
    var files: [BackupManifest.File] = []
    var total: UInt64 = 0
    for name in BackupManifest.paths { total += try BackupFile.byteCount(name, in: path) }
    step = BackupProgress(step: "", byteCount: 0, byteCountTotal: total)
    for name in BackupManifest.paths {
      begin("hashing \(name)")
      let start = step.byteCount
      files.append(
        try BackupFile.describe(name, in: path) { [self] count in
          step.byteCount = start + count
          progress?(step)
        })
    }
    let manifest = BackupManifest(
      storeIdentity: files[0].sha256, createdMilliseconds: systemMilliseconds(), range: range,
      lastCommitMilliseconds: lastMilliseconds, files: files)
    let name = path + "/" + BackupManifest.fileName
    try writeFile(manifest.fileBytes, to: name + ".new")
    try renameFile(name + ".new", to: name)
    try syncDirectory(path)
    return manifest
  }

  private func begin(_ name: String) {
    step.step = name
    progress?(step)
  }

  private func advance(_ byteCount: UInt64) {
    step.byteCount += byteCount
    step.byteCountTotal = max(step.byteCountTotal, step.byteCount)
    progress?(step)
  }
}
