import Kernel
public import Store

/// The index of an exported segment: which commits hold operations of which contract, sorted.
///
/// ```
/// version 4 (1) | reserved 4 | count 8 | entries: tenant 4, reserved 4, contract 16, commit 8
/// ```
/// Little-endian; entries ascend by (tenant, contract, commit), without repeats.
public struct ContractIndex: Sendable {
  /// One line of the index.
  public struct Entry: Hashable, Comparable, Sendable {
    public var tenant: UInt32
    public var contract: UInt128
    public var commit: UInt64

    public static func < (a: Self, b: Self) -> Bool {
      (a.tenant, a.contract, a.commit) < (b.tenant, b.contract, b.commit)
    }
  }

  private var collected: Set<Entry> = []
  /// Sorted.
  public private(set) var entries: [Entry] = []
  private static let entryByteCount = 32

  public init() {}

  /// Notes the contracts of one commit.
  /// - Throws: `corrupt`.
  public mutating func add(_ header: CommitHeader, _ body: RawSpan) throws(EngineError) {
    let commit = header.number.rawValue
    var found: [Entry] = []
    var failure: EngineError?
    unsafe body.withUnsafeBytes { bytes in
      do throws(EngineError) {
        try unsafe LogGroup.forEach(in: bytes, commit: commit) { group in
          var slot = 0
          while slot < group.slotCount {
            let operation = group.operation(slot: slot)
            found.append(Entry(tenant: operation.tenant, contract: operation.contract, commit: commit))
            slot += operation.hasExtension ? 2 : 1
          }
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    collected.formUnion(found)
  }

  /// The index as it is kept with a segment.
  public func bytes() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16 + collected.count * Self.entryByteCount)
    CatalogBytes.append(UInt32(1), to: &bytes)
    CatalogBytes.append(UInt32(0), to: &bytes)
    CatalogBytes.append(UInt64(collected.count), to: &bytes)
    for entry in collected.sorted() {
      CatalogBytes.append(entry.tenant, to: &bytes)
      CatalogBytes.append(UInt32(0), to: &bytes)
      CatalogBytes.append(UInt64(truncatingIfNeeded: entry.contract), to: &bytes)
      CatalogBytes.append(UInt64(truncatingIfNeeded: entry.contract >> 64), to: &bytes)
      CatalogBytes.append(entry.commit, to: &bytes)
    }
    return bytes
  }

  /// Reads an index back.
  /// - Throws: `corrupt` when it is none.
  public init(_ bytes: [UInt8]) throws(EngineError) {
    let damaged = EngineError(.corrupt, "the segment's index of contracts has a wrong length or version")
    guard bytes.count >= 16 else { throw damaged }
    var reader = CatalogBytes.Reader(bytes)
    let version: UInt32 = reader.next()
    let _: UInt32 = reader.next()
    let count: UInt64 = reader.next()
    guard version == 1, count == UInt64((bytes.count - 16) / Self.entryByteCount),
      (bytes.count - 16) % Self.entryByteCount == 0
    else { throw damaged }
    for _ in 0..<count {
      let tenant: UInt32 = reader.next()
      let _: UInt32 = reader.next()
      let low: UInt64 = reader.next()
      let high: UInt64 = reader.next()
      entries.append(Entry(tenant: tenant, contract: UInt128(high) << 64 | UInt128(low), commit: reader.next()))
    }
  }

  /// Commits with operations of a contract. Of an index that was read back.
  public func commits(tenant: UInt32, contract: UInt128) -> [UInt64] {
    entries.filter { $0.tenant == tenant && $0.contract == contract }.map(\.commit)
  }
}
