import Glibc

/// The one lock of the engine: a mutual exclusion lock for short computations, never held across a disk write.
///
/// A pthread mutex, because the thread sanitizer understands it and because a condition can wait on it (`Signal`).
/// Where two kinds of lock are needed at once they are taken in this order: session attach, queue submit, leaving for the
/// archive, shards by index, ring, then any leaf (session window, queue list, waiters).
@safe final class Lock: @unchecked Sendable {
  // The mutex itself is what guards; its address must not move, so it lives on the heap for as long as the object.
  fileprivate let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    let code = unsafe pthread_mutex_init(mutex, nil)
    precondition(code == 0, "a default mutex can always be made")
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  func acquire() {
    let code = unsafe pthread_mutex_lock(mutex)
    assert(code == 0, "a default mutex can always be locked")
  }

  /// - Returns: false when another thread holds it.
  func tryAcquire() -> Bool { unsafe pthread_mutex_trylock(mutex) == 0 }

  func release() {
    let code = unsafe pthread_mutex_unlock(mutex)
    assert(code == 0, "only the holder releases")
  }

  func withLock<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    acquire()
    defer { release() }
    return try body()
  }
}

/// A condition to wait for under a lock.
@safe final class Signal: @unchecked Sendable {
  private let lock: Lock
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  init(_ lock: Lock) {
    self.lock = lock
    unsafe condition = .allocate(capacity: 1)
    unsafe condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    var code = unsafe pthread_condattr_init(&attributes)
    // The monotonic clock, so that a step of the wall clock neither shortens nor stretches a wait.
    if code == 0 { code = unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) }
    if code == 0 { code = unsafe pthread_cond_init(condition, &attributes) }
    precondition(code == 0, "a condition on the monotonic clock can always be made")
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe condition.deallocate()
  }

  /// Waits until notified (or for no reason, as conditions do). The lock is held before and after.
  func wait() { unsafe pthread_cond_wait(condition, lock.mutex) }

  /// Waits until notified or until so much time has passed. The lock is held before and after.
  func wait(nanoseconds: UInt64) {
    var until = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &until)
    let total = UInt64(until.tv_nsec) + nanoseconds
    until.tv_sec += Int(total / 1_000_000_000)
    until.tv_nsec = Int(total % 1_000_000_000)
    _ = unsafe pthread_cond_timedwait(condition, lock.mutex, &until)
  }

  func notify() { unsafe pthread_cond_signal(condition) }
  func notifyAll() { unsafe pthread_cond_broadcast(condition) }
}
