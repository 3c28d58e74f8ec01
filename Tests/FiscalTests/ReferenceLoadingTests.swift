import Documents
import Testing

@testable import Fiscal

@Suite("Loading reference data")
struct ReferenceLoadingTests {
  private static func quantities(_ rows: String) -> String {
    """
    {"table": "quantities", "sources": {"s": "Law of 2023"},
     "entries": [{"key": "k", "rows": [\(rows)]}]}
    """
  }

  private static func load(_ texts: String...) throws -> ReferenceData {
    let files = try texts.enumerated().map {
      ReferenceFile(name: "file-\($0.offset)", document: try Document(json: Array($0.element.utf8)))
    }
    return try ReferenceData(loading: files)
  }

  @Test func answersSayWhatWhySinceWhenAndHowSure() throws {
    let data = try Self.load(
      Self.quantities(
        """
        {"from": "2024-01-01", "to": "2025-01-01", "percent": 6.75, "source": "s", "status": "confirmed"},
        {"from": "2025-01-01", "percent": 0.25, "source": "s", "status": "unconfirmed"}
        """))
    let old = try data.quantity("k", in: .basisPoints, on: date("2024-12-31"))
    #expect(old.value == 675 && old.citation == "Law of 2023" && old.status == .confirmed)
    #expect(old.period == DatePeriod(from: date("2024-01-01"), to: date("2025-01-01")))
    #expect(throws: FiscalError.unconfirmed(table: "quantities", key: "k", citation: "Law of 2023")) {
      try data.quantity("k", in: .basisPoints, on: date("2025-01-01"))
    }
    let new = try data.quantity("k", in: .basisPoints, on: date("2025-01-01"), accepting: .unconfirmed)
    #expect(new.value == 25 && new.status == .unconfirmed)
    #expect(throws: FiscalError.notInForce(table: "quantities", key: "k", on: date("2023-12-31"))) {
      try data.quantity("k", in: .basisPoints, on: date("2023-12-31"))
    }
    #expect(throws: FiscalError.unknownKey(table: "quantities", key: "x")) {
      try data.quantity("x", in: .basisPoints, on: date("2024-01-01"))
    }
    #expect(throws: FiscalError.unknownKey(table: "quantities", key: "k in days")) {
      try data.quantity("k", in: .days, on: date("2024-01-01"))
    }
  }

  /// A row, what is wrong with the table then, and where.
  @Test(
    arguments: [
      (#"{"from": "2024-01-01", "days": 1, "source": "s"}"#, "missing-member", "/entries/0/rows/0"),
      (#"{"from": "2024-01-01", "days": 1, "status": "confirmed"}"#, "uncited", "/entries/0/rows/0"),
      (#"{"from": "2024-01-01", "days": 1, "status": "unconfirmed"}"#, "uncited", "/entries/0/rows/0"),
      (#"{"days": 1, "source": "s", "status": "confirmed"}"#, "missing-member", "/entries/0/rows/0"),
      (
        #"{"from": "2024-02-30", "days": 1, "source": "s", "status": "confirmed"}"#, "not-a-date",
        "/entries/0/rows/0/from"
      ),
      (
        #"{"from": "2024-01-01", "days": 1, "source": "t", "status": "confirmed"}"#, "unknown-source",
        "/entries/0/rows/0/source"
      ),
      (
        #"{"from": "2024-01-01", "days": 1, "source": "s", "status": "sure"}"#, "unknown-word",
        "/entries/0/rows/0/status"
      ),
      (
        #"{"from": "2024-01-01", "days": 1, "note": 1, "source": "s", "status": "confirmed"}"#, "unknown-member",
        "/entries/0/rows/0/note"
      ),
      (
        #"{"from": "2024-01-01", "days": -1, "source": "s", "status": "confirmed"}"#, "not-a-count",
        "/entries/0/rows/0/days"
      ),
      (
        #"{"from": "2024-01-01", "percent": 0.125, "source": "s", "status": "confirmed"}"#, "not-a-percentage",
        "/entries/0/rows/0/percent"
      ),
      (
        #"{"from": "2024-01-01", "percent": 100.01, "source": "s", "status": "confirmed"}"#, "not-a-percentage",
        "/entries/0/rows/0/percent"
      ),
      (
        #"{"from": "2024-01-01", "rupees": 1e17, "source": "s", "status": "confirmed"}"#, "not-a-sum",
        "/entries/0/rows/0/rupees"
      ),
      (
        #"{"from": "2024-01-01", "rupees": "5", "source": "s", "status": "confirmed"}"#, "not-a-sum",
        "/entries/0/rows/0/rupees"
      ),
      (
        #"{"from": "2024-01-01", "days": 1, "hours": 1, "source": "s", "status": "confirmed"}"#, "not-one-value",
        "/entries/0/rows/0"
      ),
      (
        #"{"from": "2024-01-01", "to": "2024-01-01", "days": 1, "source": "s", "status": "confirmed"}"#,
        "empty-period", "/entries/0/rows/0"
      ),
      (
        """
        {"from": "2024-01-01", "to": "2024-03-01", "days": 1, "source": "s", "status": "confirmed"},
        {"from": "2024-03-02", "days": 1, "source": "s", "status": "confirmed"}
        """, "gap", "/entries/0/rows/1"
      ),
      (
        """
        {"from": "2024-02-28", "days": 1, "source": "s", "status": "confirmed"},
        {"from": "2024-01-01", "to": "2024-02-29", "days": 1, "source": "s", "status": "confirmed"}
        """, "overlap", "/entries/0/rows/0"
      ),
      (
        """
        {"from": "2024-01-01", "days": 1, "source": "s", "status": "confirmed"},
        {"from": "2025-01-01", "days": 1, "source": "s", "status": "confirmed"}
        """, "overlap", "/entries/0/rows/1"
      ),
      ("", "not-a-list", "/entries/0/rows"),
      ("5", "not-an-object", "/entries/0/rows/0"),
    ])
  func everyFaultHasItsPlace(_ rows: String, _ code: String, _ pointer: String) throws {
    let error = #expect(throws: ReferenceFileError.self) { try Self.load(Self.quantities(rows)) }
    let list = try #require(error).list
    #expect(
      list.contains {
        $0.file == "file-0" && $0.finding.code == "refdata.\(code)" && $0.finding.pointer.description == pointer
      }, "\(list)")
    for item in list {
      #expect(item.finding.place != nil)
      #expect(FindingTexts.reference.text(of: item.finding, in: "hi") != item.finding.code)
    }
  }

  @Test func keysComeOnceAcrossFiles() throws {
    let text = Self.quantities(#"{"from": "2024-01-01", "days": 1, "source": "s", "status": "confirmed"}"#)
    let error = #expect(throws: ReferenceFileError.self) { try Self.load(text, text) }
    #expect(try #require(error).list.map(\.finding.code) == ["refdata.duplicate-key", "refdata.unused-source"])
    #expect(try #require(error).list.allSatisfy { $0.file == "file-1" })
  }

  /// What a row says of another table is checked when all files are there, in any order.
  @Test func referencesLeadSomewhere() throws {
    func holidays(_ place: String, _ includes: String) -> String {
      """
      {"table": "holidays", "sources": {"s": "Act of 1881"},
       "entries": [{"place": "\(place)", "from": "2026-01-01"\(includes),
        "days": [{"every-year": "01-26", "name": "A day", "source": "s", "status": "confirmed"}]}]}
      """
    }
    let state = holidays("IN-KA", #", "includes": ["IN"]"#)
    #expect(try Self.load(state, holidays("IN", "")).holidays.lists.count == 2)
    let error = #expect(throws: ReferenceFileError.self) { try Self.load(state) }
    let finding = try #require(error?.list.first?.finding)
    #expect(finding.code == "refdata.unknown-reference" && finding.pointer.description == "/entries/0/includes/0")
    let text = "The table \"holidays\" has no \"IN\"."
    #expect(FindingTexts.reference.text(of: finding, in: "en") == text)
  }

  /// Files that were damaged in any way: loaded or refused, never a trap, and findings have places.
  @Test(arguments: UInt64(1)...30) func damagedFiles(_ seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let folder = ShippedData.folder
    let names = [
      "quantities", "gst-rates", "tds-rates", "states", "holidays-2026", "rail-limits", "enterprise-classes",
    ]
    let url = folder.appending(path: random.pick(names) + ".yaml")
    let original = try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    let parts = [
      "from", "percent", "2025", "-", "\"", "{", "confirmed", "0", "[]", "null", ":", ",", "true", "9e99", "é",
    ]
    var (readCount, loadedCount) = (0, 0)
    for _ in 0..<40 {
      var lines = Array(original)
      for _ in 0..<Int.random(in: 0...3, using: &random) where !lines.isEmpty {
        let index = Int.random(in: 0..<lines.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: lines.remove(at: index)
        case 1: lines.swapAt(index, Int.random(in: 0..<lines.count, using: &random))
        case 2: lines.insert(lines[Int.random(in: 0..<lines.count, using: &random)], at: index)
        default:
          let place = random.pick(Array(lines[index].indices) + [lines[index].endIndex])
          let end = lines[index].index(place, offsetBy: 2, limitedBy: lines[index].endIndex) ?? place
          lines[index] = lines[index][..<place] + random.pick(parts) + lines[index][end...]
        }
      }
      guard let document = try? Document(yaml: lines.joined(separator: "\n")) else { continue }
      readCount += 1
      do {
        _ = try ReferenceData(loading: [ReferenceFile(name: "damaged", document: document)])
        loadedCount += 1
      } catch {
        #expect(!error.list.isEmpty && error.list.allSatisfy { $0.finding.place != nil })
      }
    }
    #expect(readCount > 0 && loadedCount <= readCount)
  }

  @Test func wrongTablesAreNamed() throws {
    for (text, code) in [
      (#"{"table": "rates", "sources": {}, "entries": []}"#, "refdata.unknown-word"),
      (#"{"table": "quantities", "entries": []}"#, "refdata.not-a-list"),
      (#"[]"#, "refdata.not-an-object"), (#"null"#, "refdata.missing-member"),
    ] {
      let error = #expect(throws: ReferenceFileError.self) { try Self.load(text) }
      #expect(try #require(error).list.contains { $0.finding.code == code }, "\(text)")
    }
  }

  @Test func everyFaultHasATextInBothLanguages() {
    for (texts, codes) in [
      (FindingTexts.reference, ReferenceFault.allCases.map(\.rawValue).sorted()),
      (FindingTexts.identifiers, IdentifierFault.codes),
    ] {
      #expect(texts.codes == codes)
      for code in codes {
        #expect(texts[code].keys.sorted() == ["en", "hi"], "\(code)")
        let placeholders = texts[code].values.map { text in
          Set(text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().map { $0.prefix { $0 != "}" } })
        }
        #expect(Set(placeholders).count == 1, "\(code)")
      }
    }
  }

  @Test func identifierFindingsCarryAFix() throws {
    let document = try Document(json: Array(#"{"pan": "acupa7085r"}"#.utf8))
    let node = try #require(document.root.member("pan"))
    let fault = try #require(IdentifierFormat.pan.fault(in: node.string ?? ""))
    let finding = fault.finding(at: node)
    #expect(finding.pointer.description == "/pan" && finding.fix?.operations.count == 1)
    #expect(FindingTexts.identifiers.text(of: finding, in: "en") == "Write it ACUPA7085R.")
    for fault in [
      IdentifierFault.length(1...2), .character(at: 1), .part(.bank), .checkDigit(expected: "A"), .notListed,
    ] {
      #expect(IdentifierFault.codes.contains(fault.code) && fault.finding(at: node).fix == nil)
      #expect(!fault.description.isEmpty)
    }
  }
}
