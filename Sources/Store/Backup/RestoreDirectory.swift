import LMDB

/// A directory into which a backup is restored. It opens as a store when `finish` was called, and not before.
///
/// Use: make it, `open` the store in it, check it and change what must be changed, let go of the store, then `finish` or
/// `discard`. One thread at a time.
public final class RestoreDirectory {
  /// What the backup says about itself.
  public let backup: BackupManifest
  /// The directory of the restored store.
  public let path: String
  private var paths: StoreDirectory.Paths { StoreDirectory.Paths(path, isRestoring: true) }

  /// Copies the backup in directory `source` into `path`, which must not exist or be empty, and checks the size and the
  /// hash of each file on the way.
  /// - Throws: `notABackup`, also for one that was never finished; `otherFormatVersion`; `damaged`, naming the file;
  ///   `notEmpty`; what the system said. Nothing is left in the directory then.
  public init(
    backup source: String, path: String, progress: ((BackupProgress) -> Void)? = nil
  ) throws(StoreError) {
    backup = try BackupManifest(directory: source)
    self.path = path
    // A missing or shortened file shows at once, before anything is copied.
    for file in backup.files {
      let byteCount = try BackupFile.byteCount(file.path, in: source)
      try BackupFile.check(.init(path: file.path, byteCount: byteCount, sha256: file.sha256), file, in: source)
    }
    try makeEmptyDirectory(path)
    do throws(StoreError) { try copy(from: source, progress) } catch {
      discard()
      throw error
    }
  }

  private func copy(from source: String, _ progress: ((BackupProgress) -> Void)?) throws(StoreError) {
    var step = BackupProgress(step: "", byteCount: 0, byteCountTotal: backup.files.reduce(0) { $0 + $1.byteCount })
    for name in StoreDirectory.environments { try makeDirectory(paths.environment(name)) }
    for file in backup.files {
      step.step = "copying \(file.path)"
      let start = step.byteCount
      try BackupFile.copy(file, from: source, to: path) { count in
        step.byteCount = start + count
        progress?(step)
      }
      // Until everything was verified the manifest has another name.
      if file.path == "MANIFEST" { try renameFile(path + "/MANIFEST", to: paths.manifest) }
    }
    for name in StoreDirectory.environments { try syncDirectory(paths.environment(name)) }
    try syncDirectory(path)
  }

  /// Opens the store in the directory.
  /// - Parameters:
  ///   - mode: `.open` or `.readOnly`.
  ///   - options: as for `Store.open`.
  public func open(_ mode: OpenMode, options: StoreOptions = .init()) throws(StoreError) -> Store {
    var options = options
    options.isRestoring = true
    return try Store.open(path, mode, options: options)
  }

  /// Makes `last` the newest commit of a store that was opened here, and puts commits that lie before its log in front.
  /// - Parameters:
  ///   - store: opened here, with `.open`.
  ///   - last: a commit of the log, or of the history.
  ///   - history: where earlier commits are; nil when the log is to begin where it does.
  public func rewind(
    _ store: Store, to last: CommitNumber, history: (any CommitSource)? = nil
  ) throws(StoreError) {
    guard let log = store.embedded?.log else {
      throw StoreError(.outOfRange, at: path, "only a store that was opened here can be rewound")
    }
    if let history { try log.insert(from: history, through: last) }
    try log.cut(behind: last)
  }

  /// Empties checkpoints and archive, so that the log alone says what the state is. The store must not be open.
  public func dropState(options: StoreOptions = .init()) throws(StoreError) {
    let directory = paths.environment("state")
    for name in ["data.mdb", "lock.mdb"] { try removeFile(directory + "/" + name) }
    let gate = WriteGate(isReadOnly: false)
    let environment = try at(directory) {
      try Environment(path: directory, options: .init(mapByteCount: options.mapByteCount))
    }
    _ = try LMDBStateStore(environment: environment, gate: gate)
    _ = try LMDBArchive(environment: environment, gate: gate)
    try syncDirectory(directory)
  }

  /// Makes the directory a store. The store must not be open.
  public func finish() throws(StoreError) {
    let opened = StoreDirectory.Paths(path)
    try renameFile(paths.manifest, to: opened.manifest)
    try syncDirectory(path)
  }

  /// Removes the directory with what was restored into it. What cannot be removed does not open as a store.
  public func discard() { try? removeCopiedStore(path) }
}
