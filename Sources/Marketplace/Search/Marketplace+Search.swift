public import Repository
internal import Store

/// What to look for. A listing has to have all of it.
public struct SearchQuery: Hashable, Sendable {
  public static let textByteCountMax = 200
  public static let termCountMax = 16

  /// Each of them stands in the title, the summary, the name or a facet's value, as a whole word in any case.
  public var words: String
  public var facets: [Facet]
  public var kind: DocumentKind?
  /// Who signed the release that the listing is shown with.
  public var publisher: PublisherID?
  public var verifiedOnly: Bool

  public init(
    words: String = "", facets: [Facet] = [], kind: DocumentKind? = nil, publisher: PublisherID? = nil,
    verifiedOnly: Bool = false
  ) {
    self.words = words
    self.facets = facets
    self.kind = kind
    self.publisher = publisher
    self.verifiedOnly = verifiedOnly
  }

  /// Whether it is to have been signed by such a one. Who that is and what is said of them changes, so it is not in the
  /// lists.
  func fits(
    _ publisher: Slug, of tenant: Tenant, _ marketplace: Marketplace
  ) throws(MarketplaceError) -> Bool {
    if let asked = self.publisher, asked.id != publisher { return false }
    return verifiedOnly ? try marketplace.isVerified(publisher, of: tenant) : true
  }

  /// - Throws: `invalid` for more than 200 bytes of words, `tooMany` for more than 16 things to look for.
  func terms() throws(MarketplaceError) -> Set<SearchTerm> {
    guard words.utf8.count <= Self.textByteCountMax else { throw .invalid(.words) }
    guard facets.count <= Self.termCountMax else { throw .tooMany(.facets) }
    var terms = Set(facets.map { SearchTerm.facet($0) })
    for word in Words.list(in: words) { terms.insert(.word(word)) }
    if let kind { terms.insert(.kind(kind)) }
    if let publisher { terms.insert(.publisher(publisher.id, of: publisher.tenant)) }
    guard terms.count <= Self.termCountMax else { throw .tooMany(.words) }
    return terms
  }
}

/// Where a search goes on. Its bytes say nothing to anybody else, and any bytes are one.
public struct SearchCursor: Hashable, Sendable {
  static let byteCountMax = 512

  public let bytes: [UInt8]

  public init(bytes: [UInt8]) { self.bytes = bytes }
}

public struct SearchPage: Hashable, Sendable {
  public let listings: [Listing]
  /// Nil at the end. A page may have no listing and not be the last: a search takes a bounded number of steps.
  public let next: SearchCursor?
}

extension Marketplace {
  /// Listings that a tenant may see and that were not taken down, by the bytes of their tenant, kind and name: those for
  /// everyone, and for a tenant those that it is invited to and its own. The order is the same for all, and a listing
  /// keeps its place in it.
  ///
  /// - Parameter countMax: at most 1,000 are given.
  public func search(
    _ query: SearchQuery, from cursor: SearchCursor? = nil, countMax: Int = 20, as viewer: Viewer
  ) throws(MarketplaceError) -> SearchPage {
    let (countMax, terms) = (try Self.pageCount(countMax), try query.terms())
    guard cursor?.bytes.count ?? 0 <= SearchCursor.byteCountMax else { throw .invalid(.cursor) }
    var search = Search(terms, rows, options, from: Array((cursor?.bytes ?? []).prefix(Self.longestKey)), as: viewer)
    var listings: [Listing] = []
    while listings.count < countMax, let key = try search.next() {
      // What is asked for is looked at before rows of releases are read.
      guard let row = try rows.value(ListingRow.self, .listings, key), search.matches(row),
        let found = try open(row, as: viewer), try query.fits(found.shown.row.publisher, of: row.id.tenant, self)
      else { continue }
      listings.append(try view(found.listing, found.shown, as: viewer))
    }
    return SearchPage(listings: listings, next: search.hasEnded ? nil : SearchCursor(bytes: search.start))
  }

  /// What is behind it in a cursor is no part of a key.
  private static let longestKey = 280
}

/// One search under way: two rising rows of keys, put together.
private struct Search {
  private let terms: Set<SearchTerm>
  private var open: Intersection
  private var invited: Intersection?
  private var stepsLeft: Int
  /// Everything before it was looked at.
  private(set) var start: [UInt8]
  private(set) var hasEnded = false

  init(
    _ terms: Set<SearchTerm>, _ rows: MarketRows, _ options: MarketplaceOptions, from start: [UInt8],
    as viewer: Viewer
  ) {
    self.terms = terms
    self.start = start
    // Enough for each list to have its turns: a page that comes no further would be asked for again and again.
    stepsLeft = max(options.searchStepCountMax, 8 * SearchQuery.termCountMax)
    let asked = terms.isEmpty ? [SearchTerm.any] : Array(terms)
    open = Intersection(asked.map { Postings($0, rows) })
    if case .tenant(let tenant) = viewer { invited = Intersection([Postings(.invited(tenant), rows)]) }
  }

  /// The next key to look at; nil when there is none, or steps ran out.
  mutating func next() throws(MarketplaceError) -> [UInt8]? {
    guard !hasEnded else { return nil }
    // The one list first: it takes one step. Behind the other one it could find none left, and the page would come no
    // further than the page before.
    let some = try invited?.first(from: start, stepsLeft: &stepsLeft) ?? .end
    let all = try open.first(from: start, stepsLeft: &stepsLeft)
    switch (all, some) {
    case (.end, .end):
      hasEnded = true
      return nil
    case (.paused(let key), .end), (.end, .paused(let key)):
      start = key
      return nil
    case (.paused(let key), .paused(let other)):
      start = Self.earlier(key, other)
      return nil
    case (.key(let key), .end), (.end, .key(let key)): return take(key)
    case (.key(let key), .key(let other)): return take(Self.earlier(key, other))
    case (.key(let key), .paused(let limit)), (.paused(let limit), .key(let key)):
      if key.lexicographicallyPrecedes(limit) { return take(key) }
      start = limit
      return nil
    }
  }

  private mutating func take(_ key: [UInt8]) -> [UInt8] {
    start = key + [0]
    return key
  }

  private static func earlier(_ one: [UInt8], _ two: [UInt8]) -> [UInt8] {
    one.lexicographicallyPrecedes(two) ? one : two
  }

  /// Whether a listing has what is looked for: those for some are not in the lists of the terms.
  func matches(_ listing: ListingRow) -> Bool {
    listing.audience == .everyone || terms.isSubset(of: listing.contentTerms)
  }
}
