internal import Expressions
internal import Fiscal

/// What makes a supply zero-rated, made ready.
struct ZeroRatingProgram: Sendable {
  private let isForZone: BoundExpression?
  private let isAbroad: BoundExpression?
  private let isPaidFromAbroad: BoundExpression?
  private let paysTax: BoundExpression?

  init(_ rule: TaxRule.ZeroRating, _ binding: inout ExpressionBinding) {
    func bind(_ expression: TypedExpression?) -> BoundExpression? {
      expression.map { BoundExpression($0, &binding) }
    }
    isForZone = bind(rule.isForZone)
    isAbroad = bind(rule.isAbroad)
    isPaidFromAbroad = bind(rule.isPaidFromAbroad)
    paysTax = bind(rule.paysTax)
  }

  /// What is true of a form; nil for a supply inside India and to no zone.
  func facts(_ row: [Int64?]) -> (isAbroad: Bool, circumstances: SupplyTax.Circumstances)? {
    let (zone, abroad) = (isForZone?.isTrue(row) == true, isAbroad?.isTrue(row) == true)
    guard zone || abroad else { return nil }
    var circumstances = SupplyTax.Circumstances()
    circumstances.isRecipientInZone = zone
    circumstances.isPaidFromAbroad = isPaidFromAbroad?.isTrue(row) == true
    circumstances.paysTaxOnZeroRated = paysTax?.isTrue(row) == true
    return (abroad, circumstances)
  }
}

extension TaxRule.Supply {
  /// - Parameter place: where it is, is held or is delivered to inside India.
  func supply(at place: StateCode, isAbroad: Bool) -> PlaceOfSupply.Supply {
    switch self {
    case .goods: .goods(deliveredTo: isAbroad ? .outsideIndia : .state(place))
    case .services: .service
    case .immovableProperty: .immovableProperty(at: .state(place))
    case .training: .training(at: .state(place))
    case .event: .event(venue: .state(place))
    }
  }
}
