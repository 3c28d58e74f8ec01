extension Catalog {
  /// Visits keys and values of a table from `start` on (all, if nil), at most `countMax`, copied, in bounded reads.
  public func visit(
    _ table: CatalogTable, from start: [UInt8]? = nil, countMax: Int = .max,
    _ body: (_ key: [UInt8], _ value: [UInt8]) -> Void
  ) throws(StoreError) {
    var next = start
    var left = countMax
    repeat {
      var count = 0
      next = try scan(table, from: next, countMax: min(left, 1_024)) { key, value in
        count += 1
        body(key, unsafe value.withUnsafeBytes { unsafe Array($0) })
        return .next
      }
      left -= count
    } while next != nil && left > 0
  }
}

extension FixedWidthInteger {
  /// As a key of the catalog: big-endian, so that keys sort by number.
  public var catalogKey: [UInt8] { unsafe withUnsafeBytes(of: bigEndian) { unsafe Array($0) } }

  /// The number of a key; nil when it has another length.
  public init?(catalogKey: some Collection<UInt8>) {
    guard catalogKey.count == MemoryLayout<Self>.size else { return nil }
    self = catalogKey.reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
  }
}
