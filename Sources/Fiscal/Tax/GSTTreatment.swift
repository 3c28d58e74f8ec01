/// Which taxes a supply bears.
public enum GSTTreatment: Hashable, Sendable {
  /// Half the rate as central tax, half as tax of the State.
  case intraState
  /// As within a State, but the second half is the tax of a Union Territory without legislature.
  case intraTerritory
  case interState
  /// Export, or supply to a special economic zone: integrated tax is paid and refunded, or not paid under a bond or
  /// letter of undertaking.
  case zeroRated(paysTax: Bool)

  /// What makes a supply zero-rated.
  public enum Destination: Hashable, Sendable {
    case domestic
    case specialEconomicZone(paysTax: Bool)
    case export(paysTax: Bool)
  }

  /// Source: IGST Act ss. 7, 8 and 16 (DOMAIN 7.1).
  /// - Parameter place: the State of the place of supply, from `ReferenceData.states`.
  public init(supplier: StateCode, place: IndianState, destination: Destination = .domestic) {
    switch destination {
    case .specialEconomicZone(let paysTax), .export(let paysTax): self = .zeroRated(paysTax: paysTax)
    case .domestic:
      guard supplier == place.code else {
        self = .interState
        return
      }
      self = place.leviesUnionTerritoryTax ? .intraTerritory : .intraState
    }
  }

  public var isInterState: Bool {
    switch self {
    case .intraState, .intraTerritory: false
    case .interState, .zeroRated: true
    }
  }
}
