import Glibc

/// A value behind a lock, reached by closures only. Held for short computations, never across a callback.
///
/// A pthread mutex, because the thread sanitizer understands it.
@safe
final class Locked<Value: Sendable>: @unchecked Sendable {
  // The mutex guards `value`. Its address must not move, so it lives on the heap for as long as the object.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  init(_ value: Value) {
    self.value = value
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    let code = unsafe pthread_mutex_init(mutex, nil)
    precondition(code == 0, "a default mutex can always be made")
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body(&value)
  }
}
