import Foundation
import Testing

@testable import Store

@Suite struct ArchiveTests {
  let directory = TemporaryDirectory()

  func open() throws -> any ContractArchive {
    try Store.open(directory.path, .createOrOpen(shardCount: 4), options: small()).archive
  }

  func key(_ number: Int) -> ArchiveKey {
    ArchiveKey(tenant: UInt32(number % 5), id: UInt128(number) << 64 | UInt128(number * 7))
  }

  func record(_ number: Int, _ version: Int = 0, byteCount: Int = 60) -> [UInt8] {
    var bytes = [UInt8]("record \(number) version \(version);".utf8)
    while bytes.count < byteCount { bytes.append(UInt8(truncatingIfNeeded: bytes.count)) }
    return bytes
  }

  func scanned(_ archive: any ContractArchive, _ table: ArchiveTable, chunk: Int) throws -> [ArchiveKey: [UInt8]] {
    var all: [ArchiveKey: [UInt8]] = [:]
    var last: ArchiveKey?
    var next: ArchiveKey?
    repeat {
      next = try archive.scan(table, from: next, rowCountMax: chunk) { key, record in
        #expect(last.map { $0 < key } ?? true, "out of order")
        last = key
        all[key] = copy(record)
        return .next
      }
    } while next != nil
    return all
  }

  @Test func whatWasArchivedIsFoundAndTheRestIsNot() throws {
    do {
      let archive = try open()
      #expect(!archive.mayContain(key(1), in: .contracts))
      #expect(try archive.fetch(key(1), in: .contracts) == nil)
      try archive.append([], to: .contracts)
      try archive.append((0..<1000).map { ArchiveRow(key: key($0), record: record($0)) }, to: .contracts)
    }
    let archive = try open()
    for number in 0..<1000 {
      #expect(archive.mayContain(key(number), in: .contracts))
      #expect(try archive.fetch(key(number), in: .contracts) == record(number))
    }
    var falsePositives = 0
    for number in 1000..<11_000 {
      if archive.mayContain(key(number), in: .contracts) { falsePositives += 1 }
      #expect(try archive.fetch(key(number), in: .contracts) == nil)
    }
    #expect(falsePositives < 300)
    #expect(!archive.mayContain(key(1), in: .references(shard: 1)))
    #expect(archive.rowCount(in: .contracts) == 1000)
  }

  @Test func theNewestRowOfAKeyHolds() throws {
    let archive = try open()
    try archive.append(
      [.init(key: key(1), record: record(1, 1)), .init(key: key(1), record: record(1, 2))], to: .contracts)
    #expect(try archive.fetch(key(1), in: .contracts) == record(1, 2))
    try archive.append([.init(key: key(1), record: nil)], to: .contracts)
    #expect(try archive.fetch(key(1), in: .contracts) == nil)
    #expect(archive.mayContain(key(1), in: .contracts))
    try archive.append([.init(key: key(1), record: record(1, 3))], to: .contracts)
    #expect(try archive.fetch(key(1), in: .contracts) == record(1, 3))
  }

