import NIOCore
import Store

/// The way to an event loop from other threads, which can be shut before the loop is.
///
/// Engine and feed threads call back when they are ready, also after the server has stopped; a loop that is shut down
/// must not be handed anything.
final class LoopDoor: Sendable {
  private let loop: any EventLoop
  private let isOpen = Locked(true)

  init(_ loop: any EventLoop) { self.loop = loop }

  /// Runs `body` on the loop, or drops it when the door is shut: nobody is left whom it could concern.
  func execute(_ body: @escaping @Sendable () -> Void) {
    isOpen.withLock { isOpen in
      if isOpen { loop.execute(body) }
    }
  }

  /// Nothing comes in any more.
  func shut() { isOpen.withLock { $0 = false } }
}
