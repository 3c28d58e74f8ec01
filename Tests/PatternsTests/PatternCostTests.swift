import Testing

@testable import Patterns

/// Steps are counted, not timed: a pattern may not cost more than its text times its program.
@Suite("Cost of patterns")
struct PatternCostTests {
  private func visits(_ source: String, _ text: String) throws -> Int {
    let pattern = try Pattern(source)
    var simulation = Simulation(pattern.program)
    _ = simulation.accepts(text.utf8Span.span, pattern.program)
    return simulation.visitCount
  }

  /// Patterns that take exponential or polynomial time when one goes back in the text.
  @Test(
    "twice the text is twice the steps",
    arguments: [
      "(a+)+$", "^(a+)+$", "(a|aa)*b", "(a|a)*b", "^(a?){30}a{30}b", "(.*)*x", "a*a*a*a*a*a*b", "(x+x+)+y|(a*)*b",
      "^(([a-z])+.)+[A-Z]([a-z])+$", "(?:\\ba\\B|a)*b",
    ])
  func linear(source: String) throws {
    func text(_ count: Int) -> String { String(repeating: "a", count: count) + "!" }
    let (once, twice, fourTimes) = try (
      visits(source, text(500)), visits(source, text(1_000)), visits(source, text(2_000))
    )
    // What is constant, such as the start, cancels out of the differences.
    #expect(fourTimes - twice <= (twice - once) * 2 + 100)
    let size = try Pattern(source).program.instructions.count
    #expect(fourTimes <= 2_002 * size * 4)
  }

  @Test("a search that is anchored stops with its last thread")
  func anchored() throws {
    let short = try visits("^ab", "ac")
    #expect(try visits("^ab", "ac" + String(repeating: "x", count: 10_000)) == short)
  }

  @Test("a table stays within its limits, and without one the answer is the same")
  func tables() throws {
    let small = try #require(try Pattern("^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]$").automaton)
    #expect(small.byteCount < 1_000)
    // A table needs a state for each set of the last fourteen places.
    let large = try Pattern("(a|b)*a(a|b){14}$")
    #expect(large.automaton == nil)
    #expect(large.matches("ba" + String(repeating: "b", count: 14)))
    #expect(!large.matches("bb" + String(repeating: "b", count: 14)))
  }

  @Test("repetitions of nothing and counts at the limit are compiled")
  func repetitions() throws {
    for source in ["(){1000}", "((){1000}){1000}", "(?:(?:){999999999}){999999999}", "^.{0,4900}$", "(|){3000}"] {
      let pattern = try Pattern(source)
      #expect(pattern.matches("abc"))
    }
    let counted = try Pattern("^.{0,4900}$")
    #expect(counted.matches(String(repeating: "न", count: 4_900)))
    #expect(!counted.matches(String(repeating: "न", count: 4_901)))
  }

  /// Signs of the syntax, well mixed: the reader may refuse, and what it takes must run.
  @Test("no text is a trap", arguments: [11, 12] as [UInt64])
  func randomPatterns(seed: UInt64) {
    var generator = SplitMix(state: seed)
    let words = [
      "(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "^", "$", ".", "\\", "-", ",", ":", "=", "!", "<", ">", "P",
      "i",
      "a", "b", "1", "0", "3", "x", "u", "p{L}", "\\d", "\\b", "[^", "(?", "\\Q", "\\E", "é", "न", "😀", "{2,3}",
      "\\uD83D",
      "[:alpha:]", "\u{301}", "\0",
    ]
    var compiled = 0
    for _ in 0..<12_000 {
      var source = ""
      for _ in 0..<Int.random(in: 0...12, using: &generator) { source += words.randomElement(using: &generator) ?? "" }
      for dialect in [PatternDialect.ecma, .re2] {
        do throws(PatternFault) {
          let pattern = try Pattern(source, dialect: dialect)
          compiled += 1
          _ = pattern.matches("ab1é नी😀")
        } catch {
          #expect((0...source.unicodeScalars.count).contains(error.offset), "'\(source)'")
        }
      }
    }
    #expect(compiled > 3_000)
  }

  /// Bytes of any kind as text, whole and cut.
  @Test("no text of bytes is a trap")
  func randomTexts() throws {
    var generator = SplitMix(state: 21)
    let patterns = try ["\\p{L}+$", "^[^a]*$", "\\bx", "न|😀"].map { try Pattern($0) }
    for _ in 0..<5_000 {
      let bytes = (0..<Int.random(in: 0...9, using: &generator)).map { _ in
        UInt8.random(in: Bool.random(using: &generator) ? 0x80...0xFF : 0...0xFF, using: &generator)
      }
      let repaired = String(decoding: bytes, as: UTF8.self)
      for pattern in patterns {
        // Which stretch becomes one U+FFFD is not the same everywhere, but these patterns do not count.
        #expect(pattern.matches(bytes) == pattern.matches(repaired), "\(bytes)")
      }
    }
  }
}
