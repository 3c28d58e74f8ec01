import Foundation
import Testing

@testable import Store

@Suite struct BackupTests {
  let directory = TemporaryDirectory()
  var path: String { directory.path + "/store" }
  var backup: String { directory.path + "/backup" }
  var target: String { directory.path + "/restored" }

  /// A store with something in each part.
  @discardableResult
  func makeStore(commitCount: Int = 12) throws -> Store {
    let store = try Store.open(path, .createOrOpen(shardCount: 4), options: small())
    var writer = Writer(store)
    for _ in 0..<commitCount { try writer.step() }
    return store
  }

  /// Changes all parts in the order in which an engine does, so that each names only what is there already.
  struct Writer: ~Copyable {
    let store: Store
    var chain: AuditChain
    var number = 0

    init(_ store: Store) {
      self.store = store
      chain = AuditChain(log: store.log, segmentCommitCount: 3)
    }

    mutating func step() throws {
      number += 1
      try store.log.append(body(number, byteCount: 3_000), time: Int64(number) * 1_000)
      while try chain.step() {}
      let value = [UInt8]("\(number)".utf8)
      try store.catalog.apply([.put(.settings, key: [1], value: value), .put(.tenants, key: value, value: [7])])
      let shard = UInt16(number % 4)
      let batch = CheckpointBatch()
      let block = body(number, byteCount: 5_000)
      block.withUnsafeBytes { #expect(batch.add(kind: 1, block: 0, bytes: $0)) }
      let generation = try store.state.nextGeneration(shard: shard)
      try store.state.write(batch, shard: shard, generation: generation)
      let cut = CommitNumber(UInt64(number))
      let manifest = ShardManifest(
        generation: generation, cut: cut, operationCount: UInt64(number), lastStamp: 0,
        parts: [CheckpointPart(kind: 1, byteCount: 5_000, blockCount: 1)])
      try store.state.publish(manifest, shard: shard, durableThrough: cut)
      while try store.state.deleteStale(shard: shard, blockCountMax: 100) {}
      var run = StagedRun(.contracts)
      try store.archive.stage(
        [ArchiveRow(key: ArchiveKey(tenant: UInt32(shard), id: UInt128(number)), record: value)], in: &run)
      try store.archive.publish(run)
      _ = try store.archive.mergeStep()
      store.log.setFloors(LogFloors(recovery: CommitNumber(UInt64(max(1, number - 3)))))
    }
  }

  /// What holds of a store at any instant of a writer's life.
  func expectConsistent(_ store: Store) throws {
    let range = store.log.range
    let last = try #require(range.last)
    #expect(
      try store.log.bodies()
        == (Int(range.first.rawValue)...Int(last.rawValue)).map { body($0, byteCount: 3_000) })
    _ = try AuditChain.verify(log: store.log, source: store.log)
    let named = try #require(try store.catalog.value(.settings, key: [1]))
    #expect(Int(String(decoding: named, as: UTF8.self))! <= last.rawValue, "the catalog is ahead of the log")
    var cuts: [UInt16: UInt64] = [:]
    for shard in 0..<4 as Range<UInt16> {
      guard let manifest = try store.state.manifest(shard: shard) else { continue }
      cuts[shard] = manifest.cut.rawValue
      #expect(manifest.cut <= last, "a checkpoint is ahead of the log")
      #expect(manifest.cut.next >= range.first, "the log starts behind a checkpoint")
      try store.state.load(shard: shard) { _, _, bytes in
        copy(bytes) == body(Int(manifest.cut.rawValue), byteCount: 5_000)
      }
    }
    var rowCount = 0
    _ = try store.archive.scan(.contracts, from: nil, rowCountMax: .max) { key, record in
      rowCount += 1
      #expect(copy(record) == [UInt8]("\(key.id)".utf8))
      #expect(UInt64(key.id) <= cuts[UInt16(key.tenant)] ?? 0, "the archive is ahead of the checkpoints")
      return .next
    }
    // The row of the newest manifest may be missing, no other.
    #expect(rowCount >= Int(cuts.values.max() ?? 0) - 1)
  }

