internal import Repository
internal import Store

/// The keys of the listings that have a term, in their order.
struct Postings {
  private static let chunk = 64

  let rows: MarketRows
  private let prefix: [UInt8]
  /// What was read last: all from `start` on, up to the end if it is fewer than a chunk.
  private var keys: [[UInt8]] = []
  private var start: [UInt8]?
  private var position = 0

  init(_ term: SearchTerm, _ rows: MarketRows) {
    self.rows = rows
    prefix = term.prefix
  }

  /// The first one that is not before a key. Asked in rising order.
  mutating func first(from key: [UInt8]) throws(MarketplaceError) -> [UInt8]? {
    while position < keys.count {
      if !keys[position].lexicographicallyPrecedes(key) { return keys[position] }
      position += 1
    }
    if start != nil, keys.count < Self.chunk { return nil }
    keys = try rows.list(Blob.self, .searchTerms, prefix: prefix, from: prefix + key, countMax: Self.chunk).map {
      Array($0.key.dropFirst(prefix.count))
    }
    (start, position) = (key, 0)
    return keys.first
  }
}

/// The keys of the listings that have all of some terms. The lists take turns in going to where another one is.
struct Intersection {
  enum Found: Equatable {
    case key([UInt8])
    /// There was nothing before it, and steps ran out.
    case paused([UInt8])
    case end
  }

  private var lists: [Postings]

  /// - Parameter lists: one at least.
  init(_ lists: [Postings]) { self.lists = lists }

  /// The first one that is not before a key. Asked in rising order.
  mutating func first(from key: [UInt8], stepsLeft: inout Int) throws(MarketplaceError) -> Found {
    var (candidate, agreed, turn) = (key, 0, 0)
    while agreed < lists.count {
      guard stepsLeft > 0 else { return .paused(candidate) }
      stepsLeft -= 1
      guard let found = try lists[turn].first(from: candidate) else { return .end }
      agreed = found == candidate ? agreed + 1 : 1
      candidate = found
      turn = (turn + 1) % lists.count
    }
    return .key(candidate)
  }
}
