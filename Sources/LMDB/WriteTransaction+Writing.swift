/// How `put` treats what is there.
public enum PutMode: Sendable {
  /// Replaces a value under the same key.
  case replace
  /// The key is behind every other: pages are filled to the end, none is split. Fails with `keyExists` otherwise.
  case append
  /// Fails with `keyExists` when the key has a value.
  case insert

  var flags: UInt32 {
    switch self {
    case .replace: 0
    case .append: Calls.append
    case .insert: Calls.noOverwrite
    }
  }
}

extension WriteTransaction {
  /// Stores a copy of `value` under `key` (1 to 511 bytes).
  public mutating func put(
    _ value: RawSpan, for key: RawSpan, in database: Database, _ mode: PutMode = .replace
  ) throws(LMDBError) {
    let index = handle.index(database)
    // Both are only read, during the call.
    unsafe try key.withUnsafeBytes { (keyBytes) throws(LMDBError) in
      unsafe try value.withUnsafeBytes { (valueBytes) throws(LMDBError) in
        unsafe try Calls.put(handle.required, index, keyBytes, valueBytes, flags: mode.flags)
      }
    }
  }

  /// Stores a copy of `value` under an integer key.
  public mutating func put(
    _ value: RawSpan, for key: UInt64, in database: Database, _ mode: PutMode = .replace
  ) throws(LMDBError) {
    precondition(database.hasIntegerKeys, "an integer key for a database with byte keys")
    // An integer has no padding, so all its bytes are initialised.
    let words: InlineArray<1, UInt64> = [key]
    unsafe try put(value, for: words.span.bytes, in: database, mode)
  }

  /// Makes room for `byteCount` bytes under `key` and has `fill` write all of them, without a copy between.
  /// The memory is not cleared before; `fill` must write every byte and must not keep the pointer.
  public mutating func reserve(
    byteCount: Int, for key: RawSpan, in database: Database, _ mode: PutMode = .replace,
    fill: (UnsafeMutableRawBufferPointer) -> Void
  ) throws(LMDBError) {
    let index = handle.index(database)
    let room = unsafe try key.withUnsafeBytes { (keyBytes) throws(LMDBError) in
      unsafe try Calls.reserve(handle.required, index, keyBytes, byteCount: byteCount, flags: mode.flags)
    }
    // The room holds until the next write, and `fill` ends before.
    unsafe fill(room)
  }

  /// Makes room under an integer key; see above.
  public mutating func reserve(
    byteCount: Int, for key: UInt64, in database: Database, _ mode: PutMode = .replace,
    fill: (UnsafeMutableRawBufferPointer) -> Void
  ) throws(LMDBError) {
    precondition(database.hasIntegerKeys, "an integer key for a database with byte keys")
    // An integer has no padding, so all its bytes are initialised.
    let words: InlineArray<1, UInt64> = [key]
    unsafe try reserve(byteCount: byteCount, for: words.span.bytes, in: database, mode, fill: fill)
  }

  /// Deletes a key. Returns whether it was there.
  public mutating func delete(_ key: RawSpan, in database: Database) throws(LMDBError) -> Bool {
    let index = handle.index(database)
    return unsafe try key.withUnsafeBytes { (keyBytes) throws(LMDBError) in
      unsafe try Calls.delete(handle.required, index, keyBytes)
    }
  }

  /// Deletes an integer key. Returns whether it was there.
  public mutating func delete(_ key: UInt64, in database: Database) throws(LMDBError) -> Bool {
    precondition(database.hasIntegerKeys, "an integer key for a database with byte keys")
    // An integer has no padding, so all its bytes are initialised.
    let words: InlineArray<1, UInt64> = [key]
    return unsafe try delete(words.span.bytes, in: database)
  }

  /// Deletes records from the first key at or after `first` on, in key order, as long as `isWanted` says so of the key and
  /// at most `countMax`. Returns how many went.
  /// - Complexity: one descent of the tree for each record; LMDB's cursor is placed anew after each delete.
  public mutating func deleteRecords(
    from first: RawSpan, in database: Database, countMax: Int, while isWanted: (RawSpan) -> Bool
  ) throws(LMDBError) -> Int {
    let cursor = unsafe try Calls.openCursor(handle.required, handle.index(database))
    defer { unsafe Calls.closeCursor(cursor) }
    var count = 0
    while count < countMax {
      let found = unsafe try first.withUnsafeBytes { (bytes) throws(LMDBError) in
        unsafe try Calls.move(cursor, .atOrAfter, key: bytes)
      }
      // The key lies in the map and is looked at before anything is written.
      guard let found = unsafe found, isWanted(unsafe RawSpan(_unsafeBytes: found.key)) else { break }
      unsafe try Calls.deleteCurrent(cursor)
      count += 1
    }
    return count
  }
}
