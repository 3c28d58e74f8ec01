internal import Expressions
internal import Fiscal

/// Which rows of reference data a form asks for, made ready.
struct TaxProgram: Sendable {
  let code: ChoiceProgram
  let codeQualifier: ChoiceProgram?
  let section: ChoiceProgram?
  /// Whether anything is withheld; nil for always.
  let withholds: BoundExpression?
  let deductsGST: BoundExpression?
  let hasBuildingCess: BoundExpression?
  let supply: TaxRule.Supply
  let zeroRating: ZeroRatingProgram
  let supplierPlace: Int
  let placePlace: Int
  /// Nil without withholding.
  private let payeeKindPlace: Int?
  let payeeHasPANPlace: Int?
  /// By the numbers of words; nil for other words.
  private let payeeKinds: [PayeeKind?]

  init(_ rule: TaxRule, _ layout: FormLayout, _ binder: inout ExpressionBinder) {
    code = ChoiceProgram(rule.code, layout)
    codeQualifier = rule.codeQualifier.map { ChoiceProgram($0, layout) }
    section = rule.section.map { ChoiceProgram($0, layout) }
    withholds = binder.bind(rule.withholds)
    deductsGST = binder.bind(rule.deductsGST)
    hasBuildingCess = binder.bind(rule.hasBuildingCess)
    supply = rule.supply
    zeroRating = ZeroRatingProgram(rule.zeroRating, &binder)
    // The reader sees to it that those which are asked for are there.
    supplierPlace = layout.place(of: Parameter.supplierState) ?? 0
    placePlace = layout.place(of: Parameter.placeState) ?? 0
    payeeKindPlace = layout.place(of: Parameter.payeeKind)
    payeeHasPANPlace = layout.place(of: Parameter.payeeHasPAN)
    payeeKinds = layout.words.map { PayeeKind(rawValue: $0) }
  }

  func payeeKind(_ form: ParameterSet) -> PayeeKind {
    payeeKindPlace.flatMap { payeeKinds[Int(form.row[$0])] } ?? .other
  }
}

/// A choice of keys as a table by number.
struct ChoiceProgram: Sendable {
  /// Whose value chooses; nil for one key.
  private let place: Int?
  /// By the number of a word, or 0 and 1 for false and true; nil for no key.
  private let keys: [String?]

  init(_ choice: TaxRule.Choice, _ layout: FormLayout) {
    switch choice {
    case .one(let key): (place, keys) = (nil, [key])
    case .by(let parameter, let table):
      let place = layout.place(of: parameter) ?? 0
      self.place = place
      keys =
        layout.parameters[place].domain == .boolean
        ? [table["false"] ?? nil, table["true"] ?? nil] : layout.words.map { table[$0] ?? nil }
    }
  }

  /// Which of the keys a form has; below 4,096: there are at most 40 parameters of at most 100 words.
  func index(_ form: ParameterSet) -> Int { place.map { Int(form.row[$0]) } ?? 0 }

  func key(_ form: ParameterSet) -> String? { keys[index(form)] }
}
