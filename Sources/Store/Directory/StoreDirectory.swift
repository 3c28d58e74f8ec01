import Glibc

/// The directory around the environments: its lock, its manifest, and how it comes into being.
///
/// Making a store writes `MANIFEST.new` first, then the environments, and renames it to `MANIFEST` last. So a directory
/// with a `MANIFEST` is whole, and one with only `MANIFEST.new` was never used and is made again. In the same way a store
/// that is being restored has a `MANIFEST.restoring` until it was verified.
final class StoreDirectory: Sendable {
  static let environments = ["log", "state", "catalog"]

  let path: String
  let manifest: StoreManifest
  // Holds the lock as long as it is open; nil for `.inspect`.
  private let lock: LockFile?

  /// Finds, locks and reads the directory; makes it if `mode` says so and nothing else is in it.
  /// - Parameter make: makes the environments; called under the lock, before the manifest gets its name.
  init(
    _ path: String, _ mode: OpenMode, options: StoreOptions, make: (StoreDirectory.Paths) throws(StoreError) -> Void
  ) throws(StoreError) {
    self.path = path
    let paths = Paths(path, isRestoring: options.isRestoring)
    if case .createOrOpen(let shardCount) = mode {
      guard StoreManifest.isValid(shardCount: shardCount) else {
        throw StoreError(
          .outOfRange, at: path, "\(shardCount) shards; the number must be a power of two from 1 to 4096")
      }
      if try kind(of: path) == .nothing { try makeDirectory(path) }
    }
    let isStore = try Self.examine(paths, mode)
    lock = mode == .inspect ? nil : try LockFile(paths.lock, mode)
    if !isStore, case .createOrOpen(let shardCount) = mode {
      // Another process may have made it between the look and the lock.
      if try kind(of: paths.manifest) == .nothing {
        try Self.create(paths, shardCount: shardCount, options, make)
      }
    }
    guard let bytes = try readSmallFile(paths.manifest, byteCountMax: StoreManifest.byteCountMax) else {
      throw StoreError(.notAStore, at: path, "no store: there is no file MANIFEST")
    }
    manifest = try StoreManifest(fileBytes: bytes, at: paths.manifest)
    for name in Self.environments where try kind(of: paths.environment(name)) != .directory {
      throw StoreError(.damaged, at: paths.environment(name), "a part of the store is missing")
    }
  }

  /// The names in a store's directory.
  struct Paths {
    let directory: String
    private let isRestoring: Bool

    init(_ directory: String, isRestoring: Bool = false) {
      self.directory = directory
      self.isRestoring = isRestoring
    }

    var manifest: String { directory + (isRestoring ? "/MANIFEST.restoring" : "/MANIFEST") }
    var unfinishedManifest: String { directory + "/MANIFEST.new" }
    var lock: String { directory + "/LOCK" }
    func environment(_ name: String) -> String { directory + "/" + name }
  }

  /// Whether a store is there; throws when something else is, or when nothing is and `mode` does not make one.
  private static func examine(_ paths: Paths, _ mode: OpenMode) throws(StoreError) -> Bool {
    switch try kind(of: paths.directory) {
    case .nothing: throw StoreError(.notAStore, at: paths.directory, "no store: there is no such directory")
    case .other: throw StoreError(.notAStore, at: paths.directory, "no store: this is not a directory")
    case .directory: break
    }
    if try kind(of: paths.manifest) == .other { return true }
    let names = try names(inDirectory: paths.directory)
    guard case .createOrOpen = mode else {
      throw StoreError(.notAStore, at: paths.directory, "no store: \(reason(names))")
    }
    if names.contains("MANIFEST.restoring") {
      throw StoreError(.notAStore, at: paths.directory, "no store: \(reason(names))")
    }
    let ours = Set(environments + ["LOCK", "MANIFEST.new"])
    guard names.allSatisfy(ours.contains), names.isEmpty || names == ["LOCK"] || names.contains("MANIFEST.new") else {
      throw StoreError(
        .notAStore, at: paths.directory, "no store, and not empty: a store is made in an empty directory only")
    }
    return false
  }

  /// Why a directory without a manifest is no store.
  private static func reason(_ names: [String]) -> String {
    if names.contains("MANIFEST.restoring") { return "the restore into it never finished" }
    if names.contains("MANIFEST.new") { return "its creation never finished" }
    return "there is no file MANIFEST"
  }

  private static func create(
    _ paths: Paths, shardCount: Int, _ options: StoreOptions, _ make: (Paths) throws(StoreError) -> Void
  ) throws(StoreError) {
    let manifest = StoreManifest(
      shardCount: shardCount,
      // The system's generator is the kernel's, fit for keys.
      digestKeys: options.digestKeys
        ?? DigestKeys(k0: .random(in: 0 ... .max), k1: .random(in: 0 ... .max)),
      creationMilliseconds: options.creationMilliseconds ?? systemMilliseconds())
    guard let file = try File.open(paths.unfinishedManifest, O_WRONLY | O_CREAT | O_TRUNC) else {
      throw StoreError(errno: ENOENT, call: "open", at: paths.unfinishedManifest)
    }
    try file.write(manifest.fileBytes, at: 0)
    try file.sync()
    try syncDirectory(paths.directory)
    for name in environments {
      try makeDirectory(paths.environment(name))
      // What an unfinished creation left behind.
      try removeFile(paths.environment(name) + "/data.mdb")
      try removeFile(paths.environment(name) + "/lock.mdb")
    }
    try make(paths)
    for name in environments { try syncDirectory(paths.environment(name)) }
    try renameFile(paths.unfinishedManifest, to: paths.manifest)
    try syncDirectory(paths.directory)
  }
}

/// The lock file of a store, held by `flock` until released. LMDB itself would let a second process in.
final class LockFile: Sendable {
  private let file: File

  init(_ path: String, _ mode: OpenMode) throws(StoreError) {
    let isWriter = mode != .readOnly
    guard let file = try File.open(path, O_RDWR | O_CREAT) else {
      throw StoreError(errno: ENOENT, call: "open", at: path)
    }
    guard try file.tryLock(exclusive: isWriter) else {
      let holder = String(decoding: try file.read(64, at: 0).prefix { $0 != 10 }, as: UTF8.self)
      throw StoreError(
        .alreadyOpen, at: path,
        "the store is in use by \(holder.isEmpty ? "another process" : holder)")
    }
    if isWriter {
      try file.truncate(to: 0)
      try file.write([UInt8]("process \(processNumber())\n".utf8), at: 0)
    }
    self.file = file
  }

  deinit { file.unlock() }
}
