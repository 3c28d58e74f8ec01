import FoundationEssentials
import Store

extension CatalogTable {
  /// Keys of clients. Key: the id, u32 big-endian. Value: a row of `AccessKey`.
  static let keys = CatalogTable(rawValue: 6)
  /// Changes that wait for a second administrator. Key: the id, u32 big-endian. Value: a row of `Proposal`.
  static let proposals = CatalogTable(rawValue: 7)
  /// The audit trail of what clients caused. Key: the number, u64 big-endian. Value: a row of `AuditEvent`.
  static let audit = CatalogTable(rawValue: 8)
  /// The audit trail of decisions about keys and quotas, in one numbering with the other: no flood pushes them out.
  static let decisions = CatalogTable(rawValue: 10)
  /// How many proposals there were. Key: 0, u32. Value: a row of `UInt32`.
  static let proposalCounter = CatalogTable(rawValue: 11)
  /// Second factors. Key: the key's id, u32 big-endian. Value: a row of `SecondFactor`.
  static let factors = CatalogTable(rawValue: 12)
  /// Access tokens. Key: the digest's text. Value: a row of `Token`.
  static let tokens = CatalogTable(rawValue: 13)
  /// Families of refresh tokens. Key: the id's text. Value: a row of `TokenFamily`.
  static let tokenFamilies = CatalogTable(rawValue: 14)
  /// Applications. Key: the id's text. Value: a row of `Application`.
  static let applications = CatalogTable(rawValue: 15)
  /// Quotas. Key: 1 and the tenant, u32 big-endian, or 0 alone for tenants without their own. Value: a row of `TenantQuota`.
  static let quotas = CatalogTable(rawValue: 9)
}

/// A value of the catalog: JSON with a version, for rows that are written and read rarely.
private struct Row<Content: Codable>: Codable {
  var version: Int
  var row: Content
}

private let rowVersion = 1

func encodeRow<Content: Codable>(_ content: Content) -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  do {
    return Array(try encoder.encode(Row(version: rowVersion, row: content)))
  } catch {
    // Integers, strings, arrays and enumerations of them only.
    preconditionFailure("every row can be encoded: \(error)")
  }
}

/// - Throws: `store` when it is no such row, or of a newer version.
func decodeRow<Content: Codable>(_ type: Content.Type, _ value: [UInt8]) throws(AccessError) -> Content {
  do {
    let row = try JSONDecoder().decode(Row<Content>.self, from: Data(value))
    if row.version == rowVersion { return row.row }
    throw AccessError(
      .store, "catalog: a row of \(type) has version \(row.version), this program reads \(rowVersion)")
  } catch let error as AccessError {
    throw error
  } catch {
    throw AccessError(.store, "catalog: a row of \(type) cannot be read: \(error)")
  }
}

extension Catalog {
  /// Rows of a table in key order, at most `countMax`.
  ///
  /// - Throws: `store`.
  func rows<Content: Codable>(
    _ type: Content.Type, in table: CatalogTable, from start: [UInt8]? = nil, countMax: Int = .max
  ) throws(AccessError) -> [Content] {
    var values: [[UInt8]] = []
    do throws(StoreError) {
      try visit(table, from: start, countMax: countMax) { _, value in values.append(value) }
    } catch { throw AccessError(error) }
    var rows: [Content] = []
    for value in values { rows.append(try decodeRow(type, value)) }
    return rows
  }
}
