internal import Formats

/// An invented log of expense claims whose shape follows the public ones.
///
/// What the public logs showed (`Datasets/README.md`): chains of one to four approvers, about one claim in ten handed
/// in again after a rejection, 7.4 days (median), 19 (p90) and 70 (p99) from submission to payment. The same seed gives
/// the same log on every machine: everything is drawn in integers.
public struct SyntheticLog: Sendable {
  public var caseCount = 300
  public var seed: UInt64 = 7
  public var unitCount = 8
  /// First submission of the first case: milliseconds since 1970 UTC.
  public var start: Int64 = 1_704_096_000_000
  /// Cases whose first submission is rejected, of 1,000.
  public var rejectedPerMille: UInt64 = 115
  /// Rejected cases that are given up, of 1,000.
  public var abandonedPerMille: UInt64 = 130

  public init() {}

  /// Columns of the log as a CSV file.
  static let columns = ["case_id", "seq", "timestamp", "activity", "role", "amount", "org_unit"]

  /// Days from submission to payment by share of cases in 1,000, in thousandths of a day; straight lines between.
  private static let delays: [(share: UInt64, days: UInt64)] = [
    (0, 300), (100, 2_200), (250, 4_200), (500, 7_400), (750, 12_300), (900, 19_000), (950, 28_000), (990, 70_000),
    (1_000, 180_000),
  ]

  /// Approvers before the deciding supervisor, by share of cases in 1,000.
  private static let chains: [(share: UInt64, roles: [String])] = [
    (160, []), (660, ["ADMINISTRATION"]), (920, ["ADMINISTRATION", "BUDGET OWNER"]), (980, ["PRE_APPROVER"]),
    (1_000, ["ADMINISTRATION", "PRE_APPROVER", "BUDGET OWNER"]),
  ]

  /// The log in memory, as if read from a file.
  func eventLog() -> EventLog {
    var random = SplitMix64(state: seed)
    var cases: [EventLog.Case] = []
    var instant = start
    for number in 1...max(1, caseCount) {
      // On average five claims a day.
      instant += Int64(random.below(2 * 86_400_000 / 5))
      cases.append(makeCase(number, at: instant, &random))
    }
    var columns: [String: Int] = [:]
    for (index, name) in Self.columns.enumerated() { columns[name] = index }
    return EventLog(columns: columns, cases: cases)
  }

  /// The log as CSV text, for a file that people can read.
  public var csv: String {
    var text = Self.columns.joined(separator: ",") + "\n"
    for item in eventLog().cases {
      for event in item.events { text += event.cells.map(CSVCells.quote).joined(separator: ",") + "\n" }
    }
    return text
  }

  private func makeCase(_ number: Int, at submitted: Int64, _ random: inout SplitMix64) -> EventLog.Case {
    let digits = String(number)
    let id = "claim-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    let unit = "unit \(random.below(UInt64(max(1, unitCount))) + 1)"
    let amount = makeAmount(&random)
    let share = random.below(1_000)
    let roles = Self.chains.first { share < $0.share }?.roles ?? []
    let isRejected = random.chance(rejectedPerMille)
    let isAbandoned = isRejected && random.chance(abandonedPerMille)

    var activities: [(String, String)] = [("Declaration SUBMITTED by EMPLOYEE", "EMPLOYEE")]
    let votes =
      roles.map { ("Declaration APPROVED by \($0)", $0) } + [("Declaration FINAL_APPROVED by SUPERVISOR", "SUPERVISOR")]
    if isRejected {
      let place = Int(random.below(UInt64(votes.count)))
      activities += votes[..<place]
      activities.append(("Declaration REJECTED by \(votes[place].1)", votes[place].1))
      activities.append(("Declaration REJECTED by EMPLOYEE", "EMPLOYEE"))
      if !isAbandoned { activities.append(activities[0]) }
    }
    if !isAbandoned {
      activities += votes
      activities += [("Request Payment", "UNDEFINED"), ("Payment Handled", "UNDEFINED")]
    }

    // Cut points of the whole delay: where each event falls between submission and payment.
    let total = makeDelay(&random)
    var cuts = (1..<activities.count).map { _ in Int64(random.below(UInt64(total))) }
    cuts.sort()
    if !cuts.isEmpty { cuts[cuts.count - 1] = total }
    var events: [EventLog.Event] = []
    for (index, (activity, role)) in activities.enumerated() {
      // Whole seconds, as the public logs have.
      let instant = (submitted + (index == 0 ? 0 : cuts[index - 1])) / 1000 * 1000
      let cells = [id, String(index), InstantText.text(instant), activity, role, amount, unit]
      events.append(EventLog.Event(instant: instant, activity: activity, cells: cells))
    }
    return EventLog.Case(id: id, events: events)
  }

  private func makeDelay(_ random: inout SplitMix64) -> Int64 {
    // Thousandths of a thousandth, so that the long tail is smooth.
    let share = random.below(1_000_000)
    for (low, high) in zip(Self.delays, Self.delays.dropFirst()) where share < high.share * 1_000 {
      let within = share - low.share * 1_000
      let days = low.days * 1_000 + (high.days - low.days) * within / (high.share - low.share)
      // Millionths of a day in milliseconds.
      return Int64(days * 864 / 10)
    }
    return Int64(Self.delays[Self.delays.count - 1].days) * 86_400
  }

  /// From 5.00 to about 3,000.00, small sums far more often, with decimals beyond the cent as in the public logs.
  private func makeAmount(_ random: inout SplitMix64) -> String {
    let size = random.below(1_000)
    let cents = 500 + size * size * size / 3_400 + random.below(5_000)
    let tail = random.below(1_000_000)
    let fraction = String(cents % 100)
    let end = String(tail)
    return "\(cents / 100)." + String(repeating: "0", count: 2 - fraction.count) + fraction
      + String(repeating: "0", count: 6 - end.count) + end
  }
}

/// A small generator of random numbers (Steele, Lea, Flood 2014): the same sequence on every machine.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Evenly from 0 up to `bound`, which is far below 2^64: the bias is not to be seen.
  mutating func below(_ bound: UInt64) -> UInt64 { next() % max(1, bound) }

  mutating func chance(_ perMille: UInt64) -> Bool { below(1_000) < perMille }
}
