import Glibc

/// Clocks of this machine, read where operations are stamped and timed.
enum Clock {
  /// Nanoseconds of the monotonic clock, for latency.
  @inline(__always)
  static func nanoseconds() -> UInt64 {
    var time = timespec()
    // The call writes one timespec, which lives on this stack frame.
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// Milliseconds since 1970 UTC, for deadlines inside operations.
  static func wallMilliseconds() -> Int64 {
    var time = timespec()
    // As above.
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}

/// Whether `count` bytes are equal. The caller answers for both ranges being readable.
@inline(__always)
func areEqual(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Bool {
  unsafe memcmp(a, b, count) == 0
}

/// Processor time that this process has used, seconds.
func processorSeconds() -> Double {
  var usage = rusage()
  // The call fills one structure, which lives on this stack frame.
  _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
  return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}