  @Test func aBackupHasEverythingAndIsAStoreAgain() throws {
    let store = try makeStore()
    let manifest = try store.backup(to: backup)
    #expect(manifest.range == CommitRange(first: .first, next: CommitNumber(13)))
    #expect(manifest.lastCommitMilliseconds == 12_000)
    #expect(manifest.files.map(\.path) == ["MANIFEST", "log/data.mdb", "state/data.mdb", "catalog/data.mdb"])
    #expect(try BackupManifest(directory: backup) == manifest)
    #expect(try FileManager.default.contentsOfDirectory(atPath: backup).count == 5)
    // Later changes are not in it.
    try store.log.append(body(13))

    let restored = try RestoreDirectory(backup: backup, path: target)
    for mode in [OpenMode.createOrOpen(shardCount: 4), .open, .readOnly, .inspect] {
      let error = expectError(.notAStore) { () throws(StoreError) in _ = try Store.open(target, mode) }
      #expect(error?.message == "no store: the restore into it never finished")
    }
    try restored.finish()
    let again = try Store.open(target, .open, options: small())
    #expect(again.manifest == store.manifest)
    #expect(again.log.range == manifest.range)
    try expectConsistent(again)
    #expect(again.archive.rowCount(in: .contracts) == 12)
    try again.log.append(body(13))
  }

  @Test func anEmptyStoreIsBackedUp() throws {
    let store = try Store.open(path, .createOrOpen(shardCount: 4), options: small())
    let manifest = try store.backup(to: backup)
    #expect(manifest.range.isEmpty)
    try RestoreDirectory(backup: backup, path: target).finish()
    #expect(try Store.open(target, .open, options: small()).log.range == manifest.range)
  }

  /// The writer changes all parts, trims its log to nothing it must not, and merges, while backups are taken: each is of
  /// one instant.
  @Test func backupsBesideAWriterAreConsistent() async throws {
    let store = try Store.open(
      path, .createOrOpen(shardCount: 4),
      options: small(retention: .init(keepByteCount: 0, trimCountMax: 100)))
    var first = Writer(store)
    for _ in 0..<8 { try first.step() }
    let backupCount = 6
    let isDone = Done()
    try await withThrowingTaskGroup(of: Void.self) { group in
      let begun = first.number
      group.addTask {
        var writer = Writer(store)
        writer.number = begun
        while !isDone.value { try writer.step() }
      }
      group.addTask {
        defer { isDone.set() }
        for number in 0..<backupCount { _ = try store.backup(to: backup + "\(number)") }
      }
      try await group.waitForAll()
    }
    #expect(store.log.range.first > 8)
    for number in 0..<backupCount {
      let restored = try RestoreDirectory(backup: backup + "\(number)", path: target + "\(number)")
      try expectConsistent(try restored.open(.readOnly, options: small()))
    }
  }

