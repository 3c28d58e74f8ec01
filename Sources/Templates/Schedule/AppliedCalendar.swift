package import Documents
package import Fiscal

/// By which calendar the due days were found that count business days.
package struct AppliedCalendar: Hashable, Sendable {
  /// A State as forms name it; empty where the form names none.
  package let place: String
  /// Days whose holidays are known there, in order.
  package let known: [DatePeriod]
  /// Ordinals of milestones whose days hang on holidays that are not confirmed.
  package private(set) var unconfirmed: [UInt16] = []
  /// Ordinals of milestones for whose days there is no list: only weekends are left out.
  package private(set) var withoutHolidays: [UInt16] = []

  init(_ calendar: PlaceCalendar) { (place, known) = (calendar.place, calendar.known) }

  mutating func note(_ basis: PlaceCalendar.Basis, of ordinal: UInt16) {
    switch basis {
    case .confirmed: break
    case .unconfirmed: unconfirmed.append(ordinal)
    case .weekends: withoutHolidays.append(ordinal)
    }
  }

  var json: JSONValue {
    [
      "place": .string(place), "known": .array(known.map { .string($0.days) }),
      "unconfirmed": .array(unconfirmed.map { .integer(Int64($0)) }),
      "without_holidays": .array(withoutHolidays.map { .integer(Int64($0)) }),
    ]
  }
}

extension Schedule {
  /// What somebody should look at before this becomes a contract: warnings only.
  package var findings: Findings {
    var findings = Findings()
    guard let calendar else { return findings }
    let doubts = [
      ("schedule.holidays-unknown", calendar.withoutHolidays),
      ("schedule.holidays-unconfirmed", calendar.unconfirmed),
    ]
    for (code, ordinals) in doubts {
      guard let first = ordinals.first else { continue }
      let names = ordinals.map { milestones[Int($0) - 1].id }
      findings.add(
        Finding(
          code, .warning, at: JSONPointer(["milestones", String(first - 1), "due"]),
          arguments: [
            "place": .string(calendar.place.isEmpty ? "-" : calendar.place),
            "known": .string(
              calendar.known.isEmpty ? "-" : calendar.known.map(\.days).joined(separator: ", ")),
            "milestones": .string(names.joined(separator: ", ")),
          ]))
    }
    return findings
  }
}

extension DatePeriod {
  /// First and last day as an interval of ISO 8601: `2025-01-01/2026-12-31`; `..` for no end.
  fileprivate var days: String {
    guard let to else { return "\(from)/.." }
    // There is a day before the end: periods are not empty.
    return "\(from)/\((try? to.adding(days: -1)) ?? from)"
  }
}
