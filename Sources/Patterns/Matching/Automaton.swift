/// A program with every state that it can be in written out: one look into a table for each code point.
package struct Automaton: Sendable {
  /// What a row stands for when the answer is known.
  static let dead: UInt32 = 0
  static let accepting: UInt32 = 1

  /// Per state a row with an entry for each symbol and one for the end of the text; an entry is the place of the next
  /// row, or one of the two answers. The first row is not used, so that no row is at either.
  private let table: [UInt32]
  private let start: UInt32

  init(table: [UInt32], start: UInt32) {
    self.table = table
    self.start = start
  }

  /// Memory, in bytes.
  package var byteCount: Int { table.count * MemoryLayout<UInt32>.stride }

  func accepts(_ text: Span<UInt8>, alphabet: borrowing Alphabet) -> Bool {
    let table = self.table.span
    var row = start
    var position = 0
    while row > Self.accepting {
      guard position < text.count else { return table[Int(row) &+ alphabet.symbolCount] == Self.accepting }
      // A row begins below 2^15, and there are less symbols than code points.
      row = table[Int(row) &+ alphabet.nextSymbol(in: text, at: &position)]
    }
    return row == Self.accepting
  }
}
