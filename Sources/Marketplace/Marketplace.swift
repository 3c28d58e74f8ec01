public import Repository

/// Documents that tenants offer each other: listings, installs, use, ratings, takedowns.
///
/// It stands on a repository and changes its tables under the repository's lock: a change is one transaction, with its
/// entries of the repository's log in it. Reads take no lock; what is put together of several rows may have one of them
/// from before a change and another one from after it.
///
/// ```swift
/// let marketplace = Marketplace(on: repository)
/// let text = try ListingText(title: "Villa in five stages", facets: [Facet(industry, "construction")])
/// _ = try marketplace.offer(version.id, of: villa, signedBy: masons, text, to: .everyone, by: anita)
/// let found = try marketplace.search(SearchQuery(words: "villa"), as: bela.viewer)
/// _ = try marketplace.install(found.listings[0].id, to: ours, by: bela)
/// ```
public final class Marketplace: Sendable {
  public let repository: Repository
  let rows: MarketRows
  let options: MarketplaceOptions

  public init(on repository: Repository, options: MarketplaceOptions = .init()) {
    self.repository = repository
    self.options = options
    rows = MarketRows(rows: repository.rows)
  }

  /// Makes a change for a tenant.
  func change<Result>(
    _ tenant: Tenant, by caller: Caller, _ body: (inout ChangeSet) throws(MarketplaceError) -> Result
  ) throws(MarketplaceError) -> Result {
    try repository.change(tenant, by: caller, failure: { MarketplaceError($0) }, body)
  }

  /// - Throws: `invalid` for none or fewer.
  static func pageCount(_ asked: Int) throws(MarketplaceError) -> Int {
    guard asked > 0 else { throw .invalid(.count) }
    return min(asked, Repository.pageCountMax)
  }
}

/// How a marketplace decides.
public struct MarketplaceOptions: Hashable, Sendable {
  /// Steps of one search: places in the index, and listings that are looked at.
  public var searchStepCountMax: Int

  public init(searchStepCountMax: Int = 10_000) { self.searchStepCountMax = searchStepCountMax }
}

extension Viewer {
  /// Who speaks for one tenant. The program itself does not.
  func ownTenant() throws(MarketplaceError) -> Tenant {
    guard case .tenant(let tenant) = self else { throw .invalid(.viewer) }
    return tenant
  }
}
