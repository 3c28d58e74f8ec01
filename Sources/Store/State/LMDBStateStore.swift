import LMDB

/// Checkpoints in an LMDB environment.
///
/// Tables: `blocks` (shard u16, generation u32, kind u8, block u32, all big-endian -> u32 CRC-32C of key and bytes, u32
/// byte count, bytes) and `manifests` (shard u16, big-endian -> `ShardManifest` value).
public final class LMDBStateStore: StateStore {
  let environment: Environment
  let blocks: Database
  let manifests: Database
  let gate: WriteGate
  /// For each shard the generation that is being written: `deleteStale` leaves it alone.
  let generationsInWork = Locked<[UInt16: UInt32]>([:])

  /// Opens the tables in an open environment; makes them unless that is read-only.
  init(environment: Environment, gate: WriteGate) throws(StoreError) {
    self.environment = environment
    self.gate = gate
    (blocks, manifests) = try at("state") {
      (try environment.openDatabase(named: "blocks"), try environment.openDatabase(named: "manifests"))
    }
  }

  public func manifest(shard: UInt16) throws(StoreError) -> ShardManifest? {
    try at("state shard \(shard)") { try manifest(shard, try environment.beginReading()) }
  }

  func manifest(_ shard: UInt16, _ transaction: borrowing ReadTransaction) throws -> ShardManifest? {
    var key: [UInt8] = []
    key.appendKey(shard)
    guard let value = unsafe try transaction.value(for: key.span.bytes, in: manifests) else { return nil }
    return try ShardManifest(value: value.array, shard: shard)
  }

  public func nextGeneration(shard: UInt16) throws(StoreError) -> UInt32 {
    let generation: UInt32 = try at("state shard \(shard)") {
      let transaction = try environment.beginReading()
      var highest = try manifest(shard, transaction)?.generation ?? 0
      var cursor = try transaction.cursor(in: blocks)
      let end = BlockKey(shard: shard, generation: .max, kind: .max, block: .max).bytes
      let isBehind = unsafe try cursor.move(atOrAfter: end.span.bytes)
      if try isBehind ? cursor.moveToPrevious() : cursor.moveToLast(), let key = BlockKey(cursor.key),
        key.shard == shard
      {
        highest = max(highest, key.generation)
      }
      return highest + 1
    }
    generationsInWork.withLock { $0[shard] = generation }
    return generation
  }

  public func write(_ batch: CheckpointBatch, shard: UInt16, generation: UInt32) throws(StoreError) {
    guard !batch.isEmpty else { return }
    let place = "state shard \(shard) generation \(generation)"
    try gate.write(at: place) { () throws(StoreError) in
      try at(place) {
        var transaction = try environment.beginWriting()
        unsafe try batch.forEach { (kind, block, bytes) throws(LMDBError) in
          let key = BlockKey(shard: shard, generation: generation, kind: kind, block: block)
          unsafe try write(bytes, for: key, &transaction)
        }
        try transaction.commit()
      }
    }
  }

  private func write(
    _ bytes: UnsafeRawBufferPointer, for key: BlockKey, _ transaction: inout WriteTransaction
  ) throws(LMDBError) {
    let keyBytes = key.bytes
    let checksum = unsafe crc32c(bytes, seed: key.checksum)
    unsafe try transaction.reserve(byteCount: 8 + bytes.count, for: keyBytes.span.bytes, in: blocks) { room in
      // The room has exactly the asked size.
      unsafe room.storeBytes(of: checksum.littleEndian, toByteOffset: 0, as: UInt32.self)
      unsafe room.storeBytes(of: UInt32(bytes.count).littleEndian, toByteOffset: 4, as: UInt32.self)
      unsafe UnsafeMutableRawBufferPointer(rebasing: room[8...]).copyMemory(from: bytes)
    }
  }

  public func publish(
    _ manifest: ShardManifest, shard: UInt16, durableThrough: CommitNumber
  ) throws(StoreError) {
    precondition(durableThrough >= manifest.cut, "a checkpoint must not get ahead of the durable log")
    let place = "state shard \(shard) generation \(manifest.generation)"
    guard manifest.extra.count <= ShardManifest.extraByteCountMax else {
      throw StoreError(
        .outOfRange, at: place,
        "\(manifest.extra.count) extra bytes in a manifest; the most is \(ShardManifest.extraByteCountMax)")
    }
    try gate.write(at: place) { () throws(StoreError) in
      try at(place) {
        var key: [UInt8] = []
        key.appendKey(shard)
        var transaction = try environment.beginWriting()
        unsafe try transaction.put(manifest.value(shard: shard).span.bytes, for: key.span.bytes, in: manifests)
        try transaction.commit()
      }
    }
    generationsInWork.withLock { $0[shard] = nil }
  }

  public func deleteStale(shard: UInt16, blockCountMax: Int) throws(StoreError) -> Bool {
    let inWork = generationsInWork.withLock { $0[shard] }
    let place = "state shard \(shard)"
    let current = try manifest(shard: shard)?.generation
    return try gate.write(at: place) { () throws(StoreError) in
      try at(place) {
        var transaction = try environment.beginWriting()
        var count = 0
        // The gaps before, between and behind the generations that stay.
        var start: UInt32 = 0
        for kept in [current, inWork].compactMap({ $0 }).sorted() + [.max] {
          let first = BlockKey(shard: shard, generation: start, kind: 0, block: 0).bytes
          count += unsafe try transaction.deleteRecords(
            from: first.span.bytes, in: blocks, countMax: blockCountMax - count
          ) { key in
            guard let key = BlockKey(key) else { return false }
            return key.shard == shard && key.generation < kept
          }
          start = kept == .max ? kept : kept + 1
        }
        if count > 0 { try transaction.commit() }
        return count == blockCountMax
      }
    }
  }

  public func usage() throws(StoreError) -> StoreUsage {
    try at("state") { try StoreUsage(of: [blocks, manifests], in: environment) }
  }
}
