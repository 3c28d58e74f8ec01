@testable import Fiscal

func date(_ text: String) -> CivilDate { CivilDate(text)! }
func state(_ number: Int) -> StateCode { StateCode(number)! }

let karnataka = IndianState(
  code: state(29), iso: "IN-KA", name: "Karnataka", isUnionTerritory: false, hasLegislature: true)
let chandigarh = IndianState(
  code: state(4), iso: "IN-CH", name: "Chandigarh", isUnionTerritory: true, hasLegislature: false)
let delhi = IndianState(code: state(7), iso: "IN-DL", name: "Delhi", isUnionTerritory: true, hasLegislature: true)

/// A series of one kind of quantity; periods follow each other and the last one is open.
func series(_ unit: Quantity.Unit, _ rows: [(String, Int64)], status: RowStatus = .confirmed) -> DatedSeries<Quantity> {
  let built = rows.indices.map { index in
    let end = index + 1 < rows.count ? date(rows[index + 1].0) : nil
    return ReferenceRow(
      period: DatePeriod(from: date(rows[index].0), to: end)!, value: Quantity(amount: rows[index].1, unit: unit),
      citation: "row \(index)", status: status)
  }
  return try! DatedSeries(table: "test", key: "test", rows: built)
}
