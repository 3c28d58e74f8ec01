/// A family of names, with runs and filters of its own.
public struct ArchiveTable: Hashable, Sendable {
  /// Part of the disk format: never renumbered.
  enum Kind: UInt8, CaseIterable {
    case contracts = 1
    case references = 2

    /// Version of the format of new runs. Runs of references never had version 1: a program that knows only that one, and would
    /// take an archived reference for a new one, refuses the store.
    var formatVersion: UInt8 {
      switch self {
      case .contracts: 4
      case .references: 3
      }
    }

    /// Bytes of an entry in a page. A reference is nothing but its key, whose tenant is the table's part.
    var entryByteCount: Int {
      switch self {
      case .contracts: ArchiveEntry.byteCount
      case .references: 16
      }
    }

    /// How filters of new runs are made.
    var filterFormat: FilterFormat {
      // Digests are spread evenly and come in their order when a run is written; ids of contracts are what clients chose.
      FilterFormat(bitsPerKey: 24, isOrdered: self == .references, isAligned: true)
    }

    /// How filters are made of runs of some format; nil when there is none of that format.
    func filterFormat(ofVersion version: UInt8) -> FilterFormat? {
      switch (self, version) {
      case (.contracts, 1): FilterFormat(bitsPerKey: 10, isOrdered: false, isAligned: false)
      case (.contracts, 3), (.references, 2): FilterFormat(bitsPerKey: 24, isOrdered: false, isAligned: false)
      case (_, formatVersion): filterFormat
      default: nil
      }
    }
  }

  let kind: Kind
  /// Of tables that come in parts, which one; the tenant of all its keys.
  let part: UInt32

  /// Closed contracts by contract id.
  public static let contracts = ArchiveTable(kind: .contracts, part: 0)

  /// Bank references of one shard (deposits, UTRs, challans), each by the 128 bits that identify it. Rows have empty
  /// records, and the shard in the place of the tenant.
  public static func references(shard: UInt16) -> ArchiveTable {
    ArchiveTable(kind: .references, part: UInt32(shard))
  }

  /// The key of a reference in its shard's table.
  public func key(ofReference id: UInt128) -> ArchiveKey { ArchiveKey(tenant: part, id: id) }

  var isKeysOnly: Bool { kind == .references }

  /// Where an error is.
  var place: String { "archive table \(kind.rawValue)" + (isKeysOnly ? " shard \(part)" : "") }

  /// Where an error in a run is.
  func place(ofRun number: UInt64) -> String { "\(place) run \(number)" }
}
