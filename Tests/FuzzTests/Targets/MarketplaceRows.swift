@testable import Marketplace
@testable import Repository

/// Rows of the marketplace's tables: arbitrary ones are refused, or written again as they were; sums that contradict what is counted are an
/// error, and what is counted can be read again.
///
/// Input: a byte for the kind of row, then the row.
enum MarketplaceRows {
  static let readers: [@Sendable ([UInt8]) -> [UInt8]?] = [
    { (try? ListingRow(rowBytes: $0))?.rowBytes },
    { (try? ReleaseRow(rowBytes: $0))?.rowBytes },
    { (try? Install(rowBytes: $0))?.rowBytes },
    { (try? TotalsRow(rowBytes: $0))?.rowBytes },
    { (try? UseCount(rowBytes: $0))?.rowBytes },
    { (try? TenantUse(rowBytes: $0))?.rowBytes },
    { (try? RatingRow(rowBytes: $0))?.rowBytes },
    { (try? Report(rowBytes: $0))?.rowBytes },
    { (try? Verification(rowBytes: $0))?.rowBytes },
    { (try? UseCursor(rowBytes: $0))?.rowBytes },
  ]

  static func run(_ bytes: [UInt8]) throws(Finding) {
    try RepositoryRows.run(bytes, readers)
    if let totals = try? TotalsRow(rowBytes: Array(bytes.dropFirst())) { try counts(totals) }
  }

  private static func counts(_ totals: TotalsRow) throws(Finding) {
    for number in 0..<6 {
      var changed = totals
      guard (try? change(&changed, number)) != nil else { continue }
      try must((try? TotalsRow(rowBytes: changed.rowBytes)) == changed, "sums that were counted cannot be read")
    }
    // The mean of what was given is between one star and five.
    try must(totals.view.averageHundredths.map { 100...500 ~= $0 } ?? true, "a mean outside of the stars")
  }

  private static func change(_ totals: inout TotalsRow, _ number: Int) throws(MarketplaceError) {
    switch number {
    case 0: _ = try totals.nextRating()
    case 1: try totals.add(1)
    case 2: try totals.remove(5)
    case 3: try totals.addUser(isInstalled: true)
    case 4: try totals.countInstall(by: 1)
    default: try totals.countInstall(by: -1)
    }
  }
}
