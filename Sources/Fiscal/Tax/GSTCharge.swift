/// The tax on a supply, and who pays it to the government.
public struct GSTCharge: Hashable, Sendable {
  /// What the bill of the supplier adds: nothing where the recipient pays.
  public let billed: GSTAmounts
  /// What the recipient pays to the government itself, in cash and beside the bill.
  public let byRecipient: GSTAmounts
  /// By which rule the recipient pays; nil when the supplier does.
  public let reverseCharge: ReverseCharge?

  public struct ReverseCharge: Hashable, Sendable {
    /// Such as `sponsorship`.
    public let key: String
    public let what: String
    public let citation: String
    public let status: RowStatus
  }

  /// - Parameters:
  ///   - tax: on the supply, whoever pays it.
  ///   - rule: of `ReverseChargeTable`.
  public init(_ tax: GSTAmounts, reverseCharge rule: Answer<ReverseChargeRule>?) {
    billed = rule == nil ? tax : GSTAmounts()
    byRecipient = rule == nil ? GSTAmounts() : tax
    reverseCharge = rule.map {
      ReverseCharge(key: $0.value.key, what: $0.value.what, citation: $0.citation, status: $0.status)
    }
  }

  /// What an invoice has to state: whether the tax is payable on reverse charge. Source: CGST Rules, rule 46(p).
  public var isPayableByRecipient: Bool { reverseCharge != nil }
}
