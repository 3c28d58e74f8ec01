/// The LZ4 block format (lz4_Block_format.md of the LZ4 project, version 1.6): greedy matching through one hash table.
///
/// For exported segments: fast enough to keep up with the log, and any LZ4 library can read the result. Operations are
/// full of zeros and repeated ids, so even greedy matching pays.
enum LZ4Block {
  private static let hashBitCount = 14
  private static let matchMin = 4
  /// The format wants the last five bytes as literals, and no match that starts within the last twelve.
  private static let lastLiteralCount = 5
  private static let matchStartMargin = 12
  private static let offsetMax = 65_535

  /// Compresses `plain`; the result may be longer than it, by at most 1/255 and 16 bytes.
  static func compress(_ plain: RawSpan) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: plain.byteCount + plain.byteCount / 255 + 16) { bytes, count in
      // Positions of four-byte words seen, plus one; 0 is none.
      unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1 << hashBitCount) { seen in
        unsafe seen.initialize(repeating: 0)
        var output = unsafe Output(bytes: UnsafeMutableRawBufferPointer(bytes))
        unsafe compress(plain, seen, to: &output)
        count = unsafe output.count
      }
    }
  }

  private static func compress(_ plain: RawSpan, _ seen: UnsafeMutableBufferPointer<UInt32>, to output: inout Output) {
    var anchor = 0
    var position = 0
    let matchStartEnd = plain.byteCount - matchStartMargin
    while position < matchStartEnd {
      let word = plain.integer(UInt32.self, at: position)
      // Knuth's multiplicative hash; wrapping is the point.
      let slot = Int((word &* 2_654_435_761) >> UInt32(32 - hashBitCount))
      // As many slots as a hash has values.
      let candidate = unsafe Int(seen[slot]) - 1
      unsafe seen[slot] = UInt32(position + 1)
      guard candidate >= 0, position - candidate <= offsetMax, plain.integer(UInt32.self, at: candidate) == word else {
        // The longer nothing matches, the larger the steps.
        position += 1 + (position - anchor) >> 6
        continue
      }
      let count = matchMin + matchLength(plain, candidate + matchMin, position + matchMin)
      unsafe output.append(plain.extracting(anchor..<position), offset: position - candidate, matchCount: count)
      position += count
      anchor = position
    }
    unsafe output.append(plain.extracting(anchor...), offset: nil, matchCount: matchMin)
  }

  /// How many bytes agree from two places on, without the literals that must end the block.
  private static func matchLength(_ plain: RawSpan, _ earlier: Int, _ later: Int) -> Int {
    let end = plain.byteCount - lastLiteralCount
    var count = 0
    while later + count + 8 <= end {
      let difference =
        plain.integer(UInt64.self, at: earlier + count) ^ plain.integer(UInt64.self, at: later + count)
      if difference != 0 { return count + difference.trailingZeroBitCount / 8 }
      count += 8
    }
    while later + count < end,
      plain.integer(UInt8.self, at: earlier + count) == plain.integer(UInt8.self, at: later + count)
    { count += 1 }
    return count
  }

  /// Where a block is written.
  @unsafe
  private struct Output {
    /// Room for the longest block there can be.
    let bytes: UnsafeMutableRawBufferPointer
    var count = 0

    /// Appends one sequence: token, literals, and a match unless it is the last.
    mutating func append(_ literals: RawSpan, offset: Int?, matchCount: Int) {
      let extra = matchCount - matchMin
      unsafe append(UInt8(min(literals.byteCount, 15)) << 4 | UInt8(min(extra, 15)))
      unsafe appendLength(literals.byteCount)
      precondition(unsafe literals.byteCount <= bytes.count - count, "a block that is too long")
      unsafe literals.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[count...]).copyMemory(from: source)
      }
      unsafe count += literals.byteCount
      guard let offset else { return }
      unsafe append(UInt8(truncatingIfNeeded: offset))
      unsafe append(UInt8(truncatingIfNeeded: offset >> 8))
      unsafe appendLength(extra)
    }

    /// Appends what of a length does not fit into its four bits of the token.
    private mutating func appendLength(_ length: Int) {
      guard length >= 15 else { return }
      var rest = length - 15
      while rest >= 255 {
        unsafe append(255)
        rest -= 255
      }
      unsafe append(UInt8(rest))
    }

    @inline(__always)
    private mutating func append(_ byte: UInt8) {
      precondition(unsafe count < bytes.count, "a block that is too long")
      unsafe bytes[count] = byte
      unsafe count += 1
    }
  }

  /// Expands a block to exactly `byteCount` bytes; nil when it does not give them.
  static func expand(_ block: RawSpan, byteCount: Int) -> [UInt8]? {
    // No byte of a block stands for more than 255: what asks for more is not given the memory.
    guard byteCount >= 0, byteCount / 255 <= block.byteCount else { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(byteCount)
    var reader = BlockReader(block)
    while let token = reader.byte() {
      guard let literalCount = reader.length(Int(token >> 4)), let literals = reader.take(literalCount),
        byteCount - output.count >= literalCount
      else { return nil }
      unsafe literals.withUnsafeBytes { unsafe output.append(contentsOf: $0) }
      if reader.isAtEnd { break }
      guard let low = reader.byte(), let high = reader.byte(), let extra = reader.length(Int(token & 15)) else {
        return nil
      }
      let offset = Int(low) | Int(high) << 8
      let count = extra + matchMin
      guard offset > 0, offset <= output.count, byteCount - output.count >= count else { return nil }
      // A match may reach into itself, so what is copied grows as it goes.
      let start = output.count - offset
      for index in 0..<count { output.append(output[start + index]) }
    }
    return output.count == byteCount ? output : nil
  }

  /// Reads a block; nil, never a trap, at its end.
  private struct BlockReader: ~Escapable {
    let bytes: RawSpan
    var offset = 0

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.byteCount }

    @_lifetime(self: copy self)
    mutating func byte() -> UInt8? {
      guard offset < bytes.byteCount else { return nil }
      offset += 1
      return bytes.integer(UInt8.self, at: offset - 1)
    }

    @_lifetime(self: copy self)
    mutating func length(_ start: Int) -> Int? {
      guard start == 15 else { return start }
      var length = 15
      while let next = byte() {
        length += Int(next)
        if next != 255 { return length }
      }
      return nil
    }

    @_lifetime(copy self)
    @_lifetime(self: copy self)
    mutating func take(_ count: Int) -> RawSpan? {
      guard bytes.byteCount - offset >= count else { return nil }
      offset += count
      return bytes.extracting((offset - count)..<offset)
    }
  }
}
