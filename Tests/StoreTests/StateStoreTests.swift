import Store
import Testing

@Suite struct StateStoreTests {
  let directory = TemporaryDirectory()

  func open(_ mapByteCount: Int = 1 << 30) throws -> Store {
    try Store.open(directory.path, .createOrOpen(shardCount: 4), options: small(mapByteCount: mapByteCount))
  }

  /// A block that names itself.
  func block(
    _ shard: UInt16, _ generation: UInt32, _ kind: UInt8, _ block: UInt32, byteCount: Int = 65_536
  ) -> [UInt8] {
    var bytes = [UInt8]("shard \(shard) generation \(generation) kind \(kind) block \(block);".utf8)
    while bytes.count < byteCount { bytes.append(UInt8(truncatingIfNeeded: bytes.count)) }
    return bytes
  }

  let parts = [
    CheckpointPart(kind: 1, byteCount: 3 * 65_536 + 100, blockCount: 4),
    CheckpointPart(kind: 2, byteCount: 0, blockCount: 0),
    CheckpointPart(kind: 3, byteCount: 65_536, blockCount: 1),
  ]

  /// Writes the blocks of `parts`, leaving out one if asked.
  func write(_ state: any StateStore, shard: UInt16, generation: UInt32, leavingOut: UInt32? = nil) throws {
    let batch = CheckpointBatch(byteCapacity: 150_000)
    for part in parts.reversed() {
      // Out of order, as a copy-on-write checkpoint may give them.
      for number in (0..<part.blockCount).reversed() where leavingOut != number || part.kind != 1 {
        let bytes = block(shard, generation, part.kind, number, byteCount: part.kind == 1 && number == 3 ? 100 : 65_536)
        let fits = bytes.withUnsafeBytes { batch.add(kind: part.kind, block: number, bytes: $0) }
        if !fits {
          try state.write(batch, shard: shard, generation: generation)
          batch.removeAll()
          #expect(bytes.withUnsafeBytes { batch.add(kind: part.kind, block: number, bytes: $0) })
        }
      }
    }
    try state.write(batch, shard: shard, generation: generation)
  }

  func manifest(_ generation: UInt32, cut: CommitNumber = 5) -> ShardManifest {
    ShardManifest(
      generation: generation, cut: cut, operationCount: 77, lastStamp: -5, parts: parts, extra: [9, 8, 7])
  }

  func checkpoint(_ state: any StateStore, shard: UInt16) throws -> UInt32 {
    let generation = try state.nextGeneration(shard: shard)
    try write(state, shard: shard, generation: generation)
    try state.publish(manifest(generation), shard: shard, durableThrough: 5)
    return generation
  }

  func load(_ state: any StateStore, shard: UInt16) throws -> [[UInt8]] {
    var blocks: [[UInt8]] = []
    try state.load(shard: shard) { _, _, bytes in
      blocks.append(copy(bytes))
      return true
    }
    return blocks
  }

  func expected(_ shard: UInt16, _ generation: UInt32) -> [[UInt8]] {
    (0..<4).map { block(shard, generation, 1, $0, byteCount: $0 == 3 ? 100 : 65_536) }
      + [block(shard, generation, 3, 0)]
  }

