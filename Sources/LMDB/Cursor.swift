/// A reading position in a database, bound to its transaction.
@safe public struct Cursor: ~Copyable, ~Escapable {
  private let pointer: OpaquePointer
  // Where the cursor stands; both nil and empty before the first move and after a move that found nothing.
  private var keyBytes: UnsafeRawBufferPointer
  private var valueBytes: UnsafeRawBufferPointer

  @_lifetime(immortal)
  init(pointer: OpaquePointer) {
    unsafe self.pointer = unsafe pointer
    unsafe keyBytes = UnsafeRawBufferPointer(start: nil, count: 0)
    unsafe valueBytes = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  deinit { unsafe Calls.closeCursor(pointer) }

  /// The key at the cursor; empty when the last move found nothing.
  public var key: RawSpan {
    @_lifetime(borrow self) get { unsafe _overrideLifetime(RawSpan(_unsafeBytes: keyBytes), borrowing: self) }
  }

  /// The value at the cursor, in the map itself.
  public var value: RawSpan {
    @_lifetime(borrow self) get { unsafe _overrideLifetime(RawSpan(_unsafeBytes: valueBytes), borrowing: self) }
  }

  /// The key at the cursor as an integer.
  /// - Precondition: it has 8 bytes: a database with integer keys, and a move that found something.
  public var integerKey: UInt64 {
    precondition(unsafe keyBytes.count == 8, "no integer key at the cursor")
    return unsafe keyBytes.loadUnaligned(as: UInt64.self)
  }

  /// Goes to the first record. Returns false when there is none.
  public mutating func moveToFirst() throws(LMDBError) -> Bool { try move(.first) }

  /// Goes to the last record. Returns false when there is none.
  public mutating func moveToLast() throws(LMDBError) -> Bool { try move(.last) }

  /// Goes on by one; to the first at the start. Returns false at the end.
  public mutating func moveToNext() throws(LMDBError) -> Bool { try move(.next) }

  /// Goes back by one. Returns false at the start.
  public mutating func moveToPrevious() throws(LMDBError) -> Bool { try move(.previous) }

  /// Goes to the first record at or after `key`. Returns false when there is none.
  public mutating func move(atOrAfter key: RawSpan) throws(LMDBError) -> Bool {
    let found = unsafe try key.withUnsafeBytes { (bytes) throws(LMDBError) in
      unsafe try Calls.move(pointer, .atOrAfter, key: bytes)
    }
    return unsafe set(found)
  }

  /// Goes to the first record at or after an integer key. Returns false when there is none.
  public mutating func move(atOrAfter key: UInt64) throws(LMDBError) -> Bool {
    // An integer has no padding, so all its bytes are initialised.
    let words: InlineArray<1, UInt64> = [key]
    return unsafe try move(atOrAfter: words.span.bytes)
  }

  private mutating func move(_ move: Calls.Move) throws(LMDBError) -> Bool {
    let found = unsafe try Calls.move(pointer, move, key: UnsafeRawBufferPointer(start: nil, count: 0))
    return unsafe set(found)
  }

  private mutating func set(_ found: (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)?) -> Bool {
    let none = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    unsafe keyBytes = found?.key ?? none
    unsafe valueBytes = found?.value ?? none
    return unsafe found != nil
  }
}
