import Glibc

/// Time that the host of a virtual machine kept this machine's processors from it, along the measured part: what is slow
/// then is not the server's doing.
///
/// The kernel counts it where a processor wanted to run and was not let ("steal", proc_stat(5)), in hundredths of a second.
/// A machine of its own has none.
struct StolenTime: Sendable {
  private struct Sample {
    /// Monotonic nanoseconds.
    var time: UInt64
    /// Nanoseconds stolen since the machine started, all processors together.
    var stolen: UInt64
  }

  private var samples: [Sample] = []
  private let processorCount: Int
  /// Nanoseconds between two samples.
  private(set) var interval: UInt64 = 100_000_000

  static let sampleCountMax = 6_000

  init(processorCount: Int) { self.processorCount = processorCount }

  /// Samples until the task is cancelled, and once more then; nil when the system does not tell.
  static func watch() async -> StolenTime? {
    var time = StolenTime(processorCount: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    while let stolen = stolenNanoseconds() {
      time.note(stolen, at: Clock.nanoseconds())
      if Task.isCancelled { return time }
      // Ends early only by being cancelled, which the next turn sees.
      try? await Task.sleep(nanoseconds: time.interval)
    }
    return nil
  }

  /// Adds what had been stolen by `time`. A run that outgrows the samples has every second one thrown away, and fewer from then on.
  mutating func note(_ stolen: UInt64, at time: UInt64) {
    samples.append(Sample(time: time, stolen: stolen))
    guard samples.count > Self.sampleCountMax else { return }
    samples = Swift.stride(from: 0, to: samples.count, by: 2).map { samples[$0] }
    interval *= 2
  }

  /// Of what the processors could have run between two moments, the part that was stolen, 0 to 1; nil when the samples do
  /// not say.
  func share(from start: UInt64, to end: UInt64) -> Double? {
    guard let first = samples.first, let last = samples.last, start < end, first.time < end, start < last.time else {
      return nil
    }
    let (start, end) = (max(start, first.time), min(end, last.time))
    return min(1, (stolen(at: end) - stolen(at: start)) / (Double(end - start) * Double(processorCount)))
  }

  /// Between two samples it is taken to have been even.
  private func stolen(at time: UInt64) -> Double {
    var (low, high) = (0, samples.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if samples[middle].time < time { low = middle + 1 } else { high = middle }
    }
    let after = samples[low]
    guard low > 0, after.time > time else { return Double(after.stolen) }
    let before = samples[low - 1]
    let part = Double(time - before.time) / Double(after.time - before.time)
    return Double(before.stolen) + part * Double(after.stolen - before.stolen)
  }
}
