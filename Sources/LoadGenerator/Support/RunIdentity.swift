#if canImport(Glibc)
  import Glibc
#endif

/// What keeps the ids of one run apart from those of every other run on the same store.
package struct RunIdentity: Sendable, Hashable {
  /// Upper half of the run's 128-bit ids.
  package let word: UInt64

  /// A given identity, so that a test can repeat a run exactly.
  package init(word: UInt64) { self.word = word }

  /// An identity of its own: the wall clock in the upper bits, as in a UUIDv7, and random bits below.
  package static func fresh() -> RunIdentity {
    var now = timespec()
    // The call writes one timespec, which lives on this stack frame.
    _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
    let milliseconds = UInt64(now.tv_sec) * 1_000 + UInt64(now.tv_nsec) / 1_000_000
    return RunIdentity(word: milliseconds << 16 | UInt64.random(in: 1...0xFFFF))
  }
}
