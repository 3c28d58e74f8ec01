import Crypto
import NIOConcurrencyHelpers

/// Random numbers for ids: SHA-256 over a seed of the system and a counter. To ask the system each time is a system call.
final class RandomWords: Sendable {
  private struct State {
    var hash: SHA256
    var counter: UInt64 = 0
    var words: [UInt64] = []
  }
  private let state: NIOLockedValueBox<State>

  init() {
    var hash = SHA256()
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<4 { hash.update(data: Self.bytes(generator.next())) }
    state = NIOLockedValueBox(State(hash: hash))
  }

  func next() -> UInt64 {
    state.withLockedValue { state in
      if state.words.isEmpty {
        state.counter += 1
        var hash = state.hash
        hash.update(data: Self.bytes(state.counter))
        let digest = Array(hash.finalize())
        state.words = (0..<4).map { word in (0..<8).reduce(0) { $0 << 8 | UInt64(digest[word * 8 + $1]) } }
      }
      return state.words.removeLast()
    }
  }

  private static func bytes(_ word: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
}
