/// A second thread for replay: shards are independent, so a group's parts can be applied two at a time.
///
/// One thread hands over work and waits for it; the helper's thread runs it. Ends with the object.
final class ReplayHelper: @unchecked Sendable {
  private final class State: @unchecked Sendable {
    let lock = Lock()
    let changed: Signal
    // Guarded by `lock`.
    var work: (() -> Void)?
    var isStopped = false

    init() { changed = Signal(lock) }

    func run() {
      lock.acquire()
      while true {
        if let work {
          lock.release()
          work()
          lock.acquire()
          self.work = nil
          changed.notifyAll()
        } else if isStopped {
          return lock.release()
        } else {
          changed.wait()
        }
      }
    }
  }

  private let state = State()
  private let thread: EngineThread

  init() throws(EngineError) {
    let state = state
    thread = try EngineThread(name: "mp-replay") { state.run() }
  }

  deinit {
    state.lock.withLock {
      state.isStopped = true
      state.changed.notifyAll()
    }
    thread.join()
  }

  /// Runs `other` on the helper's thread and `mine` on this one, and returns when both are done.
  func run(_ mine: () -> Void, beside other: @escaping () -> Void) {
    state.lock.withLock {
      state.work = other
      state.changed.notifyAll()
    }
    mine()
    state.lock.acquire()
    while state.work != nil { state.changed.wait() }
    state.lock.release()
  }
}
