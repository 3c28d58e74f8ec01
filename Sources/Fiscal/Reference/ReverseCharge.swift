/// What is true of a party to a supply, as far as reverse charge cares.
public enum PartyTrait: String, Sendable, CaseIterable {
  case registered
  /// Registered, and pays a share of turnover instead of the tax (CGST Act s.10).
  case composition
  case business, firm, society, factory, government, advocate
  case bodyCorporate = "body-corporate"
  /// Acts as director of the recipient.
  case director
  case goodsTransportAgency = "goods-transport-agency"
  case arbitralTribunal = "arbitral-tribunal"
  /// Has chosen to charge the tax itself where it may choose.
  case chargesTax = "charges-tax"
  /// Located outside India.
  case abroad
}

/// A supply on which the recipient pays the tax to the government instead of the supplier.
///
/// Source: CGST Act s.9(3), IGST Act s.5(3), and the notifications that the rows cite.
public struct ReverseChargeRule: Hashable, Sendable {
  public let key: String
  public let what: String
  /// Prefixes of codes of services; empty for every service.
  let codes: [CommodityCode]
  let supplier: Wanted
  let recipient: Wanted

  /// What has to be true of a party: one of the first, when there are any, and none of the second.
  struct Wanted: Hashable, Sendable {
    var anyOf: Set<PartyTrait>
    var noneOf: Set<PartyTrait>

    func fits(_ party: Set<PartyTrait>) -> Bool {
      (anyOf.isEmpty || !anyOf.isDisjoint(with: party)) && noneOf.isDisjoint(with: party)
    }
  }

  func applies(to code: CommodityCode, supplier: Set<PartyTrait>, recipient: Set<PartyTrait>) -> Bool {
    guard codes.isEmpty ? code.isService : codes.contains(where: { code.text.hasPrefix($0.text) }) else { return false }
    return self.supplier.fits(supplier) && self.recipient.fits(recipient)
  }
}

/// Rules about reverse charge by key, such as `sponsorship`.
public struct ReverseChargeTable: Sendable {
  private(set) var rules = DatedTable<ReverseChargeRule>(name: "reverse-charge")

  public init() {}

  mutating func insert(_ series: DatedSeries<ReverseChargeRule>) { rules.insert(series) }

  public var keys: [String] { rules.keys }

  /// The rule by which the recipient pays; nil when the supplier does.
  ///
  /// - Parameters:
  ///   - supplier: all that is true of it, `registered` and `bodyCorporate` among others.
  ///   - date: of the supply.
  /// - Throws: `unconfirmed` when only a row that is not confirmed would make the recipient pay, and the caller wants
  ///   confirmed ones.
  public func rule(
    for code: CommodityCode, supplier: Set<PartyTrait>, recipient: Set<PartyTrait>, on date: CivilDate,
    accepting: Acceptance = .confirmed
  ) throws(FiscalError) -> Answer<ReverseChargeRule>? {
    var doubt: FiscalError?
    for key in rules.keys {
      guard let series = rules.series[key], let row = series.rows.last(where: { $0.period.contains(date) }),
        row.value.applies(to: code, supplier: supplier, recipient: recipient)
      else { continue }
      do throws(FiscalError) {
        return try series.answer(on: date, accepting: accepting)
      } catch { doubt = doubt ?? error }
    }
    if let doubt { throw doubt }
    return nil
  }
}
