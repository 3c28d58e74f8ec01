/// Where submissions come back to: one for each event loop, or one for each thread that waits.
///
/// Only the queue's owner (one thread or event loop) calls `Engine.submit` with it and drains it. Sessions are
/// attached to a queue, see `Engine.attach(_:to:)`.
public final class CompletionQueue: @unchecked Sendable {
  /// Called when something came back, or when there is room again after `submit` took less than all. From any engine
  /// thread, once until the next drain; must not block. Nil: the owner uses `wait()`.
  let wake: (@Sendable () -> Void)?

  /// Guards what follows.
  private let lock = Lock()
  private let arrived: Signal
  private var head: Submission?
  private var tail: Submission?
  /// The owner was woken and has not drained since.
  private var isWoken = false
  /// There is room again, and the owner has not submitted since.
  private var hasRoom = false

  /// Held during each `submit` with this queue, and while a session is attached or detached.
  /// Guards the `owner` of every session attached here.
  let submitLock = Lock()
  /// Scratch of the submit path, reused. Guarded by `submitLock`.
  private var scratchMade: SubmitScratch?

  /// - Parameter wake: see `wake`; for an event loop typically `loop.execute { drain }`.
  public init(wake: (@Sendable () -> Void)? = nil) {
    self.wake = wake
    arrived = Signal(lock)
  }

  /// Takes everything that has come back, oldest first, and hands it over one by one.
  /// - Returns: how many there were.
  @discardableResult
  public func drain(_ body: (Submission) -> Void) -> Int {
    lock.acquire()
    var next = head
    head = nil
    tail = nil
    isWoken = false
    lock.release()
    var count = 0
    while let submission = next {
      next = submission.next
      submission.next = nil
      count += 1
      body(submission)
    }
    return count
  }

  /// Blocks until something has come back, or there is room again since the last `submit`. Not for event loops.
  public func wait() {
    lock.acquire()
    while head == nil && !hasRoom { arrived.wait() }
    lock.release()
  }

  /// Appends a linked list.
  /// - Parameter isOwner: the owner itself calls and will drain; nobody needs to be woken.
  func push(_ first: Submission, _ last: Submission, isOwner: Bool) {
    lock.acquire()
    if let tail { tail.next = first } else { head = first }
    tail = last
    if isOwner { return lock.release() }
    wakeOwner()
  }

  /// There is room in the ring again.
  func wakeForRoom() {
    lock.acquire()
    hasRoom = true
    wakeOwner()
  }

  /// A submit begins: news of room before it is old.
  func beginSubmit() { lock.withLock { hasRoom = false } }

  /// Wakes once until the next drain. The lock is held before and released after.
  private func wakeOwner() {
    let isFirst = !isWoken
    isWoken = true
    if wake == nil { arrived.notify() }
    lock.release()
    if isFirst { wake?() }
  }

  /// The submit lock is held.
  func scratch(shardCount: Int, configuration: EngineConfiguration) -> SubmitScratch {
    if let scratchMade { return scratchMade }
    let made = SubmitScratch(shardCount: shardCount, configuration: configuration)
    scratchMade = made
    return made
  }
}
