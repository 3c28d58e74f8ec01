import Documents
import Repository
import RepositoryFixtures
import Store
import Testing

@Suite("Saving and reading")
struct SavingTests {
  let scene = Scene()

  @Test("a version has what it was made of, and the reference is there")
  func firstVersion() throws {
    let text = "# risk\nlimit: 500000 # rupees\n"
    let draft = Draft(Array(text.utf8), .yaml, message: "first", label: Label("1.0.0"))
    let version = try scene.repository.save(draft, to: .villa, expecting: nil, by: .anita)
    #expect(scene.state() == (try scene.repository.state(of: .villa, as: .tenant(.builder))))
    #expect(scene.head() == version.id && scene.state()?.active == nil)
    #expect(version.parents.isEmpty && version.generation == 1 && version.origin == nil)
    #expect(version.author == Caller.anita.actor && version.time == 1_000 && version.label?.text == "1.0.0")
    #expect(version.document == Reference.villa.document && version.message == "first" && !version.movesMoney)
    #expect(try scene.repository.version(version.id, as: .tenant(.builder)) == version)
    #expect(try scene.repository.text(of: version.id, as: .tenant(.builder)) == Array(text.utf8))
    #expect(try scene.content(version) == #"{"limit":500000}"#)
    #expect(try scene.repository.document(of: version.id, as: .tenant(.builder)).value == ["limit": 500_000])
    #expect(version.body.content == DocumentDigest(of: ["limit": 500_000]))
    #expect(try scene.lifecycle(version) == .draft)
  }

