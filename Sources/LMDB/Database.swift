/// A named table inside an environment. A plain handle: valid as long as its environment is open.
public struct Database: Sendable, Hashable {
  let index: UInt32
  /// Whether keys are 8-byte integers in the machine's byte order, sorted as numbers.
  public let hasIntegerKeys: Bool
  let environment: ObjectIdentifier

  /// Sizes of a database inside one transaction.
  public struct Statistics: Sendable, Hashable {
    /// Records.
    public var entryCount: Int
    /// Height of the tree.
    public var depth: Int
    /// Pages of the tree, with those of large values.
    public var pageCount: Int
    /// Size of a page in bytes.
    public var pageByteCount: Int

    /// Bytes of all pages.
    public var byteCount: Int { pageCount * pageByteCount }
  }
}