  /// Random appends, merge steps and reopenings against a dictionary.
  @Test(arguments: 1...6 as ClosedRange<UInt64>) func itAgreesWithADictionary(seed: UInt64) throws {
    var random = LZ4BlockTests.Random(state: seed)
    var archive = try open()
    let references = ArchiveTable.references(shard: 3)
    let tables = [ArchiveTable.contracts, references]
    var model: [ArchiveTable: [ArchiveKey: [UInt8]]] = [.contracts: [:], references: [:]]
    for round in 0..<60 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0: archive = try reopen(&archive)
      case 1...3:
        for _ in 0..<Int.random(in: 1...6, using: &random) { _ = try archive.mergeStep() }
      default:
        let table = tables.randomElement(using: &random)!
        let rows = (0..<Int.random(in: 1...400, using: &random)).map { _ in
          let number = Int.random(in: 0..<2000, using: &random)
          if table == references { return ArchiveRow(key: table.key(ofReference: UInt128(number)), record: []) }
          let isGone = Int.random(in: 0..<4, using: &random) == 0
          return ArchiveRow(key: key(number), record: isGone ? nil : record(number, round, byteCount: number % 300))
        }
        try archive.append(rows, to: table)
        for row in rows { model[table]![row.key] = row.record }
      }
      let table = tables.randomElement(using: &random)!
      for _ in 0..<50 {
        let number = Int.random(in: 0..<2200, using: &random)
        let key = table == references ? table.key(ofReference: UInt128(number)) : key(number)
        #expect(try archive.fetch(key, in: table) == model[table]![key], "seed \(seed) round \(round)")
      }
    }
    for table in tables { #expect(try scanned(archive, table, chunk: 37) == model[table]) }
    while try archive.mergeStep() {}
    for table in tables { #expect(try scanned(archive, table, chunk: 501) == model[table]) }
  }

  func reopen(_ archive: inout any ContractArchive) throws -> any ContractArchive {
    archive = EmptyArchive()
    return try open()
  }

  @Test func mergingKeepsTheNumberOfRunsSmallAndDropsTombstones() throws {
    let archive = try open()
    for round in 0..<64 {
      try archive.append(
        (0..<20).map { .init(key: key(round * 20 + $0), record: record($0)) }, to: .contracts)
      while try archive.mergeStep() {}
    }
    #expect(archive.rowCount(in: .contracts) == 1280)
    for round in 0..<64 {
      try archive.append((0..<20).map { .init(key: key(round * 20 + $0), record: nil) }, to: .contracts)
      while try archive.mergeStep() {}
    }
    // Everything was taken back; after the last merge of all runs nothing is left.
    for _ in 0..<(256 - 128) {
      try archive.append([.init(key: key(1), record: nil)], to: .contracts)
      while try archive.mergeStep() {}
    }
    #expect(archive.rowCount(in: .contracts) == 0)
    #expect(!archive.mayContain(key(5), in: .contracts))
    let embedded = try #require(archive as? LMDBArchive)
    let tables = [embedded.pages, embedded.filters, embedded.runs]
    #expect(try StoreUsage(of: tables, in: embedded.environment).recordCount == 0)
  }

  /// Readers on other threads while runs are merged and deleted under them.
  @Test func readersNeverMissWhileRunsAreMerged() async throws {
    let archive = try open()
    try archive.append((0..<500).map { .init(key: key($0), record: record($0)) }, to: .contracts)
    let isDone = Flag()
    try await withThrowingTaskGroup(of: Int.self) { group in
      for reader in 0..<2 {
        group.addTask { () async throws -> Int in
          var count = 0
          while !isDone.isSet {
            let number = (count * 7 + reader) % 500
            #expect(try archive.fetch(key(number), in: .contracts) == record(number))
            count += 1
            // The writer may need this thread.
            await Task.yield()
          }
          return count
        }
      }
      group.addTask {
        defer { isDone.set() }
        for round in 0..<40 {
          try archive.append((0..<50).map { .init(key: key(1000 + round * 50 + $0), record: [1]) }, to: .contracts)
          while try archive.mergeStep() {}
        }
        return 0
      }
      try await group.waitForAll()
    }
  }

  /// Staged rows are seen from their publication on, all at once; of two rows of a key the later one.
  @Test(arguments: [10, 700, 30_000]) func stagedRowsAppearTogether(_ count: Int) throws {
    do {
      let archive = try open()
      try archive.append([.init(key: key(1), record: record(1))], to: .contracts)
      var run = StagedRun(.contracts)
      var rows = (0..<count).map { ArchiveRow(key: key($0), record: record($0, 1, byteCount: 40)) }
      rows.shuffle()
      let half = count / 2
      try archive.stage(Array(rows[..<half]), in: &run)
      try archive.stage([], in: &run)
      try archive.stage(Array(rows[half...]), in: &run)
      try archive.stage([.init(key: key(2), record: record(2, 2))], in: &run)
      #expect(run.rowCount == count + 1)
      #expect(archive.rowCount(in: .contracts) == 1)
      #expect(try archive.fetch(key(1), in: .contracts) == record(1))
      #expect(try archive.fetch(key(2), in: .contracts) == nil)
      try archive.publish(run)
      try archive.publish(references: [], of: 0)
      #expect(archive.rowCount(in: .contracts) == UInt64(count) + 1)
    }
    let archive = try open()
    let found = try archive.fetch((0..<count + 1).map { key($0) }, in: .contracts)
    for number in 0..<count {
      let expected = number == 2 ? record(2, 2) : record(number, 1, byteCount: 40)
      #expect(found[number] == expected)
    }
    #expect(found[count] == nil)
    while try archive.mergeStep() {}
    #expect(try scanned(archive, .contracts, chunk: 999).count == count)
  }

  /// What was staged when the process ended leaves the disk, and what was published stays.
  @Test(arguments: [false, true]) func whatACrashLeftIsDeleted(hasPublished: Bool) throws {
    func blockCount(_ archive: any ContractArchive) throws -> UInt64 {
      let embedded = try #require(archive as? LMDBArchive)
      return try StoreUsage(of: [embedded.rows], in: embedded.environment).recordCount
    }
    let rows = (0..<5_000).map { ArchiveRow(key: key($0), record: record($0)) }
    let before: UInt64
    do {
      let archive = try open()
      if hasPublished { try archive.append(Array(rows[..<100]), to: .contracts) }
      before = try blockCount(archive)
      var run = StagedRun(.contracts)
      for start in stride(from: 0, to: 5_000, by: 1_000) {
        try archive.stage(Array(rows[start..<start + 1_000]), in: &run)
      }
      #expect(try blockCount(archive) > before + 4)
    }
    do {
      let archive = try open()
      // Blocks of this session go behind what is deleted.
      try archive.append(Array(rows[100..<200]), to: .contracts)
      while try archive.mergeStep() {}
      #expect(try blockCount(archive) == before + (hasPublished ? 1 : 2))
    }
    let archive = try open()
    #expect(try !archive.mergeStep())
    for number in 0..<100 {
      #expect(try archive.fetch(key(number), in: .contracts) == (hasPublished ? record(number) : nil))
      #expect(try archive.fetch(key(100 + number), in: .contracts) == record(100 + number))
    }
  }

  /// Dropped records are gone at once, at the next opening and after merges; what is newer stays, and no block number is
  /// given twice.
  @Test func whatIsDroppedIsGone() throws {
    func expect(_ archive: any ContractArchive, dropped: Range<Int>, there: Range<Int>) throws {
      for number in dropped { #expect(try archive.fetch(key(number), in: .contracts) == nil) }
      for number in there { #expect(try archive.fetch(key(number), in: .contracts) == record(number, byteCount: 900)) }
      let all = try scanned(archive, .contracts, chunk: 77)
      #expect(Set(all.keys) == Set(there.map { key($0) }))
      #expect(try archive.contractCount() == UInt64(there.count))
    }
    func rows(_ numbers: Range<Int>) -> [ArchiveRow] {
      numbers.map { ArchiveRow(key: key($0), record: record($0, byteCount: 900)) }
    }
    let end: UInt64
    do {
      let store = try Store.open(directory.path, .createOrOpen(shardCount: 4), options: small())
      let archive = store.archive
      try archive.append(rows(0..<400), to: .contracts)
      end = archive.rowBlocks.upperBound
      try archive.append(rows(400..<800), to: .contracts)
      #expect(archive.rowBlocks.lowerBound == 1 && end > 4)
      let before = archive.rowBlocks
      // A backup that copies rows keeps them.
      let hold = try RowHold(directory.path)
      let other = try RowHold(directory.path)
      #expect(try !store.dropRows(before: end))
      hold.release()
      #expect(try !store.dropRows(before: end))
      try expect(archive, dropped: 0..<0, there: 0..<800)
      other.release()
      #expect(try store.dropRows(before: end))
      #expect(archive.rowBlocks == end..<before.upperBound)
      try expect(archive, dropped: 0..<400, there: 400..<800)
      #expect(try store.dropRows(before: end))
    }
    do {
      let archive = try open()
      #expect(archive.rowBlocks.lowerBound == end)
      try expect(archive, dropped: 0..<400, there: 400..<800)
      #expect(try archive.rowBlock(1) != nil)
      while try archive.mergeStep() {}
      #expect(try archive.rowBlock(1) == nil && archive.rowBlock(end - 1) == nil && archive.rowBlock(end) != nil)
      // Everything: the numbers go on behind all the same.
      let all = archive.rowBlocks.upperBound
      try archive.dropRows(before: all)
      while try archive.mergeStep() {}
      try expect(archive, dropped: 0..<800, there: 0..<0)
    }
    let archive = try open()
    let first = archive.rowBlocks
    #expect(first.isEmpty && first.lowerBound > end)
    try archive.append(rows(800..<900), to: .contracts)
    for start in [900, 950] { try archive.append(rows(start..<start + 50), to: .contracts) }
    #expect(archive.rowBlocks.lowerBound == first.lowerBound)
    try expect(archive, dropped: 0..<800, there: 800..<1_000)
    while try archive.mergeStep() {}
    try expect(archive, dropped: 0..<800, there: 800..<1_000)
    // Entries of what was dropped went with the merge.
    #expect(archive.rowCount(in: .contracts) == 200)
  }

  /// References of a shard are all found again, after a restart and after merges, and no other shard's are; few that were
  /// never there pass the filters. What another run has staged meanwhile is not touched.
  @Test func referencesAreFoundByShard() throws {
    var random = SystemRandomNumberGenerator()
    func some(_ count: Int) -> [UInt128] {
      (0..<count).map { _ in UInt128.random(in: 0...UInt128.max, using: &random) }
    }
    let ids = some(30_000)
    func expectThere(_ archive: any ContractArchive, _ location: SourceLocation = #_sourceLocation) throws {
      for shard in 0..<2 {
        let table = ArchiveTable.references(shard: UInt16(shard))
        let (own, others) = (Array(ids[(shard * 15_000)...].prefix(15_000)), some(20_000))
        #expect(Set(archive.candidates(own, in: table)) == Set(own), sourceLocation: location)
        #expect(archive.candidates(others, in: table).count < 20_000 / 500, sourceLocation: location)
        let found = try archive.fetch(own.map { table.key(ofReference: $0) }, in: table)
        #expect(found == own.map { _ in [] }, sourceLocation: location)
        let foreign = Array(ids[((1 - shard) * 15_000)...].prefix(15_000))
        #expect(
          try archive.fetch(foreign.map { table.key(ofReference: $0) }, in: table) == foreign.map { _ in nil },
          sourceLocation: location)
        let all = try scanned(archive, table, chunk: 4_000)
        #expect(Set(all.keys.map(\.id)) == Set(own), sourceLocation: location)
      }
    }
    do {
      let archive = try open()
      var contracts = StagedRun(.contracts)
      try archive.stage((0..<5_000).map { ArchiveRow(key: key($0), record: record($0)) }, in: &contracts)
      for part in 0..<6 {
        for shard in 0..<2 {
          let some = ids[(shard * 15_000 + part * 2_500)...].prefix(2_500)
          try archive.publish(references: Array(some + some.prefix(2)), of: UInt16(shard))
        }
      }
      try expectThere(archive)
      try archive.publish(contracts)
    }
    let archive = try open()
    #expect(try archive.fetch(key(4_999), in: .contracts) == record(4_999))
    try expectThere(archive)
    while try archive.mergeStep() {}
    try expectThere(archive)
  }

  /// The mark of published blocks stays where it is when references are published between stage and publish.
  @Test func referencesDoNotPublishWhatIsStaged() throws {
    do {
      let archive = try open()
      var contracts = StagedRun(.contracts)
      try archive.stage((0..<5_000).map { ArchiveRow(key: key($0), record: record($0)) }, in: &contracts)
      try archive.publish(references: [1, 3, 2, 1], of: 1)
    }
    let archive = try open()
    let embedded = try #require(archive as? LMDBArchive)
    #expect(archive.rowCount(in: .references(shard: 1)) == 3)
    while try archive.mergeStep() {}
    // The mark alone is left.
    #expect(try StoreUsage(of: [embedded.rows], in: embedded.environment).recordCount == 1)
  }

  /// Pages of a large run that was not finished are garbage, too.
  @Test func aRunWithoutDescriptionDoesNotCount() throws {
    do {
      let archive = try #require(try open() as? LMDBArchive)
      var transaction = try archive.environment.beginWriting()
      let entries = (0..<200).map { ArchiveEntry(key: key($0), block: 1, offset: 0, recordByteCount: 10) }
      let run = RunDescription(
        table: .contracts, number: 7, age: 7, level: 0, rowCount: UInt64(entries.count),
        filterKeyCount: UInt64(entries.count))
      var filter = FilterBuilder(run.filterShape)
      try archive.write(entries.sorted { $0.key < $1.key }, of: run, &filter, &transaction)
      try transaction.commit()
    }
    let archive = try open()
    #expect(archive.rowCount(in: .contracts) == 0)
    while try archive.mergeStep() {}
    let embedded = try #require(archive as? LMDBArchive)
    #expect(try StoreUsage(of: [embedded.pages], in: embedded.environment).recordCount == 0)
  }

  @Test func aRecordOverTheLimitIsRefused() throws {
    let archive = try open()
    expectError(.outOfRange) { () throws(StoreError) in
      try archive.append(
        [.init(key: key(1), record: [UInt8](repeating: 0, count: 1 << 20 + 1))], to: .contracts)
    }
    try archive.append([.init(key: key(1), record: [UInt8](repeating: 0, count: 1 << 20))], to: .contracts)
    #expect(try archive.fetch(key(1), in: .contracts)?.count == 1 << 20)
  }

  @Test func aChangedRecordIsNamed() throws {
    do {
      try open().append((0..<10).map { .init(key: key($0), record: record($0)) }, to: .contracts)
    }
    directory.damage("state/data.mdb", at: [UInt8]("record 7 version 0;".utf8), offset: 3)
    let archive = try open()
    #expect(try archive.fetch(key(6), in: .contracts) == record(6))
    let error = expectError(.damaged) { () throws(StoreError) in _ = try archive.fetch(key(7), in: .contracts) }
    #expect(error?.place == "archive row block 1 byte \(7 * 64)")
  }

  @Test func aChangedEntryIsNamed() throws {
    do {
      try open().append((0..<10).map { .init(key: key($0), record: record($0)) }, to: .contracts)
    }
    var pattern: [UInt8] = []
    ArchiveEntry(key: key(7), block: 1, offset: 7 * 64, recordByteCount: 60).append(to: &pattern, .contracts)
    directory.damage("state/data.mdb", at: pattern, offset: 24)
    let archive = try open()
    let error = expectError(.damaged) { () throws(StoreError) in _ = try archive.fetch(key(7), in: .contracts) }
    #expect(error?.place == "archive table 1 run 1")
  }

  /// The shard of a run of references stands in the keys of its pages: a change there must not give it to another one.
  @Test func aChangedKeyOfAPageIsFound() throws {
    do {
      try open().publish(references: (1...1_000).map { UInt128($0) << 40 }, of: 2)
    }
    let table = ArchiveTable.references(shard: 2)
    let first = RunKey.page(table, 1, first: table.key(ofReference: 1 << 40))
    directory.damage("state/data.mdb", at: first, offset: 12)
    let error = expectError(.damaged) { () throws(StoreError) in
      _ = try Store.open(directory.path, .open, options: small())
    }
    #expect(error?.place.hasSuffix("run 1") ?? false)
  }

  /// A page under another page's key is found when it is met.
  @Test func aPageUnderAnotherKeyIsFound() throws {
    do {
      try open().publish(references: (1...1_000).map { UInt128($0) << 40 }, of: 2)
    }
    let table = ArchiveTable.references(shard: 2)
    let second = RunKey.page(table, 1, first: table.key(ofReference: 253 << 40))
    directory.damage("state/data.mdb", at: second, offset: 28)
    let archive = try open()
    let error = expectError(.damaged) { () throws(StoreError) in
      _ = try archive.fetch(table.key(ofReference: 300 << 40), in: table)
    }
    #expect(error?.place == "archive table 2 shard 2 run 1")
  }
}

/// A flag that one task sets and others read.
final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false
  var isSet: Bool { lock.withLock { value } }
  func set() { lock.withLock { value = true } }
}

