import LMDB

/// The parts of a store on LMDB, opened together.
final class EmbeddedStore: Sendable {
  let directory: StoreDirectory
  let gate: WriteGate
  let log: LMDBCommitLog
  let state: LMDBStateStore
  let archive: LMDBArchive
  let catalog: LMDBCatalog
  private let environments: [Environment]
  private let dropsWrittenLogPages: Bool

  init(_ path: String, _ mode: OpenMode, _ options: StoreOptions) throws(StoreError) {
    let isReadOnly = mode == .readOnly || mode == .inspect
    directory = try StoreDirectory(path, mode, options: options) { (paths) throws(StoreError) in
      try Self.make(paths, options)
    }
    let paths = StoreDirectory.Paths(path)
    let directory = directory
    environments = try StoreDirectory.environments.map { (name) throws(StoreError) in
      try Self.open(name, paths, options, isReadOnly: isReadOnly, mustExist: true, owner: directory)
    }
    gate = WriteGate(isReadOnly: isReadOnly)
    log = try LMDBCommitLog(environment: environments[0], gate: gate, retention: options.retention)
    state = try LMDBStateStore(environment: environments[1], gate: gate)
    archive = try LMDBArchive(environment: environments[1], gate: gate, mapsFilters: mode != .inspect)
    catalog = try LMDBCatalog(environment: environments[2], gate: gate)
    dropsWrittenLogPages = options.dropsWrittenLogPages && !isReadOnly
    if !isReadOnly { try clearStaleReaders() }
  }

  /// Makes the environments with all their tables, so that readers find them from the first moment on.
  private static func make(_ paths: StoreDirectory.Paths, _ options: StoreOptions) throws(StoreError) {
    let gate = WriteGate(isReadOnly: false)
    for name in StoreDirectory.environments {
      let environment = try open(name, paths, options, isReadOnly: false, mustExist: false, owner: nil)
      switch name {
      case "log": _ = try LMDBCommitLog(environment: environment, gate: gate, retention: options.retention)
      case "state":
        _ = try LMDBStateStore(environment: environment, gate: gate)
        _ = try LMDBArchive(environment: environment, gate: gate)
      default: _ = try LMDBCatalog(environment: environment, gate: gate)
      }
    }
  }

  /// Opens one environment. The environment keeps `owner` (the lock) alive, since parts may outlive the store.
  private static func open(
    _ name: String, _ paths: StoreDirectory.Paths, _ options: StoreOptions, isReadOnly: Bool, mustExist: Bool,
    owner: StoreDirectory?
  ) throws(StoreError) -> Environment {
    let path = paths.environment(name)
    return try at(path) {
      try Environment(
        path: path,
        options: .init(
          mapByteCount: options.mapByteCount, readerCountMax: options.readerCountMax, isReadOnly: isReadOnly,
          // State holds the archive, which is read at random.
          mustExist: mustExist, readsAhead: name != "state"),
        owner: owner)
    }
  }

  func housekeep() throws(StoreError) {
    if dropsWrittenLogPages { try log.dropWrittenPages() }
    try clearStaleReaders()
  }

  private func clearStaleReaders() throws(StoreError) {
    for environment in environments {
      try at(environment.path) { _ = try environment.clearStaleReaders() }
    }
  }
}
