public import Repository

/// What a listing can be chosen by: `industry` is `construction`. A listing may have several of one name.
public struct Facet: Hashable, Sendable {
  public static let valueByteCountMax = 64

  public let name: Slug
  public let value: String

  /// - Throws: `invalid` unless the value has 1 to 64 bytes, none of them of a control character.
  public init(_ name: Slug, _ value: String) throws(MarketplaceError) {
    guard Prose.isValid(value, byteCounts: 1...Self.valueByteCountMax) else { throw .invalid(.facets) }
    self.name = name
    self.value = value
  }

  /// By name and value, by their bytes.
  static func isInOrder(_ left: Facet, _ right: Facet) -> Bool {
    left.name == right.name
      ? left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
      : left.name.text.utf8.lexicographicallyPrecedes(right.name.text.utf8)
  }
}

/// What a listing says of itself.
public struct ListingText: Hashable, Sendable {
  public static let titleByteCountMax = 100
  public static let summaryByteCountMax = 500
  public static let facetCountMax = 16

  public let title: String
  public let summary: String
  /// Each once, in the order of names and values.
  public let facets: [Facet]

  /// - Throws: `invalid` unless the title has 1 to 100 bytes and the summary at most 500, of no control characters
  ///   except ends of lines in the summary; `tooMany` for more than 16 facets.
  public init(title: String, summary: String = "", facets: [Facet] = []) throws(MarketplaceError) {
    guard Prose.isValid(title, byteCounts: 1...Self.titleByteCountMax) else { throw .invalid(.title) }
    guard Prose.isValid(summary, byteCounts: 0...Self.summaryByteCountMax, lines: true) else {
      throw .invalid(.summary)
    }
    guard facets.count <= Self.facetCountMax else { throw .tooMany(.facets) }
    self.title = title
    self.summary = summary
    self.facets = Set(facets).sorted(by: Facet.isInOrder)
  }
}

/// Whom a listing is for. Its own tenant and the platform see it in any case.
public enum Audience: Hashable, Sendable {
  public static let tenantCountMax = 256

  case everyone
  /// At most 256.
  case invited(Set<Tenant>)

  func has(_ tenant: Tenant) -> Bool {
    switch self {
    case .everyone: true
    case .invited(let tenants): tenants.contains(tenant)
    }
  }

  func check() throws(MarketplaceError) {
    guard case .invited(let tenants) = self else { return }
    guard tenants.count <= Self.tenantCountMax else { throw .tooMany(.audience) }
  }
}

extension RowWriter {
  mutating func listingText(_ text: ListingText) {
    longText(text.title)
    longText(text.summary)
    integer(UInt8(truncatingIfNeeded: text.facets.count))
    for facet in text.facets {
      slug(facet.name)
      shortText(facet.value)
    }
  }

  mutating func audience(_ audience: Audience) {
    optional({ if case .invited(let tenants) = audience { tenants } else { nil } }()) { row, tenants in
      row.integer(UInt16(truncatingIfNeeded: tenants.count))
      for tenant in tenants.map(\.rawValue).sorted() { row.integer(tenant) }
    }
  }
}

extension RowReader {
  mutating func listingText() throws(RowFault) -> ListingText {
    let (title, summary) = (try longText(), try longText())
    var facets: [Facet] = []
    for _ in 0..<(try integer(UInt8.self)) {
      let (name, value) = (try slug(), try shortText())
      guard let facet = try? Facet(name, value) else { throw RowFault() }
      facets.append(facet)
    }
    guard let text = try? ListingText(title: title, summary: summary, facets: facets), text.facets == facets else {
      throw RowFault()
    }
    return text
  }

  mutating func audience() throws(RowFault) -> Audience {
    let tenants = try optional { (row) throws(RowFault) in
      var tenants: [UInt32] = []
      for _ in 0..<(try row.integer(UInt16.self)) { tenants.append(try row.integer(UInt32.self)) }
      guard tenants.count <= Audience.tenantCountMax, zip(tenants, tenants.dropFirst()).allSatisfy(<) else {
        throw RowFault()
      }
      return Set(tenants.map(Tenant.init(rawValue:)))
    }
    return tenants.map { .invited($0) } ?? .everyone
  }
}
