internal import Repository
internal import Store

extension CatalogTable {
  /// Key: `DocumentID.key` of what is offered, as in all tables below "the listing's". Value: a `ListingRow`.
  static let listings = CatalogTable(rawValue: 100)
  /// Key: the listing's, 0, number u32 big-endian from 1. Value: a `ReleaseRow`.
  static let releases = CatalogTable(rawValue: 101)
  /// What listings are found by. Key: a `SearchTerm`, 0, the listing's. Value: an empty `Blob`.
  static let searchTerms = CatalogTable(rawValue: 102)
  /// Key: tenant u32 big-endian, the listing's. Value: an `Install`.
  static let installs = CatalogTable(rawValue: 103)
  /// Key: the listing's. Value: a `TotalsRow`.
  static let listingTotals = CatalogTable(rawValue: 104)
  /// Key: the listing's, 0, the release's number and the day, u32 big-endian each. Value: a `UseCount`. Under 0 a
  /// `UseCursor`.
  static let dayUses = CatalogTable(rawValue: 105)
  /// Key: as in `installs`. Value: a `TenantUse`.
  static let tenantUses = CatalogTable(rawValue: 106)
  /// Key: the listing's, 0, number u32 big-endian. Value: a `RatingRow`.
  static let ratings = CatalogTable(rawValue: 107)
  /// Key: the listing's, 0, tenant u32 big-endian. Value: a `Report`.
  static let reports = CatalogTable(rawValue: 108)
  /// Key: that of the publisher. Value: a `Verification`.
  static let verifications = CatalogTable(rawValue: 109)
}

// A zero ends the listing's part: no name has one.

extension DocumentID {
  /// Of a part of a listing, by its number or its tenant's.
  func key(_ part: UInt32) -> [UInt8] { partPrefix + part.catalogKey }

  var partPrefix: [UInt8] { key + [0] }
}

extension Tenant {
  /// Of what a tenant has to do with a listing.
  func key(_ listing: DocumentID) -> [UInt8] { rawValue.catalogKey + listing.key }
}
