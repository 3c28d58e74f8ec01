import Glibc

/// The time of day, for people and for hints. Deadlines use the monotonic clock.
enum WallClock {
  /// Milliseconds since 1970-01-01 UTC.
  static func milliseconds() -> Int64 {
    var time = timespec()
    // CLOCK_REALTIME always exists, so the call cannot fail.
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
