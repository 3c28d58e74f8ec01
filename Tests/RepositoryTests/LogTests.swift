import Crypto
import Documents
import RepositoryFixtures
import Store
import Testing

@testable import Repository

@Suite("The log")
struct LogTests {
  /// After changes of all kinds, of its own for everybody who asks.
  private func story() -> Scene { Scene(MemoryCatalog(Self.tables)) }

  private static let tables: [UInt8: SortedTable] = {
    let scenario = Scenario()
    for step in scenario.steps { try! step(scenario.scene.repository) }
    return scenario.scene.catalog.tables
  }()

  private static let table: UInt8 = 99

  private func key(_ sequence: UInt64) -> [UInt8] { (0..<8).reversed().map { UInt8(sequence >> ($0 * 8) & 0xFF) } }

  private func line(_ scene: Scene, _ sequence: UInt64) -> [UInt8] {
    Array(scene.catalog.tables[Self.table]![key(sequence)]!.dropFirst())
  }

  private func write(_ scene: Scene, _ sequence: UInt64, _ line: [UInt8]?) {
    scene.catalog.change(Self.table, key(sequence), line.map { [1] + $0 })
  }

  @Test("every change has an entry that says who, when, what, where and to which version")
  func entries() throws {
    let scene = story()
    let entries = try scene.repository.logEntries()
    let actions = entries.map(\.action)
    // The others are of who offers documents to others.
    #expect(Set(actions) == Set(LogEntry.Action.allCases.prefix { $0 != .offered }))
    #expect(
      actions == [
        .saved, .forked, .saved, .promoted, .saved, .saved, .merged, .tagged, .signed, .checked, .approved, .activated,
        .reverted, .checked, .approved, .scheduled, .retired, .activated, .retired,
      ])
    #expect(entries.map(\.sequence) == Array(1...19))
    #expect(entries[4].actor == Caller.bela.actor && entries[4].environment == Scenario.feature.environment)
    #expect(entries[5].time == 3_000 && entries[5].document == Reference.villa.document)
    #expect(entries[7].environment == nil && entries[7].detail == "v1" && entries[8].detail == "masons")
    #expect(entries[15].detail == "9000" && entries[9].detail == "\(ByteDigest.report)")
    #expect(entries[16].detail == "\(entries[17].version)" && entries[17].actor.id == "clock")
    for entry in entries { #expect(try scene.repository.version(entry.version, as: .everything).id == entry.version) }
    #expect(try scene.repository.logEntries(after: 17, countMax: 1).map(\.sequence) == [18])
    #expect(try scene.repository.logEntries(after: 19).isEmpty && scene.repository.logEntries(after: .max).isEmpty)
  }

