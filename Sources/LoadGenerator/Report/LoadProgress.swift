/// How a run is doing, a few times a second.
public struct LoadProgress: Sendable {
  /// What the run does now: `preload`, `warm up`, `measure` or `compare`.
  public var phase: String
  /// Seconds since the phase began.
  public var seconds: Double
  /// Operations answered in the whole run.
  public var answered: Int
  /// Operations answered a second since the progress before.
  public var operationsPerSecond: Double
  public var inFlight: Int
  public var differenceCount: Int

  /// One line.
  public var text: String {
    "\(phase) \(tenths(seconds)) s  \(grouped(Int(operationsPerSecond)))/s  \(grouped(answered)) answered  "
      + "\(grouped(inFlight)) in flight" + (differenceCount == 0 ? "" : "  \(differenceCount) DIFFERENCES")
  }
}
