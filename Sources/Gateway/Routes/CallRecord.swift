import Access
import NIOConcurrencyHelpers

/// What is found out about a request on its way.
final class CallRecord: Sendable {
  /// The step of its trace that it is; nil for none.
  let trace: TraceContext?
  private struct State {
    var key: UInt32?
    var tenant: UInt32?
    var code: String?
    var standing: QuotaStanding?
    var awaitsBody = false
    var unprovedDigest: String?
  }
  private let state = NIOLockedValueBox(State())

  init(trace: TraceContext?) { self.trace = trace }

  /// Number of the caller's key, once it has proved it.
  var key: UInt32? {
    get { state.withLockedValue { $0.key } }
    set { state.withLockedValue { $0.key = newValue } }
  }

  /// Of the caller's secret, while nobody knows whose it is; see `ProvedSecrets`.
  var unprovedDigest: String? {
    get { state.withLockedValue { $0.unprovedDigest } }
    set { state.withLockedValue { $0.unprovedDigest = newValue } }
  }

  /// The tenant that the path names, once it is known that the caller may name it.
  var tenant: UInt32? {
    get { state.withLockedValue { $0.tenant } }
    set { state.withLockedValue { $0.tenant = newValue } }
  }

  /// The code of the problem that it was answered with.
  var code: String? {
    get { state.withLockedValue { $0.code } }
    set { state.withLockedValue { $0.code = newValue } }
  }

  /// Whether the request waits for the rest of its body.
  var awaitsBody: Bool {
    get { state.withLockedValue { $0.awaitsBody } }
    set { state.withLockedValue { $0.awaitsBody = newValue } }
  }

  /// How that tenant stands with its quota, where that is known.
  var standing: QuotaStanding? {
    get { state.withLockedValue { $0.standing } }
    set { state.withLockedValue { $0.standing = newValue } }
  }
}