  @Test func aPublishedGenerationIsLoadedAfterReopening() throws {
    do {
      let state = try open().state
      #expect(try state.manifest(shard: 0) == nil)
      #expect(try load(state, shard: 0).isEmpty)
      for shard in 0..<4 as Range<UInt16> { #expect(try checkpoint(state, shard: shard) == 1) }
      #expect(try checkpoint(state, shard: 2) == 2)
    }
    let state = try open().state
    for shard in 0..<4 as Range<UInt16> {
      let generation: UInt32 = shard == 2 ? 2 : 1
      #expect(try state.manifest(shard: shard) == manifest(generation))
      #expect(try load(state, shard: shard) == expected(shard, generation))
    }
    #expect(try state.nextGeneration(shard: 2) == 3)
  }

  @Test func anUnpublishedGenerationNeverCounts() throws {
    do {
      let state = try open().state
      _ = try checkpoint(state, shard: 1)
      let generation = try state.nextGeneration(shard: 1)
      try write(state, shard: 1, generation: generation)
    }
    let state = try open().state
    #expect(try load(state, shard: 1) == expected(1, 1))
    // What is left behind is numbered past, and then deleted without touching what is current or being written.
    let generation = try state.nextGeneration(shard: 1)
    #expect(generation == 3)
    try write(state, shard: 1, generation: generation)
    let before = try state.usage().recordCount
    while try state.deleteStale(shard: 1, blockCountMax: 2) {}
    #expect(try state.usage().recordCount == before - 5)
    try state.publish(manifest(generation), shard: 1, durableThrough: 6)
    #expect(try load(state, shard: 1) == expected(1, 3))
    while try state.deleteStale(shard: 1, blockCountMax: 2) {}
    #expect(try load(state, shard: 1) == expected(1, 3))
    #expect(try state.usage().recordCount == 6)
  }

  @Test func staleBlocksGoInBoundedSteps() throws {
    let state = try open().state
    _ = try checkpoint(state, shard: 0)
    _ = try checkpoint(state, shard: 0)
    _ = try checkpoint(state, shard: 1)
    let before = try state.usage().recordCount
    #expect(try state.deleteStale(shard: 0, blockCountMax: 3))
    #expect(try state.usage().recordCount == before - 3)
    #expect(try !state.deleteStale(shard: 0, blockCountMax: 3))
    #expect(try state.usage().recordCount == before - 5)
    #expect(try !state.deleteStale(shard: 0, blockCountMax: 3))
    #expect(try load(state, shard: 0) == expected(0, 2))
    #expect(try load(state, shard: 1) == expected(1, 1))
  }

  @Test func oldGenerationsMakeRoomForNewOnes() throws {
    let state = try open().state
    for _ in 0..<20 {
      _ = try checkpoint(state, shard: 0)
      while try state.deleteStale(shard: 0, blockCountMax: 100) {}
    }
    #expect(try state.usage().usedByteCount < 2_000_000)
  }

  @Test func aMissingBlockIsNamed() throws {
    let state = try open().state
    try write(state, shard: 1, generation: 1, leavingOut: 2)
    try state.publish(manifest(1), shard: 1, durableThrough: 5)
    let error = expectError(.damaged) { () throws(StoreError) in try state.load(shard: 1) { _, _, _ in true } }
    #expect(error?.place == "state shard 1 generation 1 kind 1 block 2")
  }

  @Test func aChangedBlockIsNamed() throws {
    do { _ = try checkpoint(try open().state, shard: 3) }
    directory.damage("state/data.mdb", at: [UInt8]("shard 3 generation 1 kind 1 block 1;".utf8), offset: 40_000)
    let state = try open().state
    let error = expectError(.damaged) { () throws(StoreError) in try state.load(shard: 3) { _, _, _ in true } }
    #expect(error?.place == "state shard 3 generation 1 kind 1 block 1")
  }

  @Test func aChangedManifestIsNamed() throws {
    do { _ = try checkpoint(try open().state, shard: 3) }
    directory.damage("state/data.mdb", at: [9, 8, 7])
    let state = try open().state
    let error = expectError(.damaged) { () throws(StoreError) in _ = try state.manifest(shard: 3) }
    #expect(error?.place == "state shard 3 manifest")
  }

  @Test func aBlockItsReaderRefusesIsNamed() throws {
    let state = try open().state
    _ = try checkpoint(state, shard: 0)
    let error = expectError(.damaged) { () throws(StoreError) in
      try state.load(shard: 0) { kind, _, _ in kind != 3 }
    }
    #expect(error?.place == "state shard 0 generation 1 kind 3 block 0")
  }

  @Test func aManifestWithTooMuchExtraIsRefused() throws {
    let state = try open().state
    var large = manifest(1)
    large.extra = [UInt8](repeating: 0, count: 65_537)
    expectError(.outOfRange) { () throws(StoreError) in try state.publish(large, shard: 0, durableThrough: 5) }
  }

  @Test func aFullMapIsNamed() throws {
    let state = try open(1 << 20).state
    let error = expectError(.mapFull) { () throws(StoreError) in
      do { for shard in 0..<9 as Range<UInt16> { try write(state, shard: shard, generation: 1) } } catch {
        throw error as! StoreError
      }
    }
    #expect(error?.place.hasPrefix("state shard ") == true)
  }

  @Test func aCheckpointAheadOfTheLogTraps() async {
    // A process that traps removes nothing: the directory is this one's.
    await #expect(processExitsWith: .failure) { [path = directory.path as String] in
      let store = try Store.open(path, .createOrOpen(shardCount: 1), options: small())
      let manifest = ShardManifest(generation: 1, cut: 9, operationCount: 0, lastStamp: 0, parts: [])
      try store.state.publish(manifest, shard: 0, durableThrough: 8)
    }
  }

  @Test func aFullBatchTakesNoMore() {
    let batch = CheckpointBatch(byteCapacity: 100)
    let bytes = [UInt8](repeating: 1, count: 60)
    #expect(bytes.withUnsafeBytes { batch.add(kind: 1, block: 0, bytes: $0) })
    #expect(bytes.withUnsafeBytes { !batch.add(kind: 1, block: 1, bytes: $0) })
    #expect(batch.blockCount == 1)
    #expect(batch.byteCount == 60)
    batch.removeAll()
    #expect(batch.isEmpty)
  }
}
