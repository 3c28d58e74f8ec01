/// One step of a program.
enum Instruction: Equatable, Sendable {
  /// The pattern is found.
  case match
  /// Takes one code point of the set.
  case set(Int, next: Int)
  /// Goes on at both.
  case split(Int, Int)
  /// Goes on when it holds here.
  case assertion(PatternAssertion, next: Int)
}

/// A pattern as instructions over the symbols of its alphabet. Instruction 0 is the match.
package struct Program: Sendable {
  let instructions: [Instruction]
  let start: Int
  let alphabet: Alphabet
  /// Per set a bit for each symbol, in whole words.
  private let members: [UInt64]
  private let wordCount: Int

  init(instructions: [Instruction], start: Int, sets: [ScalarSet], alphabet: Alphabet) {
    self.instructions = instructions
    self.start = start
    self.alphabet = alphabet
    wordCount = (alphabet.symbolCount + 63) / 64
    var members = [UInt64](repeating: 0, count: sets.count * wordCount)
    for (index, set) in sets.enumerated() {
      for symbol in alphabet.symbols(of: set) { members[index * wordCount + symbol / 64] |= 1 << (symbol % 64) }
    }
    self.members = members
  }

  func contains(_ symbol: Int, set: Int) -> Bool {
    members[set * wordCount + symbol / 64] & 1 << (symbol % 64) != 0
  }
}
