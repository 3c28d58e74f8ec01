import Glibc
import NIOConcurrencyHelpers

/// Random numbers of the system, for ids. It is asked for many at once: each question is a system call.
final class RandomWords: Sendable {
  private let words = NIOLockedValueBox<[UInt64]>([])
  /// What the system gives at once.
  private static let byteCount = 256

  func next() -> UInt64 {
    words.withLockedValue { words in
      if words.isEmpty {
        words = [UInt64](repeating: 0, count: Self.byteCount / 8)
        // It fills the array, or says that it cannot, which only a system without a source of random numbers does.
        let status = unsafe words.withUnsafeMutableBytes { unsafe getentropy($0.baseAddress, Self.byteCount) }
        precondition(status == 0, "the system has no random numbers")
      }
      return words.removeLast()
    }
  }
}
