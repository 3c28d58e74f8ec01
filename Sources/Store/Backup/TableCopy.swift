import LMDB

/// Copies records of one environment into a new one, in key order and in transactions of a few MB.
///
/// Errors of reading name the store's part, errors of writing the backup's.
struct TableCopy {
  let source: Environment
  let target: Environment
  /// Told how many bytes were copied.
  let progress: (Int) -> Void

  private static let chunkByteCount = 4 << 20

  /// Copies the records of a table that `isWanted` names.
  /// - Parameter check: throws when a record is not what was written.
  func copy(
    _ table: Database, of snapshot: borrowing ReadTransaction, to copy: Database,
    isWanted: (_ key: RawSpan) -> Bool = { _ in true },
    check: (_ key: RawSpan, _ value: RawSpan) throws(StoreError) -> Void = { (_, _) throws(StoreError) in }
  ) throws(StoreError) {
    var cursor = try openCursor(table, snapshot)
    var isThere = try moveToNext(&cursor)
    while isThere {
      var transaction = try beginWriting()
      var byteCount = 0
      source.readAhead(cursor.value, byteCount: Self.chunkByteCount)
      while isThere, byteCount < Self.chunkByteCount {
        if isWanted(cursor.key) {
          try check(cursor.key, cursor.value)
          byteCount += try put(cursor, in: copy, &transaction)
        }
        isThere = try moveToNext(&cursor)
      }
      try commit(transaction)
      progress(byteCount)
    }
  }

  /// Copies the records with integer keys in `range`, in a snapshot of its own for each few MB: for a table whose records
  /// never change.
  func copy(_ table: Database, _ range: Range<UInt64>, to copy: Database) throws(StoreError) {
    var next = range.lowerBound
    while next < range.upperBound {
      let snapshot = try beginReading()
      var cursor = try openCursor(table, snapshot)
      guard try move(&cursor, atOrAfter: next), cursor.integerKey < range.upperBound else { return }
      var transaction = try beginWriting()
      var byteCount = 0
      var isThere = true
      source.readAhead(cursor.value, byteCount: Self.chunkByteCount)
      while isThere, cursor.integerKey < range.upperBound, byteCount < Self.chunkByteCount {
        byteCount += try put(cursor, in: copy, &transaction)
        next = cursor.integerKey + 1
        isThere = try moveToNext(&cursor)
      }
      try commit(transaction)
      progress(byteCount)
    }
  }

  private func put(
    _ cursor: borrowing Cursor, in copy: Database, _ transaction: inout WriteTransaction
  ) throws(StoreError) -> Int {
    do throws(LMDBError) {
      if copy.hasIntegerKeys {
        try transaction.put(cursor.value, for: cursor.integerKey, in: copy, .append)
      } else {
        try transaction.put(cursor.value, for: cursor.key, in: copy, .append)
      }
    } catch { throw StoreError(error, at: target.path) }
    return cursor.key.byteCount + cursor.value.byteCount
  }

  private func beginReading() throws(StoreError) -> ReadTransaction {
    do throws(LMDBError) { return try source.beginReading() } catch { throw StoreError(error, at: source.path) }
  }

  @_lifetime(borrow snapshot)
  private func openCursor(_ table: Database, _ snapshot: borrowing ReadTransaction) throws(StoreError) -> Cursor {
    do throws(LMDBError) { return try snapshot.cursor(in: table) } catch { throw StoreError(error, at: source.path) }
  }

  private func moveToNext(_ cursor: inout Cursor) throws(StoreError) -> Bool {
    do throws(LMDBError) { return try cursor.moveToNext() } catch { throw StoreError(error, at: source.path) }
  }

  private func move(_ cursor: inout Cursor, atOrAfter key: UInt64) throws(StoreError) -> Bool {
    do throws(LMDBError) { return try cursor.move(atOrAfter: key) } catch { throw StoreError(error, at: source.path) }
  }

  private func beginWriting() throws(StoreError) -> WriteTransaction {
    do throws(LMDBError) { return try target.beginWriting() } catch { throw StoreError(error, at: target.path) }
  }

  private func commit(_ transaction: consuming WriteTransaction) throws(StoreError) {
    do throws(LMDBError) { try transaction.commit() } catch { throw StoreError(error, at: target.path) }
  }
}
