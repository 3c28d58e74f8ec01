import LMDB
import Testing

@Suite struct TransactionTests {
  let directory = TemporaryDirectory()

  @Test func committedValuesAreThereAndAbortedOnesAreNot() throws {
    let environment = try Environment(path: directory.path, options: .init(mapByteCount: 1 << 24))
    let table = try environment.openDatabase(named: "t")
    var first = try environment.beginWriting()
    try first.put(bytes("one").span.bytes, for: bytes("a").span.bytes, in: table)
    #expect(copy(try first.value(for: bytes("a").span.bytes, in: table)) == bytes("one"))
    try first.commit()
    do {
      var second = try environment.beginWriting()
      try second.put(bytes("two").span.bytes, for: bytes("a").span.bytes, in: table)
      // Goes out of scope without a commit.
    }
    let reading = try environment.beginReading()
    #expect(copy(try reading.value(for: bytes("a").span.bytes, in: table)) == bytes("one"))
    #expect(copy(try reading.value(for: bytes("b").span.bytes, in: table)) == nil)
  }

  @Test func aReaderKeepsItsSnapshot() throws {
    let environment = try Environment(path: directory.path, options: .init(mapByteCount: 1 << 24))
    let table = try environment.openDatabase(named: "t", integerKeys: true)
    func put(_ text: String) throws {
      var transaction = try environment.beginWriting()
      try transaction.put(bytes(text).span.bytes, for: 7, in: table)
      try transaction.commit()
    }
    try put("old")
    let early = try environment.beginReading()
    try put("new")
    let late = try environment.beginReading()
    #expect(copy(try early.value(for: 7, in: table)) == bytes("old"))
    #expect(copy(try late.value(for: 7, in: table)) == bytes("new"))
  }

  @Test func integerKeysSortAsNumbersAndAppendRefusesToGoBack() throws {
    let environment = try Environment(path: directory.path, options: .init(mapByteCount: 1 << 24))
    let table = try environment.openDatabase(named: "t", integerKeys: true)
    var writing = try environment.beginWriting()
    for key: UInt64 in [1, 255, 256, 65_536, 1 << 40] {
      try writing.reserve(byteCount: 8, for: key, in: table, .append) { room in
        room.storeBytes(of: key, as: UInt64.self)
      }
    }
    try writing.commit()
    var again = try environment.beginWriting()
    do throws(LMDBError) {
      try again.put(bytes("x").span.bytes, for: 3, in: table, .append)
      Issue.record("an append behind the last key was taken")
    } catch { #expect(error.kind == .keyExists) }
    let reading = try environment.beginReading()
    var cursor = try reading.cursor(in: table)
    var keys: [UInt64] = []
    while try cursor.moveToNext() { keys.append(cursor.integerKey) }
    #expect(keys == [1, 255, 256, 65_536, 1 << 40])
    #expect(try cursor.move(atOrAfter: 257 as UInt64))
    #expect(cursor.integerKey == 65_536)
    #expect(try cursor.moveToPrevious())
    #expect(cursor.integerKey == 256)
    #expect(try reading.statistics(of: table).entryCount == 5)
  }

  @Test func rangesAreDeletedInOrderUpToTheBound() throws {
    let environment = try Environment(path: directory.path, options: .init(mapByteCount: 1 << 24))
    let table = try environment.openDatabase(named: "t")
    var writing = try environment.beginWriting()
    for key in 0..<100 as Range<UInt8> {
      try writing.put([UInt8](repeating: key, count: 3000).span.bytes, for: [key].span.bytes, in: table)
    }
    let first = try writing.deleteRecords(from: [UInt8(10)].span.bytes, in: table, countMax: 5) { _ in true }
    let second = try writing.deleteRecords(from: [UInt8(10)].span.bytes, in: table, countMax: 1000) {
      copy($0)![0] < 50
    }
    #expect(first == 5)
    #expect(second == 35)
    try writing.commit()
    let reading = try environment.beginReading()
    var cursor = try reading.cursor(in: table)
    var keys: [UInt8] = []
    while try cursor.moveToNext() { keys.append(copy(cursor.key)![0]) }
    #expect(keys == Array(0..<10) + Array(50..<100))
  }

  @Test func deletingSaysWhetherItWasThere() throws {
    let environment = try Environment(path: directory.path, options: .init(mapByteCount: 1 << 24))
    let table = try environment.openDatabase(named: "t", integerKeys: true)
    var writing = try environment.beginWriting()
    try writing.put(bytes("x").span.bytes, for: 1, in: table)
    #expect(try writing.delete(1, in: table))
    #expect(try !writing.delete(1, in: table))
  }

  @Test(arguments: [0, 512]) func keysOfAWrongSizeAreRefused(byteCount: Int) throws {
    let environment = try Environment(path: directory.path, options: .init(mapByteCount: 1 << 24))
    #expect(environment.keyByteCountMax == 511)
    let table = try environment.openDatabase(named: "t")
    var writing = try environment.beginWriting()
    let key = [UInt8](repeating: 1, count: byteCount)
    do throws(LMDBError) {
      try writing.put(bytes("x").span.bytes, for: key.span.bytes, in: table)
      Issue.record("a key of \(byteCount) bytes was taken")
    } catch { #expect(error.kind == .badSize) }
  }

  @Test func aFullMapIsItsOwnError() throws {
    let environment = try Environment(path: directory.path, options: .init(mapByteCount: 1 << 20))
    let table = try environment.openDatabase(named: "t", integerKeys: true)
    var writing = try environment.beginWriting()
    do throws(LMDBError) {
      try writing.reserve(byteCount: 2 << 20, for: 1, in: table) { _ in }
      Issue.record("more was stored than the map holds")
    } catch { #expect(error.kind == .mapFull) }
  }

  @Test func moreReadersThanSlotsIsItsOwnError() throws {
    let environment = try Environment(path: directory.path, options: .init(mapByteCount: 1 << 20, readerCountMax: 1))
    let first = try environment.beginReading()
    do throws(LMDBError) {
      _ = try environment.beginReading()
      Issue.record("two readers in one slot")
    } catch { #expect(error.kind == .readersFull) }
    _ = first
    #expect(try environment.clearStaleReaders() == 0)
  }
}
