/// Counts of durations in buckets that double: bucket b holds durations below 2^(b + 10) nanoseconds, so about
/// 1 us, 2 us, 4 us, ... and the last one everything longer.
public struct EngineHistogram: Sendable, Hashable {
  public static let bucketCount = 24
  /// Events in each bucket, not cumulative.
  public var counts: [UInt64]
  public var sumNanoseconds: UInt64

  /// Upper bound of a bucket in nanoseconds; nil for the last one.
  public static func upperBound(_ bucket: Int) -> UInt64? {
    bucket < bucketCount - 1 ? 1 << UInt64(bucket + 10) : nil
  }

  static func bucket(_ nanoseconds: UInt64) -> Int {
    min(bucketCount - 1, max(0, 64 - nanoseconds.leadingZeroBitCount - 10))
  }
}
