import NIOConcurrencyHelpers

/// Which secrets and tokens were proved to be of which key, so that all of one key count as one. By their digests: nothing is kept that would
/// let somebody in.
final class ProvedSecrets: Sendable {
  /// Secrets that are remembered; past it all are proved again.
  static let countMax = 1 << 16

  private struct State {
    /// Names by digest.
    var names: [String: String] = [:]
    /// A key counts under the digest that was proved first: what it was counted under before is not forgotten by the proof.
    var keys: [UInt32: String] = [:]
  }
  private let state = NIOLockedValueBox(State())

  /// Under which name a secret counts; nil before it was proved.
  func name(of digest: String) -> String? { state.withLockedValue { $0.names[digest] } }

  /// The server took a secret: it is of that key.
  func prove(_ digest: String, of key: UInt32) {
    state.withLockedValue { state in
      if state.names.count >= Self.countMax { state.names = [:] }
      let name = state.keys[key] ?? digest
      state.keys[key] = name
      state.names[digest] = name
    }
  }
}
