import Kernel

/// Progress billing. Source: DOMAIN 5.
enum Deductions {
  /// `numerator / denominator`, half up, to a multiple of `unit`. All non-negative.
  static func rounded(_ numerator: Int128, _ denominator: Int128, unit: Int128) -> Int64 {
    let scaled = denominator * unit
    return Int64((2 * numerator + scaled) / (2 * scaled) * unit)
  }

  /// The taxable value of a gross sum.
  static func taxable(_ gross: Int64, _ terms: Terms) -> Int64 {
    rounded(Int128(gross) * 10_000, Int128(10_000 + terms.gst), unit: terms.wholeUnits ? 100 : 1)
  }

  /// One deduction of a bill of which `gross` was released.
  static func line(_ gross: Int64, points: Int, _ terms: Terms) -> Int64 {
    rounded(Int128(taxable(gross, terms)) * Int128(points), 10_000, unit: terms.wholeUnits ? 100 : 1)
  }

  /// The lines of the next `gross` of a bill of which `released` was released before.
  static func lines(
    gross: Int64, released: Int64, terms: Terms, retains: Bool, capRoom: Int64, advanceOutstanding: Int64
  ) -> Lines {
    var left = gross
    func take(_ points: Int, room: Int64 = .max) -> Int64 {
      let whole = line(released + gross, points: points, terms)
      let before = line(released, points: points, terms)
      let taken = min(whole - before, left, room)
      left -= taken
      return taken
    }
    var lines = Lines()
    if retains { lines.retention = take(terms.retention, room: capRoom) }
    lines.advance = take(terms.advanceRecovery, room: advanceOutstanding)
    lines.tax = take(terms.tds)
    lines.tax += take(terms.gstTDS)
    lines.other = take(terms.cess)
    lines.fee = take(terms.fee)
    lines.net = left
    return lines
  }
}

extension Situation {
  /// Books all lines but the net, which the caller pays out.
  mutating func book(_ lines: Lines) {
    milestone.retained += lines.retention
    milestone.retainedEver += lines.retention
    contract.retainedEver += lines.retention
    contract.tax += lines.tax
    contract.other += lines.other
    contract.unallocated += lines.advance
    contract.advanceRecovered += lines.advance
    contract.fee += lines.fee
    contract.refundPending += lines.damages
    contract.damages += lines.damages
  }
}
