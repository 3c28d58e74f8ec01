/// Sorting of digests, 128 bits that look random.
enum SortedDigests {
  /// Digests for each bucket, on average.
  private static let countPerBucket = 8

  /// In ascending order, each once.
  ///
  /// Spread by their high bits over so many buckets that each gets a few, which are sorted by insertion: two passes over memory where comparing
  /// takes one for each doubling. What is not spread evenly is sorted by comparing, bucket by bucket.
  static func sorted(_ digests: [UInt128]) -> [UInt128] {
    guard digests.count > 2 * countPerBucket else { return unique(digests.sorted()) }
    let bucketCount = digests.count / countPerBucket
    // Place 1 + bucket counts; summed up, place bucket is where it begins.
    var starts = [UInt32](repeating: 0, count: bucketCount + 1)
    for digest in digests { starts[bucket(digest, bucketCount) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    var ends = starts
    let sorted = unsafe [UInt128](unsafeUninitializedCapacity: digests.count) { sorted, count in
      for digest in digests {
        let bucket = bucket(digest, bucketCount)
        // Each place is met once: the buckets were counted.
        unsafe sorted.initializeElement(at: Int(ends[bucket]), to: digest)
        ends[bucket] += 1
      }
      for bucket in 0..<bucketCount {
        unsafe sort(UnsafeMutableBufferPointer(rebasing: sorted[Int(starts[bucket])..<Int(ends[bucket])]))
      }
      count = digests.count
    }
    return unique(sorted)
  }

  @inline(__always)
  private static func bucket(_ digest: UInt128, _ count: Int) -> Int {
    // The high half of a product with the count lies below the count, and grows with the digest.
    Int(UInt64(truncatingIfNeeded: digest >> 64).multipliedFullWidth(by: UInt64(count)).high)
  }

  @inline(__always)
  private static func sort(_ bucket: UnsafeMutableBufferPointer<UInt128>) {
    if bucket.count > 8 * countPerBucket {
      var large = unsafe bucket
      return unsafe large.sort()
    }
    for end in 1..<max(1, bucket.count) {
      let digest = unsafe bucket[end]
      var place = end
      while place > 0, unsafe bucket[place - 1] > digest {
        unsafe bucket[place] = bucket[place - 1]
        place -= 1
      }
      unsafe bucket[place] = digest
    }
  }

  /// Drops repetitions, of which there are hardly any.
  private static func unique(_ sorted: [UInt128]) -> [UInt128] {
    var hasRepetition = false
    for index in 1..<max(1, sorted.count) where sorted[index] == sorted[index - 1] { hasRepetition = true }
    guard hasRepetition else { return sorted }
    var unique: [UInt128] = []
    unique.reserveCapacity(sorted.count)
    for digest in sorted where unique.last != digest { unique.append(digest) }
    return unique
  }
}
