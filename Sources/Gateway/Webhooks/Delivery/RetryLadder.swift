/// The pauses before a delivery that failed is tried again.
public struct RetryLadder: Sendable, Equatable {
  /// Milliseconds before the second try, the third, and so on. After the last one the event is a dead letter.
  public var pauses: [Int64]

  /// - Precondition: every pause is above zero.
  public init(pauses: [Int64]) {
    precondition(pauses.allSatisfy { $0 > 0 }, "a pause is a time")
    self.pauses = pauses
  }

  /// 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
  public static let standard = RetryLadder(
    pauses: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map { $0 * 1_000 })

  /// Longest pause that a receiver may ask for with `Retry-After`. Milliseconds.
  static let askedPauseMax: Int64 = 86_400_000

  /// When to try again.
  ///
  /// - Parameters:
  ///   - attempts: tries so far, at least 1.
  ///   - asked: milliseconds that the receiver asked for; it is not disturbed earlier.
  ///   - chance: from 0 up to 1. A pause is up to a fifth longer by it, so that what failed together does not come again together.
  /// - Returns: milliseconds from now; nil when it was the last try.
  func pause(after attempts: Int, asked: Int64?, chance: Double) -> Int64? {
    precondition(attempts > 0, "nothing was tried yet")
    guard attempts <= pauses.count else { return nil }
    let pause = pauses[attempts - 1]
    let spread = pause + Int64(Double(pause) * 0.2 * chance)
    return max(spread, min(asked ?? 0, Self.askedPauseMax))
  }
}
