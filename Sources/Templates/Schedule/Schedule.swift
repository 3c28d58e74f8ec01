package import Fiscal
package import Kernel

/// What a template and a form come to: milestones with sums and days, and the terms of the contract.
package struct Schedule: Hashable, Sendable {
  package var start: CivilDate
  package var milestones: [Milestone]
  package var rates: AppliedRates
  package var terms: ContractTerms
  package var policy: ApproverPolicy
  package var security: Security?
  /// Nil where no due day counts business days, or where no calendar was asked.
  package var calendar: AppliedCalendar?

  /// What the payee gives as security for the work. The kernel does not know it.
  package struct Security: Hashable, Sendable {
    package var rate: BasisPoints
    package var amount: Paise
    package var validUntil: CivilDate
  }

  /// One record of the kernel.
  package struct Milestone: Hashable, Sendable {
    /// Of the rule, with the number of the repetition behind it where there are several: `sprint-2`.
    package var id: String
    /// Which rule of the template it is of.
    package var rule: Int
    /// Which repetition of how many; nil where the rule has none.
    package var repetition: Repetition?
    /// 1 for the first.
    package var ordinal: UInt16
    package var taxable: Paise
    package var tax: GSTAmounts
    package var due: CivilDate
    package var verification: Verification
    /// Ordinals of what must be done before it starts, at most four.
    package var predecessors: MilestoneOrdinals
    package var isCumulative: Bool
    /// What the law withholds of it as income tax, where only what exceeds a threshold is taxed; nil where the rate holds for the whole.
    package var withheld: Paise?

    /// What the kernel holds for it.
    package var amount: Paise { taxable + tax.total }

    /// The deadline: the end of the day in India, milliseconds since 1970 UTC.
    package var deadline: Instant { due.indianStart + 86_400_000 }
  }

  package struct Repetition: Hashable, Sendable {
    package var number: Int
    package var count: Int
  }

  package var taxable: Paise { milestones.reduce(0) { $0 + $1.taxable } }
  /// The contract's value: with tax.
  package var value: Paise { milestones.reduce(0) { $0 + $1.amount } }
  /// What is paid ahead, out of money that is deposited besides; it comes back bill by bill.
  package var advance: Paise {
    // At most the value.
    Paise(Int128(value) * Int128(terms.advanceBP) / 10_000)
  }
  package var end: CivilDate { milestones.reduce(start) { max($0, $1.due) } }
}

/// Rates of the day on which a contract starts, and where each comes from. All zero without tax.
package struct AppliedRates: Hashable, Sendable {
  /// What bills add: nothing for what is zero-rated under a bond or undertaking.
  package var gst: BasisPoints = 0
  package var treatment: GSTTreatment = .interState
  /// Where a supply to an economic zone or to somebody abroad is taken to be made, and by which rules; nil for any other, whose place the
  /// form says.
  package var supply: SupplyTax?
  package var withholding: BasisPoints = 0
  /// Above this sum of one contract the law withholds, and only of what exceeds it; nil where it withholds of the whole. Paise without tax.
  package var withholdingFrom: Paise?
  package var gstWithheld: BasisPoints = 0
  package var cess: BasisPoints = 0
  package var sources: [Source] = []

  /// Why a rate is what it is.
  package struct Source: Hashable, Sendable {
    /// `gst`, `withholding` with its section, `gst-withheld`, `building-cess`, or `zero-rated` with what is then charged.
    package var what: String
    package var rate: BasisPoints
    package var citation: String
    package var isConfirmed: Bool
  }

  package init() {}
}

/// Why a template and an allowed form make no schedule. An analysed template has none but `rates` and `calendar`.
package enum ScheduleFault: Error, Hashable, Sendable {
  /// An expression has no value: a number leaves 64 bits, or a division is by zero.
  case noValue(String)
  /// A number leaves the range that its place allows.
  case range(String, Int64)
  /// Shares and the rest do not make the whole, or a milestone would have nothing.
  case shares(String)
  /// There is no milestone, or more than 500.
  case milestoneCount(Int)
  case rates(FiscalError)
  /// A day leaves the calendar.
  case calendar(FiscalError)
}
