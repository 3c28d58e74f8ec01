import Documents
import Testing

@testable import Fiscal

/// What must hold of every row of the files, read from the files themselves.
@Suite("Rows of reference data")
struct RefdataRowsTests {
  private struct Row {
    var period: DatePeriod
    var status: String
    var citation: String
  }

  /// Rows by table and key, holidays by place and list.
  private static func rows() throws -> [String: [Row]] {
    var rows: [String: [Row]] = [:]
    for file in try ShippedData.files() {
      let root = file.document.root
      let table = root.member("table")?.string ?? ""
      func citation(_ row: DocumentNode) -> String {
        row.member("source")?.string.flatMap { root.member("sources")?.member($0)?.string } ?? ""
      }
      for entry in try #require(root.member("entries")).elements {
        let names = ["key", "code", "qualifier", "place"].compactMap { entry.member($0)?.string }
        let key = ([table] + names).joined(separator: " ")
        if let days = entry.member("days") {
          let statuses = Set(days.elements.map { $0.member("status")?.string ?? "" })
          #expect(days.elements.allSatisfy { !citation($0).isEmpty }, "\(key)")
          rows[key, default: []].append(
            Row(
              period: try period(entry), status: statuses.sorted().joined(), citation: citation(Array(days.elements)[0])
            ))
        }
        for row in entry.member("rows")?.elements.map({ $0 }) ?? [] {
          rows[key, default: []].append(
            Row(period: try period(row), status: row.member("status")?.string ?? "", citation: citation(row)))
        }
      }
    }
    return rows
  }

  private static func period(_ node: DocumentNode) throws -> DatePeriod {
    let from = try #require(node.member("from")?.string.flatMap { CivilDate($0) })
    let to = node.member("to")?.string.flatMap { CivilDate($0) }
    return try #require(DatePeriod(from: from, to: to))
  }

  /// Of one key no two rows hold on the same day, whatever their status, and no day between them is without.
  @Test func rowsFollowEachOther() throws {
    let rows = try Self.rows()
    #expect(rows.count > 150 && rows.values.joined().count > 250)
    for (key, rows) in rows {
      let ordered = rows.sorted { $0.period.from < $1.period.from }
      for (a, b) in zip(ordered, ordered.dropFirst()) {
        #expect(a.period.common(b.period) == nil, "\(key): \(a.period) and \(b.period) overlap")
        #expect(a.period.to == b.period.from, "\(key): nothing holds between \(a.period) and \(b.period)")
      }
    }
  }

  /// Every row cites; what confirms a row is more than somebody's word: it has a number or a date.
  @Test func everyRowCites() throws {
    var counts: [String: Int] = [:]
    for (key, rows) in try Self.rows() {
      for row in rows {
        #expect(["confirmed", "unconfirmed"].contains(row.status), "\(key): \(row.status)")
        #expect(!row.citation.isEmpty, "\(key)")
        if row.status == "confirmed" { #expect(row.citation.contains { $0.isASCII && $0.isNumber }, "\(key)") }
        counts[row.status, default: 0] += 1
      }
    }
    #expect(counts["confirmed", default: 0] > 200 && counts["unconfirmed", default: 0] > 0)
  }

  /// Holidays that overlap or leave a hole are findings, in one file or several.
  @Test func listsOfHolidaysFollowEachOther() throws {
    func list(_ from: String, _ to: String) -> String {
      """
      {"table": "holidays", "sources": {"s": "List of 2026"}, "entries": [{"place": "IN-KA", "from": "\(from)",
       "to": "\(to)", "days": [{"date": "\(from)", "name": "A day", "source": "s", "status": "confirmed"}]}]}
      """
    }
    func codes(_ texts: [String]) throws -> [String] {
      let files = try texts.enumerated().map {
        ReferenceFile(name: "\($0.offset)", document: try Document(json: Array($0.element.utf8)))
      }
      do throws(ReferenceFileError) {
        _ = try ReferenceData(loading: files)
        return []
      } catch { return error.list.map(\.finding.code) }
    }
    let (first, second) = (list("2025-01-01", "2026-01-01"), list("2026-01-01", "2027-01-01"))
    #expect(try codes([first, second]) == [] && codes([second, first]) == [])
    #expect(try codes([first, list("2025-12-31", "2027-01-01")]).contains("refdata.overlap"))
    #expect(try codes([list("2026-01-02", "2027-01-01"), first]) == ["refdata.gap"])
  }
}