/// Holds nothing: takes the place of an archive that is to be released.
final class EmptyArchive: ContractArchive {
  func append(_ rows: [ArchiveRow], to table: ArchiveTable) throws(StoreError) {}
  func stage(_ rows: [ArchiveRow], in run: inout StagedRun) throws(StoreError) {}
  func publish(_ run: StagedRun) throws(StoreError) {}
  func publish(references: [UInt128], of shard: UInt16) throws(StoreError) {}
  func fetch(_ keys: [ArchiveKey], in table: ArchiveTable) throws(StoreError) -> [[UInt8]?] { keys.map { _ in nil } }
  func mayContain(_ key: ArchiveKey, in table: ArchiveTable) -> Bool { false }
  func candidates(_ ids: [UInt128], in table: ArchiveTable) -> [UInt128] { [] }
  func fetch(_ key: ArchiveKey, in table: ArchiveTable) throws(StoreError) -> [UInt8]? { nil }
  func mergeStep() throws(StoreError) -> Bool { false }
  func scan(
    _ table: ArchiveTable, from start: ArchiveKey?, rowCountMax: Int, _ visit: (ArchiveKey, RawSpan) -> ReadStep
  ) throws(StoreError) -> ArchiveKey? { nil }
  func rowCount(in table: ArchiveTable) -> UInt64 { 0 }
  var runCountMax: Int { 0 }
  var rowBlocks: Range<UInt64> { 1..<1 }
  func rowBlock(_ number: UInt64) throws(StoreError) -> [UInt8]? { nil }
  func dropRows(before end: UInt64) throws(StoreError) {}
  func rowUsage() throws(StoreError) -> (blockCount: UInt64, byteCount: UInt64) { (0, 0) }
  func records(at places: [(key: ArchiveKey, block: UInt64, offset: Int)]) throws(StoreError) -> [[UInt8]?] {
    places.map { _ in nil }
  }
  func scanContractsByAge(
    from block: UInt64, front: (RawSpan) -> (key: ArchiveKey, byteCount: Int)?, _ visit: (ArchiveKey, RawSpan) -> Void
  ) throws(StoreError) -> UInt64? { nil }
  func contractCount() throws(StoreError) -> UInt64 { 0 }
}
