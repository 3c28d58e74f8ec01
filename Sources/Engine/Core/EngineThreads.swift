import Glibc
import Kernel
import Synchronization

/// The engine's background threads: thin loops over the steps of `EngineCore`.
final class EngineThreads: @unchecked Sendable {
  private let core: EngineCore
  /// Guards everything below.
  private let lock = Lock()
  private let changed: Signal
  private var committer: EngineThread?
  private var helpers: [EngineThread] = []
  private var isStopping = false
  private var isClosed = false
  /// Rounds of checkpoints that were asked for, and finished.
  private var roundsWanted = 0
  private var roundsDone = 0
  /// Only the maintenance thread uses it, or `close` after that thread has ended.
  private let maintenance: Maintenance

  /// Longest time between two looks at the timers, and at what maintenance has to do.
  private static let timerPause: UInt64 = 20_000_000
  private static let maintenancePause: UInt64 = 20_000_000

  /// - Throws: `store`.
  init(core: EngineCore) throws(EngineError) {
    self.core = core
    changed = Signal(lock)
    maintenance = try Maintenance(core)
  }

  func start() throws(EngineError) {
    committer = try EngineThread(name: "mp-commit") { [core] in core.runCommitter() }
    if core.configuration.firesTimers {
      helpers.append(try EngineThread(name: "mp-timers") { [weak self] in self?.runTimers() })
    }
    helpers.append(try EngineThread(name: "mp-maintain") { [weak self] in self?.runMaintenance() })
  }

  private func runTimers() {
    let firings = TimerFirings()
    while !waitForStop(nanoseconds: Self.timerPause) {
      while core.timerStep(firings) <= core.clock.now() {
        if lock.withLock({ isStopping }) { return }
      }
    }
  }

  private func runMaintenance() {
    var pause = Self.maintenancePause
    // Asked for before the round began that is under way: one that was begun earlier does not cover what came since.
    var covered = 0
    while pause == 0 || !waitForStop(nanoseconds: pause) {
      if lock.withLock({ isStopping }) { return }
      let (wanted, isAwaited) = lock.withLock { (roundsWanted, roundsWanted > roundsDone) }
      if wanted > covered, core.checkpointer.isIdle {
        core.checkpointer.wantRound()
        covered = wanted
      }
      do throws(EngineError) {
        pause = try maintenance.step() ? maintenance.takeRest(isAwaited: isAwaited) : Self.maintenancePause
      } catch {
        core.fail(error)
        return lock.withLock { changed.notifyAll() }
      }
      if maintenance.isIdle {
        lock.withLock {
          roundsDone = covered
          changed.notifyAll()
        }
      }
    }
  }

  /// - Returns: whether the threads are to end.
  private func waitForStop(nanoseconds: UInt64) -> Bool {
    lock.withLock {
      if !isStopping { changed.wait(nanoseconds: nanoseconds) }
      return isStopping
    }
  }

  /// A step of maintenance for whoever drives an engine without threads.
  func maintenanceStep() -> Bool {
    precondition(!core.configuration.startsThreads, "maintenance has a thread of its own")
    // What a failed step left half done is for the next process to sort out.
    if core.failureNow != nil { return false }
    do throws(EngineError) {
      return try maintenance.step()
    } catch {
      core.fail(error)
      return false
    }
  }

  func checkpointNow() throws(EngineError) {
    guard core.configuration.startsThreads else { return try maintenance.checkpoint() }
    lock.acquire()
    roundsWanted += 1
    let wanted = roundsWanted
    changed.notifyAll()
    while roundsDone < wanted && !isStopping && core.failureNow == nil {
      changed.wait(nanoseconds: Self.maintenancePause)
    }
    let isDone = roundsDone >= wanted
    lock.release()
    if !isDone { throw core.refusal() }
  }

  /// Ends the threads when nobody called `close`; there is nobody left to tell how it went.
  func abandon() {
    do throws(EngineError) { try close() } catch { return }
  }

  func close() throws(EngineError) {
    let isFirst = lock.withLock {
      defer { isClosed = true }
      return !isClosed
    }
    guard isFirst else { return }
    core.isStopped.store(true, ordering: .sequentiallyConsistent)
    // Who is inside a submit gets his groups into the ring; nobody else does.
    while core.activeSubmits.load(ordering: .sequentiallyConsistent) > 0 { sched_yield() }
    lock.withLock {
      isStopping = true
      changed.notifyAll()
    }
    for helper in helpers { helper.join() }
    core.ringLock.withLock { core.ringSignal.notifyAll() }
    committer?.join()
    while core.commitStep() {}
    if let failure = core.failureNow { throw failure }
    try maintenance.finish(checkpoints: core.configuration.checkpointsAtClose)
    core.waiters.fail(EngineError(.closed, "the engine is closed"))
  }
}
