/// What is taken from a gross sum before it is paid. Source: DOMAIN 5.
struct Deductions {
  var retention: Int64 = 0
  var advance: Int64 = 0
  var tax: Int64 = 0
  var other: Int64 = 0
  var fee: Int64 = 0
  var net: Int64 = 0

  /// Lines of `gross`, released after `before` of the same bill.
  ///
  /// Each line is f(before + gross) - f(before), f rounded half up to paise or whole rupees on the taxable
  /// value, so parts of a bill add up to the whole. In order (retention, advance recovery, TDS, GST TDS, cess,
  /// fee) each line is capped by what is left of gross; retention also by `retentionRoom`, recovery by
  /// `advanceOutstanding`.
  /// - Precondition: 0 <= before, 0 <= gross, before + gross <= 10^15.
  init(
    gross: Int64, before: Int64, terms: ContractTerms, retentionRoom: Int64, advanceOutstanding: Int64,
    retains: Bool
  ) {
    let unit: UInt64 = terms.flags.contains(.wholeUnits) ? 100 : 1
    let gst = UInt64(terms.gstBP)
    let from = Self.taxable(before, gst: gst, unit: unit)
    let to = Self.taxable(before + gross, gst: gst, unit: unit)
    var left = gross
    func take(_ basisPoints: UInt16, cap: Int64) -> Int64 {
      if basisPoints == 0 { return 0 }
      let line = Self.share(to, basisPoints, unit: unit) - Self.share(from, basisPoints, unit: unit)
      let taken = min(line, left, cap)
      left -= taken
      return taken
    }
    if retains { retention = take(terms.retentionBP, cap: retentionRoom) }
    advance = take(terms.advanceRecoveryBP, cap: advanceOutstanding)
    tax = take(terms.tdsBP, cap: .max)
    tax += take(terms.gstTDSBP, cap: .max)
    other = take(terms.cessBP, cap: .max)
    fee = take(terms.feeBP, cap: .max)
    net = left
  }

  /// Taxable value of a gross sum, half up. At most 10^15 x 10^4 + 10^6 inside, below 2^64.
  @inline(__always)
  private static func taxable(_ gross: Int64, gst: UInt64, unit: UInt64) -> UInt64 {
    if gst == 0 && unit == 1 { return UInt64(gross) }
    let divisor = (10_000 + gst) * unit
    return (UInt64(gross) * 10_000 + divisor / 2) / divisor * unit
  }

  /// Basis points of a taxable value, half up. Same bound.
  @inline(__always)
  private static func share(_ value: UInt64, _ basisPoints: UInt16, unit: UInt64) -> Int64 {
    let product = value * UInt64(basisPoints)
    return unit == 1 ? Int64((product + 5_000) / 10_000) : Int64((product + 500_000) / 1_000_000 * 100)
  }

  /// Basis points of a sum, half up to the minor unit.
  static func portion(_ sum: Int64, _ basisPoints: UInt16) -> Int64 {
    share(UInt64(sum), basisPoints, unit: 1)
  }

  /// Whether `sum` is more than basis points of `whole`, exactly.
  static func exceeds(_ sum: Int64, _ basisPoints: UInt16, of whole: Int64) -> Bool {
    Int128(sum) * 10_000 > Int128(whole) * Int128(basisPoints)
  }
}
