import Foundation
import LMDB
import Testing

@testable import Store

/// Filters of runs: none misses a key, large ones are read where they are stored, and what is wrong with one is found at open.
@Suite struct RunFilterTests {
  let directory = TemporaryDirectory()
  let table = ArchiveTable.references(shard: 1)

  func open() throws -> LMDBArchive {
    try #require(
      try Store.open(directory.path, .createOrOpen(shardCount: 4), options: small()).archive as? LMDBArchive)
  }

  static func some(_ count: Int, seed: UInt64) -> [UInt128] {
    var random = LZ4BlockTests.Random(state: seed)
    return (0..<count).map { _ in UInt128.random(in: 0...UInt128.max, using: &random) }
  }

  func run(_ archive: LMDBArchive, _ table: ArchiveTable) throws -> ArchiveRun {
    try #require(archive.current.withLock { $0.runs[table]?.first })
  }

  /// How many chunks the filters of all runs have in the store.
  func chunkCount(_ archive: LMDBArchive) throws -> UInt64 {
    try StoreUsage(of: [archive.filters], in: archive.environment).recordCount
  }

  /// The same answers, right and wrong ones, from a filter in the map and from a copy; more than a chunk is mapped.
  @Test(arguments: [1, 100, 21_000, 23_000, 100_000])
  func aFilterInTheMapAnswersLikeACopy(count: Int) throws {
    let archive = try open()
    let (own, others) = (Self.some(count, seed: 1), Self.some(200_000, seed: 2))
    try archive.publish(references: own, of: 1)
    try archive.append(own.map { ArchiveRow(key: ArchiveKey(tenant: 1, id: $0), record: [7]) }, to: .contracts)
    for table in [table, .contracts] {
      let run = try run(archive, table)
      let copy = try RunFilter(run.description, maps: false, archive, try archive.environment.beginReading())
      #expect(run.filter.isMapped == (count > 22_000) && !copy.isMapped)
      let keys = (own + others).map { ArchiveKey(tenant: 1, id: $0) }
      let answers = keys.map { run.filter.mayContain($0) }
      #expect(answers == keys.map { copy.mayContain($0) })
      #expect(answers[..<count].allSatisfy { $0 })
      #expect(answers[count...].count { $0 } < 200_000 / 1_000)
    }
    let ids = own + others
    let candidates = ids.filter { archive.mayContain(table.key(ofReference: $0), in: table) }
    #expect(archive.candidates(ids, in: table) == candidates)
  }

  /// Keys that are not spread evenly, as no digests are, are all found, too; few chunks are used then, and all are there.
  @Test func unevenKeysAreFound() throws {
    let archive = try open()
    let ids = (0..<60_000).map { UInt128($0) }
    for part in 0..<4 { try archive.publish(references: Array(ids[(part * 15_000)...].prefix(15_000)), of: 1) }
    while try archive.mergeStep() {}
    let run = try run(archive, table)
    #expect(run.filter.isMapped && run.rowCount == 60_000)
    #expect(archive.candidates(ids, in: table) == ids)
    #expect(UInt64(run.description.filterShape.chunkCount) == (try chunkCount(archive)))
  }

  /// What is merged has the filter that publishing everything at once would have made.
  @Test func aMergedFilterIsTheSame() throws {
    let ids = Self.some(100_000, seed: 3)
    let archive = try open()
    for part in 0..<4 { try archive.publish(references: Array(ids[(part * 25_000)...].prefix(25_000)), of: 1) }
    try archive.publish(references: ids, of: 2)
    while try archive.mergeStep() {}
    let (merged, whole) = (try run(archive, table), try run(archive, .references(shard: 2)))
    #expect(merged.level == 1 && whole.level == 0 && merged.filter.isMapped)
    for index in 0..<merged.description.filterShape.chunkCount {
      let chunks = try [merged, whole].map { try Array(chunk(of: $0, index, archive).dropFirst(4)) }
      #expect(chunks[0] == chunks[1])
    }
  }

  private func chunk(of run: ArchiveRun, _ index: Int, _ archive: LMDBArchive) throws -> [UInt8] {
    let transaction = try archive.environment.beginReading()
    let key = RunKey.chunk(run.table, run.number, index)
    guard let value = try transaction.value(for: key.span.bytes, in: archive.filters) else { return [] }
    return copy(value)
  }

  /// Whoever looks at a run that a merge has replaced sees its filter as it was; it is deleted afterwards.
  @Test func aReplacedFilterStaysAsLongAsItIsUsed() throws {
    let archive = try open()
    let ids = Self.some(100_000, seed: 4)
    for part in 0..<4 { try archive.publish(references: Array(ids[(part * 25_000)...].prefix(25_000)), of: 1) }
    var held = archive.current.withLock { $0.runs[table] ?? [] }
    #expect(held.count == 4 && held.allSatisfy { $0.filter.isMapped })
    while try archive.mergeStep() {}
    // Others write meanwhile, to pages that are free.
    for seed in 5..<9 as Range<UInt64> { try archive.publish(references: Self.some(30_000, seed: seed), of: 2) }
    while try archive.mergeStep() {}
    for (place, run) in held.enumerated() {
      // The newest first.
      let part = ids[((3 - place) * 25_000)...].prefix(25_000)
      #expect(part.allSatisfy { run.filter.mayContain(table.key(ofReference: $0)) })
    }
    let before = try chunkCount(archive)
    let own = held.reduce(0) { $0 + UInt64($1.description.filterShape.chunkCount) }
    held = []
    while try archive.mergeStep() {}
    #expect(try chunkCount(archive) == before - own)
    #expect(archive.candidates(ids, in: table) == ids)
  }

  /// Runs as programs of before wrote them are read, and those of the present format beside them.
  @Test(arguments: [(ArchiveTable.references(shard: 1), UInt8(2)), (.contracts, 3), (.contracts, 1)])
  func filtersOfBeforeAreRead(table: ArchiveTable, version: UInt8) throws {
    let (old, new) = (Self.some(70_000, seed: 10), Self.some(30_000, seed: 11))
    func publish(_ ids: [UInt128], _ archive: LMDBArchive) throws {
      if table.isKeysOnly { return try archive.publish(references: ids, of: 1) }
      try archive.append(ids.map { ArchiveRow(key: ArchiveKey(tenant: 1, id: $0), record: [7]) }, to: table)
    }
    func found(_ ids: [UInt128], _ archive: LMDBArchive) -> [UInt128] {
      ids.filter { archive.mayContain(ArchiveKey(tenant: 1, id: $0), in: table) }
    }
    do {
      let archive = try open()
      let format = try #require(table.kind.filterFormat(ofVersion: version))
      var filter = FilterBuilder(FilterShape(format, keyCount: 70_000))
      filter.insert(old.lazy.map { ArchiveKey(tenant: 1, id: $0) })
      // Its pages are what they were.
      try publish(old, archive)
      var transaction = try archive.environment.beginWriting()
      let run = try run(archive, table).description
      for index in 0..<run.filterShape.chunkCount {
        _ = try transaction.delete(RunKey.chunk(table, run.number, index).span.bytes, in: archive.filters)
      }
      while filter.hasChunk {
        let key = RunKey.chunk(table, run.number, filter.nextChunk)
        try transaction.reserve(
          byteCount: filter.shape.chunkByteCount(filter.nextChunk), for: key.span.bytes, in: archive.filters
        ) { filter.takeChunk(seed: 0, into: $0) }
      }
      var value = run.value
      value[0] = version
      var key = RunKey.run(table, run.number)
      if table.isKeysOnly { key.appendKey(table.part) }
      let checksum = value.dropLast(4).withUnsafeBytes { crc32c($0, seed: key.withRawSpan { crc32c($0) }) }
      value.replaceSubrange((value.count - 4)..., with: withUnsafeBytes(of: checksum.littleEndian) { Array($0) })
      try transaction.put(value.span.bytes, for: RunKey.run(table, run.number).span.bytes, in: archive.runs)
      try transaction.commit()
    }
    let archive = try open()
    #expect(try !run(archive, table).filter.isMapped)
    #expect(found(old, archive) == old)
    try publish(new, archive)
    #expect(try run(archive, table).filter.isMapped)
    #expect(found(old + new, archive) == old + new)
    // Ten bits a key find one in a hundred that is not there, 24 one in some thousands.
    #expect(found(Self.some(100_000, seed: 12), archive).count < (version == 1 ? 3_000 : 200))
  }

  enum Harm: CaseIterable { case changed, missing, short, long, moved }

  /// Whatever is wrong with a chunk, the store does not open, and says which it is.
  @Test(arguments: Harm.allCases, [100, 60_000]) func aDamagedFilterIsFoundAtOpen(harm: Harm, count: Int) throws {
    do {
      let archive = try open()
      for shard in 1...2 { try archive.publish(references: Self.some(count, seed: UInt64(shard)), of: UInt16(shard)) }
      let run = try run(archive, table)
      let last = run.description.filterShape.chunkCount - 1
      let key = RunKey.chunk(table, run.number, last)
      var value = try chunk(of: run, last, archive)
      switch harm {
      case .changed: value[value.count / 2] ^= 1
      case .short: value.removeLast(64)
      case .long: value += [UInt8](repeating: 0, count: 64)
      case .moved:
        // Another run's, which is sound by itself.
        value = try chunk(of: try self.run(archive, .references(shard: 2)), last, archive)
      case .missing: break
      }
      var transaction = try archive.environment.beginWriting()
      if harm == .missing {
        #expect(try transaction.delete(key.span.bytes, in: archive.filters))
      } else {
        try transaction.put(value.span.bytes, for: key.span.bytes, in: archive.filters)
      }
      try transaction.commit()
    }
    let error = expectError(.damaged) { () throws(StoreError) in
      _ = try Store.open(directory.path, .open, options: small())
    }
    #expect(
      error?.place
        == "archive table 2 shard 1 run 1 filter chunk \(count > 22_000 ? 1 + (count * 3 / 64 - 1_023) / 1_023 : 0)")
  }

  /// A store that is looked at while another process may write to it copies its filters.
  @Test func lookingAtAServedStoreMapsNothing() throws {
    let ids = Self.some(50_000, seed: 20)
    do { try open().publish(references: ids, of: 1) }
    for (mode, isMapped) in [(OpenMode.inspect, false), (.readOnly, true), (.open, true)] {
      let store = try Store.open(directory.path, mode, options: small())
      let archive = try #require(store.archive as? LMDBArchive)
      #expect(try run(archive, table).filter.isMapped == isMapped)
      #expect(archive.candidates(ids, in: table) == ids)
    }
  }
}

@Suite struct SortedDigestsTests {
  @Test func digestsAreSortedAndUnique() {
    var random = LZ4BlockTests.Random(state: 1)
    for count in [0, 1, 2, 15, 17, 100, 1_000, 50_000] {
      let spread = (0..<count).map { _ in UInt128.random(in: 0...UInt128.max, using: &random) }
      let equalInFront = (0..<count).map { UInt128(truncatingIfNeeded: $0 &* 7_919) }
      let few = (0..<count).map { _ in UInt128.random(in: 0..<40, using: &random) << 120 }
      for digests in [spread, spread + spread, equalInFront, few, [UInt128](repeating: .max, count: count)] {
        #expect(SortedDigests.sorted(digests) == Set(digests).sorted())
      }
    }
  }
}