  @Test("exported lines are JSON, and each names the digest of the one before")
  func export() throws {
    let scene = story()
    let lines = try scene.repository.exportLog().split(separator: 0x0A).map(Array.init)
    #expect(lines.count == 19)
    var previous: String?
    for line in lines {
      let value = try Document(json: line).value
      #expect(value.canonicalBytes == line && value["previous"]?.string == previous)
      previous = SHA256.hash(data: line).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
    #expect(try scene.repository.logEnd()?.digest.description == previous)
    #expect(try scene.repository.exportLog(after: 18) == lines[18] + [0x0A])
  }

  @Test("an empty log is sound, and so is one of many chunks")
  func sound() throws {
    let scene = Scene()
    #expect(try scene.repository.verify() == .sound(end: nil))
    for number in 0..<1_300 { try scene.save("\(number)") }
    #expect(try scene.repository.verify() == .sound(end: try scene.repository.logEnd()))
    #expect(try scene.repository.logEnd()?.sequence == 1_300)
    write(scene, 1_024, nil)
    #expect(try scene.repository.verify() == .broken(sequence: 1_024, .missing))
  }

  @Test("each kind of tampering is found at each entry", arguments: 1..<20 as Range<UInt64>)
  func tampering(sequence: UInt64) throws {
    func verdict(_ tamper: (Scene) throws -> Void) throws -> LogVerdict {
      let scene = story()
      #expect(try scene.repository.verify() == .sound(end: try scene.repository.logEnd()))
      try tamper(scene)
      return try scene.repository.verify()
    }
    func changed(_ scene: Scene, _ change: (inout JSONObject) -> Void) throws -> [UInt8] {
      var object = try #require(try Document(json: line(scene, sequence)).value.object)
      change(&object)
      return JSONValue.object(object).canonicalBytes
    }
    // Each field, to something that could be there.
    let other = ByteDigest(of: [1]).description
    let fields: [(String, JSONValue, JSONValue)] = [
      ("time", 77, 78), ("actor", "person:mallory", "person:x"), ("action", "approved", "checked"),
      ("tenant", 9, 10), ("kind", "table", "config"), ("name", "other", "x"), ("environment", "prod", "x"),
      ("version", .string(other), .string(other)), ("detail", "other", "x"),
    ]
    for (name, one, two) in fields {
      let found = try verdict { scene in
        write(scene, sequence, try changed(scene) { $0[name] = $0[name] == one ? two : one })
      }
      #expect(found == .broken(sequence: sequence, .changed), "\(name)")
    }
    #expect(
      try verdict { scene in write(scene, sequence, try changed(scene) { $0["previous"] = .string(other) }) }
        == .broken(sequence: max(sequence - 1, 1), .changed))
    #expect(
      try verdict { scene in write(scene, sequence, try changed(scene) { $0["sequence"] = 500 }) }
        == .broken(sequence: sequence, .unreadable))
    #expect(try verdict { write($0, sequence, nil) } == .broken(sequence: sequence, .missing))
    #expect(
      try verdict { write($0, sequence, line($0, sequence) + [0x20]) } == .broken(sequence: sequence, .unreadable))
    #expect(try verdict { write($0, sequence, []) } == .broken(sequence: sequence, .unreadable))
    #expect(
      try verdict { $0.catalog.change(99, key(sequence), []) } == .broken(sequence: sequence, .unreadable))
    // Two exchanged.
    if sequence < 19 {
      let found = try verdict { scene in
        let (one, two) = (line(scene, sequence), line(scene, sequence + 1))
        write(scene, sequence, two)
        write(scene, sequence + 1, one)
      }
      #expect(found == .broken(sequence: sequence, .unreadable))
    }
  }

  @Test("what is behind the end, or cut from it, is found")
  func ends() throws {
    let scene = story()
    let end = try #require(try scene.repository.logEnd())
    // One more than was written.
    write(scene, 20, line(scene, 19))
    #expect(try scene.repository.verify() == .broken(sequence: 20, .unknown))
    write(scene, 20, nil)
    write(scene, 25, line(scene, 19))
    #expect(try scene.repository.verify() == .broken(sequence: 25, .unknown))
    write(scene, 25, nil)
    scene.catalog.change(99, [0xFF], [])
    #expect(try scene.repository.verify() == .broken(sequence: 20, .unknown))
    scene.catalog.change(99, [0xFF], nil)
    // The last one gone, its mark still there.
    let last = line(scene, 19)
    write(scene, 19, nil)
    #expect(try scene.repository.verify() == .broken(sequence: 19, .missing))
    // And with a mark of the one before: only who kept the mark knows.
    let forged = LogMark(sequence: 18, digest: ByteDigest(of: line(scene, 18)))
    scene.catalog.change(99, key(0), forged.rowBytes)
    #expect(try scene.repository.verify() == .sound(end: forged))
    #expect(try scene.repository.verify(kept: [end]) == .broken(sequence: 19, .missing))
    #expect(try scene.repository.verify(kept: [forged]) == .sound(end: forged))
    // No mark at all.
    write(scene, 19, last)
    scene.catalog.change(99, key(0), nil)
    #expect(try scene.repository.verify() == .broken(sequence: 1, .unknown))
    // A mark that is none: nothing more is written behind it.
    for mark in [
      [9], LogMark(sequence: .max, digest: end.digest).rowBytes, LogMark(sequence: 0, digest: end.digest).rowBytes,
    ] {
      scene.catalog.change(99, key(0), mark)
      let damaged = RepositoryError.damaged(CatalogTable(rawValue: 99))
      #expect(throws: damaged) { try scene.repository.verify() }
      #expect(throws: damaged) { try scene.save("1") }
    }
  }

  @Test("a log that was written anew is found by a digest that was kept", arguments: [1, 7, 18] as [UInt64])
  func rewritten(sequence: UInt64) throws {
    let scene = story()
    let marks = (1...19 as ClosedRange<UInt64>).map {
      LogMark(sequence: $0, digest: ByteDigest(of: line(scene, $0)))
    }
    var previous: ByteDigest? = sequence == 1 ? nil : marks[Int(sequence) - 2].digest
    for number in sequence...19 {
      var object = try #require(try Document(json: line(scene, number)).value.object)
      object["previous"] = previous.map { .string("\($0)") }
      if number == sequence { object["actor"] = "person:mallory" }
      let line = JSONValue.object(object).canonicalBytes
      write(scene, number, line)
      previous = ByteDigest(of: line)
    }
    let end = LogMark(sequence: 19, digest: previous!)
    scene.catalog.change(99, key(0), end.rowBytes)
    #expect(try scene.repository.verify() == .sound(end: end))
    #expect(try scene.repository.verify(kept: marks) == .broken(sequence: sequence, .otherThanKept))
    #expect(try scene.repository.verify(kept: [marks[18]]) == .broken(sequence: 19, .otherThanKept))
  }

  @Test("a line is read back as it was, and nothing else is one")
  func lines() throws {
    let scene = story()
    for entry in try scene.repository.logEntries() {
      #expect(LogEntry(line: entry.line) == entry && entry.line == line(scene, entry.sequence))
    }
    for text in ["", "{}", "[]", "null", "{\"sequence\":1}"] { #expect(LogEntry(line: Array(text.utf8)) == nil) }
  }
}
