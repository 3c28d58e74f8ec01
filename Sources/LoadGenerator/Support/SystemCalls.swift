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

/// Nanoseconds that the host of this machine kept its processors from it since it started, all together; nil when the system
/// does not tell.
func stolenNanoseconds() -> UInt64? {
  let descriptor = unsafe open("/proc/stat", O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 512) { buffer, count in
    count = unsafe max(0, read(descriptor, buffer.baseAddress, buffer.count))
  }
  return stolenNanoseconds(
    inStatistics: String(decoding: bytes, as: UTF8.self), ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)))
}

/// Of the text of `/proc/stat`, whose first line has the sums of all processors: user, nice, system, idle, waiting for the
/// disk, two kinds of interrupts, stolen.
func stolenNanoseconds(inStatistics text: String, ticksPerSecond: Int) -> UInt64? {
  guard ticksPerSecond > 0, let line = text.split(separator: "\n").first, line.hasPrefix("cpu ") else { return nil }
  let fields = line.split(separator: " ")
  guard fields.count > 8, let ticks = UInt64(fields[8]) else { return nil }
  return ticks * (1_000_000_000 / UInt64(ticksPerSecond))
}
