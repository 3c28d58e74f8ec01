import Testing

@testable import Patterns

/// What is refused, why, and where.
@Suite("Faults of patterns")
struct PatternFaultTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let pattern: String
    let reason: PatternFault.Reason
    let offset: Int
    var testDescription: String { pattern }

    init(_ pattern: String, _ reason: PatternFault.Reason, _ offset: Int) {
      self.pattern = pattern
      self.reason = reason
      self.offset = offset
    }
  }

  static let shared: [Row] = [
    Row("(a)\\1", .backReference, 3), Row("a(?=b)", .lookAround, 1), Row("(?!b)", .lookAround, 0),
    Row("(?<=b)", .lookAround, 0), Row("(?<!b)", .lookAround, 0), Row("a(b", .unclosedGroup, 1),
    Row("ab)", .unopenedGroup, 2), Row("a[b", .unclosedClass, 1), Row("[b\\]", .unclosedClass, 0),
    Row("*a", .nothingToRepeat, 0), Row("a**", .nothingToRepeat, 2), Row("a|+", .nothingToRepeat, 2),
    Row("a{3,2}", .repetitionOutOfOrder, 1), Row("[b-a]", .rangeOutOfOrder, 1),
    Row("[\\d-a]", .rangeOfClasses, 1), Row("[a-\\d]", .rangeOfClasses, 1), Row("\\y", .unknownEscape, 0),
    Row("a\\", .incompleteEscape, 1), Row("\\x1", .incompleteEscape, 0), Row("\\p{L", .incompleteEscape, 0),
    Row("\\p{Nope}", .unknownProperty, 0), Row("\\p{Script=Klingon}", .unknownProperty, 0),
    Row("\\p{L=L}", .unknownProperty, 0), Row("(?<>a)", .malformedName, 3), Row("(?<1>a)", .malformedName, 3),
    Row("(?<a", .malformedName, 3), Row("(?<a>)(?<a>)", .duplicateName, 9),
    Row(String(repeating: "(", count: 101), .tooDeep, 100),
    Row(String(repeating: "a", count: 4_097), .tooLong, 4_096),
    Row("(((a{100}){100}){100}){100}", .tooLarge, 0), Row("(a?b?c?d?){1000}{2}", .nothingToRepeat, 16),
    Row("(?:(?:a{1000}){1000}){1000}", .tooLarge, 0),
  ]

  static let ecma: [Row] = [
    Row("a{", .loneBracket, 1), Row("a}", .loneBracket, 1), Row("]", .loneBracket, 0), Row("a{,2}", .loneBracket, 1),
    Row("^*", .nothingToRepeat, 1), Row("\\b+", .nothingToRepeat, 2), Row("\\a", .unknownEscape, 0),
    Row("\\A", .unknownEscape, 0), Row("\\z", .unknownEscape, 0), Row("\\-", .unknownEscape, 0),
    Row("[\\B]", .unknownEscape, 1), Row("\\01", .unknownEscape, 0), Row("\\k<a>", .backReference, 0),
    Row("\\u12", .incompleteEscape, 0), Row("\\u{}", .incompleteEscape, 0), Row("\\c1", .incompleteEscape, 0),
    Row("\\pL", .incompleteEscape, 0), Row("\\u{110000}", .codePointOutOfRange, 0), Row("(?i)a", .unknownGroup, 0),
    Row("(?)", .unknownGroup, 0),
    Row("\\p{letter}", .unknownProperty, 0), Row("\\p{Greek}", .unknownProperty, 0), Row("a{2000000}", .tooLarge, 0),
  ]

  static let re2: [Row] = [
    Row("\\C", .byteMatch, 0), Row("a{1001}", .repetitionTooLarge, 1), Row("a{2}{3}", .nothingToRepeat, 4),
    Row("[[:nope:]]", .unknownClass, 1), Row("(?q)", .unknownGroup, 0), Row("(?i-)a", .unknownGroup, 0),
    Row("(?i", .unclosedGroup, 0),
    Row("\\x{110000}", .codePointOutOfRange, 0), Row("(?i)*", .nothingToRepeat, 4), Row("\\k", .unknownEscape, 0),
    Row("[\\1]", .unknownEscape, 1),
  ]

  private func judge(_ row: Row, _ dialect: PatternDialect) {
    #expect(throws: PatternFault(row.reason, at: row.offset)) { try Pattern(row.pattern, dialect: dialect) }
  }

  @Test("both dialects", arguments: shared) func inBoth(row: Row) {
    judge(row, .ecma)
    judge(row, .re2)
  }
  @Test("ECMA-262", arguments: ecma) func inECMA(row: Row) { judge(row, .ecma) }
  @Test("RE2", arguments: re2) func inRE2(row: Row) { judge(row, .re2) }

  @Test("a fault says the place to a reader")
  func description() {
    #expect(PatternFault(.lookAround, at: 4).description.hasSuffix("in linear time, at character 5"))
  }
}
