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
    let isOpen = state.withLock { state in
      state.listener = listener
      return state.crowdedLoops == 0
    }
    if !isOpen { set(listener, reads: false) }
  }

  /// A loop has become crowded, or is no longer.
  func loop(isCrowded: Bool) {
    let change = state.withLock { state -> (any Channel, Bool)? in
      let before = state.crowdedLoops
      state.crowdedLoops += isCrowded ? 1 : -1
      guard let listener = state.listener, (before == 0) != (state.crowdedLoops == 0) else { return nil }
      return (listener, state.crowdedLoops == 0)
    }
    if let (listener, reads) = change { set(listener, reads: reads) }
  }

  private func set(_ listener: any Channel, reads: Bool) {
    listener.setOption(.autoRead, value: reads).whenFailure { _ in
      // It is closed: nobody is let in any more.
    }
  }
}
