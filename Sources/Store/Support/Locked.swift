import Glibc

/// A value and the lock that guards it. The value is reached through `withLock` only.
///
/// A pthread mutex rather than the standard library's `Mutex`: the thread sanitizer understands it, and here it is
/// taken a few times a commit, never for an operation.
@safe package final class Locked<Value>: @unchecked Sendable {
  // `value` is touched only while `mutex` is held.
  private var value: Value
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  package init(_ value: sending Value) {
    self.value = value
    unsafe mutex = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  package func withLock<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
