public import Kernel

// What the threads do, a step at a time, for an engine that was opened without them (`startsThreads` is false): a
// simulation decides what happens next. One caller at a time.
extension Engine {
  /// Writes the next run of what is applied, and answers what is durable then.
  /// - Returns: whether there was something to write.
  @discardableResult
  public func commitStep() -> Bool { core.commitStep() }

  /// Fires deadlines that have come in shards without traffic, a bounded number of them.
  /// - Returns: when to look again.
  @discardableResult
  public func timerStep() -> Instant { core.timerStep(TimerFirings()) }

  /// Takes a bounded step of checkpoints, archive and log retention. An error ends the engine.
  /// - Returns: whether there is more to do at once.
  @discardableResult
  public func maintenanceStep() -> Bool { threads.maintenanceStep() }
}
