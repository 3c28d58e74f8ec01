import FoundationEssentials
import Store

extension CatalogTable {
  /// Keys of clients. Key: the id, u32 big-endian. Value: a row of `AccessKey`.
  static let keys = CatalogTable(rawValue: 6)
  /// Changes that wait for a second administrator. Key: the id, u32 big-endian. Value: a row of `Proposal`.
  static let proposals = CatalogTable(rawValue: 7)
  /// The audit trail. Key: the number, u64 big-endian. Value: a row of `AuditEvent`.
  static let audit = CatalogTable(rawValue: 8)
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

extension FixedWidthInteger {
  /// Big-endian, so that keys sort by number.
  var catalogKey: [UInt8] { unsafe withUnsafeBytes(of: bigEndian) { unsafe Array($0) } }

  init(catalogKey: [UInt8]) throws(AccessError) {
    guard catalogKey.count == MemoryLayout<Self>.size else {
      throw AccessError(.store, "catalog: a key has \(catalogKey.count) bytes instead of \(MemoryLayout<Self>.size)")
    }
    self = catalogKey.reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
  }
}

extension Catalog {
  /// Visits rows of a table in key order, copied, at most `countMax`.
  func visit(
    _ table: CatalogTable, from start: [UInt8]? = nil, countMax: Int = .max,
    _ body: ([UInt8], [UInt8]) throws(AccessError) -> Void
  ) throws(AccessError) {
    var next = start
    var left = countMax
    repeat {
      var rows: [(key: [UInt8], value: [UInt8])] = []
      do throws(StoreError) {
        next = try scan(table, from: next, countMax: min(left, 1_024)) { key, value in
          rows.append((key, unsafe value.withUnsafeBytes { unsafe Array($0) }))
          return .next
        }
      } catch { throw AccessError(error) }
      for row in rows { try body(row.key, row.value) }
      left -= rows.count
    } while next != nil && left > 0
  }
}
