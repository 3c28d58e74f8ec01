import NIOCore

/// Tells how the run is doing, every half second. Confined to the run's event loop after `init`.
final class ProgressReporter: @unchecked Sendable {
  // Touched on the event loop only: by the repeated task, `begin` and `end`.
  private let state: LoadRunState
  private let handler: @Sendable (LoadProgress) -> Void
  private var phase = ""
  private var phaseAt: UInt64 = 0
  private var lastAt: UInt64 = 0
  private var lastAnswered = 0
  private var task: RepeatedTask?

  init(_ state: LoadRunState, _ handler: @escaping @Sendable (LoadProgress) -> Void) {
    self.state = state
    self.handler = handler
  }

  /// A phase begins.
  func begin(_ phase: String, _ loop: any EventLoop) async {
    await onLoop(loop) { [self] in
      self.phase = phase
      phaseAt = Clock.nanoseconds()
      lastAt = phaseAt
      lastAnswered = state.board.answered
      guard task == nil else { return }
      task = loop.scheduleRepeatedTask(initialDelay: .milliseconds(500), delay: .milliseconds(500)) { [weak self] _ in
        self?.tell()
      }
    }
  }

  func end(_ loop: any EventLoop) async {
    await onLoop(loop) { [self] in
      task?.cancel()
      task = nil
    }
  }

  private func tell() {
    let now = Clock.nanoseconds()
    let answered = state.board.answered
    handler(
      LoadProgress(
        phase: phase, seconds: Double(now - phaseAt) / 1e9, answered: answered,
        operationsPerSecond: Double(answered - lastAnswered) / (Double(max(1, now - lastAt)) / 1e9),
        inFlight: state.board.inFlight, differenceCount: state.board.differenceCount))
    lastAt = now
    lastAnswered = answered
  }

  private func onLoop(_ loop: any EventLoop, _ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      loop.execute {
        body()
        done.resume()
      }
    }
  }
}
