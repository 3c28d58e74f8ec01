import Client
import Documents
import HTTPTypes
import Kernel
import Logging
import Marketplace
import Repository
import Store
import Wire

extension CatalogTable {
  /// Contracts of tenants' own templates that are not counted to their end: tenant and contract -> see `UseRow`. Under one byte 0xFF: what is
  /// being counted, see `CountedStretch`.
  static let contractUses = CatalogTable(rawValue: 74)
}

/// Counts, for the marketplace, contracts that were made of what a tenant has installed, and that were closed.
///
/// A row for the contract is written with what it was made of; from time to time the kernel is asked what became of those that have one, so
/// the cost is by contracts of templates, not by the log. Each contract counts once: what a sweep found is kept before it is counted, and is
/// counted again after a crash, which the marketplace takes for what it was. What the marketplace will never take is left out, and said in the
/// operator's log: it would stand in the way of all that follows.
actor UseCounter {
  private let documents: DocumentService
  private let catalog: any Catalog
  private let log: KernelLog
  private let logger: Logger
  private let now: @Sendable () -> Int64
  /// Where the next sweep goes on; nil for the beginning.
  private var place: [UInt8]?

  /// Contracts that one sweep asks for.
  private static let countMax = 1_000
  /// A contract that is not there after so long was never made: its request came to no end.
  private static let patience: Int64 = 3_600_000
  private static let counter = Actor(.program, "use counter")

  init(
    _ documents: DocumentService, _ catalog: any Catalog, _ log: KernelLog, logger: Logger,
    now: @escaping @Sendable () -> Int64
  ) {
    (self.documents, self.catalog, self.log, self.logger, self.now) = (documents, catalog, log, logger, now)
  }

  /// Looks at some contracts, those behind the last sweep's.
  func sweep() async {
    do throws(Problem) {
      try await finish()
      let rows = try await nextRows()
      guard !rows.isEmpty else { return }
      guard let stretch = try await stretch(of: rows) else { return }
      let row = stretch.row
      try await write([.put(.contractUses, key: CountedStretch.key, value: row)])
      try await finish()
    } catch {
      logger.error("uses of templates cannot be counted", metadata: ["error": "\(error.code): \(error.detail)"])
    }
  }

  /// Counts what was found, unless that was done, and is done with it.
  private func finish() async throws(Problem) {
    let catalog = catalog
    let row = try await documents.run { _ in try catalog.value(.contractUses, key: CountedStretch.key) }
    guard let row else { return }
    guard let stretch = CountedStretch(row), let actor = Self.counter else {
      throw Problem(.serviceUnavailable, "store", "what is being counted cannot be read")
    }
    let caller = Caller(actor, as: .tenant(.platform), at: now())
    let refused = try await documents.trade { market in try market.count(stretch, by: caller) }
    for error in refused { logger.error("a use of a template is not counted", metadata: ["error": "\(error)"]) }
    try await write(stretch.changes + [.delete(.contractUses, key: CountedStretch.key)])
  }

  private func nextRows() async throws(Problem) -> [(key: [UInt8], row: UseRow)] {
    let (catalog, start) = (catalog, place)
    let (rows, next) = try await documents.run { _ in
      var rows: [(key: [UInt8], row: UseRow)] = []
      let next = try catalog.scan(.contractUses, from: start, countMax: Self.countMax) { key, value in
        if let row = UseRow(value) { rows.append((key, row)) }
        return .next
      }
      return (rows, next)
    }
    place = next
    return rows
  }

  /// What became of contracts; nil when there is nothing to be done.
  private func stretch(of rows: [(key: [UInt8], row: UseRow)]) async throws(Problem) -> CountedStretch? {
    let client = try await log.client()
    let time = now()
    let day = UInt32(clamping: (time + 19_800_000) / 86_400_000)
    var stretch = CountedStretch(position: try await documents.trade { try $0.countedThrough() } + 1)
    let origins = try await origins(of: rows)
    for (key, row) in rows {
      guard let tenant = UInt32(catalogKey: key.prefix(4)), let contract = UInt128(catalogKey: key.dropFirst(4)),
        let origin = origins[row.version]
      else {
        // Of a template that is the tenant's own work.
        stretch.changes.append(.delete(.contractUses, key: key))
        continue
      }
      let record: Wire.ContractRecord?
      do throws(ClientError) { record = try await client.contract(tenant: tenant, contract: contract) } catch {
        await log.lost(client)
        throw Problem(error)
      }
      guard let record else {
        // Counted and no longer there: it was closed, and pruned since.
        if row.isCounted { stretch.add(tenant, origin, .closed, day) }
        if row.isCounted || time - row.time > Self.patience {
          stretch.changes.append(.delete(.contractUses, key: key))
        }
        continue
      }
      if !row.isCounted { stretch.add(tenant, origin, .made, day) }
      let state = ContractState(rawValue: record.state)
      if state == .closed || state == .cancelled {
        if state == .closed { stretch.add(tenant, origin, .closed, day) }
        stretch.changes.append(.delete(.contractUses, key: key))
      } else if !row.isCounted {
        stretch.changes.append(
          .put(.contractUses, key: key, value: UseRow(row.version, isCounted: true, at: row.time).bytes))
      }
    }
    return stretch.changes.isEmpty ? nil : stretch
  }

  fileprivate struct Origin: Sendable {
    let listing: DocumentID
    let label: Label
  }

  /// What versions of tenants' documents are installed from; none for others.
  private func origins(of rows: [(key: [UInt8], row: UseRow)]) async throws(Problem) -> [VersionID: Origin] {
    let versions = Set(rows.map(\.row.version))
    return try await documents.trade { market in
      var installs: [Tenant: [Install]] = [:]
      var origins: [VersionID: Origin] = [:]
      for id in versions {
        let document = try market.repository.version(id, as: .everything).document
        if installs[document.tenant] == nil {
          var (all, next): ([Install], DocumentID?) = ([], nil)
          repeat {
            let page = try market.installs(of: document.tenant, after: next, countMax: 1_000, as: .everything)
            all += page.installs
            next = page.next
          } while next != nil
          installs[document.tenant] = all
        }
        guard let install = installs[document.tenant]?.first(where: { $0.target.document == document }) else {
          continue
        }
        origins[id] = Origin(listing: install.listing, label: install.label)
      }
      return origins
    }
  }

  private func write(_ changes: [CatalogChange]) async throws(Problem) {
    let catalog = catalog
    try await documents.run { _ in try catalog.apply(changes) }
  }
}

