/// Which rate applies when it changes while a supply is under way.
public enum RateChange {
  /// The day whose rate applies. Two of the three events decide: supply, invoice and payment on the same side of the
  /// change. Source: CGST Act s.14.
  /// - Parameter change: the first day of the new rate.
  public static func timeOfSupply(
    supply: CivilDate, invoice: CivilDate, payment: CivilDate, change: CivilDate
  ) -> CivilDate {
    switch (supply < change, invoice < change, payment < change) {
    // Invoice and payment on both sides: the one on the side of the supply.
    case (true, true, false), (false, false, true): invoice
    case (true, false, true), (false, true, false): payment
    // Invoice and payment on one side: the earlier of them, as when no rate changes.
    case (true, false, false), (false, true, true), (true, true, true), (false, false, false): min(invoice, payment)
    }
  }
}
