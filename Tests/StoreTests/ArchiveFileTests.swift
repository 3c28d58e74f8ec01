import Foundation
import Testing

@testable import Store

/// Files of archived records: what went in comes out, and what was changed is found.
@Suite struct ArchiveFileTests {
  let directory = TemporaryDirectory()

  /// A record that says how long it is and whose: u16 byte count, u32 number, filler.
  func record(_ number: Int, _ version: UInt8 = 0, byteCount: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendInteger(UInt16(byteCount))
    bytes.appendInteger(UInt32(number))
    bytes += (0..<byteCount - 6).map { UInt8(truncatingIfNeeded: $0 / 9) ^ version }
    return bytes
  }

  func key(_ number: Int) -> ArchiveKey { ArchiveKey(tenant: UInt32(number % 3), id: UInt128(number) << 70 | 5) }

  func front(_ bytes: RawSpan) -> (key: ArchiveKey, byteCount: Int)? {
    guard bytes.byteCount >= 6 else { return nil }
    return (key(Int(bytes.integer(UInt32.self, at: 2))), Int(bytes.integer(UInt16.self, at: 0)))
  }

  /// A store's archive with 2,000 records, some of them twice, as a file.
  func export() throws -> (path: String, records: [(ArchiveKey, [UInt8])]) {
    let store = try Store.open(directory.path + "/store", .createOrOpen(shardCount: 4), options: small())
    var records: [(ArchiveKey, [UInt8])] = []
    for version: UInt8 in 0..<2 {
      let numbers = version == 0 ? Array(0..<2_000) : Array(stride(from: 0, to: 2_000, by: 7))
      let rows = numbers.map { (key($0), record($0, version, byteCount: 50 + $0 % 300)) }
      try store.archive.append(rows.map { ArchiveRow(key: $0.0, record: $0.1) }, to: .contracts)
      records += rows
    }
    let blocks = store.archive.rowBlocks
    let path = directory.path + "/" + ArchiveFile.fileName(for: blocks)
    var writer = try ArchiveFileWriter(blocks, path: path)
    var keys: [ArchiveKey] = []
    for number in blocks {
      let block = try #require(try store.archive.rowBlock(number))
      keys += try writer.add(block, number: number, front: front).map(\.key)
      #expect(!FileManager.default.fileExists(atPath: path))
    }
    try writer.finish()
    #expect(keys == records.map(\.0))
    return (path, records)
  }

  @Test func whatWentInComesOut() throws {
    let (path, records) = try export()
    #expect(try ArchiveFile.paths(at: directory.path) == [path])
    let file = try ArchiveFile(path: path)
    #expect(file.recordCount == records.count && file.blocks.lowerBound == 1 && file.blocks.count > 4)
    var found: [(ArchiveKey, [UInt8])] = []
    try file.forEach { found.append(($0, $1)) }
    #expect(found.map(\.0) == records.map(\.0) && found.map(\.1) == records.map(\.1))
    for number in 0..<2_000 {
      let newest = record(number, number % 7 == 0 ? 1 : 0, byteCount: 50 + number % 300)
      #expect(try file.record(of: key(number)) == newest)
    }
    #expect(try file.record(of: key(2_000)) == nil && file.record(of: ArchiveKey(tenant: 0, id: 0)) == nil)
    let size = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    #expect(size < records.reduce(0) { $0 + $1.1.count }, "it is compressed")
  }

  /// A bit that is not as it was is found, wherever it is.
  @Test func everyChangeIsFound() throws {
    let (path, _) = try export()
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var random = SystemRandomNumberGenerator()
    let places = Array(0..<96) + (0..<150).map { _ in Int.random(in: 96..<bytes.count, using: &random) }
    for place in places {
      var changed = bytes
      changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      try Data(changed).write(to: URL(fileURLWithPath: path))
      var error: StoreError?
      do throws(StoreError) { try ArchiveFile(path: path).forEach { _, _ in } } catch let found { error = found }
      // Bytes of the header that say nothing are under its checksum as well.
      #expect(error != nil, "byte \(place)")
    }
    for count in [0, 50, 96, bytes.count - 1] {
      try Data(bytes[..<count]).write(to: URL(fileURLWithPath: path))
      #expect(throws: StoreError.self) { try ArchiveFile(path: path) }
    }
    #expect(throws: StoreError.self) { try ArchiveFile(path: directory.path + "/none.archive") }
  }

  /// A block with a record that cannot be is not exported.
  @Test func damagedBlocksAreRefused() throws {
    var writer = try ArchiveFileWriter(1..<2, path: directory.path + "/x.archive")
    #expect(throws: StoreError.self) { try writer.add([1, 2, 3, 4, 9, 0, 0, 0, 0, 0, 0, 0], number: 1, front: front) }
    #expect(throws: StoreError.self) { try writer.add([1, 2, 3], number: 1, front: front) }
  }
}
