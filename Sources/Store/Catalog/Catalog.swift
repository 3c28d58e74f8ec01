/// The tables of the catalog. A table is made on first use; its number is part of its keys, so none is ever renumbered.
public struct CatalogTable: RawRepresentable, Hashable, Sendable {
  /// The number.
  public var rawValue: UInt8
  /// A table by number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Client sessions that left the log.
  public static let sessions = CatalogTable(rawValue: 1)
  /// Tenants and what is configured for them.
  public static let tenants = CatalogTable(rawValue: 2)
  /// Positions of durable subscribers.
  public static let subscribers = CatalogTable(rawValue: 3)
  /// Settings of the store.
  public static let settings = CatalogTable(rawValue: 4)
  /// Full texts behind reference digests.
  public static let references = CatalogTable(rawValue: 5)
  /// Tables from here on belong to the layers above the engine.
  public static let firstFree = CatalogTable(rawValue: 64)
}

/// One change of the catalog.
public enum CatalogChange: Sendable {
  /// Sets the value under a key.
  case put(CatalogTable, key: [UInt8], value: [UInt8])
  /// Removes a key; it is no error if it is not there.
  case delete(CatalogTable, key: [UInt8])
}

/// Small tables of keys and values, for what is neither log nor shard state.
///
/// Keys have 1 to 500 bytes (`catalogKeyByteCountMax`), sorted bytewise; longer names must be hashed by the caller and
/// are refused by name. One thread writes at a time (others wait); anybody may read.
public protocol Catalog: AnyObject, Sendable {
  /// Applies all changes in one transaction, durable on return.
  /// - Throws: `keyTooLong` before anything is written; any failed write stops further writes.
  func apply(_ changes: [CatalogChange]) throws(StoreError)

  /// The value under `key`, copied, checked; nil when there is none.
  func value(_ table: CatalogTable, key: [UInt8]) throws(StoreError) -> [UInt8]?

  /// Visits keys and values from `start` on (all, if nil), at most `countMax`, in key order, in one bounded read.
  /// - Returns: the key to go on from, or nil at the end.
  func scan(
    _ table: CatalogTable, from start: [UInt8]?, countMax: Int, _ visit: (_ key: [UInt8], _ value: RawSpan) -> ReadStep
  ) throws(StoreError) -> [UInt8]?

  /// Sizes, for metrics and `inspect`.
  func usage() throws(StoreError) -> StoreUsage
}

/// The longest key that a catalog takes, in bytes: LMDB's 511 less the table number, rounded down.
public let catalogKeyByteCountMax = 500
