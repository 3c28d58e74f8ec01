import RepositoryFixtures
import Testing

@testable import Repository

@Suite("Rows")
struct RowTests {
  private static let readers: [UInt8: @Sendable ([UInt8]) throws -> [UInt8]] = [
    92: { try Version(rowBytes: $0).rowBytes }, 93: { try ReferenceState(rowBytes: $0).rowBytes },
    94: { try Lifecycle(rowBytes: $0).rowBytes }, 95: { try DueVersion(rowBytes: $0).rowBytes },
    96: { try Tag(rowBytes: $0).rowBytes }, 97: { try Publisher(rowBytes: $0).rowBytes },
    98: { try Signature(rowBytes: $0).rowBytes }, 99: { try LogMark(rowBytes: $0).rowBytes },
  ]

  /// Rows of every table, of a story that has all.
  private func rows(_ table: UInt8) throws -> [[UInt8]] {
    let scenario = Scenario()
    var rows: Set<[UInt8]> = []
    for step in scenario.steps {
      try step(scenario.scene.repository)
      let table = scenario.scene.catalog.tables[table] ?? .init()
      for key in table.keys where key != [] { rows.insert(table[key]!) }
    }
    return rows.sorted { $0.lexicographicallyPrecedes($1) }
  }

  @Test("are read as they were written, and of no other format or length", arguments: 92..<99 as Range<UInt8>)
  func roundTrip(table: UInt8) throws {
    let reader = try #require(Self.readers[table])
    let rows = try rows(table)
    #expect(!rows.isEmpty)
    for row in rows {
      #expect(row[0] == 1)
      #expect(try reader(row) == row)
      for count in 0..<row.count {
        // A reference without an active version is a row of its own.
        if table == 93, count == 33 { continue }
        #expect(throws: RowFault.self) { try reader(Array(row.prefix(count))) }
      }
      #expect(throws: RowFault.self) { try reader(row + [0]) }
      #expect(throws: RowFault.self) { try reader([2] + row.dropFirst()) }
    }
  }

  @Test(
    "whatever bytes there are, reading ends, and what is read is written the same", arguments: 92..<100 as Range<UInt8>)
  func anything(table: UInt8) throws {
    let reader = try #require(Self.readers[table])
    var generator = Generator(seed: UInt64(table))
    let rows = try rows(table)
    var readable = 0
    for _ in 0..<20_000 {
      var row = generator.one(of: rows)
      if generator.chance(10) {
        row = [1] + (0..<generator.number(0...120)).map { _ in UInt8(generator.number(0...255)) }
      }
      for _ in 0..<generator.number(1...3) where !row.isEmpty {
        let index = generator.number(0...row.count - 1)
        switch generator.number(0...3) {
        case 0: row[index] = UInt8(generator.number(0...255))
        case 1: row.remove(at: index)
        case 2: row.insert(UInt8(generator.number(0...255)), at: index)
        default: row.removeSubrange(index...)
        }
      }
      guard let written = try? reader(row) else { continue }
      readable += 1
      #expect(written == row)
    }
    #expect(readable > 0)
  }

  @Test("whatever line there is, it is an entry byte for byte or none")
  func anyLine() throws {
    var generator = Generator(seed: 99)
    let scenario = Scenario()
    for step in scenario.steps { try step(scenario.scene.repository) }
    let lines = try scenario.scene.repository.logEntries().map(\.line)
    for _ in 0..<20_000 {
      var line = generator.one(of: lines)
      for _ in 0..<generator.number(1...3) where !line.isEmpty {
        let index = generator.number(0...line.count - 1)
        switch generator.number(0...3) {
        case 0: line[index] = UInt8(generator.number(0...255))
        case 1: line.remove(at: index)
        case 2: line.insert(generator.one(of: Array("{}[]\",:0a\\".utf8)), at: index)
        default: line.removeSubrange(index...)
        }
      }
      if let entry = LogEntry(line: line) { #expect(entry.line == line) }
    }
  }
}
