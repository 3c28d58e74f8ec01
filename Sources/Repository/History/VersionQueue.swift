/// Versions that are still to be looked at, each once; the newest comes first.
///
/// Newest is who has the greatest generation, then time, then id. No version comes in front of one that is made from
/// it, so a walk that adds the ancestors of what it takes never meets a version again.
struct VersionQueue {
  /// In rising order: the last one is the newest. Seldom more than a few.
  private var versions: [Version] = []

  var ids: [VersionID] { versions.reversed().map(\.id) }

  var count: Int { versions.count }

  mutating func add(_ version: Version) {
    var (low, high) = (0, versions.count)
    while low < high {
      let middle = (low + high) / 2
      if Self.isOlder(versions[middle], version) { low = middle + 1 } else { high = middle }
    }
    if low == versions.count || versions[low].id != version.id { versions.insert(version, at: low) }
  }

  mutating func takeNewest() -> Version? { versions.popLast() }

  static func isOlder(_ left: Version, _ right: Version) -> Bool {
    if left.generation != right.generation { return left.generation < right.generation }
    if left.time != right.time { return left.time < right.time }
    return left.id.bytes.lexicographicallyPrecedes(right.id.bytes)
  }
}
