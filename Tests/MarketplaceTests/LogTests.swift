import Documents
import Marketplace
import Repository
import RepositoryFixtures
import Store
import Testing

@Suite("The log of the marketplace")
struct LogTests {
  private static let tables: [UInt8: SortedTable] = try! Story.told().catalog.tables

  @Test("every change has an entry in the repository's log")
  func entries() throws {
    let market = try Story.told()
    let entries = try market.repository.logEntries(countMax: 1_000)
    let own = Array(entries.drop { $0.action != .offered })
    #expect(
      own.map(\.action) == [
        .offered, .verified, .offered, .offered, .offered, .forked, .installed, .merged, .updated, .counted, .rated,
        .rated, .rated,
        .unrated, .edited, .deprecated, .reported, .takedownProposed, .takenDown, .takedownProposed, .takenDown,
        .settled, .putBack, .unverified, .deprecated, .offered, .uninstalled, .reported, .forked, .installed,
        .takedownProposed,
      ])
    let known = Set(LogEntry.Action.allCases.drop { $0 != .offered })
    #expect(known.isSubset(of: Set(own.map(\.action))))
    #expect(own[0].document == .villa && own[0].environment == .sandbox && own[0].detail == "1.0.0")
    #expect(own[1].document.description == "7/publisher/masons" && own[1].detail == "papers seen")
    #expect(
      own[1].version.digest == ByteDigest(of: Publisher.make(.builder, "masons").publicKey) && own[1].environment == nil
    )
    #expect(own[6].detail == "8/template/villa@sandbox 1.0.0" && own[6].actor.id == "stranger")
    #expect(own[8].detail == "8/template/villa@sandbox 1.0.0 1.1.0")
    #expect(own[9].document.description == "0/usage/contracts" && own[9].detail == "0 70")
    #expect(own[10].detail == "8 4" && own[17].detail == "1.0.0 broken: sums" && own[18].detail == "1.0.0")
    #expect(own[19].detail == "harmful: pays twice" && own[22].detail == "mended" && own[21].detail == "8 taken down")
    #expect(try market.repository.verify() == .sound(end: try market.repository.logEnd()))
  }

  @Test("each kind of tampering is found at each entry")
  func tampering() throws {
    let count = try Market(MemoryCatalog(Self.tables)).repository.logEnd()!.sequence
    func verdict(_ tamper: (MemoryCatalog) throws -> Void) throws -> LogVerdict {
      let catalog = MemoryCatalog(Self.tables)
      try tamper(catalog)
      return try Repository(catalog: catalog).verify()
    }
    for sequence in 1...count {
      let key = sequence.catalogKey
      let row = Self.tables[99]![key]!
      var object = try #require(try Document(json: Array(row.dropFirst())).value.object)
      object["detail"] = "another"
      let changed = [1] + JSONValue.object(object).canonicalBytes
      #expect(try verdict { $0.change(99, key, changed) } == .broken(sequence: sequence, .changed))
      #expect(try verdict { $0.change(99, key, nil) } == .broken(sequence: sequence, .missing))
      #expect(try verdict { $0.change(99, key, row + [0x20]) } == .broken(sequence: sequence, .unreadable))
    }
    #expect(
      try verdict { $0.change(99, (count + 1).catalogKey, Self.tables[99]![count.catalogKey]!) }
        == .broken(sequence: count + 1, .unknown))
  }

  @Test("the longest texts fit into an entry")
  func longest() throws {
    let market = Market()
    try market.offer()
    let quotes = String(repeating: "\"", count: 500)
    let caller = Caller(Actor(.person, String(repeating: "\\", count: 128))!, as: .tenant(.platform), at: .max)
    _ = try market.marketplace.verify(.masons, reason: quotes, by: caller)
    try market.marketplace.proposeTakedown(of: .villa, Label("1.0.0"), for: .misleading, reason: quotes, by: caller)
    let entries = try market.repository.logEntries(countMax: 1_000)
    #expect(entries.last?.detail == "1.0.0 misleading: \(quotes)")
    #expect(try market.repository.verify() == .sound(end: try market.repository.logEnd()))
  }
}
