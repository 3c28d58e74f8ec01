import Documents
import Fiscal

/// Files of reference data: arbitrary ones are refused with places inside of them, or their rows follow each other without
/// overlap or gap, and each answers on its own days.
///
/// Input: the file in JSON. That YAML means the same is another target's matter.
enum ReferenceFiles {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    guard let document = try? Document(json: bytes) else { return }
    let data: ReferenceData
    do throws(ReferenceFileError) {
      data = try ReferenceData(loading: [ReferenceFile(name: "input", document: document)])
    } catch {
      try must(!error.list.isEmpty, "refused without a finding")
      for (_, finding) in error.list {
        try must(
          finding.place.map { $0.byteOffset <= bytes.count } ?? false, "a finding without a place: \(finding.code)")
        let text = FindingTexts.reference.text(of: finding, in: "en")
        try must(text != finding.code, "a finding without a text: \(finding.code)")
      }
      return
    }
    for series in data.quantities.series.values { try answers(series) }
    for series in data.railLimits.series.values { try answers(series) }
    for series in data.enterpriseLimits.series.values { try answers(series) }
    for place in data.holidays.lists.keys {
      guard let calendar = try? data.holidays.calendar(of: place, accepting: .unconfirmed) else { continue }
      guard let start = calendar.coverage.first?.from, let day = try? calendar.businessDay(onOrAfter: start) else {
        continue
      }
      try must(
        day >= start && calendar.coverage.contains { $0.contains(day) }, "\(place): a business day outside of the list")
    }
  }

  private static func answers<Value: Equatable>(_ series: DatedSeries<Value>) throws(Finding) {
    var end: CivilDate?
    for (index, row) in series.rows.enumerated() {
      try must(index == 0 || end == row.period.from, "\(series.key): rows do not follow each other")
      end = row.period.to
      let answer = try? series.answer(on: row.period.from, accepting: .unconfirmed)
      try must(answer?.value == row.value && answer?.status == row.status, "\(series.key): another row answers")
      let isSilent = (try? series.answer(on: row.period.from)) != nil
      try must(isSilent == (row.status == .confirmed), "\(series.key): an unconfirmed row is used silently")
    }
  }
}
