/// A search for the highest rate of an open loop that holds a p99.
public struct RateSearch: Sendable, Hashable {
  /// Goal, from the intended send to the durable answer.
  public var p99Milliseconds: Double
  /// Length of each try.
  public var secondsPerStep: Double

  public init(p99Milliseconds: Double, secondsPerStep: Double = 5) {
    self.p99Milliseconds = p99Milliseconds
    self.secondsPerStep = secondsPerStep
  }

  /// One try.
  public struct Step: Sendable {
    /// Operations a second; nil: as fast as answers came.
    public var offered: Double?
    public var operationsPerSecond: Double
    public var latency: LoadReport.Latency
    /// It kept its rate and the goal.
    public var holds: Bool
  }

  /// Chooses the rates: halves the interval between what holds and what does not, then confirms over twice the time. Only
  /// what does not hold twice does not hold.
  struct Plan {
    /// Highest rate that held, and lowest that did not.
    private(set) var low = 0.0
    private(set) var high: Double
    private let ceiling: Double
    private(set) var confirmed: Double?
    private var confirmationCount = 0
    /// The rate that did not hold once: a stall of the disk is no verdict.
    private var doubted: Double?
    private static let precision = 0.04
    private static let confirmationCountMax = 6

    /// - Parameter ceiling: what a closed loop reached.
    init(ceiling: Double) {
      self.ceiling = ceiling
      high = ceiling
    }

    /// The next rate to try and whether it is to be confirmed; nil at the end.
    var next: (rate: Double, isConfirmation: Bool)? {
      if confirmed != nil || confirmationCount == Self.confirmationCountMax { return nil }
      if high - low > Self.precision * high && confirmationCount == 0 {
        // A hundredth of what goes through does not hold: nothing will.
        return high < ceiling / 100 ? nil : ((low + high) / 2, false)
      }
      return low > 0 ? (low, true) : nil
    }

    /// What a try of `next` showed.
    mutating func note(rate: Double, isConfirmation: Bool, holds: Bool) {
      let isDoubted = doubted == rate
      doubted = holds || isDoubted ? nil : rate
      if isConfirmation {
        if holds { confirmed = rate }
        guard isDoubted, !holds else { return }
        confirmationCount += 1
        // What held once and does not hold for longer is a little too much.
        low = rate * (1 - Self.precision)
      } else if holds {
        low = rate
      } else if isDoubted {
        high = rate
      }
    }
  }
}