  /// As `milepost backup` does beside `milepost serve`.
  @Test func anotherProcessBacksUpWhatIsWrittenHere() async throws {
    let store = try makeStore()
    let isDone = Done()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        var writer = Writer(store)
        writer.number = 12
        while !isDone.value { try writer.step() }
      }
      group.addTask {
        defer { isDone.set() }
        await #expect(processExitsWith: .success) { [path = path as String, backup = backup as String] in
          _ = try Store.open(path, .inspect, options: small()).backup(to: backup)
        }
      }
      try await group.waitForAll()
    }
    let restored = try RestoreDirectory(backup: backup, path: target)
    try expectConsistent(try restored.open(.readOnly, options: small()))
    #expect(restored.backup.range.next > 12)
  }

  @Test(arguments: ["MANIFEST", "log/data.mdb", "state/data.mdb", "catalog/data.mdb"])
  func aDamagedFileIsNamedAndNothingIsKept(name: String) throws {
    try makeStore().backup(to: backup)
    var bytes = directory.contents("backup/" + name)
    bytes[bytes.count / 2] ^= 1
    directory.write(bytes, to: "backup/" + name)
    let error = expectError(.damaged) { () throws(StoreError) in
      _ = try RestoreDirectory(backup: backup, path: target)
    }
    #expect(error?.place == backup + "/" + name)
    #expect(error?.message.contains("SHA-256") == true)
    #expect(!directory.exists("restored"))

    directory.write(Array(bytes.dropLast()), to: "backup/" + name)
    let shorter = expectError(.damaged) { () throws(StoreError) in
      _ = try RestoreDirectory(backup: backup, path: target)
    }
    #expect(shorter?.message.contains("\(bytes.count - 1) bytes") == true)
    #expect(unlink(backup + "/" + name) == 0)
    let missing = expectError(.damaged) { () throws(StoreError) in
      _ = try RestoreDirectory(backup: backup, path: target)
    }
    #expect(missing?.place == backup + "/" + name && missing?.message == "a file of the backup is missing")
  }

  @Test func whatIsNoBackupIsRefused() throws {
    let store = try makeStore()
    func refused(_ path: String) -> String? {
      let error = expectError(.notABackup) { () throws(StoreError) in
        _ = try RestoreDirectory(backup: path, path: target)
      }
      return error?.message
    }
    #expect(refused(directory.path + "/nothing") == "no backup: there is no such directory")
    #expect(refused(path + "/MANIFEST") == "no backup: this is not a directory")
    #expect(refused(directory.path) == "no backup: there is no file backup.json")
    try store.backup(to: backup)
    let description = directory.contents("backup/backup.json")
    #expect(unlink(backup + "/backup.json") == 0)
    #expect(refused(backup) == "the backup was never finished: there is no file backup.json")
    directory.write([UInt8]("{}".utf8), to: "backup/backup.json")
    #expect(refused(backup) == "the file does not describe a backup of a store")

    let newer = String(decoding: description, as: UTF8.self)
      .replacingOccurrences(of: "\"version\" : 1", with: "\"version\" : 2")
    directory.write([UInt8](newer.utf8), to: "backup/backup.json")
    expectError(.otherFormatVersion(found: 2, supported: 1)) { () throws(StoreError) in
      _ = try RestoreDirectory(backup: backup, path: target)
    }
    let other = String(decoding: description, as: UTF8.self).replacingOccurrences(
      of: "log/data.mdb", with: "../MANIFEST")
    directory.write([UInt8](other.utf8), to: "backup/backup.json")
    expectError(.damaged) { () throws(StoreError) in _ = try RestoreDirectory(backup: backup, path: target) }
    #expect(!directory.exists("restored"))
  }

  @Test func nothingIsOverwritten() throws {
    let store = try makeStore()
    try store.backup(to: backup)
    for other in [backup, path, path + "/MANIFEST"] {
      expectError(.notEmpty) { () throws(StoreError) in _ = try store.backup(to: other) }
      expectError(.notEmpty) { () throws(StoreError) in _ = try RestoreDirectory(backup: backup, path: other) }
    }
    #expect(directory.exists("backup/backup.json") && directory.exists("store/MANIFEST"))
  }

  /// A record that no longer matches its checksum does not go into a backup as if it did.
  @Test func damageInTheStoreIsFoundByTheBackup() throws {
    try makeStore()
    directory.damage("store/log/data.mdb", at: [UInt8]("body of commit 5;".utf8))
    let store = try Store.open(path, .readOnly, options: small())
    let error = expectError(.damaged) { () throws(StoreError) in _ = try store.backup(to: backup) }
    #expect(error?.place == "log commit 5 byte 48")
    #expect(!directory.exists("backup"))
  }

  @Test func aLogIsCutAndCompleted() throws {
    let store = try makeStore()
    try store.backup(to: backup)
    let restored = try RestoreDirectory(backup: backup, path: target)
    do {
      let cut = try restored.open(.open, options: small())
      try restored.rewind(cut, to: CommitNumber(7))
      #expect(cut.log.range == CommitRange(first: .first, next: CommitNumber(8)))
      #expect(cut.log.lastSeal?.last == 6)
      _ = try AuditChain.verify(log: cut.log, source: cut.log)
      try cut.log.append(body(8))
    }
    try restored.dropState(options: small())
    let empty = try restored.open(.open, options: small())
    #expect(try empty.state.manifest(shard: 1) == nil)
    #expect(empty.archive.rowCount(in: .contracts) == 0)
    try empty.log.append(body(9))

    // A log that begins later gets what lies before it from elsewhere.
    let late = try Store.open(
      directory.path + "/late", .createOrOpen(shardCount: 4),
      options: small(retention: .init(keepByteCount: 0, trimCountMax: 100)))
    var writer = Writer(late)
    for _ in 0..<12 { try writer.step() }
    while try late.log.flush() {}
    #expect(late.log.range.first > 6)
    try restored.rewind(late, to: CommitNumber(10), history: store.log)
    #expect(late.log.range == CommitRange(first: .first, next: CommitNumber(11)))
    #expect(try late.log.bodies() == (1...10).map { body($0, byteCount: 3_000) })
    try restored.rewind(late, to: CommitNumber(3), history: store.log)
    #expect(late.log.range == CommitRange(first: .first, next: CommitNumber(4)))
  }
}

/// Set once, by one thread.
private final class Done: @unchecked Sendable {
  private let lock = NSLock()
  private var isSet = false
  var value: Bool { lock.withLock { isSet } }
  func set() { lock.withLock { isSet = true } }
}
