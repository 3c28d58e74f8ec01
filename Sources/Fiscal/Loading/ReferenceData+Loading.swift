public import Documents

/// A file of reference data that was read, with its name for messages.
public struct ReferenceFile: Sendable {
  public let name: String
  public let document: Document

  public init(name: String, document: Document) {
    self.name = name
    self.document = document
  }
}

/// What is wrong with files of reference data, file by file.
public struct ReferenceFileError: Error, Sendable, Equatable {
  public let findings: [String: Findings]

  /// All of them with the name of the file, in order of names.
  public var list: [(file: String, finding: Finding)] {
    findings.sorted { $0.key < $1.key }.flatMap { file, findings in findings.kept.map { (file, $0) } }
  }
}

extension ReferenceData {
  /// Reads files, each of which names its table. Tables may be spread over several files.
  ///
  /// ```
  /// table: quantities
  /// sources: { s51: "CGST Act s.51" }
  /// entries:
  ///   - key: gst-tds.rate
  ///     rows:
  ///       - { from: 2018-10-01, percent: 2, source: s51, status: confirmed }
  /// ```
  /// - Throws: all that is wrong, with places: a row without source or status, a number out of range, a period that is
  ///   empty, rows of one key that overlap or leave a gap, a key that comes twice, a member or source that nothing uses.
  ///   Then nothing of any file is kept.
  public init(loading files: [ReferenceFile]) throws(ReferenceFileError) {
    self.init()
    var all: [String: Findings] = [:]
    func note(_ file: ReferenceFile, _ read: (inout TableReader, DocumentNode) -> Void) {
      var reader = TableReader()
      read(&reader, file.document.root)
      if !reader.findings.isEmpty { all[file.name, default: Findings()].add(contentsOf: reader.findings) }
    }
    for file in files { note(file) { reader, root in reader.read(root, into: &self) } }
    // What rows say of other tables, when all of them are there.
    for file in files { note(file) { reader, root in reader.checkReferences(of: root, in: self) } }
    guard all.isEmpty else { throw ReferenceFileError(findings: all) }
  }
}

extension TableReader {
  private enum Table: String, CaseIterable {
    case gstRates = "gst-rates"
    case tdsRates = "tds-rates"
    case missingPANRates = "missing-pan-rates"
    case quantities
    case enterpriseClasses = "enterprise-classes"
    case railLimits = "rail-limits"
    case reverseCharge = "reverse-charge"
    case states, holidays
  }

  fileprivate mutating func read(_ root: DocumentNode, into data: inout ReferenceData) {
    checkMembers(of: root, ["table", "about", "sources", "entries"])
    guard let table = word("table", of: root, Table.self) else { return }
    readSources(of: root)
    for entry in list("entries", of: root) {
      switch table {
      case .gstRates: gstRates(entry, &data.gstRates)
      case .tdsRates: tdsRates(entry, &data.tds)
      case .missingPANRates: quantities(entry, &data.missingPANRates)
      case .quantities: quantities(entry, &data.quantities)
      case .enterpriseClasses: enterpriseClasses(entry, &data.enterpriseLimits)
      case .railLimits: railLimits(entry, &data.railLimits)
      case .reverseCharge: reverseCharge(entry, &data.reverseCharge)
      case .states: states(entry, &data.states)
      case .holidays: holidays(entry, &data.holidays)
      }
    }
    checkSourcesAreUsed(of: root)
  }

  fileprivate mutating func checkReferences(of root: DocumentNode, in data: ReferenceData) {
    let entries = bounded(root.member("entries"))
    switch root.member("table")?.string.flatMap(Table.init(rawValue:)) {
    case .tdsRates:
      for entry in entries {
        let key = entry.member("missing-pan")?.string ?? "default"
        guard data.missingPANRates.series[key] == nil else { continue }
        addUnknown(key, Table.missingPANRates.rawValue, at: entry)
      }
    case .holidays:
      for entry in entries {
        checkHolidaysFollow(entry, data.holidays)
        for name in bounded(entry.member("includes")) {
          guard let key = name.string, data.holidays.lists[key] == nil else { continue }
          addUnknown(key, Table.holidays.rawValue, at: name)
        }
      }
    default: break
    }
  }

  /// A list of holidays begins where another of its place ends, or is the first.
  private mutating func checkHolidaysFollow(_ entry: DocumentNode, _ table: HolidayTable) {
    guard let place = entry.member("place")?.string, let from = entry.member("from")?.string.flatMap({ CivilDate($0) })
    else { return }
    let earlier = table.lists[place, default: []].map(\.coverage).filter { $0.from < from }
    guard let last = earlier.max(by: { $0.from < $1.from }), let end = last.to, end < from else { return }
    add(.gap, at: entry, ["after": .string(last.description)])
  }

  private func bounded(_ list: DocumentNode?) -> [DocumentNode] {
    list.map { Array($0.elements.prefix(Self.rowCountMax)) } ?? []
  }

  private mutating func addUnknown(_ key: String, _ table: String, at node: DocumentNode) {
    add(.unknownReference, at: node, ["table": .string(table), "key": .string(key)])
  }
}
