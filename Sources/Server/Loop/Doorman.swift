import Store
import NIOCore

/// Stops accepting while a loop has its hands full of connections over the limit: to refuse one costs as much as to
/// accept one, and thousands at once would keep those who are in waiting. Who is not let in yet waits in the system's
/// backlog, at no cost.
final class Doorman: Sendable {
  private struct State {
    var listener: (any Channel)?
    var crowdedLoops = 0
  }
  private let state = Locked(State())

  /// Connections over its limit that a loop refuses at the same time.
  static let refusalCountMax = 32

  /// The listener is there.
  func watch(_ listener: any Channel) {
    state.withLock { $0.listener = listener }
    update()
  }

  /// A loop has become crowded, or is no longer.
  func loop(isCrowded: Bool) {
    state.withLock { $0.crowdedLoops += isCrowded ? 1 : -1 }
    update()
  }

  /// Brings the listener up to date, on its own loop: what is set last is what was true last.
  private func update() {
    guard let listener = state.withLock({ $0.listener }) else { return }
    listener.eventLoop.execute {
      let reads = self.state.withLock { $0.crowdedLoops == 0 }
      listener.setOption(.autoRead, value: reads).whenFailure { _ in
        // It is closed: nobody is let in any more.
      }
    }
  }
}
