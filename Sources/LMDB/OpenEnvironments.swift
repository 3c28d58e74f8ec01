import Glibc

/// The environments that this process has open. LMDB forbids a second opening: closing either would drop the file locks
/// of both.
enum OpenEnvironments {
  struct Identity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
  }

  // Guarded by `lock`.
  nonisolated(unsafe) private static var open: Set<Identity> = []
  nonisolated(unsafe) private static let lock: UnsafeMutablePointer<pthread_mutex_t> = {
    // Allocated once, never freed: a mutex must not move.
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    return unsafe mutex
  }()

  /// Notes the directory as open.
  static func claim(_ path: String) throws(LMDBError) -> Identity {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw Calls.error(errno, "stat") }
    let identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    unsafe pthread_mutex_lock(lock)
    defer { unsafe pthread_mutex_unlock(lock) }
    guard unsafe open.insert(identity).inserted else {
      throw LMDBError(kind: .alreadyOpen, code: 0, call: "open", message: "\(path) is open in this process already")
    }
    return identity
  }

  /// Notes it as closed.
  static func release(_ identity: Identity) {
    unsafe pthread_mutex_lock(lock)
    defer { unsafe pthread_mutex_unlock(lock) }
    unsafe open.remove(identity)
  }
}
