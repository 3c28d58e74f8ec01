import Kernel
import Wire

/// A tenant's contracts, counted: by state, and by who has which role in them.
struct TenantCensus: Sendable {
  /// Contracts of one role, and their sums.
  struct Share: Sendable, Equatable {
    var contractCount: Int64 = 0
    var value: Int64 = 0
    var buckets = Totals()

    /// - Returns: false when a sum leaves 64 bits; nothing is changed then.
    fileprivate mutating func add(_ record: Wire.ContractRecord) -> Bool {
      let (value, overflow) = value.addingReportingOverflow(record.value)
      guard !overflow, let buckets = buckets.adding(record.buckets) else { return false }
      (self.value, self.buckets) = (value, buckets)
      contractCount += 1
      return true
    }
  }

  /// What a party has.
  struct Party: Sendable, Equatable {
    var asPayer = Share()
    var asPayee = Share()
    /// Contracts that it may have to decide about: an arbiter has no money.
    var arbitratedCount: Int64 = 0
  }

  /// Contracts by state.
  private(set) var states: [ContractState: Int64] = [:]
  private(set) var contractCount: Int64 = 0
  private(set) var value: Int64 = 0
  private(set) var parties: [UInt32: Party] = [:]

  /// - Returns: false when a sum leaves 64 bits: the census is of no use then.
  mutating func add(_ record: Wire.ContractRecord) -> Bool {
    let (sum, overflow) = value.addingReportingOverflow(record.value)
    guard !overflow, let state = ContractState(rawValue: record.state) else { return false }
    value = sum
    contractCount += 1
    states[state, default: 0] += 1
    guard parties[record.payer, default: Party()].asPayer.add(record),
      parties[record.payee, default: Party()].asPayee.add(record)
    else { return false }
    if record.arbiter != 0 { parties[record.arbiter, default: Party()].arbitratedCount += 1 }
    return true
  }
}
