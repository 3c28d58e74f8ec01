import LMDB

extension Store {
  /// A catalog of its own, without a store around it: for a program that remembers small things beside a server.
  ///
  /// ```
  /// DIR/LOCK      flock: one program at a time, for as long as the catalog lives
  /// DIR/catalog/  LMDB
  /// ```
  /// - Throws: `alreadyOpen`, `notEmpty` when something else is in the directory, or what the system said.
  public static func openCatalog(_ path: String, options: StoreOptions = .init()) throws(StoreError) -> any Catalog {
    if try kind(of: path) == .nothing { try makeDirectory(path) }
    let names = try names(inDirectory: path)
    guard names.allSatisfy(["LOCK", "catalog"].contains) else {
      throw StoreError(.notEmpty, at: path, "something else is in this directory")
    }
    let lock = try LockFile(path + "/LOCK", .open)
    let directory = path + "/catalog"
    if try kind(of: directory) == .nothing {
      try makeDirectory(directory)
      try syncDirectory(path)
    }
    let environment = try at(directory) {
      try Environment(
        path: directory,
        options: .init(
          mapByteCount: options.mapByteCount, readerCountMax: options.readerCountMax, isReadOnly: false,
          mustExist: false, readsAhead: true),
        owner: lock)
    }
    let catalog = try LMDBCatalog(environment: environment, gate: WriteGate(isReadOnly: false))
    try syncDirectory(directory)
    return catalog
  }
}
