public import Kernel

import Glibc

/// Where the engine gets time from; a simulation brings its own.
public protocol EngineClock: Sendable {
  /// Wall clock, milliseconds since 1970 UTC. May step; the engine never lets a stamp go backwards.
  func now() -> Instant
  /// Nanoseconds of a clock that never steps, for durations.
  func monotonicNanoseconds() -> UInt64
}

/// The system's clocks.
public struct SystemClock: EngineClock {
  public init() {}

  public func now() -> Instant {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Instant(time.tv_sec) * 1_000 + Instant(time.tv_nsec) / 1_000_000
  }

  public func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