  @Test("equal texts and contents are kept once, for all tenants")
  func sharing() throws {
    try scene.save(#"{"a":1}"#)
    try scene.save(#"{ "a": 1 }"#)
    try scene.save(#"{"a":1}"#, .foreign, by: .stranger)
    let draft = Draft(Array("a: 1".utf8), .yaml, message: "")
    _ = try scene.repository.save(draft, to: .library, expecting: nil, by: .librarian)
    let tables = scene.catalog.tables
    #expect(tables[90]?.keys.count == 1 && tables[91]?.keys.count == 3 && tables[92]?.keys.count == 4)
  }

  @Test("a reference is moved only from where the caller thinks it is")
  func compareAndSet() throws {
    let first = try scene.save("1")
    let second = try scene.save("2")
    let draft = Draft(Array("3".utf8), .json, message: "")
    let before = scene.catalog.tables
    for expecting in [nil, first.id] {
      #expect(throws: RepositoryError.moved(current: second.id)) {
        try scene.repository.save(draft, to: .villa, expecting: expecting, by: .anita)
      }
    }
    #expect(throws: RepositoryError.moved(current: nil)) {
      try scene.repository.save(draft, to: .make(.builder, .table, "villa"), expecting: first.id, by: .anita)
    }
    #expect(scene.catalog.tables == before)
    #expect(second.parents == [first.id] && second.generation == 2)
  }

  @Test("texts, contents, messages and times have bounds")
  func bounds() throws {
    func save(_ text: [UInt8], _ syntax: Version.Syntax = .json, message: String = "", time: Int64 = 0) throws {
      var caller = Caller.anita
      caller.time = time
      let draft = Draft(text, syntax, message: message)
      _ = try scene.repository.save(draft, to: .villa, expecting: scene.head(), by: caller)
    }
    let most = [0x22] + [UInt8](repeating: 0x61, count: (1 << 20) - 2) + [0x22]
    try save(most, message: String(repeating: "é", count: 1_000))
    #expect(throws: RepositoryError.tooLarge(byteCountMax: 1 << 20)) {
      try save([0x20] + [UInt8](repeating: 0x20, count: 1 << 20) + [0x31])
    }
    // Short numbers with many digits.
    let long = Array(("[" + Array(repeating: "1e20", count: 209_000).joined(separator: ",") + "]").utf8)
    #expect(throws: RepositoryError.tooLarge(byteCountMax: 4 << 20)) { try save(long) }
    #expect(throws: RepositoryError.invalid(.message)) {
      try save([0x31], message: String(repeating: "x", count: 2_001))
    }
    #expect(throws: RepositoryError.invalid(.time)) { try save([0x31], time: -1) }
  }

  @Test("what is no document is refused with its place")
  func faults() {
    func code(_ text: [UInt8], _ syntax: Version.Syntax) -> DocumentFault.Code? {
      do throws(RepositoryError) {
        let draft = Draft(text, syntax, message: "")
        _ = try scene.repository.save(draft, to: .villa, expecting: nil, by: .anita)
        return nil
      } catch {
        guard case .document(let fault) = error else { return nil }
        return fault.code
      }
    }
    #expect(code(Array(#"{"a":1,"a":2}"#.utf8), .json) == .duplicateName)
    #expect(code(Array("a: &x 1".utf8), .yaml) == .yamlIndicator)
    #expect(code([0xFF], .yaml) == .notUTF8 && code([0xFF], .json) == .notUTF8)
    #expect(code([], .json) == .empty)
    #expect(scene.catalog.applyCount == 0)
  }

  @Test("every change is one transaction")
  func oneTransaction() throws {
    let scenario = Scenario()
    for (index, step) in scenario.steps.enumerated() {
      try step(scenario.scene.repository)
      #expect(scenario.scene.catalog.applyCount == index + 1)
    }
  }

  @Test("names are listed by prefix, in pages")
  func names() throws {
    let names = ["a", "a-b", "a/b", "a/b/c", "a/c", "b", "b.x", "c/a"]
    for name in names.reversed() {
      try scene.save("1", .make(.builder, .template, name))
      try scene.save("1", .make(.builder, .template, name, .live))
    }
    try scene.save("1", .make(.builder, .table, "a"))
    try scene.save("1", .make(.builder, DocumentKind(Slug("templates")!), "zzz"))
    try scene.save("1", .make(.other, .template, "other"), by: .stranger)
    func list(_ prefix: String, countMax: Int) throws -> [String] {
      var (found, after): ([String], DocumentName?) = ([], nil)
      repeat {
        let page = try scene.repository.names(
          of: .builder, in: .sandbox, .template, prefix: prefix, after: after, countMax: countMax,
          as: .tenant(.builder))
        #expect(page.entries.count <= countMax && (page.next == nil || page.entries.count == countMax))
        found += page.entries.map(\.name.text)
        after = page.next
      } while after != nil
      return found
    }
    let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for countMax in [1, 2, 3, 8, 5_000] {
      for prefix in ["", "a", "a/", "a/b", "b.", "c", "d"] {
        #expect(try list(prefix, countMax: countMax) == sorted.filter { $0.hasPrefix(prefix) })
      }
    }
    #expect(throws: RepositoryError.invalid(.count)) { try list("", countMax: 0) }
    #expect(throws: RepositoryError.invalid(.name)) { try list(String(repeating: "a", count: 196), countMax: 1) }
  }

  @Test("damage is told, not read")
  func damage() throws {
    let version = try scene.save(#"{"a":1}"#)
    let viewer = Viewer.everything
    for table in 90...93 as ClosedRange<UInt8> {
      let rows = scene.catalog.tables[table]!
      let value = rows[rows.keys[0]]!
      scene.catalog.change(table, rows.keys[0], value.dropLast() + [value.last! ^ 1])
    }
    func error(_ body: () throws -> Void) -> RepositoryError? {
      #expect(throws: RepositoryError.self, performing: body)
    }
    #expect(error { _ = try scene.repository.version(version.id, as: viewer) } == .damaged(CatalogTable(rawValue: 92)))
    let before = scene.catalog
    let healthy = Scene()
    let other = try healthy.save(#"{"a":1}"#)
    for table in [90, 91] as [UInt8] {
      let key = before.tables[table]!.keys[0]
      healthy.catalog.change(table, key, before.tables[table]![key])
    }
    #expect(
      error { _ = try healthy.repository.content(of: other.id, as: viewer) } == .damaged(CatalogTable(rawValue: 90)))
    #expect(error { _ = try healthy.repository.text(of: other.id, as: viewer) } == .damaged(CatalogTable(rawValue: 91)))
  }
}
