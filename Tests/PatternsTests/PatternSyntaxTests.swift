import Testing

@testable import Patterns

/// Each construct with a text that it is found in and one that it is not.
@Suite("Syntax of patterns")
struct PatternSyntaxTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let pattern: String
    let found: [String]
    let missed: [String]
    var testDescription: String { pattern }

    init(_ pattern: String, _ found: [String], _ missed: [String]) {
      self.pattern = pattern
      self.found = found
      self.missed = missed
    }
  }

  static let shared: [Row] = [
    Row("", ["", "a"], []),
    Row("abc", ["abc", "xabcx"], ["", "ab", "abd", "a\u{301}bc"]),
    Row("^abc", ["abcd"], ["xabc"]),
    Row("abc$", ["xabc"], ["abcx", "abc\n"]),
    Row("^$", [""], ["a", "\n"]),
    Row("a|b|", [""], []),
    Row("^(a|bc|)$", ["", "a", "bc"], ["b", "abc"]),
    Row("^a*$", ["", "aaa"], ["ab"]),
    Row("^a+?$", ["a", "aaa"], [""]),
    Row("^a??b$", ["b", "ab"], ["aab"]),
    Row("^a{2}$", ["aa"], ["a", "aaa"]),
    Row("^a{2,}$", ["aa", "aaaaa"], ["a"]),
    Row("^a{2,3}?$", ["aa", "aaa"], ["a", "aaaa"]),
    Row("^a{0}$", [""], ["a"]),
    Row("^(?:ab){2}$", ["abab"], ["ab"]),
    Row("^(?<year>\\d{4})-(?<m_2>\\d\\d)$", ["2026-04"], ["2026-4"]),
    Row("^.$", ["a", "é", "न", "😀"], ["", "\n", "ab", "नी"]),
    Row("^[abc]$", ["a", "c"], ["d", ""]),
    Row("^[^abc]$", ["d", "\n", "😀"], ["a", ""]),
    Row("^[a-cx-z]$", ["b", "y"], ["d", "-"]),
    Row("^[a-]$", ["a", "-"], ["b"]),
    Row("^[-a]$", ["a", "-"], ["b"]),
    Row("^[a^]$", ["^"], ["b"]),
    Row("^[\\]\\\\]$", ["]", "\\"], ["["]),
    Row("^[\\d_]+$", ["1_2"], ["a", "٣"]),
    Row("^[^\\d]$", ["a", "٣"], ["1"]),
    Row("^[न-ह]$", ["म"], ["अ"]),
    Row("^\\d\\D\\w\\W\\s\\S$", ["1aa- x"], ["aaa- x", "1a-- x", "1aa-xx"]),
    Row("^\\w$", ["a", "Z", "0", "_"], ["é", "-", "ſ"]),
    Row("\\bcat\\b", ["cat", "a cat.", "écaté"], ["cats", "_cat"]),
    Row("\\Bat", ["cat"], ["at", " at"]),
    Row("^\\B$", [""], ["a"]),
    Row("^\\t\\n\\v\\f\\r$", ["\t\n\u{B}\u{C}\r"], ["tnvfr"]),
    Row("^\\x41\\x7a$", ["Az"], ["x41"]),
    Row("^\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\^\\$\\/\\\\$", [".*+?()[]{}|^$/\\"], [""]),
    Row("^\\p{L}+$", ["नमa"], ["1", ""]),
    Row("^\\p{Lu}\\P{Lu}$", ["Aa", "Éé"], ["aA"]),
    Row("^[\\p{Nd}-]+$", ["१२-3"], ["a"]),
    Row("^\\p{Alphabetic}+$", ["नीa"], ["1"]),
    Row("^\\p{White_Space}$", [" ", "\u{3000}"], ["a"]),
    Row("^\\p{Any}$", ["a", "\n", "\u{10FFFF}"], ["", "ab"]),
    Row("^[\\P{ASCII}]$", ["é"], ["e"]),
  ]

  static let ecma: [Row] = [
    Row("^\\cA\\cz$", ["\u{1}\u{1A}"], ["cAcz"]),
    Row("^\\u0928\\u{940}\\u{1F600}$", ["नी😀"], ["न"]),
    Row("^\\uD83D\\uDE00$", ["😀"], ["\u{FFFD}"]),
    Row("^[\\uD83D\\uDE00-\\uD83D\\uDE02]$", ["😁"], ["😃"]),
    Row("\\uD83D", [], ["😀", "\u{FFFD}"]),
    Row("\\uD83D\\u0061", [], ["😀a", "a"]),
    Row("^\\0$", ["\0"], ["0"]),
    Row("^[\\b\\-]$", ["\u{8}", "-"], ["b"]),
    Row("[]", [], ["", "a"]),
    Row("^[^]$", ["a", "\n"], [""]),
    Row("^\\s$", [" ", "\u{A0}", "\u{FEFF}", "\u{2029}", "\u{B}"], ["\u{200B}", "\u{180E}"]),
    Row("^.$", ["\u{85}"], ["\n", "\r", "\u{2028}", "\u{2029}"]),
    Row("^\\p{Letter}\\p{General_Category=Decimal_Number}\\p{gc=Sc}$", ["a1₹"], ["11₹"]),
    Row("^\\p{Script=Devanagari}+$", ["नीति"], ["a", "।"]),
    Row("^\\p{sc=Tamil}\\p{sc=Latn}\\p{Script=Greek}$", ["தaλ"], ["aaa"]),
  ]

  static let re2: [Row] = [
    Row("\\Aab\\z", ["ab"], ["xab", "ab\n"]),
    Row("(?i)aB", ["AB", "ab", "xAbx"], ["a"]),
    Row("(?i)k", ["K", "\u{212A}"], ["x"]),
    Row("(?i)[^s]", ["a"], ["S", "ſ", "s"]),
    Row("^(?i:a)b$", ["Ab"], ["AB"]),
    Row("^(?:(?i)a)b$", ["Ab"], ["AB"]),
    Row("^(?i)a(?-i)b$", ["Ab"], ["AB"]),
    Row("(?i)é", ["É"], ["e"]),
    Row("(?m)^b$", ["a\nb\nc", "b"], ["ab"]),
    Row("(?s)^a.b$", ["a\nb"], ["ab"]),
    Row("(?U)^a+$", ["aa"], [""]),
    Row("^(?P<n>a)(?<m>b)$", ["ab"], ["a"]),
    Row("^\\Qa.b|(\\E+$", ["a.b|(("], ["axb|("]),
    Row("^\\Qa", ["ab"], ["b"]),
    Row("^\\a\\x{1F600}\\101\\0$", ["\u{7}😀A\0"], ["a"]),
    Row("^[[:alpha:][:^ascii:]_]+$", ["aé_"], ["1"]),
    Row("^[]a]$", ["]", "a"], ["b"]),
    Row("^[^]a]$", ["b"], ["]"]),
    Row("^a{,2}$", ["a{,2}"], ["a"]),
    Row("^a{x}]$", ["a{x}]"], ["a"]),
    Row("^\\s$", [" ", "\t"], ["\u{B}", "\u{A0}"]),
    Row("^.$", ["\r", "\u{2028}"], ["\n"]),
    Row("^\\pL\\PL\\p{^L}\\p{Greek}$", ["a11λ"], ["11aλ"]),
    Row("^\\-\\@\\_$", ["-@_"], ["a"]),
    Row("(a|😀){2}", ["😀a"], ["😀b"]),
    Row("^*a", ["a"], ["b"]),
  ]

  private func judge(_ row: Row, _ dialect: PatternDialect) throws {
    var bare = PatternLimits()
    bare.tableCountMax = 0
    for limits in [PatternLimits(), bare] {
      let pattern = try Pattern(row.pattern, dialect: dialect, limits: limits)
      for text in row.found { #expect(pattern.matches(text), "in '\(text)'") }
      for text in row.missed { #expect(!pattern.matches(text), "in '\(text)'") }
    }
  }

  @Test("both dialects", arguments: shared) func inBoth(row: Row) throws {
    try judge(row, .ecma)
    try judge(row, .re2)
  }
  @Test("ECMA-262", arguments: ecma) func inECMA(row: Row) throws { try judge(row, .ecma) }
  @Test("RE2", arguments: re2) func inRE2(row: Row) throws { try judge(row, .re2) }

  @Test("a byte that is no UTF-8 counts as U+FFFD")
  func brokenText() throws {
    let one = try Pattern("^.$")
    for bytes in [[0xFF], [0x80], [0xC3], [0xED]] as [[UInt8]] { #expect(one.matches(bytes), "\(bytes)") }
    let replaced = try Pattern("^a\\uFFFD{3}b$")
    // A surrogate, and a form that is longer than it need be.
    for bytes in [[0x61, 0xED, 0xA0, 0x80, 0x62], [0x61, 0xE0, 0x80, 0x80, 0x62]] as [[UInt8]] {
      #expect(replaced.matches(bytes), "\(bytes)")
    }
  }
}
