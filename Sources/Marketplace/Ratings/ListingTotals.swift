internal import Repository
internal import Store

/// What is known of a listing from those who ran it, its own tenant aside.
public struct ListingTotals: Hashable, Sendable {
  /// Tenants who have it installed and ran it.
  public let installCount: Int
  /// Tenants who ran it ever.
  public let userCount: Int
  /// Contracts made of it, and of these closed.
  public let contractCount: UInt64
  public let closedCount: UInt64
  /// How many gave one star, two, up to five.
  public let ratingCounts: [Int]

  public var ratingCount: Int { ratingCounts.reduce(0, +) }

  /// The mean of the stars in hundredths, rounded, halves up; nil without ratings.
  public var averageHundredths: Int? {
    let count = ratingCount
    guard count > 0 else { return nil }
    let sum = ratingCounts.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element }
    return (sum * 200 + count) / (2 * count)
  }
}

/// Sums over a listing's other rows, written with them. A sum that would leave its range contradicts those rows: it is damage, and is
/// told as such.
struct TotalsRow: Hashable {
  var installCount: UInt32 = 0
  var userCount: UInt32 = 0
  var uses = UseCount()
  /// The number that was given last.
  var lastRating: UInt32 = 0
  var ratingCounts: [UInt32] = [0, 0, 0, 0, 0]

  /// Gives a number to a tenant's first rating.
  mutating func nextRating() throws(MarketplaceError) -> UInt32 {
    try Self.move(&lastRating, by: 1)
    try check()
    return lastRating
  }

  /// - Parameter stars: 1 to 5.
  mutating func add(_ stars: UInt8) throws(MarketplaceError) {
    try Self.move(&ratingCounts[Int(stars) - 1], by: 1)
    try check()
  }

  mutating func remove(_ stars: UInt8) throws(MarketplaceError) {
    try Self.move(&ratingCounts[Int(stars) - 1], by: -1)
  }

  /// A tenant that ran it for the first time.
  mutating func addUser(isInstalled: Bool) throws(MarketplaceError) {
    try Self.move(&userCount, by: 1)
    if isInstalled { try Self.move(&installCount, by: 1) }
    try check()
  }

  /// An install, or the end of one, of a tenant that ran it.
  mutating func countInstall(by change: Int64) throws(MarketplaceError) {
    try Self.move(&installCount, by: change)
    try check()
  }

  private static func move(_ count: inout UInt32, by change: Int64) throws(MarketplaceError) {
    guard let moved = UInt32(exactly: Int64(count) + change) else { throw .repository(.damaged(.listingTotals)) }
    count = moved
  }

  private func check() throws(MarketplaceError) {
    guard isSound else { throw .repository(.damaged(.listingTotals)) }
  }

  /// Whether other rows can come to these sums.
  private var isSound: Bool {
    installCount <= userCount && userCount < .max && ratingCounts.allSatisfy({ $0 <= lastRating }) && lastRating < .max
  }

  var view: ListingTotals {
    ListingTotals(
      installCount: Int(installCount), userCount: Int(userCount), contractCount: uses.made, closedCount: uses.closed,
      ratingCounts: ratingCounts.map(Int.init))
  }
}

extension TotalsRow: Row {
  static let format: UInt8 = 1

  func write(to row: inout RowWriter) {
    row.integer(installCount)
    row.integer(userCount)
    uses.write(to: &row)
    row.integer(lastRating)
    for count in ratingCounts { row.integer(count) }
  }

  init(from row: inout RowReader) throws(RowFault) {
    installCount = try row.integer(UInt32.self)
    userCount = try row.integer(UInt32.self)
    uses = try UseCount(from: &row)
    lastRating = try row.integer(UInt32.self)
    for stars in 0..<5 { ratingCounts[stars] = try row.integer(UInt32.self) }
    guard isSound else { throw RowFault() }
  }
}
