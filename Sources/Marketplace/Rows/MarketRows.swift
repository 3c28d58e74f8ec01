internal import Repository
internal import Store

/// Reads the marketplace's tables. Each read is of one moment; nothing waits for a writer.
struct MarketRows: Sendable {
  let rows: Rows

  func value<Value: Row>(
    _ type: Value.Type, _ table: CatalogTable, _ key: [UInt8]
  ) throws(MarketplaceError) -> Value? {
    try MarketplaceError.mapping { () throws(RepositoryError) in try rows.value(type, table, key) }
  }

  func list<Value: Row>(
    _ type: Value.Type, _ table: CatalogTable, prefix: [UInt8], from start: [UInt8]? = nil, countMax: Int
  ) throws(MarketplaceError) -> [(key: [UInt8], value: Value)] {
    try MarketplaceError.mapping { () throws(RepositoryError) in
      try rows.list(type, table, prefix: prefix, from: start, countMax: countMax)
    }
  }

  /// One page: a row more tells whether there are more.
  func page<Value: Row>(
    _ type: Value.Type, _ table: CatalogTable, prefix: [UInt8], from start: [UInt8]?, countMax: Int
  ) throws(MarketplaceError) -> (rows: [(key: [UInt8], value: Value)], hasMore: Bool) {
    let countMax = try Marketplace.pageCount(countMax)
    let found = try list(type, table, prefix: prefix, from: start, countMax: countMax + 1)
    return (Array(found.prefix(countMax)), found.count > countMax)
  }

  // MARK: What is asked for often

  /// - Throws: `notFound`.
  func listing(_ id: DocumentID) throws(MarketplaceError) -> ListingRow {
    guard let row = try value(ListingRow.self, .listings, id.key) else { throw .notFound(.listing) }
    return row
  }

  /// - Throws: `damaged` when there is none: numbers have no gaps.
  func release(_ number: UInt32, of listing: DocumentID) throws(MarketplaceError) -> ReleaseRow {
    guard let row = try value(ReleaseRow.self, .releases, listing.key(number)) else {
      throw .repository(.damaged(.releases))
    }
    return row
  }

  /// The release that a listing is shown with: the newest that was not taken down.
  /// - Parameter changed: what takes the place of a row.
  func shown(
    of listing: ListingRow, with changed: NumberedRelease? = nil
  ) throws(MarketplaceError) -> NumberedRelease? {
    var number = listing.releaseCount
    while number > 0 {
      let release =
        if let changed, changed.number == number { changed.row } else { try release(number, of: listing.id) }
      if !release.isDown { return NumberedRelease(number: number, row: release) }
      number -= 1
    }
    return nil
  }

  /// The release of a label. Labels rise with the numbers.
  /// - Throws: `notFound`.
  func release(_ label: Label, of listing: ListingRow) throws(MarketplaceError) -> NumberedRelease {
    var (low, high) = (1 as UInt32, listing.releaseCount)
    while low <= high {
      let number = low + (high - low) / 2
      let row = try release(number, of: listing.id)
      if row.label == label { return NumberedRelease(number: number, row: row) }
      if row.label.isOlder(than: label) { low = number + 1 } else { high = number - 1 }
    }
    throw .notFound(.release)
  }

  func totals(of listing: DocumentID) throws(MarketplaceError) -> TotalsRow {
    try value(TotalsRow.self, .listingTotals, listing.key) ?? TotalsRow()
  }

  func use(of listing: DocumentID, by tenant: Tenant) throws(MarketplaceError) -> TenantUse {
    try value(TenantUse.self, .tenantUses, tenant.key(listing)) ?? TenantUse()
  }

  func install(of listing: DocumentID, by tenant: Tenant) throws(MarketplaceError) -> Install? {
    try value(Install.self, .installs, tenant.key(listing))
  }
}

struct NumberedRelease {
  let number: UInt32
  var row: ReleaseRow
}
