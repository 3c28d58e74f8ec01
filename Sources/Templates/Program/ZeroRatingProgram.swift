internal import Expressions
internal import Fiscal

/// What makes a supply zero-rated, made ready.
struct ZeroRatingProgram: Sendable {
  private let isForZone: BoundExpression?
  private let isAbroad: BoundExpression?
  private let isPaidFromAbroad: BoundExpression?
  private let paysTax: BoundExpression?

  init(_ rule: TaxRule.ZeroRating, _ binder: inout ExpressionBinder) {
    isForZone = binder.bind(rule.isForZone)
    isAbroad = binder.bind(rule.isAbroad)
    isPaidFromAbroad = binder.bind(rule.isPaidFromAbroad)
    paysTax = binder.bind(rule.paysTax)
  }

  /// What is true of a form; nil for a supply inside India and to no zone.
  func facts(
    _ expressions: ExpressionTable, _ row: [Int64?]
  ) -> (isAbroad: Bool, circumstances: SupplyTax.Circumstances)? {
    func isTrue(_ expression: BoundExpression?) -> Bool {
      expression.map { expressions.isTrue($0, row) == true } ?? false
    }
    let (zone, abroad) = (isTrue(isForZone), isTrue(isAbroad))
    guard zone || abroad else { return nil }
    var circumstances = SupplyTax.Circumstances()
    circumstances.isRecipientInZone = zone
    circumstances.isPaidFromAbroad = isTrue(isPaidFromAbroad)
    circumstances.paysTaxOnZeroRated = isTrue(paysTax)
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
