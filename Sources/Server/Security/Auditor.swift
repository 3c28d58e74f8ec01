import Store
import Access
import NIOPosix

/// Writes the audit trail about once a second, on the thread for the disk.
final class Auditor: Sendable {
  private struct State {
    var sweeps = 0
    var isWriting = false
    var failure: String?
  }
  private let audit: AuditTrail
  private let state = Locked(State())

  init(_ audit: AuditTrail) { self.audit = audit }

  /// Why the trail could not be written; the server stops then, as it does when the log cannot be.
  var failure: String? { state.withLock { $0.failure } }

  /// Called with every sweep; writes with every tenth.
  func writeSoon(on pool: DiskPool) {
    let isDue = state.withLock { state in
      state.sweeps += 1
      guard state.sweeps % 10 == 0, !state.isWriting, state.failure == nil, audit.isPending else { return false }
      state.isWriting = true
      return true
    }
    if isDue { pool.threads.submit { _ in self.write() } }
  }

  private func write() {
    var failure: String?
    do throws(AccessError) { try audit.flush() } catch { failure = "the audit trail cannot be written: \(error)" }
    state.withLock { state in
      state.isWriting = false
      state.failure = failure
    }
  }
}
