/// The code points as a pattern sees them: those that it treats alike are one symbol.
///
/// Most patterns have less than ten. A table of states over symbols is small where one over code points could not be
/// made, and one over the bytes of UTF-8 would need a chain of states for each long code point.
struct Alphabet: Sendable {
  /// What a code point is to the assertions beside it.
  struct Context: OptionSet, Hashable, Sendable {
    let rawValue: UInt8
    /// No code point: the start or the end of the text.
    static let edge = Context(rawValue: 1)
    static let word = Context(rawValue: 2)
    static let lineFeed = Context(rawValue: 4)
  }

  /// Symbols are numbered from 0.
  let symbolCount: Int
  /// First code points of the stretches of one symbol each, in order; the first is 0.
  private let firsts: [UInt32]
  private let symbolsOfFirsts: [UInt32]
  private let asciiSymbols: [UInt32]
  private let contexts: [Context]

  /// - Parameter sets: none twice.
  init(_ sets: [ScalarSet]) {
    let bounds = Set(sets.flatMap { $0.ranges.flatMap { [$0.lowerBound, $0.upperBound + 1] } } + [0])
    let firsts = bounds.filter { $0 <= ScalarSet.scalarMax }.sorted()
    // Each set splits the symbols that it cuts: its part of a symbol becomes a new one.
    var symbols = [Int](repeating: 0, count: firsts.count)
    var fresh = 1
    for set in sets {
      var renamed: [Int: Int] = [:]
      for range in set.ranges {
        var index = Self.stretch(of: range.lowerBound, in: firsts)
        while index < firsts.count, firsts[index] <= range.upperBound {
          let new = renamed[symbols[index]] ?? fresh
          if new == fresh {
            renamed[symbols[index]] = fresh
            fresh += 1
          }
          symbols[index] = new
          index += 1
        }
      }
    }
    // Numbers that are left are made dense, in the order of the code points.
    var dense: [Int: UInt32] = [:]
    var contexts: [Context] = []
    let numbered = zip(symbols, firsts).map { symbol, first in
      if let number = dense[symbol] { return number }
      let number = UInt32(truncatingIfNeeded: dense.count)
      dense[symbol] = number
      contexts.append(Self.context(of: first))
      return number
    }
    self.firsts = firsts
    self.contexts = contexts
    symbolsOfFirsts = numbered
    symbolCount = contexts.count
    asciiSymbols = (0..<128).map { numbered[Self.stretch(of: $0, in: firsts)] }
  }

  /// Right for all code points of the symbol where the sets of an assertion are among the sets, and not asked for
  /// otherwise.
  private static func context(of scalar: UInt32) -> Context {
    if scalar == 0x0A { return .lineFeed }
    return ScalarSet.word.contains(scalar) ? .word : []
  }

  /// The context of a symbol; that of the edge for the number behind the last one.
  func context(of symbol: Int) -> Context { symbol < contexts.count ? contexts[symbol] : .edge }

  /// The symbols that `set`, one of those the alphabet was made of, consists of.
  func symbols(of set: ScalarSet) -> Set<Int> {
    var symbols: Set<Int> = []
    for range in set.ranges {
      var index = Self.stretch(of: range.lowerBound, in: firsts)
      while index < firsts.count, firsts[index] <= range.upperBound {
        symbols.insert(Int(symbolsOfFirsts[index]))
        index += 1
      }
    }
    return symbols
  }

  @inline(__always)
  func symbol(ofASCII byte: UInt8) -> Int { Int(asciiSymbols[Int(byte)]) }

  func symbol(of scalar: UInt32) -> Int { Int(symbolsOfFirsts[Self.stretch(of: scalar, in: firsts)]) }

  /// The last stretch that begins at or before `scalar`.
  private static func stretch(of scalar: UInt32, in firsts: [UInt32]) -> Int {
    var (low, high) = (0, firsts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if firsts[middle] <= scalar { low = middle } else { high = middle }
    }
    return low
  }
}
