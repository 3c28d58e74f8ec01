/// One value or name of a document, in the order of the text.
///
/// ```
///           place            low             high            link
/// array     offset of text   elements        0               entry behind the last inner one
/// object    offset of text   members         0               entry behind the last inner one
/// string    offset of text   first byte      bytes           next entry
/// integer   offset of text   low half        high half       next entry
/// number    offset of text   first byte      bytes           next entry
/// ```
///
/// An object has for each member the entry of its name, a string, then that of its value. The link's upper four bits
/// are the kind. Bytes lie in the text itself or, where they are not what was written, in the document's arena.
struct TapeEntry: BitwiseCopyable, Sendable {
  enum Kind: UInt32 {
    case null = 0
    case bool = 1
    case integer = 2
    case number = 3
    case string = 4
    case array = 5
    case object = 6
    case arenaNumber = 11
    case arenaString = 12
  }

  private(set) var place: UInt32
  private(set) var low: UInt32
  private(set) var high: UInt32
  private(set) var link: UInt32

  private static let indexMask: UInt32 = 1 << 28 - 1

  init(_ kind: Kind, place: Int, low: UInt32 = 0, high: UInt32 = 0, next: Int) {
    self.place = UInt32(truncatingIfNeeded: place)
    self.low = low
    self.high = high
    link = kind.rawValue << 28 | UInt32(truncatingIfNeeded: next)
  }

  init(integer: Int64, place: Int, next: Int) {
    let bits = UInt64(bitPattern: integer)
    self.init(
      .integer, place: place, low: UInt32(truncatingIfNeeded: bits), high: UInt32(truncatingIfNeeded: bits >> 32),
      next: next)
  }

  init(_ kind: Kind, bytes: Range<Int>, place: Int, next: Int) {
    self.init(
      kind, place: place, low: UInt32(truncatingIfNeeded: bytes.lowerBound),
      high: UInt32(truncatingIfNeeded: bytes.count), next: next)
  }

  /// Kind without the bit that says where the bytes are.
  var plainKind: Kind { Kind(rawValue: link >> 28 & 7) ?? .null }

  var isInArena: Bool { link >> 31 != 0 }

  var next: Int { Int(link & Self.indexMask) }

  var count: Int { Int(low) }

  var integer: Int64 { Int64(bitPattern: UInt64(high) << 32 | UInt64(low)) }

  var bytes: Range<Int> { Int(low)..<Int(low) + Int(high) }

  /// Ends an array or object.
  mutating func close(count: Int, next: Int) {
    low = UInt32(truncatingIfNeeded: count)
    link = link & ~Self.indexMask | UInt32(truncatingIfNeeded: next)
  }
}
