/// Keeps background work at a third of the time while nothing presses: twice as long as it has worked it rests.
///
/// Checkpoints and the archive sync large files, and meanwhile every commit waits for the same disk. Without rests a round is over three times
/// sooner and slows everybody down all the while.
struct BackgroundShare {
  /// Nanoseconds of rest for what was worked.
  private var owed: UInt64 = 0

  static let restPerWork: UInt64 = 2
  /// Shorter rests are saved up: a wake-up costs as much.
  static let restMin: UInt64 = 1_000_000
  /// More is forgotten: what gets late meanwhile is seen by then.
  static let restMax: UInt64 = 50_000_000

  mutating func worked(nanoseconds: UInt64) { owed = min(Self.restMax, owed + Self.restPerWork * nanoseconds) }

  /// The rest that is due now; it counts as taken.
  /// - Parameter urgency: 0 to 1: the part of it that is forgotten, for the work is late or somebody waits for it.
  mutating func takeRest(urgency: Double) -> UInt64 {
    let rest = UInt64(Double(owed) * (1 - urgency))
    if rest >= Self.restMin || urgency >= 1 { owed = 0 }
    return rest >= Self.restMin ? rest : 0
  }
}
