internal import Repository

/// The uses of one stretch, put together so that each row is written once.
struct UseSums {
  struct Listed: Hashable {
    let row: ListingRow
    var days: [Day: UseCount] = [:]
    var tenants: [Tenant: UseCount] = [:]
    /// Labels that were looked up.
    var numbers: [Label: UInt32] = [:]
  }

  struct Day: Hashable {
    let number: UInt32
    let day: UInt32
  }

  private(set) var listings: [DocumentID: Listed] = [:]

  /// What a tenant does with its own listing says nothing to others, and does not count.
  /// - Throws: `notFound` for a listing or release that there never was; `invalid` for no use.
  init(_ uses: [Use], _ rows: MarketRows) throws(MarketplaceError) {
    for use in uses where use.tenant != use.listing.tenant {
      guard use.count > 0 else { throw .invalid(.count) }
      try add(use, rows)
    }
  }

  private mutating func add(_ use: Use, _ rows: MarketRows) throws(MarketplaceError) {
    if listings[use.listing] == nil { listings[use.listing] = Listed(row: try rows.listing(use.listing)) }
    guard let row = listings[use.listing]?.row else { return }
    let known = listings[use.listing]?.numbers[use.label]
    let number = if let known { known } else { try rows.release(use.label, of: row).number }
    let count =
      switch use.event {
      case .made: UseCount(made: UInt64(use.count))
      case .closed: UseCount(closed: UInt64(use.count))
      }
    listings[use.listing]?.numbers[use.label] = number
    listings[use.listing]?.days[Day(number: number, day: use.day), default: UseCount()].add(count)
    listings[use.listing]?.tenants[use.tenant, default: UseCount()].add(count)
  }

  /// Of what was counted, in the order in which it came.
  static func digest(of uses: [Use]) -> ByteDigest {
    var row = RowWriter(format: 1)
    for use in uses {
      row.integer(use.tenant.rawValue)
      row.document(use.listing)
      row.label(use.label)
      row.integer(use.event.rawValue)
      row.integer(use.count)
      row.integer(use.day)
    }
    return ByteDigest(of: row.bytes)
  }
}
