/// Why banks of a State are closed on a day.
public enum BankClosure: Hashable, Sendable {
  case sunday
  case secondOrFourthSaturday
  case holiday(HolidayList.Holiday)

  /// Where it is laid down, for people.
  public var citation: String {
    switch self {
    case .sunday: "Negotiable Instruments Act, 1881, s.25, Explanation"
    case .secondOrFourthSaturday:
      "Central Government's notification of 20 Aug 2015 under the Negotiable Instruments Act, 1881, s.25"
    case .holiday(let holiday): holiday.citation
    }
  }

  /// Whether that was checked against a source.
  public var status: RowStatus {
    if case .holiday(let holiday) = self { holiday.status } else { .confirmed }
  }
}

/// A day on which banks are closed, and why.
public struct ClosedDay: Hashable, Sendable {
  public let date: CivilDate
  public let closure: BankClosure
}

/// The day that a count of business days leads to, and what it was moved over.
public struct BusinessDay: Hashable, Sendable {
  public let date: CivilDate
  /// Days between that did not count, in order; each with its row and source.
  public let skipped: [ClosedDay]
}
