import Synchronization

/// Who waits for the log to be durable up to a position, and how far it is.
final class DurableWaiters: @unchecked Sendable {
  private struct Waiter {
    var position: UInt64
    var resume: @Sendable (EngineError?) -> Void
  }

  private struct Follower {
    var commit: UInt64
    var resume: @Sendable (Result<UInt64, EngineError>) -> Void
  }

  /// Guards the lists and `failure`.
  private let lock = Lock()
  private var waiters: [Waiter] = []
  private var followers: [Follower] = []
  private var failure: EngineError?
  private let durablePosition = Atomic<UInt64>(0)
  private let durableNumber = Atomic<UInt64>(0)

  /// Ring position through which everything is on disk.
  var position: UInt64 { durablePosition.load(ordering: .acquiring) }
  /// The newest commit on disk, 0 before the first.
  var commit: UInt64 { durableNumber.load(ordering: .acquiring) }

  init(commit: UInt64) { durableNumber.store(commit, ordering: .releasing) }

  /// Runs `resume` once the log is durable through `position`: at once on this thread, or later on the committing one.
  func whenDurable(through position: UInt64, _ resume: @escaping @Sendable (EngineError?) -> Void) {
    lock.acquire()
    // The committer moves the position before it takes this lock, so nobody is missed.
    if let failure {
      lock.release()
      return resume(failure)
    }
    if position <= self.position {
      lock.release()
      return resume(nil)
    }
    waiters.append(Waiter(position: position, resume: resume))
    lock.release()
  }

  /// Runs `resume` once a commit later than `commit` is durable.
  func whenDurable(after commit: UInt64, _ resume: @escaping @Sendable (Result<UInt64, EngineError>) -> Void) {
    lock.acquire()
    let newest = self.commit
    if let failure {
      lock.release()
      return resume(.failure(failure))
    }
    if newest > commit {
      lock.release()
      return resume(.success(newest))
    }
    followers.append(Follower(commit: commit, resume: resume))
    lock.release()
  }

  /// Moves the durable point and resumes whoever it covers.
  func publish(position: UInt64, commit: UInt64) {
    durableNumber.store(commit, ordering: .releasing)
    durablePosition.store(position, ordering: .releasing)
    lock.acquire()
    guard !waiters.isEmpty || !followers.isEmpty else { return lock.release() }
    let covered = waiters.filter { $0.position <= position }
    waiters.removeAll { $0.position <= position }
    let following = followers.filter { $0.commit < commit }
    followers.removeAll { $0.commit < commit }
    lock.release()
    for waiter in covered { waiter.resume(nil) }
    for follower in following { follower.resume(.success(commit)) }
  }

  /// Ends all waiting, now and later.
  func fail(_ error: EngineError) {
    lock.acquire()
    if failure == nil { failure = error }
    let waiting = waiters
    let following = followers
    waiters = []
    followers = []
    lock.release()
    for waiter in waiting { waiter.resume(error) }
    for follower in following { follower.resume(.failure(error)) }
  }
}
