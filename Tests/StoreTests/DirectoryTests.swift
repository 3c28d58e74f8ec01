import Glibc
import Store
import Testing

@Suite struct DirectoryTests {
  let directory = TemporaryDirectory()
  var path: String { directory.path + "/store" }

  @Test func aNewStoreKeepsWhatItWasMadeWith() throws {
    do {
      let store = try Store.open(path, .createOrOpen(shardCount: 16), options: small())
      #expect(store.manifest.shardCount == 16)
      #expect(store.log.range == CommitRange(first: .first, next: .first))
    }
    let store = try Store.open(path, .createOrOpen(shardCount: 4), options: .init(mapByteCount: 1 << 30))
    #expect(
      store.manifest
        == StoreManifest(shardCount: 16, digestKeys: DigestKeys(k0: 1, k1: 2), creationMilliseconds: 1000))
  }

  @Test func digestKeysDifferFromStoreToStore() throws {
    let one = try Store.open(path, .createOrOpen(shardCount: 1), options: .init(mapByteCount: 1 << 30))
    let two = try Store.open(path + "2", .createOrOpen(shardCount: 1), options: .init(mapByteCount: 1 << 30))
    #expect(one.manifest.digestKeys != two.manifest.digestKeys)
    #expect(one.manifest.creationMilliseconds > 1_500_000_000_000)
  }

  @Test(arguments: [0, 3, 8192, -4]) func aShardCountMustBeAPowerOfTwo(shardCount: Int) {
    expectError(.outOfRange) { () throws(StoreError) in
      _ = try Store.open(path, .createOrOpen(shardCount: shardCount))
    }
  }

  @Test func whatIsNoStoreIsRefusedAndLeftAlone() throws {
    for mode in [OpenMode.open, .readOnly, .inspect] {
      expectError(.notAStore) { () throws(StoreError) in _ = try Store.open(path, mode) }
    }
    #expect(!directory.exists("store"))
    directory.write([1, 2, 3], to: "somebody's file")
    for mode in [OpenMode.createOrOpen(shardCount: 4), .open, .readOnly, .inspect] {
      let error = expectError(.notAStore) { () throws(StoreError) in _ = try Store.open(directory.path, mode) }
      #expect(error?.place == directory.path)
      expectError(.notAStore) { () throws(StoreError) in
        _ = try Store.open(directory.path + "/somebody's file", mode)
      }
    }
    #expect(!directory.exists("LOCK"))
  }

  @Test func anotherFormatVersionIsNamed() throws {
    _ = try Store.open(path, .createOrOpen(shardCount: 4), options: small())
    let lines = String(decoding: directory.contents("store/MANIFEST"), as: UTF8.self).split(separator: "\n")
    let changed = (["milepost-store 7"] + lines.dropFirst()).joined(separator: "\n")
    directory.write([UInt8](changed.utf8), to: "store/MANIFEST")
    let error = expectError(.otherFormatVersion(found: 7, supported: 1)) { () throws(StoreError) in
      _ = try Store.open(path, .open)
    }
    #expect(error?.place == path + "/MANIFEST")
  }

  @Test func aDamagedManifestIsReported() throws {
    _ = try Store.open(path, .createOrOpen(shardCount: 4), options: small())
    directory.damage("store/MANIFEST", at: [UInt8]("shards 4".utf8), offset: 7)
    expectError(.damaged) { () throws(StoreError) in _ = try Store.open(path, .open) }
    directory.write([UInt8]("something else\n".utf8), to: "store/MANIFEST")
    expectError(.notAStore) { () throws(StoreError) in _ = try Store.open(path, .open) }
  }

  @Test(arguments: ["log", "state", "catalog"]) func aMissingPartIsNamed(name: String) throws {
    _ = try Store.open(path, .createOrOpen(shardCount: 4), options: small())
    #expect(unlink(path + "/\(name)/data.mdb") == 0)
    let error = expectError(.damaged) { () throws(StoreError) in _ = try Store.open(path, .open) }
    #expect(error?.place == path + "/" + name)
  }

  @Test(arguments: ["log", "state", "catalog"]) func aTruncatedPartIsNamed(name: String) throws {
    _ = try Store.open(path, .createOrOpen(shardCount: 4), options: small())
    #expect(truncate(path + "/\(name)/data.mdb", 8192) == 0)
    let error = expectError(.damaged) { () throws(StoreError) in _ = try Store.open(path, .open) }
    #expect(error?.place == path + "/" + name)
    #expect(error?.message.contains("8192 bytes") == true)
  }

  @Test func aCreationThatNeverFinishedStartsAgain() throws {
    _ = try Store.open(path, .createOrOpen(shardCount: 4), options: small())
    #expect(rename(path + "/MANIFEST", path + "/MANIFEST.new") == 0)
    expectError(.notAStore) { () throws(StoreError) in _ = try Store.open(path, .open) }
    let store = try Store.open(path, .createOrOpen(shardCount: 8), options: small())
    #expect(store.manifest.shardCount == 8)
  }

  @Test func aSecondWriterIsRefusedAndNamesTheFirst() throws {
    let store = try Store.open(path, .createOrOpen(shardCount: 4), options: small())
    for mode in [OpenMode.createOrOpen(shardCount: 4), .open, .readOnly] {
      let error = expectError(.alreadyOpen) { () throws(StoreError) in _ = try Store.open(path, mode) }
      #expect(error?.message == "the store is in use by process \(getpid())")
    }
    try store.close()
  }

  @Test func aWriterInAnotherProcessIsRefused() async throws {
    let store = try Store.open(path, .createOrOpen(shardCount: 4), options: small())
    try store.log.append(body(1))
    await #expect(processExitsWith: .success) { [path = path as String] in
      expectError(.alreadyOpen) { () throws(StoreError) in _ = try Store.open(path, .open) }
      // Inspecting is allowed beside the writer.
      let inspected = try Store.open(path, .inspect, options: small())
      try inspected.refresh()
      #expect(try inspected.log.bodies() == [body(1)])
    }
    // The other process closing its files did not take our lock.
    await #expect(processExitsWith: .success) { [path = path as String] in
      expectError(.alreadyOpen) { () throws(StoreError) in _ = try Store.open(path, .open) }
    }
    try store.log.append(body(2))
  }

  @Test func readersShareAndKeepWritersOut() async throws {
    _ = try Store.open(path, .createOrOpen(shardCount: 4), options: small())
    let reader = try Store.open(path, .readOnly, options: small())
    expectError(.alreadyOpen) { () throws(StoreError) in _ = try Store.open(path, .open) }
    await #expect(processExitsWith: .success) { [path = path as String] in
      _ = try Store.open(path, .readOnly, options: small())
    }
    expectError(.readOnly) { () throws(StoreError) in try reader.log.append(body(1)) }
    expectError(.readOnly) { () throws(StoreError) in try reader.catalog.apply([.delete(.settings, key: [1])]) }
  }

  @Test func aPartKeepsTheDirectoryLocked() throws {
    var log: (any CommitLog)? = try Store.open(path, .createOrOpen(shardCount: 4), options: small()).log
    expectError(.alreadyOpen) { () throws(StoreError) in _ = try Store.open(path, .open) }
    try log?.append(body(1))
    log = nil
    #expect(try Store.open(path, .open, options: small()).log.bodies() == [body(1)])
  }

  @Test func aClosedStoreRefusesWrites() throws {
    let store = try Store.open(path, .createOrOpen(shardCount: 4), options: small())
    try store.close()
    expectError(.writesStopped) { () throws(StoreError) in try store.log.append(body(1)) }
    expectError(.writesStopped) { () throws(StoreError) in
      try store.catalog.apply([.put(.settings, key: [1], value: [])])
    }
  }

  @Test func housekeepingRunsAnywhere() throws {
    let store = try Store.open(path, .createOrOpen(shardCount: 4), options: small())
    try store.housekeep()
    for number in 1...40 { try store.log.append(body(number, byteCount: 1 << 20)) }
    try store.housekeep()
    #expect(try store.log.bodies().count == 40)
  }

  @Test func aStoreOfOtherPartsHasNoDirectory() throws {
    let store = try Store.open(path, .createOrOpen(shardCount: 4), options: small())
    let copy = Store(
      manifest: store.manifest, log: store.log, state: store.state, archive: EmptyArchive(), catalog: store.catalog)
    try copy.housekeep()
    try copy.refresh()
    try copy.close()
    try copy.log.append(body(1))
    #expect(!copy.archive.mayContain(ArchiveKey(tenant: 1, id: 1), in: .contracts))
  }
}
