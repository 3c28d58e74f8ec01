internal import Repository
internal import Store

/// Something that listings are found by, as it begins their keys in the table. No term's bytes begin another one's with
/// the zero behind them.
struct SearchTerm: Hashable {
  let bytes: [UInt8]

  private init(_ kind: Character, _ bytes: [UInt8]) { self.bytes = Array(String(kind).utf8) + bytes }

  /// Of every listing that is for everyone.
  static let any = SearchTerm("a", [])
  /// Of takedowns that wait for a second person: behind the listing's key 0 and the release's number, 0 of the whole.
  static let proposed = SearchTerm("t", [])

  static func word(_ word: String) -> SearchTerm { SearchTerm("w", Array(word.utf8)) }

  static func facet(_ facet: Facet) -> SearchTerm { SearchTerm("f", Array("\(facet.name)=\(facet.value)".utf8)) }

  static func kind(_ kind: DocumentKind) -> SearchTerm { SearchTerm("k", Array(kind.slug.text.utf8)) }

  static func publisher(_ publisher: Slug, of tenant: Tenant) -> SearchTerm {
    SearchTerm("p", Publisher.key(tenant, publisher))
  }

  /// Of listings that are for some: whom they are for, and whose they are.
  static func invited(_ tenant: Tenant) -> SearchTerm { SearchTerm("i", tenant.rawValue.catalogKey) }

  /// The keys of all listings with it begin so.
  var prefix: [UInt8] { bytes + [0] }
}

extension ListingRow {
  /// What the listing can be asked for, whoever may see it.
  var contentTerms: Set<SearchTerm> {
    var terms: Set<SearchTerm> = [.any, .kind(id.kind)]
    for facet in text.facets { terms.insert(.facet(facet)) }
    for publisher in publishers { terms.insert(.publisher(publisher, of: id.tenant)) }
    let texts = [text.title, text.summary, id.name.text] + text.facets.map(\.value)
    for text in texts { for word in Words.list(in: text) { terms.insert(.word(word)) } }
    return terms
  }

  /// What the table has of it.
  /// - Parameter isShown: whether there is a release that was not taken down.
  func terms(isShown: Bool) -> Set<SearchTerm> {
    guard isShown, !isDown else { return [] }
    switch audience {
    case .everyone: return contentTerms
    case .invited(let tenants): return Set(tenants.union([id.tenant]).map { SearchTerm.invited($0) })
    }
  }
}

extension Marketplace {
  /// What the table has of a listing now.
  func terms(of listing: ListingRow) throws(MarketplaceError) -> Set<SearchTerm> {
    listing.terms(isShown: try rows.shown(of: listing) != nil)
  }
}

extension ChangeSet {
  /// Writes a listing and what it is found by.
  mutating func put(_ listing: ListingRow, terms: Set<SearchTerm>, instead old: Set<SearchTerm>) {
    put(.listings, listing.id.key, listing)
    for term in terms.subtracting(old) { put(.searchTerms, term.prefix + listing.id.key, Blob([])) }
    for term in old.subtracting(terms) { delete(.searchTerms, term.prefix + listing.id.key) }
  }
}
