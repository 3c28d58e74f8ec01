public import Store

/// Version control of customisation documents on a catalog.
///
/// Every change is one transaction of the catalog, with its entries of the log in it: after a crash it is there wholly
/// or not at all. Changes come one after the other under a lock; reads take no lock and wait for nobody. There is one
/// repository on a catalog at a time.
///
/// ```swift
/// let repository = Repository(catalog: store.catalog)
/// let first = try repository.save(Draft(yaml, .yaml, message: "first"), to: villa, expecting: nil, by: anita)
/// let next = try repository.save(Draft(other, .yaml, message: "limit"), to: villa, expecting: first.id, by: anita)
/// let changes = try repository.changes(from: first.id, to: next.id, as: anita.viewer)
/// ```
public final class Repository: Sendable {
  /// Rows that one page has at most, whatever is asked for.
  public static let pageCountMax = 1_000

  package let rows: Rows
  let options: RepositoryOptions
  /// Held from the first read of a change to its last write.
  private let changing = Locked(())

  public init(catalog: any Catalog, options: RepositoryOptions = .init()) {
    rows = Rows(catalog: catalog)
    self.options = options
  }

  /// Makes a change of a tenant's documents.
  ///
  /// The log's end is read each time: after a write that failed it is not known how it ended.
  /// - Throws: what `check` refuses, and what `body` throws.
  func change<Result>(
    _ tenant: Tenant, by caller: Caller, _ body: (inout ChangeSet) throws(RepositoryError) -> Result
  ) throws(RepositoryError) -> Result {
    try change(tenant, by: caller, failure: { $0 }, body)
  }

  /// The same for a layer above, with errors of its own: what one change of it writes is one transaction, too.
  package func change<Result, Failure: Error>(
    _ tenant: Tenant, by caller: Caller, failure: (RepositoryError) -> Failure,
    _ body: (inout ChangeSet) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    do throws(RepositoryError) { try Self.check(caller, changes: tenant) } catch { throw failure(error) }
    return try changing.withLock { _ throws(Failure) in
      let end: LogMark?
      do throws(RepositoryError) { end = try logEnd() } catch { throw failure(error) }
      var set = ChangeSet(rows, caller, end: end)
      let result = try body(&set)
      guard !set.changes.isEmpty else { return result }
      do throws(StoreError) { try rows.catalog.apply(set.changes) } catch { throw failure(.store(error)) }
      return result
    }
  }

  /// - Throws: `notFound` and `notYours` by what the caller may; `invalid` for a time before 1970.
  static func check(_ caller: Caller, changes tenant: Tenant) throws(RepositoryError) {
    guard caller.viewer.sees(tenant) else { throw .notFound(.reference) }
    guard caller.viewer.mayChange(tenant) else { throw .notYours }
    guard caller.time >= 0 else { throw .invalid(.time) }
  }
}

/// How a repository decides.
public struct RepositoryOptions: Hashable, Sendable {
  /// Kinds of documents by which money can change, whatever they say of themselves: a second person approves them.
  public var moneyKinds: Set<DocumentKind>
  /// Versions that one walk through history looks at.
  public var walkCountMax: Int
  /// Bytes of contents that one blame reads.
  public var blameByteCountMax: Int

  public init(
    moneyKinds: Set<DocumentKind> = [.template, .workflow, .ruleset, .table, .config, .refdata, .mapping],
    walkCountMax: Int = 10_000, blameByteCountMax: Int = 64 << 20
  ) {
    self.moneyKinds = moneyKinds
    self.walkCountMax = walkCountMax
    self.blameByteCountMax = blameByteCountMax
  }
}
