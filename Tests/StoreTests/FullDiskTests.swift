import Glibc
import Store
import Testing

@Suite struct FullDiskTests {
  /// A full disk, as a limit on file size in a process of its own: the parent finds every acknowledged commit.
  @Test func aLimitOnFileSizeStopsWritingAndLosesNothing() async throws {
    let directory = TemporaryDirectory()
    _ = try Store.open(directory.path, .createOrOpen(shardCount: 4), options: small())
    await #expect(processExitsWith: .success) { [path = directory.path as String] in
      signal(SIGXFSZ, SIG_IGN)
      let store = try Store.open(path, .open, options: small())
      // The file is a hole far longer than its pages; the limit is where pages end.
      var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
      #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      try fill(store)
    }
    try checkRecovery(directory.path)
  }

  @Test(.enabled(if: SmallVolume.canMount)) func aFullVolumeStopsWritingAndLosesNothing() throws {
    let volume = try #require(SmallVolume(byteCount: 4 << 20))
    let path = volume.path + "/store"
    try fill(try Store.open(path, .createOrOpen(shardCount: 4), options: small()))
    // Still full: everything acknowledged can be read.
    let store = try Store.open(path, .readOnly, options: small())
    #expect(try store.log.bodies() == (1...Int(store.log.range.count)).map { body($0, byteCount: 100_000) })
  }

  @Test(.enabled(if: SmallVolume.canMount)) func aFullVolumeLeavesNoHalfSegment() throws {
    let volume = try #require(SmallVolume(byteCount: 2 << 20))
    let directory = TemporaryDirectory()
    let store = try Store.open(directory.path, .createOrOpen(shardCount: 4), options: small())
    // Bytes that do not compress.
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<8 { try store.log.append((0..<400_000).map { _ in .random(in: 0...255, using: &generator) }) }
    var chain = AuditChain(log: store.log)
    try chain.sealNow()
    let seal = try #require(store.log.lastSeal)
    expectError(.diskFull) { () throws(StoreError) in
      try SegmentFile.export(seal, from: store.log, to: volume.path + "/out.segment")
    }
    #expect(access(volume.path + "/out.segment", F_OK) != 0)
    // An export is no write of the store: it goes on.
    try store.log.append([1])
  }
}

/// Appends until the disk is full.
private func fill(_ store: Store) throws {
  var count = 0
  let error = expectError(.diskFull) { () throws(StoreError) in
    while count < 100 {
      try store.log.append(body(count + 1, byteCount: 100_000))
      count += 1
    }
  }
  #expect(error?.place == "log commit \(count + 1)")
  #expect(count >= 5)
  expectError(.writesStopped) { () throws(StoreError) in try store.log.append([1]) }
  #expect(try store.log.bodies().count == count)
}

private func checkRecovery(_ path: String) throws {
  let log = try Store.open(path, .open, options: small()).log
  let count = Int(log.range.count)
  #expect(count >= 5)
  #expect(try log.bodies() == (1...count).map { body($0, byteCount: 100_000) })
  try log.append(body(count + 1))
}
