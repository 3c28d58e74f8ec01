public import Repository
internal import Store

public struct DayUsePage: Hashable, Sendable {
  /// By version, the oldest first, and day.
  public let days: [DayUse]
  /// Where to go on behind; nil at the end.
  public let next: DayUse?
}

extension Marketplace {
  /// Uses in one stretch of the log.
  public static let useCountMax = 10_000

  /// Up to where the log of contracts was counted; 0 before the first time.
  public func countedThrough() throws(MarketplaceError) -> UInt64 {
    try rows.value(UseCursor.self, .dayUses, UseCursor.key)?.position ?? 0
  }

  /// Counts what the program itself read in a stretch of the log. A stretch that was counted changes nothing, so who
  /// does not know whether a call was done makes it again.
  ///
  /// - Parameter uses: all of the stretch, at most 10,000.
  /// - Returns: up to where the log is counted now.
  /// - Throws: `notYours` unless the platform asks; `notNext` for a stretch that begins before or behind the end of the
  ///   last one; `notFound` for a listing or release that there never was. Nothing of the stretch is counted then.
  public func record(
    _ uses: [Use], in stretch: LogStretch, by caller: Caller
  ) throws(MarketplaceError) -> UInt64 {
    guard uses.count <= Self.useCountMax else { throw .tooMany(.uses) }
    guard stretch.after <= stretch.through else { throw .invalid(.stretch) }
    return try change(.platform, by: caller) { set throws(MarketplaceError) in
      let position = try countedThrough()
      guard stretch.through > position else { return position }
      guard stretch.after == position else { throw .notNext(countedThrough: position) }
      for (listing, sums) in try UseSums(uses, rows).listings { try add(sums, to: listing, &set) }
      set.put(.dayUses, UseCursor.key, UseCursor(position: stretch.through))
      set.log(stretch, UseSums.digest(of: uses))
      return stretch.through
    }
  }

  private func add(
    _ sums: UseSums.Listed, to listing: DocumentID, _ set: inout ChangeSet
  ) throws(MarketplaceError) {
    for (day, count) in sums.days {
      let key = listing.partPrefix + day.number.catalogKey + day.day.catalogKey
      var row = try rows.value(UseCount.self, .dayUses, key) ?? UseCount()
      row.add(count)
      set.put(.dayUses, key, row)
    }
    var totals = try rows.totals(of: listing)
    for (tenant, count) in sums.tenants {
      var use = try rows.use(of: listing, by: tenant)
      if !use.count.isUsed {
        try totals.addUser(isInstalled: try rows.install(of: listing, by: tenant) != nil)
      }
      use.count.add(count)
      totals.uses.add(count)
      set.put(.tenantUses, tenant.key(listing), use)
    }
    set.put(.listingTotals, listing.key, totals)
  }

  /// How often each version of a listing was used on each day, all tenants together. For its tenant and the platform;
  /// others see the sums of the listing.
  ///
  /// - Parameters:
  ///   - after: the last one of the page before.
  ///   - countMax: at most 1,000 are given.
  public func usage(
    of id: DocumentID, after: DayUse? = nil, countMax: Int = 100, as viewer: Viewer
  ) throws(MarketplaceError) -> DayUsePage {
    guard let listing = try open(id, as: viewer)?.listing else { throw .notFound(.listing) }
    guard listing.isManaged(by: viewer) else { throw .notYours }
    let start = try after.map { last throws(MarketplaceError) in
      let number = try rows.release(last.label, of: listing).number
      return id.partPrefix + number.catalogKey + last.day.catalogKey + [0]
    }
    let page = try rows.page(UseCount.self, .dayUses, prefix: id.partPrefix, from: start, countMax: countMax)
    var (days, labels): ([DayUse], [UInt32: Label]) = ([], [:])
    for row in page.rows {
      guard let number = UInt32(catalogKey: row.key.suffix(8).prefix(4)),
        let day = UInt32(catalogKey: row.key.suffix(4))
      else { throw .repository(.damaged(.dayUses)) }
      let label = if let known = labels[number] { known } else { try rows.release(number, of: id).label }
      labels[number] = label
      days.append(
        DayUse(label: label, day: day, contractCount: row.value.made, closedCount: row.value.closed))
    }
    return DayUsePage(days: days, next: page.hasMore ? days.last : nil)
  }

  /// How many contracts of a listing the viewer's tenant made and closed.
  public func ownUse(
    of listing: DocumentID, as viewer: Viewer
  ) throws(MarketplaceError) -> (made: UInt64, closed: UInt64) {
    let count = try rows.use(of: listing, by: try viewer.ownTenant()).count
    return (count.made, count.closed)
  }
}
