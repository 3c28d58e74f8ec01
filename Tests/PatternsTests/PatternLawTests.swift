import Testing

@testable import Patterns

/// The table of states, the threads in step and plain backtracking give the same answer.
@Suite("Patterns against backtracking")
struct PatternLawTests {
  private static let bare: PatternLimits = {
    var limits = PatternLimits()
    limits.tableCountMax = 0
    return limits
  }()

  /// Small trees and small texts over signs of one to four bytes; what fails is printed whole.
  @Test("three engines agree", arguments: [1, 2, 3, 4] as [UInt64])
  func enginesAgree(seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    var (found, tables) = (0, 0)
    for _ in 0..<1_500 {
      let reference = BacktrackingPattern.random(depth: 3, using: &generator)
      let source = reference.source
      let pattern: Pattern
      do {
        pattern = try Pattern(source, dialect: .re2)
      } catch {
        Issue.record("'\(source)' is refused: \(error)")
        continue
      }
      if pattern.automaton != nil { tables += 1 }
      let plain = try Pattern(source, dialect: .re2, limits: Self.bare)
      try #require(plain.automaton == nil)
      for _ in 0..<6 {
        let text = BacktrackingPattern.randomText(using: &generator)
        let expected = reference.isFound(in: text)
        if expected { found += 1 }
        #expect(pattern.matches(text) == expected, "'\(source)' in '\(text)' by the table")
        #expect(plain.matches(text) == expected, "'\(source)' in '\(text)' by threads")
      }
    }
    // The sample says something: both answers are common, and so is the table.
    #expect(found > 1_000 && found < 8_000)
    #expect(tables > 1_400)
  }

  /// The dialects differ in what they allow and in classes, not in what these trees mean.
  @Test("dialects agree on what both have")
  func dialectsAgree() throws {
    var generator = SplitMix(state: 7)
    for _ in 0..<1_000 {
      let source = BacktrackingPattern.random(depth: 2, using: &generator).source
      let re2 = try Pattern(source, dialect: .re2)
      let ecma = try Pattern(source, dialect: .ecma)
      let text = BacktrackingPattern.randomText(using: &generator)
      #expect(re2.matches(text) == ecma.matches(text), "'\(source)' in '\(text)'")
    }
  }
}
