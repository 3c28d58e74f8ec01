extension ReferenceData {
  /// The working days of banks in a State, by a code as forms and identifiers have it.
  ///
  /// - Parameter code: an ISO 3166-2 code with or without `IN-`, of today or of earlier years (`KA`, `IN-OR`); the two
  ///   digits in GST identifiers (`29`); or `IN` for the national holidays alone.
  /// - Throws: `unknownKey` for a State without list of holidays; `unconfirmed` as look-ups do.
  public func calendar(of code: String, accepting: Acceptance = .confirmed) throws(FiscalError) -> BusinessCalendar {
    let iso = code == HolidayTable.nation || code.hasPrefix("IN-") ? code : "IN-\(code)"
    if holidays.lists[iso] != nil { return try holidays.calendar(of: iso, accepting: accepting) }
    let series =
      StateCode(code).map { states.series[$0] }
      ?? states.series.values.first { $0.rows.contains { $0.value.iso == iso } }
    // A State has had at most a few codes; the newest is the likeliest.
    for row in series?.rows.reversed() ?? [] {
      guard let place = row.value.iso, holidays.lists[place] != nil else { continue }
      return try holidays.calendar(of: place, accepting: accepting)
    }
    throw .unknownKey(table: HolidayTable.name, key: code)
  }
}
