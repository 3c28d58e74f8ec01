/// Owns an LMDB transaction: aborts it unless it was committed.
@safe struct TransactionHandle: ~Copyable {
  let environment: Environment
  // nil once committed.
  private var pointer: OpaquePointer?

  init(environment: Environment, isReadOnly: Bool) throws(LMDBError) {
    self.environment = environment
    unsafe pointer = try Calls.begin(environment.handle, flags: isReadOnly ? Calls.readOnly : 0)
  }

  deinit {
    if let open = unsafe pointer { unsafe Calls.abort(open) }
  }

  var required: OpaquePointer {
    guard let open = unsafe pointer else { preconditionFailure("use of a transaction after its end") }
    return unsafe open
  }

  consuming func commit() throws(LMDBError) {
    let open = unsafe required
    // LMDB frees the transaction whether the commit succeeds or not.
    unsafe pointer = nil
    unsafe try Calls.commit(open)
  }

  /// - Precondition: the database belongs to the transaction's environment.
  func index(_ database: Database) -> UInt32 {
    precondition(database.environment == ObjectIdentifier(environment), "a database of another environment")
    return database.index
  }

  func get(_ key: RawSpan, _ database: Database) throws(LMDBError) -> UnsafeRawBufferPointer? {
    let index = index(database)
    // The key is only read, during the call.
    return unsafe try key.withUnsafeBytes { (bytes) throws(LMDBError) in
      unsafe try Calls.get(required, index, bytes)
    }
  }
}

/// A snapshot of an environment. Ends when it goes out of scope; values read from it cannot outlive it.
///
/// May move between threads but is used by one at a time.
@safe public struct ReadTransaction: ~Copyable {
  let handle: TransactionHandle

  init(_ handle: consuming TransactionHandle) { self.handle = handle }

  /// The value under `key`, in the map itself; nil when there is none.
  @_lifetime(borrow self)
  public func value(for key: RawSpan, in database: Database) throws(LMDBError) -> RawSpan? {
    guard let bytes = unsafe try handle.get(key, database) else { return nil }
    // A read transaction's snapshot does not change, so the bytes hold as long as the transaction.
    return unsafe _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
  }

  /// The value under an integer key; nil when there is none.
  @_lifetime(borrow self)
  public func value(for key: UInt64, in database: Database) throws(LMDBError) -> RawSpan? {
    precondition(database.hasIntegerKeys, "an integer key for a database with byte keys")
    // An integer has no padding, so all its bytes are initialised.
    let words: InlineArray<1, UInt64> = [key]
    return unsafe try value(for: words.span.bytes, in: database)
  }

  /// A cursor over `database`, before its first record.
  @_lifetime(borrow self)
  public func cursor(in database: Database) throws(LMDBError) -> Cursor {
    let cursor = unsafe Cursor(pointer: try Calls.openCursor(handle.required, handle.index(database)))
    return unsafe _overrideLifetime(cursor, borrowing: self)
  }

  /// Sizes of a database in this snapshot.
  public func statistics(of database: Database) throws(LMDBError) -> Database.Statistics {
    unsafe try Calls.statistics(handle.required, handle.index(database))
  }
}

/// The one write transaction of an environment. Aborts unless `commit` is called. Belongs to the thread that began it.
@safe public struct WriteTransaction: ~Copyable {
  let handle: TransactionHandle

  init(_ handle: consuming TransactionHandle) { self.handle = handle }

  /// Makes everything durable: returns after the data and then the header page are synced.
  /// - Throws: what the write or the sync said. Nothing of the transaction is visible then, but whether it would be after
  ///   a crash is not known: stop.
  public consuming func commit() throws(LMDBError) {
    let environment = handle.environment
    // Before the commit, while no other thread can write: a file must never be cut under its writer.
    try environment.extendFile()
    let start = ContinuousClock.now
    do throws(LMDBError) { try handle.commit() } catch { throw environment.explain(error) }
    environment.synced(nanoseconds: UInt64((ContinuousClock.now - start) / .nanoseconds(1)))
  }

  /// The value under `key` as this transaction sees it; holds until the transaction writes again.
  @_lifetime(borrow self)
  public func value(for key: RawSpan, in database: Database) throws(LMDBError) -> RawSpan? {
    guard let bytes = unsafe try handle.get(key, database) else { return nil }
    // Writing needs exclusive access to the transaction, so nothing moves while this borrow lasts.
    return unsafe _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
  }

  /// The value under an integer key as this transaction sees it.
  @_lifetime(borrow self)
  public func value(for key: UInt64, in database: Database) throws(LMDBError) -> RawSpan? {
    precondition(database.hasIntegerKeys, "an integer key for a database with byte keys")
    // An integer has no padding, so all its bytes are initialised.
    let words: InlineArray<1, UInt64> = [key]
    return unsafe try value(for: words.span.bytes, in: database)
  }

  /// A reading cursor over `database` as this transaction sees it.
  @_lifetime(borrow self)
  public func cursor(in database: Database) throws(LMDBError) -> Cursor {
    let cursor = unsafe Cursor(pointer: try Calls.openCursor(handle.required, handle.index(database)))
    return unsafe _overrideLifetime(cursor, borrowing: self)
  }

  /// Sizes of a database as this transaction sees it.
  public func statistics(of database: Database) throws(LMDBError) -> Database.Statistics {
    unsafe try Calls.statistics(handle.required, handle.index(database))
  }
}
