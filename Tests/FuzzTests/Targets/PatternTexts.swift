@testable import Patterns

/// Regular expressions: arbitrary ones are refused with a place inside of them, or find the same with a table of
/// states and without.
///
/// Input: the dialect (1 byte), the pattern, a zero byte, the text that is searched, any bytes.
enum PatternTexts {
  private static let bare: PatternLimits = {
    var limits = PatternLimits()
    limits.tableCountMax = 0
    return limits
  }()

  static func run(_ bytes: [UInt8]) throws(Finding) {
    guard let first = bytes.first else { return }
    let dialect: PatternDialect = first & 1 == 0 ? .ecma : .re2
    let parts = bytes.dropFirst().split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
    let source = String(decoding: parts.first ?? [], as: UTF8.self)
    let text = parts.count > 1 ? parts[1] : []
    let patterns: (Pattern, Pattern)
    do throws(PatternFault) {
      patterns = (
        try Pattern(source, dialect: dialect), try Pattern(source, dialect: dialect, limits: bare)
      )
    } catch {
      return try must(0...source.unicodeScalars.count ~= error.offset, "a fault outside of the pattern")
    }
    let (table, threads) = (patterns.0.matches(text.span), patterns.1.matches(text.span))
    try must(table == threads, "a table finds something else than threads")
  }
}
