import Repository
import RepositoryFixtures
import Store
import Testing

@testable import Marketplace

@Suite("Rows of the marketplace")
struct RowTests {
  private static let readers: [UInt8: @Sendable ([UInt8]) throws -> [UInt8]] = [
    100: { try ListingRow(rowBytes: $0).rowBytes }, 101: { try ReleaseRow(rowBytes: $0).rowBytes },
    103: { try Install(rowBytes: $0).rowBytes }, 104: { try TotalsRow(rowBytes: $0).rowBytes },
    105: { try UseCount(rowBytes: $0).rowBytes }, 106: { try TenantUse(rowBytes: $0).rowBytes },
    107: { try RatingRow(rowBytes: $0).rowBytes }, 108: { try Report(rowBytes: $0).rowBytes },
    109: { try Verification(rowBytes: $0).rowBytes },
  ]

  /// Rows of every table, from after each step of a story that has all.
  private static let rows: [UInt8: [[UInt8]]] = {
    let market = Market()
    try! Story.begin(market)
    var rows: [UInt8: Set<[UInt8]>] = [:]
    for step in Story.steps {
      try! step(market)
      for table in readers.keys {
        let found = market.catalog.tables[table] ?? .init()
        for key in found.keys where key != UseCursor.key { rows[table, default: []].insert(found[key]!) }
      }
    }
    return rows.mapValues { $0.sorted { $0.lexicographicallyPrecedes($1) } }
  }()

  @Test("are read as they were written, and of no other format or length", arguments: readers.keys.sorted())
  func roundTrip(table: UInt8) throws {
    let (reader, rows) = (try #require(Self.readers[table]), try #require(Self.rows[table]))
    for row in rows {
      #expect(row[0] == 1)
      #expect(try reader(row) == row)
      for count in 0..<row.count { #expect(throws: RowFault.self) { try reader(Array(row.prefix(count))) } }
      #expect(throws: RowFault.self) { try reader(row + [0]) }
      #expect(throws: RowFault.self) { try reader([2] + row.dropFirst()) }
    }
  }

  @Test(
    "whatever bytes there are, reading ends, and what is read is written the same", arguments: readers.keys.sorted())
  func anything(table: UInt8) throws {
    let (reader, rows) = (try #require(Self.readers[table]), try #require(Self.rows[table]))
    var generator = Generator(seed: UInt64(table))
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

  @Test("the cursor of uses is in front of all days")
  func cursor() throws {
    let market = try Story.told()
    let table = try #require(market.catalog.tables[105])
    #expect(table.keys.first == UseCursor.key && table.keys.count == 4)
    #expect(try UseCursor(rowBytes: table[UseCursor.key]!).position == 70)
  }

  @Test("sums that contradict the rows that they are of are damage, and nothing is written")
  func contradiction() throws {
    func market(_ totals: TotalsRow) throws -> Market {
      let market = Market()
      try market.offer()
      try market.install()
      try market.use(.other)
      _ = try market.marketplace.rate(.villa, stars: 4, by: .stranger)
      let key = try #require(market.catalog.tables[104]?.keys.first)
      #expect(try TotalsRow(rowBytes: try #require(market.catalog.tables[104]?[key])).ratingCounts == [0, 0, 0, 1, 0])
      market.catalog.change(104, key, totals.rowBytes)
      return market
    }
    // One rating was given, by one user who has it installed; the first row knows of none of it.
    var (nothing, full) = (TotalsRow(), TotalsRow())
    nothing.lastRating = 1
    (full.userCount, full.lastRating) = (.max - 1, .max - 1)
    let steps: [(TotalsRow, Story.Step)] = [
      (nothing, { _ = try $0.marketplace.rate(.villa, stars: 3, by: .stranger) }),
      (nothing, { try $0.marketplace.withdrawRating(of: .villa, by: .stranger) }),
      (nothing, { try $0.marketplace.uninstall(.villa, by: .stranger) }),
      (full, { try $0.use(.guest) }),
    ]
    for (totals, step) in steps {
      let market = try market(totals)
      let tables = market.catalog.tables
      #expect(throws: MarketplaceError.repository(.damaged(.listingTotals))) { try step(market) }
      #expect(market.catalog.tables == tables)
    }
  }

  @Test("tables are those that belong here")
  func tables() throws {
    let market = try Story.told()
    #expect(Set(market.catalog.tables.keys).isSubset(of: Set(90...109)))
    #expect(Set(100...109).isSubset(of: Set(market.catalog.tables.keys)))
  }
}
