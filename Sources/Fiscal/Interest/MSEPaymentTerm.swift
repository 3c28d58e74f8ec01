/// When a buyer must pay a micro or small enterprise: MSMED Act ss. 2(b) and 15 (DOMAIN 7.3).
public struct MSEPaymentTerm: Hashable, Sendable {
  /// The day of acceptance or deemed acceptance.
  public let acceptance: CivilDate
  /// The last day on which payment is in time.
  public let due: CivilDate
  /// Interest runs from here, the day after.
  public var interestStart: CivilDate { CivilDate(unchecked: due.dayNumber + 1) }

  /// Days of the Act, from `ReferenceData.quantities`: `mse.objection-days`, `mse.days-without-agreement`,
  /// `mse.days-at-most`.
  public struct Days: Hashable, Sendable {
    public var objection: Int
    public var withoutAgreement: Int
    public var atMost: Int

    public init(objection: Int, withoutAgreement: Int, atMost: Int) {
      self.objection = objection
      self.withoutAgreement = withoutAgreement
      self.atMost = atMost
    }

    /// - Throws: as look-ups do.
    public init(
      _ data: ReferenceData, on date: CivilDate, accepting: Acceptance = .confirmed
    ) throws(FiscalError) {
      objection = Int(try data.quantity("mse.objection-days", in: .days, on: date, accepting: accepting).value)
      withoutAgreement = Int(
        try data.quantity("mse.days-without-agreement", in: .days, on: date, accepting: accepting).value)
      atMost = Int(try data.quantity("mse.days-at-most", in: .days, on: date, accepting: accepting).value)
    }
  }

  /// A written objection of the buyer, and the day on which the supplier removed it.
  public struct Objection: Hashable, Sendable {
    public var raised: CivilDate
    public var removed: CivilDate

    public init(raised: CivilDate, removed: CivilDate) {
      self.raised = raised
      self.removed = removed
    }
  }

  /// - Parameters:
  ///   - delivery: of goods or services; acceptance is this day without an objection in time, whatever the buyer does.
  ///   - objection: counts when raised on or before the last of the days for it.
  ///   - agreed: the day agreed in writing, if one was; cut to the most that the Act allows.
  /// - Throws: `dateOutOfRange`; `invalidAmount` when an objection was raised before delivery or removed before it was
  ///   raised.
  public init(
    delivery: CivilDate, objection: Objection? = nil, agreed: CivilDate? = nil, days: Days
  ) throws(FiscalError) {
    var acceptance = delivery
    if let objection {
      guard objection.raised >= delivery, objection.removed >= objection.raised else { throw .invalidAmount }
      if objection.raised <= (try delivery.adding(days: days.objection)) { acceptance = objection.removed }
    }
    let latest = try acceptance.adding(days: days.atMost)
    if let agreed {
      due = min(agreed, latest)
    } else {
      due = try acceptance.adding(days: days.withoutAgreement)
    }
    guard due < .last else { throw .dateOutOfRange }
    self.acceptance = acceptance
  }

  /// Whether the chapter protects a supplier: micro and small enterprises that are registered, but no traders.
  public static func protects(_ supplier: EnterpriseClass?, isRegistered: Bool, isTrader: Bool) -> Bool {
    (supplier == .micro || supplier == .small) && isRegistered && !isTrader
  }
}