extension CountedStretch {
  fileprivate mutating func add(_ tenant: UInt32, _ origin: UseCounter.Origin, _ event: Use.Event, _ day: UInt32) {
    uses.append(Use(of: Tenant(rawValue: tenant), origin.listing, origin.label, event, on: day))
  }
}

extension Marketplace {
  /// Counts a stretch as a whole, or where that is refused use by use, each as a stretch of its own behind it. How far that came is the position:
  /// called again, after a crash as well, it goes on.
  ///
  /// - Returns: why uses were refused.
  /// - Throws: when the store fails.
  fileprivate func count(
    _ stretch: CountedStretch, by caller: Caller
  ) throws(MarketplaceError) -> [MarketplaceError] {
    guard !stretch.uses.isEmpty else { return [] }
    if try countedThrough() <= stretch.position, try refusal(of: stretch.uses, through: stretch.position, caller) == nil
    {
      return []
    }
    var refused: [MarketplaceError] = []
    for (index, use) in stretch.uses.enumerated() {
      if let error = try refusal(of: [use], through: stretch.position + 1 + UInt64(index), caller) {
        refused.append(error)
      }
    }
    return refused
  }

  /// Counts uses up to a position, unless that was done.
  private func refusal(
    of uses: [Use], through position: UInt64, _ caller: Caller
  ) throws(MarketplaceError) -> MarketplaceError? {
    let counted = try countedThrough()
    guard counted < position else { return nil }
    do throws(MarketplaceError) {
      _ = try record(uses, in: LogStretch(after: counted, through: position), by: caller)
      return nil
    } catch {
      if case .repository(.store) = error { throw error }
      return error
    }
  }
}
